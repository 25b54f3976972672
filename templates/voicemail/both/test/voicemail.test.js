const assert = require('node:assert/strict');
const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

let app;
before(async () => {
  app = await startProject(join(__dirname, '..'));
});
after(() => app.close());

describe('a caller', () => {
  it('is asked for a message', async () => {
    const response = await app.post('/voice/greeting', { form: { CallSid: 'CA1' } });
    assert.match(response.text(), /<Record maxLength="60" action="\/voice\/recorded"\/>/);
  });

  it('is thanked', async () => {
    const form = { CallSid: 'CA1', From: '+15550001111', To: '+15550003333', RecordingDuration: '7' };
    const response = await app.post('/voice/recorded', { form });
    assert.match(response.text(), /<Say>Thank you. Goodbye.<\/Say><Hangup\/>/);
  });
});
