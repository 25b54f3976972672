const assert = require('node:assert/strict');
const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

describe('the first steps', () => {
  let app;
  before(async () => {
    app = await startProject(join(__dirname, '..'), { voice: '/voice/menu' });
  });
  after(() => app.close());

  it('answer a text', async () => {
    const phone = await app.sms({ from: '+15550001111', body: 'Hi <3' });
    await phone.receives('Hello +15550001111, thanks for your text! You wrote: Hi <3');
  });

  it('tell a caller the opening hours', async () => {
    const call = await app.call();
    await call.hears('For opening hours, press 1');
    await call.press('1');
    await call.hears('from nine to five');
    await call.hasEndedWith('Hangup');
  });

  it('record a message, and come back to the menu', async () => {
    const call = await app.call();
    await call.press('2');
    await call.hears('leave a message');
    await call.isRecording();
    await call.say('It is about the blue owl');
    await call.waits('5 s');
    await call.hears('Welcome to Owl & Sons');
  });

  it('ask again after another digit, and after none', async () => {
    const call = await app.call();
    await call.press('7');
    await call.hears('did not understand');
    await call.hears('press 1');
    await call.waits('5 s');
    await call.hears('press 1');
  });

  it('run the webhook for signed requests only', async () => {
    const signed = await app.post('/webhook', { form: { Event: 'ring' } });
    assert.deepEqual(signed.json(), { ok: true, received: { Event: 'ring' } });
    const unsigned = await app.post('/webhook', { form: { Event: 'ring' }, signed: false });
    assert.equal(unsigned.status, 400);
  });
});
