// Asks one question after the other. Its address is the webhook for incoming messages of a phone number.
exports.handler = (context, event, callback) => {
  const questions = JSON.parse(Runtime.getAssets()['/questions.json'].open());
  // Twilio keeps the cookies of each conversation for four hours.
  const asked = Number(event.request.cookies.asked) || 0;
  if (asked > 0) console.log(`${event.From} answers question ${asked}: ${event.Body}`);

  const isOver = asked >= questions.length;
  const twiml = new Twilio.twiml.MessagingResponse();
  twiml.message(isOver ? 'Thank you for your answers!' : questions[asked]);

  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/xml');
  response.setCookie('asked', String(isOver ? 0 : asked + 1), ['Path=/']);
  response.setBody(twiml.toString());
  return callback(null, response);
};
