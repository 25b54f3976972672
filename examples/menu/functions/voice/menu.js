// Greets a caller and asks for a key or a word. Who says nothing is asked twice more.
const MOST_TRIES = 3;

exports.handler = (context, event, callback) => {
  const tries = Number(event.tries || 1);
  const twiml = new Twilio.twiml.VoiceResponse();

  const gather = twiml.gather({
    input: 'dtmf speech',
    numDigits: 1,
    hints: 'sales, hours, operator',
    action: '/voice/choice',
  });
  if (tries === 1) gather.say('Welcome to Owl Lamps.');
  gather.say('For sales, press 1. For our hours, press 2. For an operator, press 0 or say operator.');

  // Reached only when the caller does nothing.
  if (tries < MOST_TRIES) {
    twiml.redirect(`/voice/menu?tries=${tries + 1}`);
  } else {
    twiml.say('We did not hear from you. Goodbye.');
    twiml.hangup();
  }

  return callback(null, twiml);
};
