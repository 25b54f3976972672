/** Functions that fail in every way we know of: the client gets an answer, the log says why, the next call works. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ERRORS, type ErrorCode } from '../src/errors';
import { describeFunctions, type FunctionRow, LONG_MS, SHORT_MS } from './support/bad-function';
import { expectGood, GOOD, recordOf } from './support/bad-row';
import { request } from './support/raw-http';
import { type Served, serve } from './support/serve';

const LOOPS: readonly FunctionRow[] = [
  { name: 'loops synchronously', code: 'for (;;);', error: 'HS_RUN_TIMEOUT', detail: /stopped after \d+ ms/ },
  { name: 'loops over promises', code: '(async () => { for (;;) await null; })();', error: 'HS_RUN_TIMEOUT' },
  {
    name: 'loops over ticks',
    code: 'const loop = () => process.nextTick(loop); loop();',
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'loops over turns',
    code: 'const loop = () => setImmediate(loop); loop();',
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'waits for a timer for too long',
    code: "setTimeout(callback, 60_000, null, 'x');",
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'waits for a socket that nobody writes to',
    code: 'require("net").createServer().listen(0, "127.0.0.1");',
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'waits for a child that sleeps',
    code: "require('child_process').execSync('sleep 60');",
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'blocks its thread',
    code: 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
    error: 'HS_RUN_TIMEOUT',
  },
  { name: 'stops its own process', code: "process.kill(process.pid, 'SIGSTOP');", error: 'HS_RUN_TIMEOUT' },
  {
    name: 'finds the worst regular expression',
    code: "/^(a+)+$/.test('a'.repeat(40) + 'b');",
    error: 'HS_RUN_TIMEOUT',
  },
];

const SILENT: readonly FunctionRow[] = [
  {
    name: 'returns without an answer',
    code: "return 'ignored';",
    error: 'HS_NEVER_ANSWERS',
    detail: /nothing is left/,
  },
  {
    name: 'resolves without an answer',
    code: "return Promise.resolve('ignored');",
    error: 'HS_NEVER_ANSWERS',
  },
  {
    name: 'waits for a promise that nobody settles',
    code: 'return new Promise(() => {});',
    error: 'HS_NEVER_ANSWERS',
  },
  {
    name: 'waits for an unreferenced timer',
    code: "setTimeout(callback, 60_000, null, 'x').unref();",
    error: 'HS_NEVER_ANSWERS',
  },
  { name: 'only sets an exit code', code: 'process.exitCode = 4;', error: 'HS_NEVER_ANSWERS' },
];

const stack = (message: string) => new RegExp(`"message":"${message}","name":"[A-Za-z]*Error","stack":`);

const THROWS: readonly FunctionRow[] = [
  {
    name: 'throws',
    code: "throw new TypeError('at once');",
    error: 'HS_THREW',
    text: stack('at once'),
    detail: /TypeError: at once\n\s+at .*functions\/\w+-\d+\.js:\d+/,
  },
  {
    name: 'throws in a timer',
    code: "setTimeout(() => { throw new Error('in a timer'); }, 5);",
    error: 'HS_THREW',
    text: stack('in a timer'),
    detail: /in a timer/,
  },
  {
    name: 'throws in a tick',
    code: "process.nextTick(() => { throw new Error('in a tick'); });",
    error: 'HS_THREW',
    text: stack('in a tick'),
  },
  {
    name: 'throws in an event listener',
    code: "new (require('events'))().emit('error', new Error('in a listener'));",
    error: 'HS_THREW',
    text: stack('in a listener'),
  },
  {
    name: 'rejects',
    code: "return Promise.reject(new Error('rejected'));",
    error: 'HS_REJECTED',
    text: stack('rejected'),
    detail: /Error: rejected/,
  },
  {
    name: 'leaves a rejection',
    code: "Promise.reject(new Error('floating'));",
    error: 'HS_REJECTED',
    text: stack('floating'),
    detail: /Error: floating/,
  },
  {
    name: 'returns a thenable that fails',
    code: "return { then(resolve, reject) { reject(new Error('thenable')); } };",
    error: 'HS_REJECTED',
    text: stack('thenable'),
  },
  {
    name: 'returns something whose then throws',
    code: "return { get then() { throw new Error('getter'); } };",
    error: 'HS_THREW',
    text: stack('getter'),
  },
  {
    name: 'passes an error',
    code: "callback(new Error('passed'), 'ignored');",
    error: 'HS_CALLBACK_ERROR',
    text: stack('passed'),
    detail: /Error: passed/,
  },
  { name: 'throws null', code: 'throw null;', error: 'HS_THREW', detail: /null/ },
  { name: 'throws undefined', code: 'throw undefined;', error: 'HS_THREW', detail: /undefined/ },
  {
    name: 'rejects with nothing',
    code: 'return Promise.reject();',
    error: 'HS_REJECTED',
    detail: /undefined/,
  },
  {
    name: 'throws a text',
    code: "throw 'only text';",
    error: 'HS_THREW',
    text: 'only text',
    detail: /only text/,
  },
  {
    name: 'overflows the stack',
    code: 'const again = () => again(); again();',
    error: 'HS_THREW',
    text: /Maximum call stack size exceeded/,
  },
  {
    name: 'calls back with an answer, then an error',
    code: "callback(null, 'x'); callback(new Error('second'));",
    error: null,
  },
  { name: 'calls back twice', code: "callback(null, 'x'); callback(null, 'y');", error: null },
  {
    name: 'calls back with an error, then an answer',
    code: "callback('first'); callback(null, 'y');",
    error: 'HS_CALLBACK_ERROR',
    text: 'first',
  },
  {
    name: 'removes all listeners and rejects',
    code: "process.removeAllListeners(); Promise.reject(new Error('bare'));",
    error: 'HS_EXITED',
    detail: /bare/,
  },
];

const AFTER: readonly FunctionRow[] = [
  {
    name: 'throws after its answer',
    code: "callback(null, 'x'); throw new Error('too late');",
    error: null,
    late: /after the answer: Error: too late/,
  },
  {
    name: 'rejects after its answer',
    code: "callback(null, 'x'); return Promise.reject(new Error('too late'));",
    error: null,
    late: /Error: too late/,
  },
  {
    name: 'leaves a rejection after its answer',
    code: "callback(null, 'x'); Promise.reject(new Error('too late'));",
    error: null,
    late: /Error: too late/,
  },
  {
    name: 'logs after its answer',
    code: "callback(null, 'x'); console.log('too late');",
    error: null,
    late: /^too late$/,
  },
  { name: 'loops after its answer', code: "callback(null, 'x'); for (;;);", error: null },
  {
    name: 'loops over promises after its answer',
    code: "callback(null, 'x'); (async () => { for (;;) await null; })();",
    error: null,
  },
  { name: 'exits after its answer', code: "callback(null, 'x'); process.exit(1);", error: null },
  {
    name: 'crashes after its answer',
    code: "callback(null, 'x'); process.kill(process.pid, 'SIGKILL');",
    error: null,
  },
  {
    name: 'closes its channel after its answer',
    code: "callback(null, 'x'); require('fs').closeSync(3);",
    error: null,
  },
  {
    name: 'stops its own process after its answer',
    code: "callback(null, 'x'); process.kill(process.pid, 'SIGSTOP');",
    error: null,
  },
];

const ENDS: readonly FunctionRow[] = [
  { name: 'exits', code: 'process.exit(3);', error: 'HS_EXITED', detail: /process\.exit\(3\)/ },
  { name: 'exits without a code', code: 'process.exit();', error: 'HS_EXITED', detail: /process\.exit\(0\)/ },
  {
    name: 'exits with nonsense',
    code: "process.exit('nonsense');",
    error: 'HS_THREW',
    text: /"name":"TypeError"/,
  },
  {
    name: 'exits in a timer',
    code: 'setTimeout(() => process.exit(4), 5);',
    error: 'HS_EXITED',
    detail: /process\.exit\(4\)/,
  },
  {
    name: 'exits in an exit listener',
    code: "process.on('exit', () => process.exit(5)); process.exit(6);",
    error: 'HS_EXITED',
  },
  {
    name: 'exits behind our back',
    code: 'process.reallyExit(7);',
    error: 'HS_EXITED',
    detail: /exit code 7/,
  },
  { name: 'aborts', code: 'process.abort();', error: 'HS_CRASHED', detail: /SIGABRT/ },
  {
    name: 'kills itself',
    code: "process.kill(process.pid, 'SIGKILL');",
    error: 'HS_CRASHED',
    detail: /SIGKILL/,
  },
  {
    name: 'ends itself',
    code: "process.kill(process.pid, 'SIGTERM'); setTimeout(callback, 60_000);",
    error: 'HS_CRASHED',
    detail: /SIGTERM/,
  },
  {
    name: 'touches memory that it does not have',
    code: "process.kill(process.pid, 'SIGSEGV');",
    error: 'HS_CRASHED',
    detail: /SIGSEGV/,
  },
  {
    name: 'fills its heap',
    code: 'const all = []; for (;;) all.push(new Array(1000).fill({}));',
    error: 'HS_OUT_OF_MEMORY',
    detail: /MB|heap/,
  },
  {
    name: 'fills a Map',
    code: 'const all = new Map(); for (let i = 0; ; i += 1) all.set(i, { i });',
    error: 'HS_OUT_OF_MEMORY',
  },
  {
    name: 'floods memory with Buffers',
    code: 'const all = []; for (;;) all.push(Buffer.alloc(4e6, 1));',
    error: 'HS_OUT_OF_MEMORY',
    detail: /it used \d+ MB, the limit is 96 MB/,
  },
  {
    name: 'floods memory slowly',
    code: 'const all = []; setInterval(() => all.push(Buffer.alloc(8e6, 1)), 5);',
    error: 'HS_OUT_OF_MEMORY',
  },
];

const LEFT: readonly FunctionRow[] = [
  {
    name: 'leaves a child process',
    code: "require('child_process').spawn('/bin/sleep', ['60']); callback(null, 'x');",
    error: null,
  },
  {
    name: 'leaves a detached child',
    code: "require('child_process').spawn('/bin/sleep', ['2'], { detached: true, stdio: 'inherit', cwd: '/' }).unref(); callback(null, 'x');",
    error: null,
  },
  {
    name: 'leaves a worker',
    code: "new (require('worker_threads').Worker)('setInterval(() => {}, 10)', { eval: true }); callback(null, 'x');",
    error: null,
  },
  { name: 'leaves a cluster worker', code: "require('cluster').fork(); callback(null, 'x');", error: null },
  {
    name: 'leaves a server',
    code: "require('net').createServer().listen(0, '127.0.0.1', () => callback(null, 'x'));",
    error: null,
  },
  {
    name: 'leaves 100,000 timers',
    code: "for (let i = 0; i < 1e5; i += 1) setTimeout(() => {}, 1e6); callback(null, 'x');",
    error: null,
  },
  { name: 'changes its working directory', code: "process.chdir('/'); callback(null, 'x');", error: null },
  {
    name: 'opens its standard input',
    code: "process.stdin.on('data', () => {}); callback(null, 'x');",
    error: null,
  },
  {
    name: 'closes its standard output',
    code: "require('fs').closeSync(1); console.log('a'); callback(null, 'x');",
    error: null,
  },
  {
    name: 'replaces what the runtime needs',
    code: "JSON.parse = JSON.stringify = process.exit = process.on = () => { throw new Error('replaced'); }; callback(null, 'x');",
    error: null,
  },
  {
    name: 'replaces timers',
    code: "globalThis.setImmediate = globalThis.setTimeout = process.nextTick = () => {}; callback(null, 'x');",
    error: null,
  },
  {
    name: 'deletes the environment',
    code: "for (const name in process.env) delete process.env[name]; callback(null, 'x');",
    error: null,
  },
  {
    name: 'freezes the prototypes',
    code: "Object.freeze(Object.prototype); Object.freeze(Array.prototype); callback(null, 'x');",
    error: null,
  },
];

/** `after` stands alone: it has room for all its instances, so none is ended before its late line is written. */
describeFunctions([
  { timeoutMs: SHORT_MS, tables: { loops: LOOPS } },
  { timeoutMs: LONG_MS, tables: { silent: SILENT, throws: THROWS, ends: ENDS, left: LEFT } },
  { timeoutMs: LONG_MS, tables: { after: AFTER } },
]);

