// Sends the client to another address of this project.
exports.handler = (context, event, callback) => {
  const to = event.to || '/json';
  const response = new Twilio.Response();

  // Only paths of this project: a link to this Function must not lead people to another site.
  if (!/^(?:\/[\w-]+)+$/.test(to)) {
    response.setStatusCode(400);
    response.appendHeader('Content-Type', 'text/plain');
    response.setBody('"to" must be a path, such as /json');
    return callback(null, response);
  }

  response.setStatusCode(302);
  response.appendHeader('Location', to);
  return callback(null, response);
};
