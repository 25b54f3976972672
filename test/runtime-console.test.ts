import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';

/** Runs code in a process whose console is ours, and returns what was emitted: the level and the text of each line. */
function linesOf(code: string): [string, string][] {
  const script = `
    const { writeSync } = require('node:fs');
    const { installConsole, flushConsole } = require(${JSON.stringify(join(__dirname, '../src/runtime/console'))});
    const lines = [];
    installConsole({ current: () => globalThis.owner, emit: (level, text, owner) => lines.push(owner === undefined ? [level, text] : [level, text, owner]) });
    globalThis.flush = flushConsole;
    (async () => { ${code} })().then(() => { flushConsole(); writeSync(1, JSON.stringify(lines)); });
  `;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    maxBuffer: 8_000_000,
  });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

const WRITES: [string, string, [string, string][]][] = [
  [
    'log and info',
    "console.log('a'); console.info('b')",
    [
      ['info', 'a'],
      ['info', 'b'],
    ],
  ],
  ['debug', "console.debug('a')", [['debug', 'a']]],
  ['warn', "console.warn('a')", [['warn', 'a']]],
  ['error', "console.error('a')", [['error', 'a']]],
  ['nothing at all', 'console.log()', [['info', '']]],
  [
    'formats as Node does',
    "console.log('%s is %d', 'x', 1, { key: 'value' }, [1])",
    [['info', "x is 1 { key: 'value' } [ 1 ]"]],
  ],
  ['no colours', "console.log({ a: 'b', c: 1 })", [['info', "{ a: 'b', c: 1 }"]]],
  [
    'groups indent all levels',
    "console.group('g'); console.log('a\\nb'); console.error('c'); console.groupEnd(); console.log('d')",
    [
      ['info', 'g'],
      ['info', '  a\n  b'],
      ['error', '  c'],
      ['info', 'd'],
    ],
  ],
  ['assert', "console.assert(true, 'no'); console.assert(false, 'yes')", [['warn', 'Assertion failed: yes']]],
  [
    'count and dir',
    'console.count(); console.count(); console.dir({ a: 1 })',
    [
      ['info', 'default: 1'],
      ['info', 'default: 2'],
      ['info', '{ a: 1 }'],
    ],
  ],
  [
    'taken apart',
    "const { log, warn } = console; log('a'); warn('b')",
    [
      ['info', 'a'],
      ['warn', 'b'],
    ],
  ],
  [
    'required',
    "require('node:console').log('a'); require('console').error('b')",
    [
      ['info', 'a'],
      ['error', 'b'],
    ],
  ],
  [
    'a level inside another',
    "console.warn({ [Symbol.for('nodejs.util.inspect.custom')]() { console.log('in'); return 'out' } })",
    [
      ['info', 'in'],
      ['warn', 'out'],
    ],
  ],
  [
    'streams',
    "process.stdout.write('a\\n'); process.stderr.write('b\\n')",
    [
      ['info', 'a'],
      ['error', 'b'],
    ],
  ],
  ['several lines at once', "process.stdout.write('a\\n\\nb\\n')", [['info', 'a\n\nb']]],
  [
    'parts of a line',
    "process.stdout.write('a'); process.stdout.write('b\\nc'); process.stdout.write('d\\n')",
    [
      ['info', 'ab'],
      ['info', 'cd'],
    ],
  ],
  ['a part before console.log', "process.stdout.write('a'); console.log('b')", [['info', 'ab']]],
  [
    'a part that is flushed',
    "process.stdout.write('a'); flush(); flush(); console.log('b')",
    [
      ['info', 'a'],
      ['info', 'b'],
    ],
  ],
  ['an empty line', "process.stdout.write('\\n')", [['info', '']]],
  [
    'bytes, cut within a character',
    "const b = Buffer.from('é\\n'); process.stdout.write(b.subarray(0, 1)); process.stdout.write(b.subarray(1))",
    [['info', 'é']],
  ],
  [
    'an encoding',
    "process.stdout.write('6869', 'hex'); process.stdout.write('\\n', 'utf8')",
    [['info', 'hi']],
  ],
  [
    'the stream of the console, as winston does',
    "console._stdout.write('a\\n'); console._stderr.write('b\\n')",
    [
      ['info', 'a'],
      ['error', 'b'],
    ],
  ],
  [
    'after the end of the stream',
    "process.stdout.end('a\\n'); process.stdout.destroy(); console.log('b')",
    [
      ['info', 'a'],
      ['info', 'b'],
    ],
  ],
  [
    'a write that was replaced',
    "const { write } = process.stdout; process.stdout.write = (text) => write.call(process.stdout, '>' + text); console.log('a')",
    [['info', '>a']],
  ],
  [
    'a pipe',
    "const { Readable } = require('node:stream'); Readable.from(['a', 'b\\n']).pipe(process.stdout); await new Promise(setImmediate); await new Promise(setImmediate)",
    [['info', 'ab']],
  ],
  [
    'a pipeline',
    "await require('node:stream/promises').pipeline(['a\\n'], process.stdout, { end: false })",
    [['info', 'a']],
  ],
];
for (const [name, code, expected] of WRITES) {
  test(`console: ${name}`, () => assert.deepEqual(linesOf(code), expected));
}

