const assert = require('node:assert/strict');
const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

let app;
before(async () => {
  app = await startProject(join(__dirname, '..'));
});
after(() => app.close());

describe('a survey', () => {
  it('asks one question after the other, and thanks in the end', async () => {
    const phone = await app.sms('Hi');
    await phone.receives('How did you hear about us');
    await phone.sends('From a friend');
    await phone.receives('from 1 to 5');
    await phone.sends('5');
    await phone.receives('do better');
    await phone.sends('Nothing');
    await phone.receives('Thank you for your answers');
  });

  it('writes the answers into the log', async () => {
    const phone = await app.sms({ from: '+15550002222', body: 'Hi' });
    await phone.sends('From a friend');
    assert.ok(app.logs.some(({ text }) => text === '+15550002222 answers question 1: From a friend'));
  });
});
