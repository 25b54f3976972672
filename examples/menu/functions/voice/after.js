// The other end did not answer, or has hung up.
exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();

  if (event.DialCallStatus === 'completed') {
    twiml.hangup();
  } else {
    twiml.say('Nobody is free right now. Please call again later.');
  }

  return callback(null, twiml);
};
