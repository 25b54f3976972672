const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

describe('a caller', () => {
  let app;
  before(async () => {
    app = await startProject(join(__dirname, '..'), { voice: '/voice/menu' });
  });
  after(() => app.close());

  it('presses 1 and talks with sales', async () => {
    const call = await app.call();
    await call.hears('Welcome to Owl Lamps');
    await call.hears('press 1');
    await call.press('1');
    await call.hears('One moment');
    await call.isConnectedTo('+15550002000');
    await call.party.hangup();
    await call.hasEndedWith('Hangup');
  });

  it('is told when nobody answers', async () => {
    const call = await app.call();
    await call.press('1');
    await call.isDialling('+15550002000');
    await call.party.doesNotAnswer();
    await call.hears('Nobody is free');
    await call.ended();
  });

  it('says operator', async () => {
    const call = await app.call();
    await call.say('An operator, please');
    await call.isConnectedTo('+15550003000');
  });

  it('presses a wrong key and is asked again', async () => {
    const call = await app.call();
    await call.press('9');
    await call.hears('did not understand');
    await call.hears('press 1');
    await call.press('2');
    await call.hears('from nine to five');
    await call.hears('press 1');
  });

  it('says nothing, is asked three times, and is sent away', async () => {
    const call = await app.call();
    for (let time = 0; time < 3; time++) {
      await call.hears('press 1');
      await call.waits('5 s');
    }
    await call.hears('did not hear from you');
    await call.hasEndedWith('Hangup');
  });

  it('hangs up in the middle', async () => {
    const call = await app.call();
    await call.hangup();
    await call.hasEndedWith('caller hung up');
  });
});
