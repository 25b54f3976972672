/** What one call or one Function may not do to another. What answered calls leave behind: leftovers.test.ts. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { expectGood, GOOD } from './support/bad-row';
import { type RawResponse, request } from './support/raw-http';
import { type Served, serve } from './support/serve';

const FILES = {
  'functions/good.js': GOOD,
  'functions/polluter.js': `
    const fs = require('fs');
    Object.prototype.polluted = 'yes';
    Array.prototype.map = () => 'replaced';
    JSON.stringify = () => 'replaced';
    String.prototype.toString = () => 'replaced';
    globalThis.shared = 'yes';
    exports.handler = (context, event, callback) => {
      process.env.SECRET = 'changed';
      delete process.env.OTHER;
      context.SECRET = 'changed';
      fs.readFileSync = () => 'replaced';
      callback(null, 'polluted');
    };`,
  'functions/witness.js': `exports.handler = (context, event, callback) => callback(null, {
    polluted: {}.polluted ?? null,
    shared: globalThis.shared ?? null,
    map: [1].map((n) => n + 1),
    env: [process.env.SECRET, process.env.OTHER, context.SECRET],
    readFileSync: require('fs').readFileSync.name,
  });`,
  'functions/context.js': `exports.handler = (context, event, callback) => {
    const before = { extra: context.extra ?? null, more: event.more ?? null, headers: Object.keys(event.request.headers).includes('injected') };
    context.extra = event.more = event.request.headers.injected = 'left';
    callback(null, before);
  };`,
  'functions/count.js':
    'let calls = 0; exports.handler = (context, event, callback) => callback(null, String((calls += 1)));',
  'functions/once.js': `exports.handler = (context, { id, ms }, callback) => {
    require('fs').appendFileSync('ran.txt', id + '\\n');
    if (ms) setTimeout(callback, Number(ms), null, id);
    else callback(null, id);
  };`,
  '.env': 'SECRET=kept\nOTHER=kept\n',
};

describe('a call', { concurrency: 4 }, () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES);
  });
  after(() => served.close());

  const ask = (path: string): Promise<RawResponse> => request(served.port, { method: 'GET', path });
  const textOf = async (path: string): Promise<string> => {
    const response = await ask(path);
    assert.equal(response.status, 200, response.text());
    return response.text();
  };

  it('does not see what another Function did to its process', async () => {
    const expected = {
      polluted: null,
      shared: null,
      map: [2],
      env: ['kept', 'kept', 'kept'],
      readFileSync: 'readFileSync',
    };
    assert.deepEqual(JSON.parse(await textOf('/witness')), expected);
    assert.equal(await textOf('/polluter'), 'polluted');
    assert.deepEqual(JSON.parse(await textOf('/witness')), expected);
    await expectGood(served.port);
  });

  it('gets a context and an event of its own', async () => {
    const untouched = '{"extra":null,"more":null,"headers":false}';
    assert.equal(await textOf('/context'), untouched);
    assert.equal(await textOf('/context'), untouched);
  });

  it('finds the module state that earlier calls left in its warm instance', async () => {
    for (const expected of ['1', '2', '3']) assert.equal(await textOf('/count'), expected);
  });
});

describe('a call behind a slow one', () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES, { maxInstances: 1 });
  });
  after(() => served.close());

  it('runs once, however often it was sent ahead and taken back', async () => {
    const ask = (query: string) => request(served.port, { method: 'GET', path: `/once?id=${query}` });
    const ids = Array.from({ length: 30 }, (_, index) => `first${index}`);
    for (const id of ids) await ask(id);
    const calls = [ask('slow&ms=400')];
    for (let index = 0; index < 8; index += 1) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      calls.push(ask(`behind${index}`));
      ids.push(`behind${index}`);
    }
    const answers = await Promise.all(calls);
    const after = Array.from({ length: 30 }, (_, index) => `after${index}`);
    for (const id of after) await ask(id);
    assert.deepEqual(answers.map((response) => response.text()).sort(), [...ids.slice(30), 'slow'].sort());
    const ran = (await readFile(served.project.file('ran.txt'), 'utf8')).trim().split('\n');
    assert.deepEqual(ran.sort(), [...ids, 'slow', ...after].sort());
    assert.ok(served.records.every(({ error }) => error === null));
  });
});

describe('beside a Function that fails, others', () => {
  let served: Served;
  before(async () => {
    served = await serve(
      {
        'functions/good.js': GOOD,
        'functions/loop.js': 'exports.handler = () => { for (;;); };',
        'functions/memory.js':
          'exports.handler = () => { const all = []; for (;;) all.push(Buffer.alloc(4e6, 1)); };',
        'functions/exit.js': 'exports.handler = () => process.exit(1);',
        'functions/throw.js': "exports.handler = () => { throw new Error('m'); };",
      },
      { timeoutMs: 2_500, memoryMb: 96 },
    );
  });
  after(() => served.close());

  for (const [path, status] of [
    ['/loop', 504],
    ['/memory', 500],
    ['/exit', 500],
    ['/throw', 500],
  ] as const) {
    it(`are answered while it runs (${path})`, async () => {
      let isRunning = true;
      const bad = Promise.all([0, 1].map(() => request(served.port, { method: 'GET', path }))).finally(() => {
        isRunning = false;
      });
      let beside = 0;
      do {
        await expectGood(served.port);
        beside += 1;
      } while (isRunning);
      assert.deepEqual(
        (await bad).map((response) => response.status),
        [status, status],
      );
      assert.ok(beside > 0);
    });
  }
});
