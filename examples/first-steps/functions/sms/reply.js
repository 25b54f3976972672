// Answers a text message. Set this address as the webhook for incoming messages of a phone number.
exports.handler = (context, event, callback) => {
  // Private Functions have no address; other Functions load them by name.
  const { greet } = require(Runtime.getFunctions()['lib/greeting'].path);

  const twiml = new Twilio.twiml.MessagingResponse();
  twiml.message(`${greet(event.From)} You wrote: ${event.Body || '(nothing)'}`);

  return callback(null, twiml);
};
