const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

let app;
before(async () => {
  app = await startProject(join(__dirname, '..'));
});
after(() => app.close());

describe('a text', () => {
  it('gets the opening hours', async () => {
    const phone = await app.sms(' Hours ');
    await phone.receives('We are open from nine to five');
  });

  it('gets a hint', async () => {
    const phone = await app.sms('Hello?');
    await phone.receives(/Reply HOURS/);
  });
});
