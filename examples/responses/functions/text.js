// A string is sent as plain text, with status 200.
exports.handler = (context, event, callback) => callback(null, `Hello ${event.name || 'World'}`);
