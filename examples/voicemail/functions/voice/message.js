// Asks for a message, unless the owner has talked with the caller.
exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();

  if (event.DialCallStatus === 'completed') {
    twiml.hangup();
    return callback(null, twiml);
  }

  twiml.say('Please leave a message after the beep, and press pound when you are done.');
  twiml.record({
    action: '/voice/thanks',
    maxLength: 60,
    finishOnKey: '#',
    transcribe: true,
    transcribeCallback: '/voice/transcribed',
  });

  // Reached only when nothing was recorded.
  twiml.say('We did not get a message. Goodbye.');

  return callback(null, twiml);
};
