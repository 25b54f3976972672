const assert = require('node:assert/strict');
const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

let app;
before(async () => {
  app = await startProject(join(__dirname, '..'));
});
after(() => app.close());

/** Texts as one person would: the cookies go with the next text. */
function conversation() {
  let cookie = '';
  return async (Body) => {
    const headers = cookie === '' ? {} : { Cookie: cookie };
    const response = await app.post('/sms/survey', { form: { From: '+15550001111', Body }, headers });
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return response.text();
  };
}

describe('a survey', () => {
  it('asks one question after the other, and thanks in the end', async () => {
    const send = conversation();
    assert.match(await send('Hi'), /How did you hear about us/);
    assert.match(await send('From a friend'), /from 1 to 5/);
    assert.match(await send('5'), /do better/);
    assert.match(await send('Nothing'), /Thank you for your answers/);
  });

  it('writes the answers into the log', async () => {
    const send = conversation();
    await send('Hi');
    await send('From a friend');
    assert.ok(app.logs.some(({ text }) => text.includes('answers question 1: From a friend')));
  });
});
