/** Functions that replace what their process stands on: globals, prototypes, modules of Node. Only they may feel it. */
import { ANY_FAILURE, describeFunctions, type FunctionRow, LONG_MS, SHORT_MS } from './support/bad-function';

const ANSWER = 'callback(null, { a: [1, "b"] });';
const TEXT = '{"a":[1,"b"]}';
const BROKEN = "const broken = () => { throw new Error('replaced'); };";

/** Every method of an object, static or not. */
function breakAll(holder: string, except: readonly string[] = []): string {
  return `${BROKEN} for (const key of Reflect.ownKeys(${holder})) {
    if (${JSON.stringify(['constructor', ...except])}.includes(key)) continue;
    const { value, writable } = Object.getOwnPropertyDescriptor(${holder}, key);
    if (typeof value === 'function' && writable) ${holder}[key] = broken;
  }`;
}

/** What a polyfill, a mock of the clock or a careless library does: the answer is right all the same. */
const REPLACED: readonly FunctionRow[] = [
  ['JSON', breakAll('JSON')],
  ['the methods of WeakMap', breakAll('WeakMap.prototype')],
  ['the methods of Set', breakAll('Set.prototype')],
  ['the methods of regular expressions', breakAll('RegExp.prototype')],
  ['the methods of promises', breakAll('Promise.prototype')],
  ['Promise', 'globalThis.Promise = function () { throw new Error(); };'],
  [
    'call, apply and bind',
    `${BROKEN} Object.assign(Function.prototype, { call: broken, apply: broken, bind: broken });`,
  ],
  ['the clock by one that stands still', 'performance.now = () => 0; Date.now = () => 0;'],
  ['the timers', 'setImmediate = setTimeout = setInterval = queueMicrotask = process.nextTick = () => {};'],
  ['the timers of node:timers', "require('timers').setImmediate = require('timers').setTimeout = () => {};"],
  ['process.on, emit and listeners', `${BROKEN} process.on = process.emit = process.listeners = broken;`],
  ['process.env', 'process.env = null;'],
  ['the console', 'globalThis.console = null; delete process.stdout; delete process.stderr;'],
  ['EventEmitter', breakAll("require('events').prototype")],
  ['diagnostics_channel', breakAll("require('diagnostics_channel')")],
  ['node:util', breakAll("require('util')")],
  ['the cache of modules', 'for (const key of Object.keys(require.cache)) delete require.cache[key];'],
].map(
  ([what = '', code = '']): FunctionRow => ({
    name: `replaces ${what}`,
    code: `${code} ${ANSWER}`,
    error: null,
    text: TEXT,
  }),
);

/** Nothing can run without these: its own call may fail, and nobody else's. */
const BROKEN_DOWN: readonly FunctionRow[] = [
  ['Math', breakAll('Math')],
  [
    'Reflect',
    `const { ownKeys } = Reflect; ${BROKEN} for (const key of ownKeys(Reflect)) Reflect[key] = broken;`,
  ],
  ['the functions of Object', breakAll('Object', ['getOwnPropertyDescriptor'])],
  ['the functions of Buffer', breakAll('Buffer')],
  ['Buffer itself', 'globalThis.Buffer = null; globalThis.Uint8Array = null;'],
  ['the methods of Map', breakAll('Map.prototype')],
  ['the methods of Buffers', breakAll('Buffer.prototype')],
  ['the methods of typed arrays', breakAll('Object.getPrototypeOf(Uint8Array.prototype)')],
  ['the methods of arrays', breakAll('Array.prototype', ['includes'])],
  ['the iterator of arrays', 'Array.prototype[Symbol.iterator] = null;'],
  ['the methods of strings', breakAll('String.prototype')],
  ['the clock', `${BROKEN} performance.now = Date.now = process.hrtime = process.uptime = broken;`],
  ['the clock by NaN', 'performance.now = () => NaN; process.cpuUsage = () => ({ user: NaN, system: -1 });'],
  ['the methods of process', breakAll('process')],
  ['process', 'globalThis.process = new Proxy({}, { get() { throw new Error(); } });'],
  ['reading and writing of node:fs', `${BROKEN} require('fs').readSync = require('fs').writeSync = broken;`],
  ['reading of node:fs by lies', "require('fs').readSync = () => 0;"],
  ['writing of node:fs by lies', "require('fs').writeSync = (fd, bytes) => bytes.length;"],
  ['AsyncLocalStorage', breakAll("require('async_hooks').AsyncLocalStorage.prototype")],
  [
    'the store of AsyncLocalStorage',
    "require('async_hooks').AsyncLocalStorage.prototype.getStore = () => ({ id: 99 });",
  ],
  ['node:path', breakAll("require('path')")],
  ['node:module', breakAll("require('module')")],
  [
    'everything global',
    'for (const key of Object.getOwnPropertyNames(globalThis)) { try { delete globalThis[key]; } catch {} }',
  ],
].map(([what = '', code = '']) => survived(`breaks ${what}`, `${code} ${ANSWER}`));

/** The runtime reads such names from objects of its own, which inherit what is planted below them all. */
const PLANTED: readonly FunctionRow[] = [
  'then',
  'type',
  'status',
  'kind',
  'headers',
  'body',
  'failure',
  'code',
  'stack',
  'message',
  'retire',
  'get',
  'set',
  'value',
  'writable',
  'toJSON',
  '0',
  'length',
].flatMap((key): FunctionRow[] => [
  survived(`plants ${key} below all objects`, `Object.prototype[${JSON.stringify(key)}] = 7; ${ANSWER}`),
  survived(
    `plants ${key} below all objects, which throws`,
    `const fail = () => { throw new Error('planted'); };
    Object.defineProperty(Object.prototype, ${JSON.stringify(key)}, { configurable: true, get: fail, set: fail }); ${ANSWER}`,
  ),
]);

function survived(name: string, code: string): FunctionRow {
  return { name, code, error: [null, ...ANY_FAILURE], text: /./ };
}

describeFunctions([
  { timeoutMs: LONG_MS, tables: { replaced: REPLACED } },
  { timeoutMs: SHORT_MS, tables: { broken: BROKEN_DOWN, planted: PLANTED } },
]);
