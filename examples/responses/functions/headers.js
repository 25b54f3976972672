// Twilio.Response sets the status, headers and body.
exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();

  response
    .setStatusCode(201)
    .appendHeader('Content-Type', 'application/json')
    .appendHeader('Location', '/json?name=Ada')
    // An array is sent as one line for each of its values.
    .appendHeader('X-Part', ['one', 'two'])
    .setBody({ created: true });

  return callback(null, response);
};
