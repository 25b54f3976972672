import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startProject } from 'hookswitch/testing';

describe('Functions in TypeScript', () => {
  let app;
  before(async () => {
    app = await startProject(fileURLToPath(new URL('..', import.meta.url)));
  });
  after(() => app.close());

  it('answer a text by night', async () => {
    const phone = await app.sms({ from: '+15550001111', body: 'Hi', url: '/sms/reply?Hour=3' });
    await phone.receives('Hello +15550001111, we are closed now');
  });

  it('answer a text by day', async () => {
    const phone = await app.sms({ body: 'Hi', url: '/sms/reply?Hour=12' });
    await phone.receives('somebody will answer soon');
  });

  it('fail in the line of the author', async () => {
    const { status, record } = await app.get('/fail');
    assert.equal(status, 500);
    assert.match(record.detail, /on purpose[\s\S]*functions\/fail\.ts:5/);
  });
});
