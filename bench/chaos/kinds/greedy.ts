/** Functions that take more than they may: memory, the log, processes, descriptors, disk. */
import { handlerByHow, type Kind, ok, status, TIMED_OUT, TOO_MUCH_MEMORY, variantsByHow } from '../kind';

const ALLOCATES = {
  heap: `const all = []; for (;;) all.push(new Array(1_000).fill(event.id));`,
  buffers: `const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1));`,
};

const LINES = 6_000;
const FLOODS = {
  console: `for (let at = 0; at < ${LINES}; at++) console.log('line', at, event.id); done();`,
  blank: `for (let at = 0; at < ${LINES}; at++) console.log(''); done();`,
  stdout: `for (let at = 0; at < ${LINES}; at++) process.stdout.write('a line of stdout\\n'); done();`,
  real: `for (let at = 0; at < 32; at++) { writeSync(1, chunk); writeSync(2, chunk); } done();`,
  after: `done(); for (let at = 0; at < 32; at++) { writeSync(1, chunk); writeSync(2, chunk); }`,
};
const FLOOD_TOP = `const chunk = Buffer.alloc(16_384, 'a line of a real stream\\n');`;

/** Long enough to outlive the run if nobody ends them. */
const SLEEP = `'/bin/sleep', ['300']`;
const FORKS = {
  ends: `spawn('/bin/echo', [event.id]).once('close', done);`,
  left: `spawn(${SLEEP}, { stdio: 'ignore' }).unref(); done();`,
  family: `spawn('/bin/sh', ['-c', 'sleep 300 & sleep 300'], { stdio: 'ignore' }).unref(); done();`,
};
const DETACHES = {
  detached: `spawn(${SLEEP}, { stdio: 'ignore', detached: true }).unref(); done();`,
  holding: `spawn(${SLEEP}, { stdio: ['ignore', 1, 2, 3], detached: true }).unref(); done();`,
};
const FORK_TOP = `const { spawn } = require('node:child_process');`;

const KEEPS = {
  descriptors: `for (let at = 0; at < 100; at++) kept.push(fs.openSync('/dev/null'));
    while (kept.length > 500) fs.closeSync(kept.shift()); done();`,
  files: `fs.writeFileSync(join(tmpdir(), 'file-' + event.id), Buffer.alloc(500_000)); done();`,
  signals: `process.on('SIGTERM', () => {}); process.on('SIGINT', () => {}); done();`,
};
/** Below the limit of open files: its process outlives most saves. */
const KEEP_TOP = `const kept = []; const { tmpdir } = require('node:os'); const { join } = require('node:path');`;

export const GREEDY: readonly Kind[] = [
  {
    name: 'allocates',
    source: handlerByHow(ALLOCATES),
    connections: 1,
    pauseMs: 6_000,
    variants: variantsByHow(ALLOCATES, { right: [status(500, TOO_MUCH_MEMORY), status(504, TIMED_OUT)] }),
  },
  answering('floods', FLOODS, FLOOD_TOP, 3_000),
  answering('forks', FORKS, FORK_TOP, 3_000),
  answering('detaches', DETACHES, FORK_TOP, 6_000),
  answering('keeps', KEEPS, KEEP_TOP, 1_000),
];

/** Whatever it takes, it answers in time and is answered for. */
function answering(
  name: string,
  cases: Readonly<Record<string, string>>,
  top: string,
  pauseMs: number,
): Kind {
  const done = { ...cases };
  for (const [how, body] of Object.entries(cases)) {
    done[how] = `const done = () => callback(null, '${name} ' + event.id); ${body}`;
  }
  const variants = variantsByHow(cases, { right: [ok(`${name} {id}`)] });
  return { name, source: handlerByHow(done, top), connections: 1, pauseMs, variants };
}
