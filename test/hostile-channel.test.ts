/** Functions that lay hands on what connects their process to the gateway: descriptor 3, the claim file on 4, and all others. */

import type { Reply } from '../src/protocol/messages';
import {
  encodeConsole,
  encodeExiting,
  encodeInput,
  encodeInspecting,
  encodeResult,
  encodeRetire,
  encodeSkipped,
} from '../src/protocol/messages';
import { describeFunctions, type FunctionRow, LONG_MS, SHORT_MS } from './support/bad-function';

const REPLY: Reply = {
  status: 200,
  kind: 'text',
  headers: [],
  body: Buffer.from('forged'),
  failure: null,
  oversize: 0,
  retire: false,
};
/** The first call of an instance, which each of these is. */
const OWN = 1;

/** A statement that writes these frames to the channel, as the runtime would. */
function forge(...frames: readonly Buffer[]): string {
  return `require('fs').writeSync(3, Buffer.from('${Buffer.concat(frames).toString('base64')}', 'base64'));`;
}

function forgeReply(members: Partial<Reply>, id = OWN): string {
  return forge(encodeResult(id, { ...REPLY, ...members }));
}

/** A statement that writes words to the claim file, from word `first` on. */
function claim(first: number, ...words: readonly number[]): string {
  return `require('fs').writeSync(4, Buffer.from(Uint32Array.of(${words}).buffer), 0, ${4 * words.length}, ${4 * first});`;
}

const ANSWER = "callback(null, 'x');";
const NEVER = 'setTimeout(callback, 60_000);';
const WRAP = "new (require('net').Socket)({ fd: 3 })";
const LAST = 0xffff_ffff;

const CHANNEL: readonly FunctionRow[] = [
  {
    name: 'closes its channel',
    code: "require('fs').closeSync(3); callback(null, 'x');",
    error: 'HS_BROKE_PROTOCOL',
    detail: /closed the channel/,
  },
  {
    name: 'closes its channel and waits',
    code: "require('fs').closeSync(3); setTimeout(callback, 60_000);",
    error: 'HS_BROKE_PROTOCOL',
    detail: /closed the channel/,
  },
  {
    name: 'writes rubbish to its channel',
    code: "require('fs').writeSync(3, 'rubbish rubbish'); callback(null, 'x');",
    error: 'HS_BROKE_PROTOCOL',
    detail: /frame of \d+ bytes/,
  },
  {
    name: 'writes an unknown message',
    code: "require('fs').writeSync(3, Buffer.from([5, 0, 0, 0, 99, 1, 0, 0, 0])); callback(null, 'x');",
    error: 'HS_BROKE_PROTOCOL',
    detail: /unknown message type 99/,
  },
  {
    name: 'writes half a result',
    code: "require('fs').writeSync(3, Buffer.from([5, 0, 0, 0, 18, 1, 0, 0, 0])); callback(null, 'x');",
    error: 'HS_BROKE_PROTOCOL',
    detail: /malformed result/,
  },
  {
    name: 'names a file that it loads twice',
    code: `${forge(encodeInput('/x'), encodeInput('/x'))} ${NEVER}`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /named a file twice/,
  },
  {
    name: 'names more files than it may',
    code: `${forge(...Array.from({ length: 2_001 }, (_, at) => encodeInput(`/${at}`)))} ${NEVER}`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /named too many files/,
  },
  {
    name: 'names a file whose name has no end',
    code: `${forge(encodeInput('x'.repeat(5_000)))} ${NEVER}`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /malformed input/,
  },
  {
    name: 'answers a call that is not running',
    code: `${forgeReply({}, 99)} ${NEVER}`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /answered call 99/,
  },
  {
    name: 'says that a debugger can attach to it',
    code: `${forge(encodeInspecting('ws://127.0.0.1:9229/x'))} ${NEVER}`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /opened an inspector unasked/,
  },
  {
    name: 'wraps its channel and writes to it',
    code: "new (require('net').Socket)({ fd: 3 }).write('rubbish rubbish');",
    error: 'HS_BROKE_PROTOCOL',
  },
  {
    name: 'wraps its channel and ends it',
    code: "new (require('net').Socket)({ fd: 3 }).destroy(); setTimeout(callback, 60_000);",
    error: 'HS_BROKE_PROTOCOL',
  },
  {
    name: 'wraps its channel and reads from it',
    code: "new (require('net').Socket)({ fd: 3 }).on('data', () => {}); setTimeout(callback, 20, null, 'x');",
    error: null,
  },
  {
    name: 'ends its half of the channel',
    code: `${WRAP}.end(); ${NEVER}`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /closed the channel/,
  },
  {
    name: 'puts a file in place of its channel',
    code: `const fs = require('fs'); fs.closeSync(3); fs.openSync(__filename); ${ANSWER}`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /closed the channel/,
  },
  {
    name: 'puts an empty device in place of its channel',
    code: `const fs = require('fs'); fs.closeSync(3); fs.openSync('/dev/null', 'r+'); ${ANSWER}`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /closed the channel/,
  },
  {
    name: 'puts an endless device in place of its channel',
    code: `const fs = require('fs'); fs.closeSync(3); fs.openSync('/dev/zero', 'r+'); ${ANSWER}`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /closed the channel/,
  },
  {
    name: 'reads its channel in the background after its answer',
    code: `require('fs').createReadStream('', { fd: 3 }).on('data', () => {}); ${ANSWER}`,
    error: null,
  },
  {
    name: 'writes rubbish to its channel from a worker',
    code: `new (require('worker_threads').Worker)("require('fs').writeSync(3, 'rubbish rubbish')", { eval: true }); ${NEVER}`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /frame of \d+ bytes/,
  },
  {
    name: 'lets a child write rubbish to its channel',
    code: `require('child_process').spawn('/bin/sh', ['-c', 'echo rubbish rubbish >&3'], { stdio: ['ignore', 'ignore', 'ignore', 3, 4] }); ${NEVER}`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /frame of \d+ bytes/,
  },
  {
    name: 'lets a child read its channel after its answer',
    code: `require('child_process').spawn('/bin/cat', { stdio: [3, 'ignore', 'ignore'] }).unref(); ${ANSWER}`,
    error: null,
  },
];

