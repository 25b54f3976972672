// Acts on the key that the caller pressed in /voice/menu, or on what they said.
exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();

  switch (choiceOf(event)) {
    case 'sales':
      twiml.say('One moment, please.');
      twiml.dial({ action: '/voice/after', timeout: 20 }, context.SALES_NUMBER);
      break;
    case 'hours':
      twiml.say('We are open from nine to five, Monday to Friday.');
      twiml.redirect('/voice/menu?tries=2');
      break;
    case 'operator':
      twiml.dial({ action: '/voice/after' }, context.OPERATOR_NUMBER);
      break;
    default:
      twiml.say('Sorry, we did not understand that.');
      twiml.redirect('/voice/menu?tries=2');
  }

  return callback(null, twiml);
};

function choiceOf({ Digits, SpeechResult = '' }) {
  if (Digits) return { 0: 'operator', 1: 'sales', 2: 'hours' }[Digits];
  return ['operator', 'sales', 'hours'].find((word) => SpeechResult.toLowerCase().includes(word));
}
