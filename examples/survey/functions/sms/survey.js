// Asks one question after the other. Where a person is in the survey is kept in cookies, which Twilio sends back with each
// text of the same two numbers.
exports.handler = (context, event, callback) => {
  const questions = JSON.parse(Runtime.getAssets()['/questions.json'].open());
  const { step, answers } = stateOf(event.request.cookies);
  const body = (event.Body || '').trim();

  // Twilio answers these words itself; the survey only forgets what it knows.
  if (/^(stop|stopall|unsubscribe|cancel|end|quit|start|unstop)$/i.test(body))
    return callback(null, reply(null, null));
  if (step === null) {
    const greeting = `${context.COMPANY} has ${questions.length} questions for you. Reply STOP to opt out.`;
    return callback(null, reply([greeting, questions[0].text], { step: 0, answers: [] }));
  }

  const question = questions[step];
  if (!new RegExp(question.answer, 'i').test(body)) {
    return callback(null, reply([question.hint], { step, answers }));
  }

  const given = [...answers, body];
  if (step + 1 < questions.length) {
    return callback(null, reply([questions[step + 1].text], { step: step + 1, answers: given }));
  }
  console.log('answers', JSON.stringify(given));
  return callback(null, reply(['Thank you!'], null));
};

function stateOf(cookies) {
  if (cookies.survey === undefined) return { step: null, answers: [] };
  return JSON.parse(Buffer.from(cookies.survey, 'base64url').toString());
}

// Without a state the cookie is removed: the next text begins anew.
function reply(messages, state) {
  const twiml = new Twilio.twiml.MessagingResponse();
  for (const message of messages ?? []) twiml.message(message);

  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/xml');
  response.setBody(twiml.toString());
  if (state === null) response.removeCookie('survey');
  else
    response.setCookie('survey', Buffer.from(JSON.stringify(state)).toString('base64url'), ['Max-Age=14400']);
  return response;
}
