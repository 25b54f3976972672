/** Functions that turn against their own process and the machine: signals, children, threads, files, floods. */
import { ANY_FAILURE, describeFunctions, type FunctionRow, LONG_MS, SHORT_MS } from './support/bad-function';

const ANSWER = "callback(null, 'x');";
const LATER = "setTimeout(callback, 50, null, 'x');";
const NEVER = 'setTimeout(callback, 60_000);';

function signalling(signal: string): string {
  return `process.kill(process.pid, '${signal}'); ${LATER}`;
}

/** Core dumps, where the machine makes them, lie in the project and go with it. */
const DEADLY = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGBUS',
  'SIGFPE',
  'SIGUSR2',
  'SIGALRM',
  'SIGSTKFLT',
  'SIGXCPU',
  'SIGVTALRM',
  'SIGPROF',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
];
/** SIGUSR1 makes Node listen for a debugger; those that stop do nothing to a process group without a terminal. */
const HARMLESS = [
  'SIGPIPE',
  'SIGCHLD',
  'SIGCONT',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXFSZ',
  'SIGWINCH',
  'SIGUSR1',
];

const SIGNALS: readonly FunctionRow[] = [
  ...DEADLY.map(
    (signal): FunctionRow => ({
      name: `sends itself ${signal}`,
      code: signalling(signal),
      error: 'HS_CRASHED',
      // One number has two names.
      detail: signal === 'SIGIO' ? /SIGIO|SIGPOLL/ : new RegExp(`ended by ${signal}`),
    }),
  ),
  ...HARMLESS.map((signal) => ({ name: `sends itself ${signal}`, code: signalling(signal), error: null })),
  {
    name: 'kills itself with what Node keeps inside',
    code: `process._kill(process.pid, 9); ${NEVER}`,
    error: 'HS_CRASHED',
    detail: /SIGKILL/,
  },
  {
    name: 'kills its own process group',
    code: `process.kill(-process.pid, 'SIGKILL'); ${NEVER}`,
    error: 'HS_CRASHED',
    detail: /SIGKILL/,
  },
  {
    name: 'lets a child kill it',
    code: `require('child_process').spawn('/bin/sh', ['-c', 'kill -9 $PPID']); ${NEVER}`,
    error: 'HS_CRASHED',
    detail: /SIGKILL/,
  },
  {
    name: 'traps signals and answers',
    code: `for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => {}); ${ANSWER}`,
    error: null,
  },
];

