const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

let app;
before(async () => {
  app = await startProject(join(__dirname, '..'), {
    voice: '/voice/menu',
    variables: { OFFICE_NUMBER: '+15550002000' },
  });
});
after(() => app.close());

describe('a caller', () => {
  it('hears the opening hours', async () => {
    const call = await app.call();
    await call.hears('For opening hours, press 1');
    await call.press('1');
    await call.hears('from nine to five');
    await call.ended();
  });

  it('talks to the office', async () => {
    const call = await app.call();
    await call.press('2');
    await call.hears('One moment please');
    await call.isConnectedTo('+15550002000');
    await call.party.hangup();
    await call.ended();
  });

  it('hears the menu again after another digit', async () => {
    const call = await app.call();
    await call.press('9');
    await call.hears('not on the menu');
    await call.hears('press 1');
  });

  it('is sent away who presses nothing', async () => {
    const call = await app.call();
    await call.waits('5 s');
    await call.hears('Goodbye');
    await call.ended();
  });
});
