/** Functions that fail, crash, or never answer: each call costs itself only. */
import { FAILED, handler, handlerByHow, type Kind, ok, status, TIMED_OUT, variantsByHow } from '../kind';

const THROWS = {
  throw: `throw new Error('failed ' + event.id);`,
  reject: `return Promise.reject(new Error('failed ' + event.id));`,
  callback: `callback(new Error('failed ' + event.id));`,
};

/** Nobody catches it, so its process is not used again. */
const STRAYS = {
  timer: `setTimeout(() => { throw new Error('failed ' + event.id); }, 5);`,
  emitter: `process.nextTick(() => new (require('node:events'))().emit('error', new Error('failed ' + event.id)));`,
};

const CRASHES = {
  exit: 'process.exit(0);',
  fail: 'process.exit(7);',
  abort: 'process.abort();',
  kill: `process.kill(process.pid, 'SIGKILL'); for (;;);`,
  segfault: `process.kill(process.pid, 'SIGSEGV'); for (;;);`,
};

const NEVER = {
  nothing: '',
  promise: 'return new Promise(() => {});',
  waits: 'setInterval(() => {}, 1_000);',
};

export const FAILING: readonly Kind[] = [
  {
    name: 'throws',
    source: handlerByHow(THROWS),
    connections: 2,
    pauseMs: 25,
    variants: variantsByHow(THROWS, { right: [status(500, { startsWith: '{"message":"failed {id}"' })] }),
  },
  {
    name: 'strays',
    source: handlerByHow(STRAYS),
    connections: 1,
    pauseMs: 3_000,
    variants: variantsByHow(STRAYS, { right: [status(500, { startsWith: '{"message":"failed {id}"' })] }),
  },
  {
    // Good calls behind one that crashes were sent ahead to its process: they must come to their end elsewhere.
    name: 'mixed',
    source: handlerByHow({ ...CRASHES, good: `callback(null, 'mixed ' + event.id);` }),
    connections: 6,
    pauseMs: 10,
    variants: [
      { weight: 1_500, event: { how: 'good' }, right: [ok('mixed {id}')] },
      ...variantsByHow(CRASHES, { right: [status(500, FAILED)] }),
    ],
  },
  {
    name: 'loops',
    source: handler('for (;;);'),
    connections: 1,
    pauseMs: 10_000,
    variants: [{ right: [status(504, TIMED_OUT)] }],
  },
  {
    name: 'loops-at-load',
    source: 'for (;;);',
    connections: 1,
    pauseMs: 25_000,
    variants: [{ runs: 'never', right: [status(504, TIMED_OUT)] }],
  },
  {
    name: 'never',
    source: handlerByHow(NEVER),
    connections: 1,
    pauseMs: 3_000,
    variants: variantsByHow(NEVER, { right: [status(504, TIMED_OUT)] }),
  },
  {
    name: 'twice',
    source: handler(`
      callback(null, 'twice ' + event.id);
      callback(null, 'again');
      callback(new Error('again'));
      setTimeout(callback, 1, null, 'later');
      return Promise.reject(new Error('later'));`),
    connections: 1,
    pauseMs: 2_000,
    variants: [{ right: [ok('twice {id}')] }],
  },
  {
    name: 'recurses',
    source: handler('const deeper = () => deeper() + 1; deeper();'),
    connections: 1,
    pauseMs: 1_500,
    variants: [{ right: [status(500, { startsWith: '{"message":"Maximum call stack size exceeded"' })] }],
  },
  {
    name: 'broken',
    source: 'exports.handler = (',
    connections: 1,
    pauseMs: 2_000,
    variants: [{ runs: 'never', right: [status(500)] }],
  },
];
