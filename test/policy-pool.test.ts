/** The policy with real processes: what the simulation says of it, seen by clients. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { request } from './support/raw-http';
import { type Served, type ServeOptions, serve } from './support/serve';

const HOT = "exports.handler = (context, event, callback) => callback(null, 'hot');";

describe('a pool without room', () => {
  it('gives a Function its turn although another one is called without a pause', async (t) => {
    const files = { 'functions/hot.js': HOT, 'functions/cold.js': HOT };
    const served = await started(t, files, { maxInstances: 1 });
    const stop = keepCalling(served, '/hot', 24);
    await answered(served, '/hot', 500);
    assert.equal(await statusOf(served, '/cold'), 200);
    assert.equal(await statusOf(served, '/hot'), 200);
    await stop();
  });

  it('lets a slow Function leave a fast one its instance', async (t) => {
    const files = {
      'functions/slow.js':
        "exports.handler = (context, event, callback) => setTimeout(() => callback(null, 'slow'), 400);",
      'functions/fast.js':
        'exports.handler = (context, event, callback) => callback(null, String(process.pid));',
    };
    const served = await started(t, files, { maxInstances: 4 });
    assert.equal(await statusOf(served, '/fast'), 200);
    const stop = keepCalling(served, '/slow', 8);
    await answered(served, '/slow', 6);
    const pids = new Set<string>();
    for (let call = 0; call < 20; call++) {
      pids.add((await request(served.port, { method: 'GET', path: '/fast' })).text());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(pids.size, 1, 'it kept its process');
    await stop();
  });
});

describe('a Function whose process dies at every call', () => {
  it('answers each of them with 500, some without a try, and others go on', async (t) => {
    const files = {
      'functions/dying.js': 'exports.handler = () => process.abort();',
      'functions/hot.js': HOT,
    };
    const served = await started(t, files);
    const calls = Array.from({ length: 60 }, () => statusOf(served, '/dying'));
    const others = Array.from({ length: 60 }, () => statusOf(served, '/hot'));
    assert.deepEqual(new Set(await Promise.all(calls)), new Set([500]));
    assert.deepEqual(new Set(await Promise.all(others)), new Set([200]));
    const errors = served.records.filter(({ target }) => target === '/dying').map(({ error }) => error);
    assert.deepEqual(new Set(errors), new Set(['HS_CRASHED', 'HS_CRASH_LOOP']));
    assert.ok(errors.filter((error) => error === 'HS_CRASHED').length >= 10, 'ten were tried at once');
    const { detail } = served.records.find(({ error }) => error === 'HS_CRASH_LOOP') ?? {};
    assert.match(
      detail ?? '',
      /the processes of this Function keep dying; the next one is started in \d+ ms/,
    );
  });
});

async function started(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  options: ServeOptions = {},
): Promise<Served> {
  const served = await serve(files, options);
  t.after(() => served.close());
  return served;
}

async function statusOf({ port }: Served, path: string): Promise<number> {
  return (await request(port, { method: 'GET', path })).status;
}

/** So many clients, each of which calls again as soon as it has its answer. Returns what ends them. */
function keepCalling(served: Served, path: string, clients: number): () => Promise<void> {
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver) await statusOf(served, path);
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  return async () => {
    isOver = true;
    await all;
  };
}

/** Waits until so many calls of this path have their answer. */
async function answered({ records }: Served, path: string, count: number): Promise<void> {
  while (records.filter(({ target }) => target === path).length < count) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
