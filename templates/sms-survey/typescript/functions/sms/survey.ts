import type { Handler } from 'hookswitch/types';

// Asks one question after the other. Its address is the webhook for incoming messages of a phone number.
export const handler: Handler = (context, event, callback) => {
  const questions = readQuestions();
  // Twilio keeps the cookies of each conversation for four hours.
  const asked = Number(event.request.cookies.asked) || 0;
  if (asked > 0) console.log(`${event.From} answers question ${asked}: ${event.Body}`);

  const question = questions[asked];
  const twiml = new Twilio.twiml.MessagingResponse();
  twiml.message(question ?? 'Thank you for your answers!');

  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/xml');
  response.setCookie('asked', String(question === undefined ? 0 : asked + 1), ['Path=/']);
  response.setBody(twiml.toString());
  return callback(null, response);
};

/** assets/questions.private.json */
function readQuestions(): readonly string[] {
  const text = Runtime.getAssets()['/questions.json']?.open() ?? '[]';
  return JSON.parse(text) as string[];
}
