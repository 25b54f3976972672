/** The spare: a process that is ready before a Function needs it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { instancesOf } from './support/program';
import { request } from './support/raw-http';
import { eventually, serve } from './support/serve';

/** Its module notes, while it is loaded, what was loaded before. */
const LISTS = `
const before = Object.keys(require.cache).filter((file) => file.includes('/twilio/')).map((file) => file.split('/').at(-1));
exports.handler = (context, event, callback) => callback(null, before);`;

it('has the TwiML classes loaded, and not the rest of the SDK', async (t) => {
  const names = Array.from({ length: 12 }, (_, index) => `f${index}`);
  const files = Object.fromEntries(names.map((name) => [`functions/${name}.js`, LISTS]));
  const served = await serve(files);
  t.after(() => served.close());
  let loaded: string[] = [];
  for (const name of names) {
    // The first ones may come before it is ready.
    const response = await request(served.port, { method: 'GET', path: `/${name}` });
    loaded = JSON.parse(response.text()) as string[];
    if (loaded.length > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert(loaded.includes('MessagingResponse.js') && loaded.includes('VoiceResponse.js'), String(loaded));
  assert(!loaded.includes('Twilio.js'), String(loaded));
});

it('answers as well where the project has a broken SDK', async (t) => {
  const files = {
    'functions/hello.js': "exports.handler = (context, event, callback) => callback(null, 'ahoy');",
    'functions/later.js': "exports.handler = (context, event, callback) => callback(null, 'later');",
    'node_modules/twilio/package.json': '{"name":"twilio","main":"lib/index.js"}',
    'node_modules/twilio/lib/index.js': "throw new Error('broken');",
    'node_modules/twilio/lib/twiml/VoiceResponse.js': "throw new Error('broken');",
    'node_modules/twilio/lib/twiml/MessagingResponse.js': "throw new Error('broken');",
  };
  const served = await serve(files);
  t.after(() => served.close());
  const ask = async (path: string) => (await request(served.port, { method: 'GET', path })).text();
  assert.equal(await ask('/hello'), 'ahoy');
  await eventually(() => served.records[0]);
  assert.equal(await ask('/later'), 'later');
});

describe('where the SDK of the project', () => {
  const rows: readonly (readonly [name: string, code: string, reason: RegExp])[] = [
    ['ends the process', 'process.exit(3);', /its process ended with exit code 3$/],
    ['never ends to load', 'for (;;);', /loading the TwiML classes of the package twilio took over 3 s$/],
    [
      'leaves a worker thread behind',
      "new (require('node:worker_threads').Worker)('setInterval(() => {}, 1000)', { eval: true });",
      /a child process or a worker thread was still running$/,
    ],
  ];
  for (const [name, code, reason] of rows) {
    it(`${name}, spares do without it after two attempts, which is told once, and calls are answered`, async (t) => {
      const notes = `require('node:fs').appendFileSync(require('node:path').join(__dirname, 'loads.log'), 'x');\n`;
      const served = await serve({
        'functions/a.js': "exports.handler = (context, event, callback) => callback(null, 'a');",
        'functions/b.js': "exports.handler = (context, event, callback) => callback(null, 'b');",
        'node_modules/twilio/package.json': '{"name":"twilio","main":"lib/index.js"}',
        'node_modules/twilio/lib/index.js': '',
        'node_modules/twilio/lib/twiml/VoiceResponse.js': notes + code,
      });
      t.after(() => served.close());
      const ask = async (path: string) => (await request(served.port, { method: 'GET', path })).text();
      assert.equal(await ask('/a'), 'a');
      await eventually(() => served.notices[0], 20_000);
      assert.equal(await ask('/b'), 'b');
      // An instance of each, a spare that stays, and the process behind it.
      await eventually(() => instancesOf(process.pid).length === 4 || undefined, 10_000);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const loads = readFileSync(
        served.project.file('node_modules/twilio/lib/twiml/loads.log'),
        'utf8',
      ).length;
      assert.ok(loads >= 2 && loads <= 3, `${loads} loads`);
      assert.equal(served.notices.length, 1, served.notices.join('\n'));
      assert.match(served.notices[0] ?? '', /^processes in reserve end while they load the TwiML classes/);
      assert.match(served.notices[0] ?? '', reason);
    });
  }
});

it('of a build that was just saved is a process that ran before', async (t) => {
  const uptime = (name: string) =>
    `exports.handler = (context, event, callback) => callback(null, ['${name}', process.uptime() * 1000]);`;
  const served = await serve({ 'functions/a.js': uptime('first') }, { live: true });
  t.after(() => served.close());
  const ask = async () =>
    JSON.parse((await request(served.port, { method: 'GET', path: '/a' })).text()) as [string, number];
  assert.equal((await ask())[0], 'first');
  // A save may be noticed in two steps, with a build for each; then there is one process too few.
  for (let round = 1; ; round++) {
    // The process of the call, the next spare, and the one behind it; not those that end because of the save before.
    await eventually(async () => {
      const before = instancesOf(process.pid);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const now = instancesOf(process.pid);
      return (now.length === 3 && now.every((pid) => before.includes(pid))) || undefined;
    }, 10_000);
    const savedAt = performance.now();
    await served.project.replace('functions/a.js', uptime(`saved ${round}`));
    let [name, ranMs] = await ask();
    while (name !== `saved ${round}`) [name, ranMs] = await ask();
    if (ranMs > performance.now() - savedAt) return;
    assert(round < 5, `it ran for ${ranMs} ms`);
  }
});
