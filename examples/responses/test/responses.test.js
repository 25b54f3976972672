const assert = require('node:assert/strict');
const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

describe('a response', () => {
  let app;
  before(async () => {
    app = await startProject(join(__dirname, '..'));
  });
  after(() => app.close());

  it('is text, JSON or bytes', async () => {
    assert.equal((await app.get('/text', { query: { name: 'Ada' } })).text(), 'Hello Ada');
    assert.deepEqual((await app.get('/json')).json(), { greeting: 'Hello', to: 'World' });
    assert.equal((await app.get('/image')).body.subarray(0, 3).toString(), 'GIF');
  });

  it('has a status and headers', async () => {
    const response = await app.get('/headers');
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('x-part'), 'one, two');
  });

  it('counts visits in a cookie', async () => {
    const first = await app.get('/cookies');
    const [cookie] = first.headers.getSetCookie();
    const second = await app.get('/cookies', { headers: { Cookie: cookie.split(';')[0] } });
    assert.deepEqual([first.json(), second.json()], [{ visits: 1 }, { visits: 2 }]);
  });
});