const CHANGES: readonly FunctionRow[] = [
  { name: 'takes all rights from its files', code: `process.umask(0o777); ${ANSWER}`, error: null },
  { name: 'takes a long name', code: `process.title = 'x'.repeat(1e6); ${ANSWER}`, error: null },
  {
    name: 'lowers its own priority',
    code: `require('os').setPriority(19); ${ANSWER}`,
    error: null,
  },
  {
    name: 'tries to raise its priority',
    code: `try { require('os').setPriority(-20); } catch {} ${ANSWER}`,
    error: null,
  },
  {
    name: 'tries to become another user',
    code: `for (const change of ['setgroups', 'setgid', 'setegid', 'setuid', 'seteuid']) {
      try { process[change](change === 'setgroups' ? [] : 65534); } catch {}
    } ${ANSWER}`,
    error: null,
  },
  {
    name: 'deletes its own file',
    code: `require('fs').rmSync(__filename); ${ANSWER}`,
    error: null,
    // It lives on in the memory of its instance, until that is ended.
    next: /^200 fine$|^500 .*Cannot find module/,
  },
  {
    name: 'deletes its temporary folder',
    code: `require('fs').rmSync(require('os').tmpdir(), { recursive: true }); ${ANSWER}`,
    error: null,
  },
  {
    name: 'works in a folder that is gone',
    code: `const fs = require('fs'); const folder = fs.mkdtempSync(require('os').tmpdir() + '/');
      process.chdir(folder); fs.rmdirSync(folder); ${ANSWER}`,
    error: null,
  },
  {
    name: 'puts a link in place of its temporary folder',
    code: `const fs = require('fs'); const folder = require('os').tmpdir();
      fs.rmSync(folder, { recursive: true }); fs.symlinkSync(__dirname, folder); ${ANSWER}`,
    error: null,
  },
  {
    name: 'writes 20 MB into its temporary folder',
    code: `const { writeFileSync } = require('fs'); const { tmpdir } = require('os');
      for (let i = 0; i < 20; i += 1) writeFileSync(tmpdir() + '/' + i, Buffer.alloc(1e6)); ${ANSWER}`,
    error: [null, ...ANY_FAILURE],
    text: /./,
  },
  {
    name: 'opens 10,000 files',
    code: `try { for (let i = 0; i < 10_000; i += 1) require('fs').openSync(__filename); } catch {} ${ANSWER}`,
    error: [null, ...ANY_FAILURE],
    text: /./,
  },
  {
    name: 'loads a native module that is none',
    code: 'process.dlopen({ exports: {} }, __filename);',
    error: 'HS_THREW',
    text: /ERR_DLOPEN_FAILED|invalid ELF header|file too short/,
  },
  {
    name: 'reaches for the bindings of Node',
    code: `try { process.binding('process_wrap'); process.binding('util'); } catch {} ${ANSWER}`,
    error: null,
  },
  {
    name: 'listens for a debugger',
    code: `require('inspector').open(0); ${ANSWER}`,
    error: null,
  },
  {
    name: 'exits in a listener for the end of the loop',
    code: "process.on('beforeExit', () => process.exit(3)); return;",
    error: ['HS_EXITED', 'HS_NEVER_ANSWERS'],
    text: /./,
  },
];

const CHILDREN: readonly FunctionRow[] = [
  {
    name: 'leaves an unreferenced child',
    code: `require('child_process').spawn('/bin/sleep', ['60'], { stdio: 'ignore' }).unref(); ${ANSWER}`,
    error: null,
  },
  {
    name: 'leaves a child that ignores signals',
    code: `require('child_process').spawn('/bin/sh', ['-c', "trap '' TERM INT HUP; sleep 60; sleep 60"]); ${ANSWER}`,
    error: null,
  },
  {
    name: 'leaves a child that has children',
    code: `require('child_process').spawn('/bin/sh', ['-c', 'sleep 60 & sleep 60 & wait']); ${ANSWER}`,
    error: null,
  },
  {
    name: 'leaves a grandchild of a child that it waited for',
    code: `require('child_process').execSync('sleep 60 >/dev/null 2>&1 &'); ${ANSWER}`,
    error: null,
  },
  {
    name: 'leaves a forked Node',
    code: `require('child_process').fork('-e', ['setInterval(() => {}, 1000)'], { execArgv: [] }); ${ANSWER}`,
    error: null,
  },
  {
    name: 'leaves a shell command',
    code: `require('child_process').exec('sleep 60', () => {}); ${ANSWER}`,
    error: null,
  },
  {
    name: 'leaves a child of a worker that ended',
    code: `new (require('worker_threads').Worker)(
        "require('child_process').spawn('/bin/sleep', ['60'], { stdio: 'ignore' }).unref(); process.exit()",
        { eval: true },
      ).on('exit', () => callback(null, 'x'));`,
    error: null,
  },
  {
    name: 'leaves a worker that loops',
    code: `new (require('worker_threads').Worker)('for (;;);', { eval: true }); ${ANSWER}`,
    error: null,
  },
  {
    name: 'leaves an unreferenced worker that floods memory',
    code: `new (require('worker_threads').Worker)(
        'const all = []; for (let i = 0; i < 40; i += 1) all.push(Buffer.alloc(4e6, 1));',
        { eval: true },
      ).unref(); ${ANSWER}`,
    error: null,
  },
  {
    name: 'has a worker that throws',
    code: `new (require('worker_threads').Worker)("throw new Error('in a worker')", { eval: true }); ${NEVER}`,
    error: 'HS_THREW',
    text: /in a worker/,
    detail: /in a worker/,
  },
  {
    name: 'has a worker that exits',
    code: `new (require('worker_threads').Worker)('process.exit(3)', { eval: true }).on('exit', (code) => callback(null, 'x'));`,
    error: null,
  },
  {
    name: 'starts a child that does not exist',
    code: "require('child_process').spawn('/nowhere/at/all');",
    error: 'HS_THREW',
    text: /ENOENT/,
    detail: /spawn \/nowhere\/at\/all ENOENT/,
  },
  {
    name: 'forks 60 children',
    code: `const { spawn } = require('child_process');
      for (let i = 0; i < 60; i += 1) spawn('/bin/sleep', ['60'], { stdio: 'ignore' }).on('error', () => {}); ${ANSWER}`,
    error: [null, ...ANY_FAILURE],
    text: /./,
  },
  {
    name: 'leaves servers, sockets and watchers',
    code: `const net = require('net');
      const server = net.createServer().listen(0, '127.0.0.1', () => {
        for (let i = 0; i < 20; i += 1) net.connect(server.address().port, '127.0.0.1').on('error', () => {});
        require('dgram').createSocket('udp4').bind(0, '127.0.0.1');
        require('fs').watch(__dirname);
        ${LATER}
      });`,
    error: null,
  },
];

