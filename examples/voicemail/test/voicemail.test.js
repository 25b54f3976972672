const assert = require('node:assert/strict');
const { join } = require('node:path');
const { afterEach, beforeEach, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

const OWNER = '+15550001000';

describe('a caller', () => {
  let app;
  beforeEach(async () => {
    app = await startProject(join(__dirname, '..'), { voice: '/voice/answer' });
    app.twilio.answerMessages();
  });
  afterEach(() => app.close());

  it('talks with the owner', async () => {
    const call = await app.call();
    await call.isConnectedTo(OWNER);
    await call.party.hangup();
    await call.hasEndedWith('Hangup');
  });

  it('leaves a message, which the owner gets as a text', async () => {
    const call = await app.call({ from: '+15550009999' });
    await call.party.doesNotAnswer();
    await call.hears('leave a message');
    await call.say('Please call me back today, it is about the green lamp');
    await call.press('#');
    await call.hears('Thank you');
    await call.ended();
    await app.phone(OWNER).receives('Message from +15550009999: Please call me back today');
  });

  it('hangs up in the middle of the message, which is kept', async () => {
    const call = await app.call();
    await call.party.isBusy();
    await call.isRecording();
    await call.say('It is me again, and I only wanted to say');
    await call.hangup();
    await call.hasEndedWith('caller hung up');
    await app.phone(OWNER).receives('It is me again');
  });

  it('says nothing', async () => {
    const call = await app.call();
    await call.party.doesNotAnswer();
    await call.waits();
    await call.hears('did not get a message');
    await call.ended();
  });

  it('is not made up: nobody but Twilio can send a transcription', async () => {
    const response = await app.post('/voice/transcribed', {
      form: { TranscriptionText: 'spam' },
      signed: false,
    });
    assert.equal(response.status, 400);
  });
});
