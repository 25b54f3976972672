const assert = require('node:assert/strict');
const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

let app;
before(async () => {
  app = await startProject(join(__dirname, '..'));
});
after(() => app.close());

const text = (Body) => app.post('/sms/reply', { form: { From: '+15550001111', Body } });

describe('a text', () => {
  it('gets the opening hours', async () => {
    const response = await text(' Hours ');
    assert.match(response.text(), /<Message>We are open from nine to five/);
  });

  it('gets a hint', async () => {
    const response = await text('Hello?');
    assert.match(response.text(), /<Message>Thanks for your text! Reply HOURS/);
  });
});