const MESSAGES: readonly FunctionRow[] = [
  {
    name: 'forges an answer of its own and answers once more',
    code: `${forgeReply({})} ${ANSWER}`,
    error: null,
    text: 'forged',
    // It may be there, and have started, before the second answer is seen.
    next: /^(?:200 fine|500 )/,
  },
  ...[0, 99, 100, 101, 199, 600, 999, 65_535].map((status) => ({
    name: `forges the status ${status}`,
    code: `${forgeReply({ status })} ${NEVER}`,
    error: 'HS_RESULT_INVALID' as const,
    detail: /is not an integer from 200 to 599/,
  })),
  ...[
    ['a header with a line break', ['X-A', 'b\r\nX-Injected: yes']],
    ['a header without a name', ['', 'b']],
    ['a header of other characters', ['X-A', '\u2028']],
    ['the length of its body', ['Content-Length', '3']],
    ['another framing', ['Transfer-Encoding', 'chunked']],
  ].map(
    ([what, headers]): FunctionRow => ({
      name: `forges ${what}`,
      code: `${forgeReply({ headers: headers as string[] })} ${NEVER}`,
      error: [null, 'HS_RESULT_INVALID', 'HS_BROKE_PROTOCOL'],
      text: /./,
    }),
  ),
  {
    name: 'forges a body over 4 MB',
    code: `const body = Buffer.alloc(4_500_000, 'x');
      const head = Buffer.from('${encodeResult(OWN, { ...REPLY, body: Buffer.alloc(0) }).toString('base64')}', 'base64');
      head.writeUInt32LE(head.length - 4 + body.length, 0);
      const { writeSync } = require('fs');
      for (let bytes = Buffer.concat([head, body]); bytes.length > 0;) bytes = bytes.subarray(writeSync(3, bytes));
      ${NEVER}`,
    error: ['HS_RESPONSE_TOO_LARGE', 'HS_BROKE_PROTOCOL'],
  },
  {
    name: 'forges a failure that only a command has',
    code: `${forgeReply({ failure: { code: 'HS_PORT_IN_USE', name: 'Error', message: 'm', stack: null } })} ${NEVER}`,
    error: [null, 'HS_BROKE_PROTOCOL', 'HS_PORT_IN_USE'],
    text: /./,
  },
  {
    name: 'forges an oversize without end',
    code: `${forgeReply({ oversize: Number.MAX_VALUE })} ${NEVER}`,
    error: ['HS_RESPONSE_TOO_LARGE', 'HS_BROKE_PROTOCOL'],
  },
  {
    name: 'forges that its call did not run',
    code: `${forge(encodeSkipped(OWN))} ${NEVER}`,
    error: 'HS_BROKE_PROTOCOL',
  },
  {
    name: 'forges that its call did not run, and answers',
    code: `${forge(encodeSkipped(OWN))} ${ANSWER}`,
    error: [null, 'HS_BROKE_PROTOCOL'],
  },
  {
    name: 'forges that it is about to end, and answers',
    code: `${forge(encodeExiting(OWN, 5), encodeRetire(OWN, 'why'))} ${ANSWER}`,
    error: null,
  },
  {
    name: 'forges that it exits, and waits for ever',
    code: `${forge(encodeExiting(OWN, 5))} process.abort();`,
    error: 'HS_EXITED',
  },
  ...[
    ['an unknown call', encodeSkipped(99), /it skipped call 99, which nobody took back/],
    ['no call', encodeSkipped(0), /it skipped call 0/],
    ['its next call', encodeSkipped(OWN + 1), /it skipped call 2, which nobody took back/],
  ].map(
    ([what, frame, detail]): FunctionRow => ({
      name: `says without end that it skipped ${what}`,
      code: `for (;;) { ${forge(frame as Buffer)} }`,
      error: 'HS_BROKE_PROTOCOL',
      detail: detail as RegExp,
    }),
  ),
  {
    name: 'says without end that it ends',
    code: `for (;;) { ${forge(encodeRetire(OWN, 'why'))} }`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /it said twice that it ends/,
  },
  {
    name: 'says that it ends, and goes on',
    code: `${forge(encodeRetire(OWN, 'why'))} ${NEVER}`,
    error: 'HS_BROKE_PROTOCOL',
    detail: /it said that it ends, and went on/,
  },
  {
    name: 'says without end that it exits',
    code: `for (;;) { ${forge(encodeExiting(OWN, 5))} }`,
    error: 'HS_EXITED',
  },
  {
    name: 'says that it ends, and floods the log with lines of nobody',
    code: `${forge(encodeExiting(OWN, 5))} for (;;) { ${forge(encodeConsole(99, 'info', 'x'.repeat(1_000)))} }`,
    error: 'HS_EXITED',
  },
  {
    name: 'exits once more while it exits',
    code: "process.on('exit', () => process.exit(6)); process.exit(5);",
    error: 'HS_EXITED',
    detail: /process\.exit\(5\)/,
  },
  {
    name: 'forges lines of other calls',
    code: `${forge(encodeConsole(0, 'error', 'nobody'), encodeConsole(7, 'info', 'of a later call'))} ${ANSWER}`,
    error: null,
  },
  ...[
    [16, 0],
    [17, OWN],
    [17, 99],
  ].map(
    ([type, id]): FunctionRow => ({
      name: `forges the message ${type} of call ${id} to move its time limit`,
      code: `const frame = Buffer.from([5, 0, 0, 0, ${type}, ${id}, 0, 0, 0]);
        setInterval(() => require('fs').writeSync(3, frame), 50);`,
      error: 'HS_BROKE_PROTOCOL',
    }),
  ),
];