interface ModuleRow {
  readonly name: string;
  readonly module: string;
  readonly error: ErrorCode;
  readonly detail: RegExp;
}

const HANDLER = "exports.handler = (context, event, callback) => callback(null, 'x');";
const MODULES: readonly ModuleRow[] = [
  {
    name: 'a syntax error',
    module: `\n\nlet = ;\n${HANDLER}`,
    error: 'HS_LOAD_FAILED',
    detail: /functions\/module-0\.js:3/,
  },
  {
    name: 'a throw at its top',
    module: `throw new Error('at the top');\n${HANDLER}`,
    error: 'HS_LOAD_FAILED',
    detail: /Error: at the top\n\s+at .*module-1\.js:1/,
  },
  {
    name: 'a missing dependency',
    module: `require('a-package-that-is-not-there');\n${HANDLER}`,
    error: 'HS_LOAD_FAILED',
    detail: /Cannot find module 'a-package-that-is-not-there'/,
  },
  {
    name: 'a missing file',
    module: `require('./nowhere');\n${HANDLER}`,
    error: 'HS_LOAD_FAILED',
    detail: /Cannot find module '\.\/nowhere'/,
  },
  {
    name: 'no handler',
    module: 'exports.helper = () => {};',
    error: 'HS_NO_HANDLER',
    detail: /Could not find a "handler" function in file functions\/module-4\.js/,
  },
  { name: 'nothing in it', module: '', error: 'HS_NO_HANDLER', detail: /handler/ },
  {
    name: 'a handler that is no function',
    module: "exports.handler = 'text';",
    error: 'HS_NO_HANDLER',
    detail: /handler is 'text'/,
  },
  { name: 'exports that are null', module: 'module.exports = null;', error: 'HS_NO_HANDLER', detail: /null/ },
  {
    name: 'exports whose getter throws',
    module: "Object.defineProperty(exports, 'handler', { get() { throw new Error('no handler here'); } });",
    error: 'HS_LOAD_FAILED',
    detail: /no handler here/,
  },
  {
    name: 'a throw of nothing at its top',
    module: 'throw undefined;',
    error: 'HS_LOAD_FAILED',
    detail: /undefined/,
  },
  {
    name: 'an exit at its top',
    module: `process.exit(2);\n${HANDLER}`,
    error: 'HS_EXITED',
    detail: /process\.exit\(2\)/,
  },
  {
    name: 'a crash at its top',
    module: `process.abort();\n${HANDLER}`,
    error: 'HS_CRASHED',
    detail: /SIGABRT/,
  },
  {
    name: 'an endless loop at its top',
    module: `for (;;);\n${HANDLER}`,
    error: 'HS_LOAD_TIMEOUT',
    detail: /stopped after \d+ ms/,
  },
  {
    name: 'an endless allocation at its top',
    module: `const all = []; for (;;) all.push(Buffer.alloc(4e6, 1));\n${HANDLER}`,
    error: 'HS_OUT_OF_MEMORY',
    detail: /MB/,
  },
];

