// Checks what came in. A mistake of the caller is an answer (400), not an error of the Function (500).
exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'application/json');

  if (!/^\S+@\S+$/.test(event.email || '')) {
    response.setStatusCode(400);
    response.setBody({ error: 'email is missing or not an address' });
    return callback(null, response);
  }

  response.setBody({ welcome: event.email });
  return callback(null, response);
};