const CLAIMS: readonly FunctionRow[] = [
  { name: 'closes its claim file', code: `require('fs').closeSync(4); ${ANSWER}`, error: null },
  {
    name: 'closes its claim file and answers later',
    code: "require('fs').closeSync(4); setTimeout(callback, 50, null, 'x');",
    error: null,
  },
  {
    name: 'puts a file in place of its claim file',
    code: `const fs = require('fs'); fs.closeSync(4); fs.openSync(__filename + '.claims', 'w+'); ${ANSWER}`,
    error: null,
  },
  { name: 'truncates its claim file', code: `require('fs').ftruncateSync(4, 0); ${ANSWER}`, error: null },
  {
    name: 'truncates its claim file and exits',
    code: "require('fs').ftruncateSync(4, 0); process.exit(3);",
    error: 'HS_EXITED',
    detail: /process\.exit\(3\)/,
  },
  {
    name: 'truncates its claim file and crashes',
    code: "require('fs').ftruncateSync(4, 0); process.kill(process.pid, 'SIGKILL');",
    error: 'HS_CRASHED',
    detail: /SIGKILL/,
  },
  {
    name: 'lets its claim file grow',
    code: `require('fs').ftruncateSync(4, 1e9); ${ANSWER}`,
    error: null,
  },
  {
    name: 'denies that it started, and exits',
    code: `${claim(0, 0)} process.exit(3);`,
    error: 'HS_EXITED',
    detail: /process\.exit\(3\)/,
  },
  {
    name: 'denies that it started, and crashes',
    code: `${claim(0, 0)} process.kill(process.pid, 'SIGKILL');`,
    error: 'HS_CRASHED',
    detail: /SIGKILL/,
  },
  { name: 'says that all its calls were taken back', code: `${claim(1, 1, LAST)} ${ANSWER}`, error: null },
  { name: 'claims every call there will be', code: `${claim(0, LAST)} ${ANSWER}`, error: null },
  {
    name: 'says that it is frozen, and loops after its answer',
    code: `${claim(3, LAST)} ${ANSWER} for (;;);`,
    error: null,
  },
  ...[1, 2, 3].map((round) => ({
    name: `writes random words to its claim file (${round})`,
    code: `require('fs').writeSync(4, require('crypto').randomBytes(16), 0, 16, 0); ${ANSWER}`,
    error: null,
  })),
];

