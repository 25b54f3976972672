// Protected: runs only when X-Twilio-Signature shows that the request was signed with this project's auth token.
exports.handler = (context, event, callback) => {
  // Everything but `request` came in the query or in the body.
  const { request, ...parameters } = event;
  console.log('A signed request from', request.headers['user-agent']);

  // An object is sent as JSON.
  return callback(null, { ok: true, received: parameters });
};
