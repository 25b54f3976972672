// Some webhooks want nothing but a status.
exports.handler = (context, event, callback) => callback(null, new Twilio.Response({ statusCode: 204 }));