const OPEN =
  'const { closeSync } = require("fs"); const close = (fd) => { try { closeSync(fd); } catch {} };';

/** What lies on 5 and above belongs to Node: the loop's own descriptors, mostly. */
const DESCRIPTORS: readonly FunctionRow[] = [
  ...Array.from({ length: 21 }, (_, fd) => fd)
    .filter((fd) => fd !== 3 && fd !== 4)
    .map((fd) => ({
      name: `closes descriptor ${fd}`,
      code: `${OPEN} close(${fd}); ${ANSWER}`,
      error: null,
    })),
  {
    name: 'closes all descriptors',
    code: `${OPEN} for (let fd = 0; fd < 64; fd += 1) close(fd); ${ANSWER}`,
    error: ['HS_BROKE_PROTOCOL', 'HS_CRASHED', 'HS_EXITED'],
  },
  {
    name: 'closes all descriptors of Node and waits',
    code: `${OPEN} for (let fd = 5; fd < 64; fd += 1) close(fd); ${NEVER}`,
    error: ['HS_CRASHED', 'HS_EXITED', 'HS_BROKE_PROTOCOL', 'HS_THREW', 'HS_NEVER_ANSWERS', 'HS_RUN_TIMEOUT'],
    text: /./,
  },
  {
    name: 'closes all descriptors of Node after its answer',
    code: `${OPEN} ${ANSWER} for (let fd = 5; fd < 64; fd += 1) close(fd);`,
    error: null,
  },
];

const SILENT: readonly FunctionRow[] = [
  {
    name: 'reads its channel itself',
    code: "for (const bytes = Buffer.alloc(100); ;) require('fs').readSync(3, bytes);",
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'promises a long message and sends nothing',
    code: "require('fs').writeSync(3, Buffer.from([0, 0, 64, 0, 18])); callback(null, 'x');",
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'sends half the length of a message',
    code: `require('fs').writeSync(3, Buffer.from([5, 0])); ${NEVER}`,
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'denies that it started, and loops',
    code: `${claim(0, 0)} for (;;);`,
    error: 'HS_RUN_TIMEOUT',
  },
];

describeFunctions([
  {
    timeoutMs: LONG_MS,
    tables: { channel: CHANNEL, messages: MESSAGES, claims: CLAIMS, descriptors: DESCRIPTORS },
  },
  { timeoutMs: SHORT_MS, tables: { silent: SILENT } },
]);
