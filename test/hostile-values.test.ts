/** Functions that throw, return, pass and plant values made to break whoever looks at them; and code that never ends. */
import { describeFunctions, type FunctionRow, LONG_MS, SHORT_MS } from './support/bad-function';

const ANSWER = "callback(null, 'x');";
const NEVER = 'setTimeout(callback, 60_000);';
const REVOKED = 'const { proxy, revoke } = Proxy.revocable({}, {}); revoke();';
const TRAPPED = "new Proxy({}, new Proxy({}, { get() { throw new Error('trap'); } }))";

/** Values that hurt; each is thrown, is what a promise is rejected with, and is passed as an error and as a result. */
const VALUES: readonly (readonly [what: string, before: string, value: string])[] = [
  ['a revoked Proxy', REVOKED, 'proxy'],
  ['a Proxy that throws at every touch', '', TRAPPED],
  ['a Symbol', '', "Symbol('s')"],
  ['a function', '', "() => 'f'"],
  ['a BigInt', '', '1n'],
  ['an object without a prototype', '', 'Object.create(null)'],
  [
    'an object whose every conversion throws',
    "const fail = () => { throw new Error('conversion'); };",
    '{ toString: fail, valueOf: fail, toJSON: fail, [Symbol.toPrimitive]: fail, get [Symbol.toStringTag]() { return fail(); } }',
  ],
  [
    'an object whose getters throw',
    '',
    "{ get message() { throw new Error('m'); }, get name() { throw new Error('n'); }, get body() { throw new Error('b'); } }",
  ],
  [
    'an Error whose getters throw',
    "const error = new Error('g'); for (const key of ['stack', 'name', 'message', 'cause', 'code']) Object.defineProperty(error, key, { get() { throw new Error(key); } });",
    'error',
  ],
  [
    'an Error whose members are of other types',
    '',
    "Object.assign(new Error('t'), { name: 7, message: {}, stack: [], cause: 1n })",
  ],
  ['an Error with a huge message', '', "new Error('m'.repeat(2e6))"],
  [
    'an Error with a huge stack',
    '',
    "Object.assign(new Error('s'), { stack: 'at x\\n    at y\\n'.repeat(1e4) })",
  ],
  ['an Error that is its own cause', "const error = new Error('c'); error.cause = error;", 'error'],
  [
    'an Error with 1,000 causes',
    "let error = new Error('0'); for (let i = 1; i < 1e3; i += 1) error = new Error(String(i), { cause: error });",
    'error',
  ],
  ['an AggregateError of itself', 'const error = new AggregateError([]); error.errors.push(error);', 'error'],
  ['an Error whose prototype is gone', '', "Object.setPrototypeOf(new Error('p'), null)"],
  ['an Error of another realm', '', "require('vm').runInNewContext(\"new TypeError('realm')\")"],
  [
    'an array that is nested 100,000 times',
    'let all = []; for (let i = 0; i < 1e5; i += 1) all = [all];',
    'all',
  ],
  [
    'an object with an inspect function that throws',
    '',
    "{ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('i'); } }",
  ],
  [
    'a detached ArrayBuffer',
    'const buffer = new ArrayBuffer(8); structuredClone(buffer, { transfer: [buffer] });',
    'buffer',
  ],
];

const FAILED = /./;
const THROWN: readonly FunctionRow[] = VALUES.flatMap(([what, before, value]): FunctionRow[] => [
  { name: `throws ${what}`, code: `${before} throw ${value};`, error: 'HS_THREW', text: FAILED },
  {
    name: `rejects with ${what}`,
    code: `${before} return Promise.reject(${value});`,
    error: 'HS_REJECTED',
    text: FAILED,
  },
  {
    name: `throws ${what} in a timer`,
    code: `${before} setTimeout(() => { throw ${value}; }, 1);`,
    error: 'HS_THREW',
    text: FAILED,
  },
  {
    name: `passes ${what} as an error`,
    code: `${before} callback(${value});`,
    error: 'HS_CALLBACK_ERROR',
    text: FAILED,
  },
  {
    name: `logs ${what}`,
    code: `${before} try { console.log(${value}); } catch {} ${ANSWER}`,
    error: null,
  },
  {
    name: `passes ${what} as a result`,
    code: `${before} callback(null, ${value});`,
    error: [null, 'HS_RESULT_INVALID'],
    text: /(?:)/,
  },
  {
    name: `throws ${what} after its answer`,
    code: `${before} ${ANSWER} throw ${value};`,
    error: null,
  },
]);

