// Greets a caller and asks for a digit, which Twilio then sends to /voice/choice.
exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();
  const gather = twiml.gather({ numDigits: 1, action: '/voice/choice', method: 'POST' });
  gather.say(`Welcome to ${context.COMPANY}. For opening hours, press 1. To leave a message, press 2.`);

  // Reached only when the caller presses nothing: ask again.
  twiml.redirect('/voice/menu');

  return callback(null, twiml);
};
