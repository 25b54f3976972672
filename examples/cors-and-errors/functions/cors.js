// Lets a page of any other site read the answer. The OPTIONS request that browsers send first is answered for you.
exports.handler = (context, event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Access-Control-Allow-Origin', '*');
  response.appendHeader('Content-Type', 'application/json');
  response.setBody({ youAreAt: event.request.headers.origin || null });

  return callback(null, response);
};