const THENABLES: readonly FunctionRow[] = [
  { name: 'returns a thenable that never settles', code: 'return { then() {} };', error: 'HS_NEVER_ANSWERS' },
  {
    name: 'returns a thenable that settles twice',
    code: `return { then(_, reject) { reject(new Error('first')); reject(new Error('second')); ${ANSWER} } };`,
    error: 'HS_REJECTED',
    text: /"message":"first"/,
  },
  {
    name: 'returns a thenable that answers',
    code: `return { then() { ${ANSWER} } };`,
    error: null,
  },
  {
    name: 'returns a thenable that throws',
    code: "return { then() { throw new Error('then'); } };",
    error: 'HS_THREW',
    text: /"message":"then"/,
  },
  {
    name: 'returns a thenable that answers and throws',
    code: `return { then() { ${ANSWER} throw new Error('then'); } };`,
    error: null,
  },
  {
    name: 'returns a promise whose then was replaced',
    code: `const promise = Promise.resolve(); promise.then = () => { throw new Error('own then'); }; return promise;`,
    error: 'HS_THREW',
    text: /own then/,
  },
  { name: 'returns a revoked Proxy', code: `${REVOKED} return proxy;`, error: 'HS_THREW', text: /revoked/ },
  { name: 'calls back with itself', code: 'callback(null, callback);', error: null, text: '' },
  {
    name: 'lets callback be a method of an Error',
    code: "callback.call(new Error('this'), null, 'x');",
    error: null,
  },
  {
    name: 'constructs callback',
    code: "try { new callback(null, 'x'); } catch { callback(null, 'x'); }",
    error: null,
  },
  {
    name: 'calls back a thousand times',
    code: "for (let i = 0; i < 1e3; i += 1) callback(null, 'x');",
    error: null,
  },
  {
    name: 'calls back while its result is read',
    code: "callback(null, { get a() { callback(null, 'inner'); return 1; } });",
    error: null,
    text: /inner|\{"a":1\}/,
  },
  {
    name: 'throws while its result is read',
    code: "callback(null, { toJSON() { setTimeout(() => { throw new Error('later'); }, 1); return 'x'; } });",
    error: null,
    text: '"x"',
  },
  {
    name: 'answers with a byte over 4 MB',
    code: "callback(null, 'x'.repeat(4_194_305));",
    error: 'HS_RESPONSE_TOO_LARGE',
    detail: /4,?194,?305/,
  },
  {
    name: 'answers with a text that no process can hold twice',
    code: "callback(null, 'x'.repeat(2 ** 29 - 24));",
    error: ['HS_RESPONSE_TOO_LARGE', 'HS_OUT_OF_MEMORY'],
    text: /./,
  },
  {
    name: 'answers with a list that becomes 600 MB of JSON',
    code: "callback(null, new Array(6_000).fill('x'.repeat(100_000)));",
    error: ['HS_RESPONSE_TOO_LARGE', 'HS_OUT_OF_MEMORY'],
    text: /./,
  },
];

const STACKS: readonly FunctionRow[] = [
  ['0', 'Error.stackTraceLimit = 0;'],
  ['without end', 'Error.stackTraceLimit = Infinity;'],
  ['a text', "Error.stackTraceLimit = 'many';"],
  [
    'a getter that throws',
    "Object.defineProperty(Error, 'stackTraceLimit', { get() { throw new Error('limit'); } });",
  ],
].map(
  ([what = '', code = '']): FunctionRow => ({
    name: `makes the limit of stacks ${what} and throws`,
    code: `${code} throw new TypeError('limited');`,
    error: 'HS_THREW',
    text: /limited|limit/,
  }),
);

const PREPARED: readonly FunctionRow[] = [
  ['throws', "throw new Error('prepare');"],
  ['returns an object', 'return { toString() { throw new Error(); } };'],
  ['returns nothing', ''],
  ['returns much', "return 'x'.repeat(1e7);"],
  ['throws of its own depth', 'return new Error().stack;'],
].map(
  ([what = '', code = '']): FunctionRow => ({
    name: `formats stacks in a way that ${what}`,
    code: `Error.prepareStackTrace = () => { ${code} }; throw new TypeError('formatted');`,
    error: 'HS_THREW',
    text: FAILED,
  }),
);