describe('a module with', { concurrency: 4 }, () => {
  let served: Served;
  before(async () => {
    const files = MODULES.map(({ module }, index) => [`functions/module-${index}.js`, module]);
    served = await serve(
      { 'functions/good.js': GOOD, ...Object.fromEntries(files) },
      { timeoutMs: 2_500, memoryMb: 96 },
    );
  });
  after(() => served.close());

  MODULES.forEach(({ name, error, detail }, index) => {
    it(name, async () => {
      for (let call = 0; call < 2; call += 1) {
        const response = await request(served.port, { method: 'GET', path: `/module-${index}` });
        const record = await recordOf(served, response);
        assert.deepEqual([response.status, record.error], [ERRORS[error].status, error], record.detail ?? '');
        assert.match(record.detail ?? 'no detail', detail);
        await expectGood(served.port);
      }
    });
  });
});

describe('console output', () => {
  let served: Served;
  before(async () => {
    served = await serve({
      'functions/good.js': GOOD,
      'functions/flood.js': `exports.handler = (context, event, callback) => {
        for (let i = 0; i < 10_000; i += 1) console.log('x'.repeat(1_000));
        callback(null, 'x');
      };`,
      'functions/line.js':
        "exports.handler = (context, event, callback) => { console.log('y'.repeat(1e7)); callback(null, 'x'); };",
      'functions/child.js': `exports.handler = (context, event, callback) => {
        const script = "for (let i = 0; i < 100; i += 1) require('fs').writeSync(1, 'z'.repeat(1e5))";
        require('child_process').spawn(process.execPath, ['-e', script], { stdio: 'inherit' }).on('exit', (code) => callback(null, String(code)));
      };`,
      'functions/escape.js':
        "exports.handler = (context, event, callback) => { console.log('\\x1b[2J\\r\\nforged\\0'); callback(null, 'x'); };",
    });
  });
  after(() => served.close());

  for (const [path, answer] of [
    ['/flood', 'x'],
    ['/line', 'x'],
    ['/child', '0'],
  ] as const) {
    it(`of 10 MB is bounded, and the call is answered (${path})`, async () => {
      const [response] = await Promise.all([
        request(served.port, { method: 'GET', path }),
        expectGood(served.port),
      ]);
      assert.equal(`${response.status} ${response.text()}`, `200 ${answer}`);
      const record = await recordOf(served, response);
      const kept = record.console.reduce((sum, { text }) => sum + text.length, 0);
      assert.ok(kept > 0 && kept < 400_000, `${kept} characters were kept`);
      const isTold = record.consoleDropped > 0 || record.console.some(({ text }) => text.includes('dropped'));
      assert.ok(isTold, 'the record tells that something is missing');
    });
  }

  it('reaches the record as it was written', async () => {
    const response = await request(served.port, { method: 'GET', path: '/escape' });
    assert.deepEqual((await recordOf(served, response)).console, [
      { level: 'info', text: '\x1b[2J\r\nforged\0' },
    ]);
  });
});
