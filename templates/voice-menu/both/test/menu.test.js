const assert = require('node:assert/strict');
const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

let app;
before(async () => {
  app = await startProject(join(__dirname, '..'));
});
after(() => app.close());

const press = (Digits) => app.post('/voice/choice', { form: { CallSid: 'CA1', Digits } });

describe('a caller', () => {
  it('is asked for a digit', async () => {
    const response = await app.post('/voice/menu', { form: { CallSid: 'CA1' } });
    assert.match(
      response.text(),
      /<Gather numDigits="1" action="\/voice\/choice"><Say>For opening hours, press 1/,
    );
  });

  it('hears the opening hours', async () => {
    assert.match((await press('1')).text(), /<Say>We are open from nine to five/);
  });

  it('hears the menu again after another digit', async () => {
    assert.match((await press('9')).text(), /<Redirect>\/voice\/menu<\/Redirect>/);
  });
});
