const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

const OWNER = '+15550001000';

let app;
before(async () => {
  app = await startProject(join(__dirname, '..'), {
    voice: '/voice/greeting',
    variables: { OWNER_NUMBER: OWNER },
  });
  app.twilio.answerMessages();
});
after(() => app.close());

describe('a caller', () => {
  it('leaves a message, and the owner is told by a text', async () => {
    const call = await app.call({ from: '+15550009999' });
    await call.hears('leave a message');
    await call.isRecording();
    await call.say('Please call me back');
    await call.press('#');
    await call.hears('Thank you');
    await call.ended();
    await app.phone(OWNER).receives(/^\+15550009999 left a message of \d+ s/);
  });

  it('is told when nothing was heard', async () => {
    const call = await app.call();
    await call.waits('5 s');
    await call.hears('We did not hear you');
    await call.ended();
  });
});
