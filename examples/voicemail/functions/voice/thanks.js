// After the message. Who hangs up instead of pressing pound does not hear it.
exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();
  twiml.say(`Thank you. Your message of ${event.RecordingDuration} seconds was saved.`);
  twiml.hangup();

  return callback(null, twiml);
};
