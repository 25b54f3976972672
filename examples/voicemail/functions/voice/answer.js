// Rings the owner first; /voice/message takes the call when they do not answer.
exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();
  twiml.dial({ timeout: 15, action: '/voice/message' }, context.OWNER_NUMBER);

  return callback(null, twiml);
};