test('trace is an error with the place of its call', () => {
  const [[level, text] = []] = linesOf("console.trace('here')");
  assert.equal(level, 'error');
  assert.match(text ?? '', /^Trace: here\n {4}at /);
});

test('table draws what Node draws', () => {
  const [[level, text] = []] = linesOf('console.table([{ a: 1 }])');
  assert.equal(level, 'info');
  assert.match(text ?? '', /│ \(index\) │ a │/);
});

test('time and timeEnd write the time in between', () => {
  const lines = linesOf("console.time('t'); console.timeLog('t', 1); console.timeEnd('t')");
  assert.equal(lines.length, 2);
  for (const [level, text] of lines) {
    assert.equal(level, 'info');
    assert.match(text, /^t: [\d.]+m?s/);
  }
});

test('callbacks of write and end come later, each once', () => {
  const code = `
    const order = [];
    process.stdout.write('a\\n', () => order.push('write'));
    process.stdout.write('b\\n', 'utf8', () => order.push('encoded'));
    process.stdout.end(() => order.push('end'));
    order.push('now');
    await new Promise(setImmediate);
    console.log(order.join());
  `;
  assert.deepEqual(linesOf(code).at(-1), ['info', 'now,write,encoded,end']);
});

test('the streams have what loggers look at', () => {
  const code = `
    const { isTTY, columns, fd, writable, writableLength } = process.stdout;
    const emits = []; process.stdout.once('drain', () => emits.push('drain')); process.stdout.emit('drain');
    process.stdout.cork(); process.stdout.uncork();
    console.log(JSON.stringify([isTTY, columns ?? null, fd, process.stderr.fd, writable, writableLength, process.stdout.write(''), process.stdout.hasColors(), emits]));
  `;
  assert.deepEqual(linesOf(code), [['info', '[false,null,1,2,true,0,true,false,["drain"]]']]);
});

test('what is neither text nor bytes is refused as a stream does', () => {
  const code = `for (const chunk of [null, 1, {}]) { try { process.stdout.write(chunk) } catch (error) { console.log(error.code) } }`;
  assert.deepEqual(linesOf(code), Array(3).fill(['info', 'ERR_INVALID_ARG_TYPE']));
});

test('an argument that throws when it is shown throws where it was logged', () => {
  const code =
    "const bad = { [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('no') } }; try { console.warn(bad) } catch { console.log('thrown') }";
  assert.deepEqual(linesOf(code), [['info', 'thrown']]);
});

test('a text without end comes in parts that fit into a message', () => {
  const lines = linesOf("console.log('x'.repeat(1_000_000)); process.stdout.write('y'.repeat(600_000))");
  assert.ok(lines.every(([, text]) => text.length <= 262_144));
  assert.equal(lines.map(([, text]) => text).join('').length, 1_600_000);
});

test('a line that somebody began is his, whoever writes next', () => {
  const code = `globalThis.owner = 'first'; process.stdout.write('LEFT ');
    globalThis.owner = 'second'; console.log('mine');`;
  assert.deepEqual(linesOf(code), [
    ['info', 'LEFT ', 'first'],
    ['info', 'mine', 'second'],
  ]);
});
