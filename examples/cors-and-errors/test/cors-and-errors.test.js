const assert = require('node:assert/strict');
const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

describe('CORS and errors', () => {
  let app;
  before(async () => {
    app = await startProject(join(__dirname, '..'));
  });
  after(() => app.close());

  it('let any page read the answer', async () => {
    const response = await app.get('/cors', { headers: { Origin: 'https://page.example' } });
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.deepEqual(response.json(), { youAreAt: 'https://page.example' });
  });

  it('tell a mistake of the caller from one of the Function', async () => {
    const wrong = await app.post('/validate', { form: { email: 'nobody' } });
    assert.deepEqual([wrong.status, wrong.record.error], [400, null]);
    const failed = await app.get('/fail');
    assert.deepEqual([failed.status, failed.record.error], [500, 'HS_CALLBACK_ERROR']);
    assert.match(failed.record.detail, /functions\/fail\.js:3/);
  });

  it('log what was caught', async () => {
    const response = await app.get('/guarded', { query: { broken: 1 } });
    assert.equal(response.status, 503);
    assert.deepEqual(response.record.console, [
      { level: 'error', text: 'The price is not known: the price list is closed' },
    ]);
  });
});
