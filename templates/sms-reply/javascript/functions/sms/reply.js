// Answers a text. Its address is the webhook for incoming messages of a phone number.
exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.MessagingResponse();
  const word = (event.Body || '').trim().toLowerCase();

  if (word === 'hours') {
    twiml.message('We are open from nine to five, Monday to Friday.');
  } else {
    twiml.message('Thanks for your text! Reply HOURS for our opening hours.');
  }

  return callback(null, twiml);
};
