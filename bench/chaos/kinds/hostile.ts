/** Functions that leave something behind, or attack what runs them. */
import { FAILED, handlerByHow, type Kind, ok, status, TIMED_OUT, variantsByHow } from '../kind';

/** Each comes due during a later call of the same Function, whose answer it must not change. */
const LEAVES = {
  throw: `setTimeout(() => { throw new Error('left'); }, 5);`,
  reject: `setTimeout(() => Promise.reject(new Error('left')), 5);`,
  exit: `setTimeout(() => process.exit(3), 5);`,
  answer: `setTimeout(() => callback(null, 'stolen'), 5); setTimeout(() => callback(new Error('stolen')), 6);`,
  interval: `setInterval(() => console.log('left'), 3);`,
  worker: `new Worker('setTimeout(() => { throw new Error("left"); }, 20);', { eval: true });`,
  server: `require('node:http').createServer().listen(0, '127.0.0.1').unref();`,
};
const LEAVE_TOP = `const { Worker } = require('node:worker_threads');`;

const SPINS = { after: 'setImmediate(() => { for (;;); });', nothing: '' };

/** To the channel, which is descriptor 3, and to the claim file, which is 4. */
const RUBBISH = {
  noise: `for (let at = 0; at < 64; at++) writeSync(3, require('node:crypto').randomBytes(97));`,
  huge: `writeSync(3, Buffer.from('ffffffff1200000000', 'hex'));`,
  unknown: `writeSync(3, Buffer.from('05000000ff01000000', 'hex'));`,
  forged: `writeSync(3, Buffer.from('0500000011ff000000', 'hex'));`,
  half: `writeSync(3, Buffer.from('ff0000001201', 'hex')); for (let at = 0; at < 99; at++) console.log('fill', at);`,
  close: `fs.closeSync(3);`,
  closeClaims: `fs.closeSync(4);`,
  wrap: `new (require('node:net').Socket)({ fd: 3 });`,
};

const REPLACES = [
  'JSON.stringify = () => "replaced"; JSON.parse = () => ({});',
  'Buffer.from = () => Buffer.alloc(3); Buffer.concat = () => null;',
  'Array.prototype.push = () => 0; Array.prototype.map = () => null;',
  'Object.prototype.statusCode = 599; Object.prototype.polluted = "yes";',
  'String.prototype.toString = () => "replaced"; String.prototype.replace = () => "";',
  'globalThis.setImmediate = () => {}; globalThis.setTimeout = () => {};',
  'globalThis.Promise = null; globalThis.Buffer = null; globalThis.process = null;',
  'fs.writeSync = () => 0; fs.readSync = () => 0;',
  'process.emit = () => true; process.on = () => process;',
  'Map.prototype.get = () => undefined; Set.prototype.has = () => true;',
  'Object.defineProperty(Object.prototype, "then", { get() { return undefined; }, configurable: true });',
];
const REPLACING = Object.fromEntries(REPLACES.map((body, at) => [`r${at}`, body]));

export const HOSTILE: readonly Kind[] = [
  {
    name: 'leaves',
    source: handlerByHow(answerAfter('leaves', { ...LEAVES, nothing: '' }), LEAVE_TOP),
    connections: 2,
    pauseMs: 150,
    variants: [
      ...variantsByHow(LEAVES, { right: [ok('leaves {id}')] }),
      { weight: 20, event: { how: 'nothing' }, right: [ok('leaves {id}')] },
    ],
  },
  {
    name: 'spins',
    source: handlerByHow(answerAfter('spins', SPINS)),
    connections: 1,
    pauseMs: 5_000,
    variants: variantsByHow(SPINS, { right: [ok('spins {id}')] }),
  },
  {
    name: 'rubbish',
    source: handlerByHow(answerAfter('rubbish', RUBBISH)),
    connections: 1,
    pauseMs: 2_500,
    variants: variantsByHow(RUBBISH, {
      right: [ok('rubbish {id}'), status(500, FAILED), status(504, TIMED_OUT)],
    }),
  },
  {
    // What it breaks is its own process, for its own later calls too.
    name: 'replaces',
    source: handlerByHow(answerAfter('replaces', REPLACING)),
    connections: 1,
    pauseMs: 2_000,
    variants: variantsByHow(REPLACING, {
      runs: 'at most once',
      right: [ok({ startsWith: '' }), status(500), status(504, TIMED_OUT)],
    }),
  },
];

function answerAfter(name: string, cases: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cases).map(([how, body]) => [how, `${body} callback(null, '${name} ' + event.id);`]),
  );
}
