// An object is sent as JSON, with status 200.
exports.handler = (context, event, callback) =>
  callback(null, { greeting: 'Hello', to: event.name || 'World' });