/** Commands that write without end, by every way there is. */
const FLOODS: readonly FunctionRow[] = [
  ['the console', "for (;;) console.log('x'.repeat(1000));"],
  ['the console, with blank lines', "for (;;) console.error('');"],
  ['process.stdout', "for (;;) process.stdout.write('x'.repeat(1000));"],
  ['process.stdout, without an end of line', "for (;;) process.stdout.write('x');"],
  ['descriptor 1', "for (const text = 'x'.repeat(1000); ;) require('fs').writeSync(1, text);"],
  ['descriptor 2', "for (const text = 'x'.repeat(1000); ;) require('fs').writeSync(2, text);"],
  ['stderr, behind the back of Node', "for (const text = 'x'.repeat(1000); ;) process._rawDebug(text);"],
  ['stdout, by a child', `require('child_process').spawn('yes', { stdio: 'inherit' }); ${NEVER}`],
  [
    'stderr, by a child',
    `require('child_process').spawn('sh', ['-c', 'yes >&2'], { stdio: 'inherit' }); ${NEVER}`,
  ],
].map(
  ([what = '', code = '']): FunctionRow => ({
    name: `floods ${what}`,
    code,
    error: ANY_FAILURE,
    text: /./,
  }),
);

const ENDLESS: readonly FunctionRow[] = [
  {
    name: 'traps signals and loops',
    code: "for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {}); for (;;);",
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'loops in an exit listener',
    code: "process.on('exit', () => { for (;;); }); process.exit(1);",
    error: ['HS_RUN_TIMEOUT', 'HS_EXITED'],
    text: /./,
  },
  {
    name: 'lets a child stop it',
    code: `require('child_process').spawn('/bin/sh', ['-c', 'kill -STOP $PPID']); ${NEVER}`,
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'waits for a debugger',
    code: "require('inspector').open(0, '127.0.0.1', true);",
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'waits for a worker that loops',
    code: "new (require('worker_threads').Worker)('for (;;);', { eval: true }).on('exit', callback);",
    error: 'HS_RUN_TIMEOUT',
  },
  {
    name: 'forks one child after the other',
    code: `const { spawn } = require('child_process');
      const next = () => spawn('/bin/true', { stdio: 'ignore' }).on('exit', next).on('error', next); next();`,
    error: ANY_FAILURE,
    text: /./,
  },
];

describeFunctions([
  { timeoutMs: LONG_MS, tables: { signals: SIGNALS, changes: CHANGES, children: CHILDREN } },
  { timeoutMs: SHORT_MS, tables: { floods: FLOODS, endless: ENDLESS } },
]);