const LISTENERS: readonly FunctionRow[] = [
  {
    name: 'listens for its own exceptions',
    code: "process.on('uncaughtException', () => {}); setTimeout(() => { throw new Error('listened'); }, 1);",
    error: 'HS_THREW',
    text: /listened/,
  },
  {
    name: 'listens for exceptions and throws there',
    code: "process.on('uncaughtException', () => { throw new Error('again'); }); setTimeout(() => { throw new Error('first'); }, 1);",
    error: ['HS_THREW', 'HS_EXITED'],
    text: FAILED,
  },
  {
    name: 'listens for exceptions and answers there',
    code: `process.prependListener('uncaughtException', () => { ${ANSWER} }); setTimeout(() => { throw new Error('answered'); }, 1);`,
    error: null,
  },
  {
    name: 'catches exceptions before all listeners',
    code: `process.setUncaughtExceptionCaptureCallback(() => { ${ANSWER} }); setTimeout(() => { throw new Error('captured'); }, 1);`,
    error: null,
  },
  {
    name: 'removes the listeners for exceptions and throws',
    code: "process.removeAllListeners('uncaughtException'); setTimeout(() => { throw new Error('unheard'); }, 1);",
    error: 'HS_EXITED',
    detail: /unheard/,
  },
  {
    name: 'removes all listeners, and does not answer',
    code: 'process.removeAllListeners();',
    error: ['HS_NEVER_ANSWERS', 'HS_BROKE_PROTOCOL', 'HS_EXITED'],
    text: FAILED,
  },
  {
    name: 'removes all listeners and answers',
    code: `process.removeAllListeners(); ${ANSWER}`,
    error: null,
  },
  {
    name: 'works in a domain',
    code: `const domain = require('domain').create();
      domain.on('error', ({ message }) => callback(null, message));
      domain.run(() => setTimeout(() => { throw new Error('x'); }, 1));`,
    error: null,
  },
  {
    name: 'sets a flag of V8',
    code: `require('v8').setFlagsFromString('--stack-size=100'); ${ANSWER}`,
    error: null,
  },
  {
    name: 'asks for unhandled rejections to be ignored, and waits for one',
    code: "process.on('unhandledRejection', () => {}); Promise.reject(new Error('ignored'));",
    error: 'HS_REJECTED',
    text: /ignored/,
  },
];

const ENDLESS: readonly FunctionRow[] = [
  {
    name: 'queues microtasks without end',
    code: 'const next = () => queueMicrotask(next); next();',
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'queues microtasks without end after its answer',
    code: `${ANSWER} const next = () => queueMicrotask(next); next();`,
    error: null,
  },
  {
    name: 'queues ticks without end after its answer',
    code: `${ANSWER} const next = () => process.nextTick(next); next();`,
    error: null,
  },
  {
    name: 'calls itself over promises without end',
    code: 'const again = async () => { await null; return again(); }; return again();',
    error: ['HS_RUN_TIMEOUT', 'HS_OUT_OF_MEMORY'],
    text: FAILED,
  },
  {
    name: 'loops in WebAssembly',
    code: `const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 9, 1, 7, 0, 3, 64, 12, 0, 11, 11];
      new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes))).exports.f();`,
    error: 'HS_RUN_TIMEOUT',
  },
  { name: 'loops in a result', code: 'callback(null, { toJSON() { for (;;); } });', error: 'HS_RUN_TIMEOUT' },
  {
    name: 'loops in an error',
    code: 'throw { get message() { for (;;); }, toJSON() { for (;;); } };',
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'loops in what is logged',
    code: "console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { for (;;); } });",
    error: 'HS_RUN_TIMEOUT',
  },
  { name: 'loops in a thenable', code: 'return { then() { for (;;); } };', error: 'HS_RUN_TIMEOUT' },
  {
    name: 'loops where stacks are formatted',
    code: "Error.prepareStackTrace = () => { for (;;); }; throw new Error('s');",
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'loops where exceptions are heard',
    code: "process.prependListener('uncaughtException', () => { for (;;); }); setTimeout(() => { throw new Error('s'); }, 1);",
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'waits for a request to itself',
    code: `require('http').createServer(() => {}).listen(0, '127.0.0.1', function () { require('http').get({ port: this.address().port }); }); ${NEVER}`,
    error: 'HS_RUN_TIMEOUT',
  },
];

describeFunctions([
  {
    timeoutMs: LONG_MS,
    tables: {
      thrown: THROWN,
      thenables: THENABLES,
      stacks: STACKS,
      prepared: PREPARED,
      listeners: LISTENERS,
    },
  },
  { timeoutMs: SHORT_MS, tables: { endless: ENDLESS } },
]);
