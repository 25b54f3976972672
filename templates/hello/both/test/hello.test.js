const assert = require('node:assert/strict');
const { join } = require('node:path');
const { after, before, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

let app;
before(async () => {
  app = await startProject(join(__dirname, '..'));
});
after(() => app.close());

describe('hello', () => {
  it('greets by name', async () => {
    const response = await app.get('/hello', { query: { name: 'Ada' } });
    assert.deepEqual(response.json(), { message: 'Hello Ada!' });
  });

  it('greets whoever gives no name', async () => {
    const response = await app.get('/hello');
    assert.deepEqual(response.json(), { message: 'Hello world!' });
  });
});
