/** The two ways in which an instance waits for its next call: frozen in a read, or in its event loop. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Reading } from '../src/protocol/messages';
import { allGone } from './support/program';
import { request } from './support/raw-http';
import { type Served, serve } from './support/serve';

const FILES = {
  'functions/count.js': `
    let count = 0;
    exports.handler = (context, event, callback) => callback(null, [event.n, ++count, process.pid]);`,
  'functions/wait.js': `
    exports.handler = (context, event, callback) => setTimeout(callback, Number(event.ms), null, [process.pid]);`,
  'functions/ticks.js': `
    let ticks = 0;
    setInterval(() => { ticks += 1; }, 10).unref();
    exports.handler = (context, event, callback) => callback(null, ticks);`,
  'functions/never.js': 'exports.handler = () => {};',
  'functions/exit.js': 'exports.handler = (context, event) => process.exit(3);',
  'functions/loop.js': 'exports.handler = () => { for (;;); };',
  'functions/big.js': `
    exports.handler = (context, event, callback) => callback(null, 'x'.repeat(4 * 1024 * 1024));`,
  'functions/length.js': `
    exports.handler = (context, event, callback) => callback(null, event.text.length);`,
};
const JSON_TYPE = ['Content-Type', 'application/json'] as const;

for (const reading of ['frozen', 'events'] satisfies Reading[]) {
  describe(`an instance that reads its calls by ${reading}`, () => {
    it('runs calls one after the other, with its state', async (t) => {
      const served = await servedFor(t, reading);
      const answers = [];
      for (let n = 1; n <= 20; n++) answers.push((await askJson(served, `/count?n=${n}`)) as unknown[]);
      const [, , pid] = answers[0] ?? [];
      assert.deepEqual(
        answers,
        answers.map((_, at) => [String(at + 1), at + 1, pid]),
      );
    });

    it('runs each of many calls that come at once, once', async (t) => {
      const served = await servedFor(t, reading);
      const ask = (n: number) => askJson(served, `/count?n=${n}`) as Promise<[string, number, number]>;
      for (let n = 0; n < 20; n++) await ask(n);
      const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => ask(n)));
      assert.deepEqual(
        answers.map(([n]) => n),
        answers.map((_, at) => String(at)),
      );
      const runs = new Set(answers.map(([, count, pid]) => `${pid}/${count}`));
      assert.equal(runs.size, answers.length, 'each run counts for itself');
    });

    it('sends and takes what is as large as allowed', async (t) => {
      const served = await servedFor(t, reading);
      const { status, body } = await request(served.port, { method: 'GET', path: '/big' });
      assert.deepEqual([status, body.length], [200, 4 * 1024 * 1024]);
      const text = 'y'.repeat(1_000_000);
      const sent = { method: 'POST', path: '/length', headers: [JSON_TYPE], body: JSON.stringify({ text }) };
      assert.equal((await request(served.port, sent)).text(), '1000000');
    });

    const ends: readonly [path: string, status: number, code: string][] = [
      ['/never', 504, 'HS_NEVER_ANSWERS'],
      ['/exit', 500, 'HS_EXITED'],
      ['/loop', 504, 'HS_RUN_TIMEOUT'],
    ];
    for (const [path, status, code] of ends) {
      it(`answers ${status} (${code}) for ${path}, and serves on`, async (t) => {
        const served = await servedFor(t, reading, 1_000);
        for (let round = 0; round < 2; round++) {
          assert.equal((await request(served.port, { method: 'GET', path })).status, status);
          assert.equal((await served.record(path)).error, code);
        }
      });
    }

    it('leaves when the platform closes', async (t) => {
      const served = await servedFor(t, reading);
      const [pid] = (await askJson(served, '/wait?ms=5')) as [number];
      await served.platform.close();
      await allGone([pid]);
    });
  });
}

it('what is left behind rests between calls where instances are frozen, and goes on where they are not', async (t) => {
  const ticks = async (reading: Reading): Promise<number> => {
    const served = await servedFor(t, reading);
    const first = Number(await askJson(served, '/ticks'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    return Number(await askJson(served, '/ticks')) - first;
  };
  // A frozen one may have one tick while its event loop turns before the handler.
  assert((await ticks('frozen')) <= 2);
  assert((await ticks('events')) >= 5);
});

async function servedFor(t: TestContext, reading: Reading, timeoutMs = 10_000): Promise<Served> {
  const served = await serve(FILES, { reading, timeoutMs });
  t.after(() => served.close());
  return served;
}

async function askJson(served: Served, path: string): Promise<unknown> {
  const response = await request(served.port, { method: 'GET', path });
  assert.equal(response.status, 200, response.text());
  return JSON.parse(response.text());
}
