// Acts on the digit that the caller pressed in /voice/menu.
exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();

  switch (event.Digits) {
    case '1':
      twiml.say('We are open from nine to five, Monday to Friday.');
      twiml.hangup();
      break;
    case '2':
      twiml.say('Please leave a message after the tone.');
      twiml.record({ maxLength: 30, action: '/voice/menu' });
      break;
    default:
      twiml.say('Sorry, I did not understand that.');
      twiml.redirect('/voice/menu');
  }

  return callback(null, twiml);
};
