/** The life of the program from start to end: the real one as a child process, with real instances below it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { freePort } from './support/ports';
import {
  allGone,
  childrenOf,
  type Finished,
  type Gateway,
  instancesOf,
  launchInTerminal,
  launchProgram,
  linesOf,
  type Program,
  type ProgramOptions,
  runProgram,
  startConfigured,
  startGateway,
} from './support/program';
import { type TestProject, writeProject } from './support/project';
import {
  converse,
  parseResponse,
  type RawResponse,
  readResponse,
  request,
  requestBytes,
} from './support/raw-http';
import { eventually } from './support/serve';

/** Writes a file once it runs, so that a test knows when. */
const RUNNING = "require('node:fs').writeFileSync(event.mark, '');";
const FILES = {
  'functions/hello.js': "exports.handler = (context, event, callback) => callback(null, 'Ahoy');",
  'functions/slow.js': `exports.handler = (context, event, callback) => {
    ${RUNNING}
    setTimeout(() => callback(null, 'x'.repeat(100000)), 1000);
  };`,
  'functions/loop.js': `exports.handler = (context, event) => { ${RUNNING} for (;;); };`,
  'functions/variables.js': 'exports.handler = (context, event, callback) => callback(null, process.env);',
};

describe('a first signal', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`${signal} lets what runs end, takes nothing new and leaves nothing behind`, async (t) => {
      const { gateway, project, instances, temporary } = await served(t);
      const socket = await begin(gateway, project, 'slow');
      const before = performance.now();
      gateway.child.kill(signal);
      await gateway.said(new RegExp(`${signal}: stopping once what runs has ended`));

      await assert.rejects(request(gateway.port, { method: 'GET', path: '/hello' }), {
        code: 'ECONNREFUSED',
      });
      const [answer, refusal] = await askBehind(socket, '/hello');
      assert.deepEqual([answer?.status, answer?.body.length], [200, 100_000]);
      assert.deepEqual([refusal?.status, refusal?.text()], [503, 'Service Unavailable']);
      assert.equal(refusal?.header('connection'), 'close');

      assert.equal((await gateway.ended).code, 0);
      assert(performance.now() - before < 5_000, 'it did not wait for anything else');
      await leftNothing(instances, temporary);
    });
  }

  it('does not wait for connections on which nothing happens', async (t) => {
    const { gateway, instances, temporary } = await served(t);
    const silent = await connected(t, gateway.port);
    const idle = await connected(t, gateway.port);
    idle.write(requestBytes({ method: 'GET', path: '/hello' }));
    assert.equal((await readResponse(idle, 5_000, false)).status, 200);
    const closed = Promise.all([silent, idle].map((socket) => once(socket, 'close')));
    gateway.child.kill('SIGTERM');
    assert.equal((await gateway.ended).code, 0);
    await closed;
    await leftNothing(instances, temporary);
  });

  it('waits for a loop no longer than its time limit', async (t) => {
    const { gateway, project, instances, temporary } = await served(t, ['--timeout', '1']);
    const socket = await begin(gateway, project, 'loop');
    gateway.child.kill('SIGTERM');
    assert.equal((await readResponse(socket, 5_000, false)).status, 504);
    assert.equal((await gateway.ended).code, 0);
    await leftNothing(instances, temporary);
  });

  it('stops the program even before it listens', async (t) => {
    const project = await projectOf(t, FILES);
    const ended = runProgram(['start', project.path, '-p', '0'], {
      node: ['--require', await planted(project, "process.kill(process.pid, 'SIGTERM')", 'setImmediate')],
    });
    const { code, signal } = await ended;
    assert(code === 0 || signal === 'SIGTERM', `it ended with ${code} ${signal}`);
  });
});

describe('nothing is left', () => {
  const ends: readonly [title: string, first: NodeJS.Signals, then: NodeJS.Signals, code: number][] = [
    ['SIGINT after SIGTERM', 'SIGTERM', 'SIGINT', 130],
    ['a second SIGTERM', 'SIGTERM', 'SIGTERM', 143],
    ['a second SIGINT', 'SIGINT', 'SIGINT', 130],
  ];
  for (const [title, first, then, code] of ends) {
    it(`after ${title}, which stops a running loop at once`, async (t) => {
      const { gateway, project, instances, temporary } = await served(t);
      const socket = await begin(gateway, project, 'loop');
      const cut = once(socket, 'close');
      gateway.child.kill(first);
      await gateway.said(new RegExp(`${first}: stopping`));
      const before = performance.now();
      gateway.child.kill(then);
      assert.equal((await gateway.ended).code, code);
      assert(performance.now() - before < 3_000, 'at once');
      await cut;
      await leftNothing([...instances, ...childrenOf(gateway.pid)], temporary);
    });
  }

  const crashes: readonly [title: string, code: number, crash: string][] = [
    ['an exception that nobody caught', 1, "throw new Error('planted')"],
    ['a rejection that nobody handled', 1, "Promise.reject(new Error('planted'))"],
    ['process.exit', 7, 'process.exit(7)'],
  ];
  for (const [title, code, crash] of crashes) {
    it(`after ${title} in the gateway itself, while a loop runs`, async (t) => {
      const project = await projectOf(t, FILES);
      const node = ['--require', await planted(project, crash, "process.on.bind(process, 'SIGUSR2')")];
      const { gateway, instances, temporary } = await servedProject(t, project, [], { node });
      await begin(gateway, project, 'loop');
      const all = [...instances, ...childrenOf(gateway.pid)];
      gateway.child.kill('SIGUSR2');
      assert.equal((await gateway.ended).code, code);
      await leftNothing(all, temporary);
    });
  }

  it('after Ctrl-C in a terminal, and a call that runs is answered', async (t) => {
    const project = await projectOf(t, FILES);
    const terminal = await inTerminal(t, project, []);
    const port = await portOf(terminal);
    const mark = project.file('running');
    const answer = request(port, { method: 'GET', path: `/slow?mark=${mark}` });
    await eventually(() => existsSync(mark) || undefined);
    const [gatewayPid = 0] = childrenOf(terminal.pid);
    const instances = childrenOf(gatewayPid);
    terminal.child.stdin?.write('\x03');
    await terminal.said(/SIGINT: stopping once what runs has ended; a second signal stops at once/);
    assert.equal((await answer).body.length, 100_000);
    assert.equal((await terminal.ended).code, 0);
    await allGone([gatewayPid, ...instances]);
  });
});

describe('a platform inside of another program leaves nothing that keeps it alive', () => {
  const ends: readonly [title: string, script: string][] = [
    ['after close', 'await platform.close();'],
    ['after close twice', 'await Promise.all([platform.close(), platform.close()]); await platform.close();'],
    ['after close during a reload', "fs.writeFileSync('functions/hello.js', ''); await platform.close();"],
    [
      'after close once it has noticed a save',
      "fs.writeFileSync('functions/hello.js', ''); await new Promise(setImmediate); await platform.close();",
    ],
    [
      'after close right after a reload',
      "fs.writeFileSync('x.js', ''); await reload; await platform.close();",
    ],
    ['after closeNow', 'platform.closeNow();'],
    ['after closeNow during close', 'const closed = platform.close(); platform.closeNow(); await closed;'],
    ['after close after closeNow', 'platform.closeNow(); await platform.close();'],
    [
      'after closeNow while a call of an older build runs',
      `const slow = fetch(platform.url + '/slow?mark=running').catch(() => 'cut off');
      while (!fs.existsSync('running')) await new Promise(setImmediate);
      await reload;
      platform.closeNow();
      assert.equal(await slow, 'cut off');`,
    ],
    [
      'where it cannot listen',
      "await assert.rejects(startPlatform({ ...options, port: platform.port }, events), { code: 'HS_PORT_IN_USE' }); await platform.close();",
    ],
    [
      'where its options are wrong',
      "await assert.rejects(async () => startPlatform({ ...options, trustProxy: ['x'] }, events), { code: 'HS_USAGE' }); await platform.close();",
    ],
    [
      'where there is no project',
      "await assert.rejects(startPlatform({ ...options, project: { ...options.project, root: './x' } }, events), { code: 'HS_NO_PROJECT' }); await platform.close();",
    ],
  ];
  for (const [title, script] of ends) {
    it(title, async (t) => {
      const project = await projectOf(t, { ...FILES, 'program.cjs': embeddingProgram(script) });
      const temporary = await temporaryFolder(project);
      const program = launchProgram([], {
        main: project.file('program.cjs'),
        folder: project.path,
        environment: { TMPDIR: temporary },
      });
      t.after(() => program.stop());
      const [, pids = ''] = await program.said(/^pids (.*)\n/);
      const { code, stderr } = await program.ended;
      assert.deepEqual([code, stderr], [0, '']);
      await leftNothing(pids.split(',').map(Number), temporary);
    });
  }
});

describe('what cannot start says so in one message, without a stack', () => {
  interface Refused {
    readonly title: string;
    readonly argv: readonly string[];
    readonly files?: Readonly<Record<string, string>>;
    readonly code: number;
    readonly stderr: RegExp;
  }
  const refused: readonly Refused[] = [
    {
      title: 'a folder that is missing',
      argv: ['start', './missing'],
      code: 1,
      stderr: /^hookswitch: HS_NO_PROJECT: There is no folder .*\/missing\.\n {2}Name the folder/,
    },
    {
      title: 'a folder for Functions that is missing',
      argv: ['--functions-folder', 'lambdas'],
      code: 1,
      stderr: /^hookswitch: HS_NO_PROJECT: The folder for Functions, .*\/lambdas, does not exist\.\n/,
    },
    {
      title: 'an unknown flag',
      argv: ['--prot', '1'],
      code: 2,
      stderr: /^hookswitch: HS_USAGE: unknown flag --prot; did you mean --port\?\n/,
    },
    {
      title: 'a flag with a bad value',
      argv: ['--port', 'eighty'],
      code: 2,
      stderr: /^hookswitch: HS_USAGE: .*--port.*eighty.* is not allowed.*0 to 65535.*\n/,
    },
    {
      title: 'an unknown command',
      argv: ['strat'],
      code: 2,
      stderr: /^hookswitch: HS_USAGE: "strat" is neither a command nor a folder; did you mean start\?\n/,
    },
    {
      title: 'a proxy list that is none',
      argv: ['--trust-proxy=everyone'],
      code: 2,
      stderr: /^hookswitch: HS_USAGE: .*--trust-proxy.*everyone/,
    },
    {
      title: 'a file of variables that is missing',
      argv: ['--env', '.env.missing'],
      code: 1,
      stderr: /^hookswitch: HS_ENV_FILE: The file of variables .*\/\.env\.missing does not exist\.\n/,
    },
    {
      title: 'a .env that is a folder',
      argv: [],
      files: { '.env/x': '' },
      code: 1,
      stderr: /^hookswitch: HS_ENV_FILE: The file of variables .*\/\.env is a folder\.\n/,
    },
    {
      title: 'two files of one path',
      argv: [],
      files: { 'functions/hello.protected.js': '' },
      code: 1,
      stderr:
        /^hookswitch: HS_DUPLICATE_PATH: functions\/hello\.js and functions\/hello\.protected\.js both have the path \/hello; rename one of them\.\n/,
    },
    {
      title: 'an address that is not one of this machine',
      argv: ['--host', '192.0.2.1', '--public-url', 'https://demo.example.com'],
      code: 1,
      stderr: /^hookswitch: HS_CANNOT_LISTEN: Cannot listen on 192\.0\.2\.1:0: EADDRNOTAVAIL/,
    },
  ];
  for (const { title, argv, files = {}, code, stderr } of refused) {
    it(`${title}, and ends with ${code}`, async (t) => {
      const project = await projectOf(t, { ...FILES, ...files });
      const finished = await runProgram(argv, { folder: project.path, environment: { PORT: '0' } });
      verifyRefused(finished, code, stderr);
    });
  }

  it('a port that is in use, naming --port, and ends with 1', async (t) => {
    const project = await projectOf(t, FILES);
    const temporary = await temporaryFolder(project);
    const finished = await runProgram(['start', '-p', String(await takenPort(t))], {
      folder: project.path,
      environment: { TMPDIR: temporary },
    });
    verifyRefused(
      finished,
      1,
      /^hookswitch: HS_PORT_IN_USE: Port \d+ is in use\. Choose another one with --port, or --port 0/,
    );
    assert.deepEqual(await readdir(temporary), []);
  });

  it('in JSON too, where that was asked for', async (t) => {
    const project = await projectOf(t, FILES);
    const finished = await runProgram(['-o', 'json', '-p', String(await takenPort(t))], {
      folder: project.path,
    });
    assert.deepEqual([finished.code, finished.stderr], [1, '']);
    const lines = linesOf(finished.stdout);
    assert.equal(lines.length, 1);
    assert.match(String(lines[0]?.msg), /^HS_PORT_IN_USE: Port \d+ is in use/);
  });
});

describe('where it listens and what it reads', () => {
  const configurations: readonly {
    readonly title: string;
    readonly argv?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly files?: Readonly<Record<string, string>>;
  }[] = [
    { title: 'a port of --port', argv: ['--port', '<port>'] },
    { title: 'the port of PORT', environment: { PORT: '<port>' } },
    { title: 'the port of .twilioserverlessrc', files: { '.twilioserverlessrc': '{ "port": "<port>" }' } },
    {
      title: '--port rather than PORT and the file',
      argv: ['-p', '<port>'],
      environment: { PORT: '1' },
      files: { '.twilioserverlessrc': '{ port: 1 }' },
    },
  ];
  for (const { title, argv = [], environment = {}, files = {} } of configurations) {
    it(`is ${title}`, async (t) => {
      const port = String(await freePort());
      const fill = (record: Readonly<Record<string, string>>): Record<string, string> =>
        Object.fromEntries(
          Object.entries(record).map(([name, text]) => [name, text.replace('<port>', port)]),
        );
      const project = await projectOf(t, { ...FILES, ...fill(files) });
      const gateway = await startConfigured(
        argv.map((word) => word.replace('<port>', port)),
        {
          folder: project.path,
          environment: fill(environment),
        },
      );
      t.after(() => gateway.stop());
      assert.equal(gateway.url, `http://localhost:${port}`);
      assert.equal((await request(Number(port), { method: 'GET', path: '/hello' })).text(), 'Ahoy');
    });
  }

  const ENV = { '.env': 'FROM=file\nSHARED=file\n', 'other.env': 'FROM=other\n' };
  const variables: readonly [title: string, argv: readonly string[], expected: Record<string, string>][] = [
    ['only those of .env', [], { FROM: 'file', SHARED: 'file' }],
    ['only those of the file that --env names', ['--env', 'other.env'], { FROM: 'other' }],
    [
      'with -f also those of the host, below those of the file',
      ['-f'],
      { FROM: 'file', SHARED: 'file', MARKER: 'host' },
    ],
  ];
  for (const [title, argv, expected] of variables) {
    it(`the variables are ${title}`, async (t) => {
      const project = await projectOf(t, { ...FILES, ...ENV });
      const gateway = await startGateway(['-p', '0', ...argv], {
        folder: project.path,
        environment: { MARKER: 'host', SHARED: 'host' },
      });
      t.after(() => gateway.stop());
      const answer = await request(gateway.port, { method: 'GET', path: '/variables' });
      const { FROM, SHARED, MARKER, HOME } = JSON.parse(answer.text()) as Record<string, string>;
      const seen = JSON.parse(JSON.stringify({ FROM, SHARED, MARKER })) as Record<string, string>;
      assert.deepEqual(seen, expected);
      assert.equal(HOME === undefined, !argv.includes('-f'));
    });
  }
});

describe('what it says', () => {
  it('prints help and version to stdout, and nothing else', async () => {
    const help = await runProgram(['--help']);
    assert.deepEqual([help.code, help.stderr], [0, '']);
    assert.match(help.stdout, /Usage: hookswitch \[start\] \[dir\] \[options\]/);
    const version = await runProgram(['--version']);
    assert.deepEqual([version.code, version.stderr], [0, '']);
    assert.match(version.stdout, /^\d+\.\d+\.\d+\S*\n$/);
  });

  it('is one JSON object per line in a pipe, whatever clients and Functions write', async (t) => {
    const project = await projectOf(t, {
      ...FILES,
      'functions/noisy.js': `exports.handler = (context, event, callback) => {
        console.log('two\\nlines \\x1b[31m \\u2028 "quoted" \\ud800');
        console.warn({ a: 1 });
        console.error('bad');
        process.stdout.write('raw\\n');
        callback(new Error('fail "here"\\n{'));
      };`,
      'functions/broken.js': 'exports.handler = (',
    });
    const gateway = await startGateway(['-p', '0', project.path], {
      environment: { HOOKSWITCH_LOG_LEVEL: 'debug' },
    });
    t.after(() => gateway.stop());
    await converse(gateway.port, ['GET /"\\\x7f HTTP/1.1\r\n\r\n', 'NONSENSE\x01\r\n\r\n']);
    await converse(gateway.port, ['\x16\x03\x01\r\n\r\n']);
    for (const path of ['/noisy?a="%22\\', '/broken', '/missing'])
      await request(gateway.port, { method: 'GET', path });
    await gateway.said(/\/missing/);
    gateway.child.kill('SIGTERM');
    const { code, stdout, stderr } = await gateway.ended;
    assert.deepEqual([code, stderr], [0, '']);
    const lines = linesOf(stdout);
    for (const { time, level, msg } of lines) {
      assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.match(String(level), /^(?:debug|info|warn|error)$/);
      assert.equal(typeof msg, 'string');
    }
    const told = (pattern: RegExp): number => lines.filter(({ msg }) => pattern.test(String(msg))).length;
    assert.equal(told(/^two\nlines/), 1);
    assert.equal(told(/^functions\/broken\.js:1: SyntaxError: /), 1, 'a broken file is told once, at start');
    assert.equal(lines.filter(({ msg, status }) => msg === 'request' && status === 500).length, 2);
  });

  it('is a list with every Function and Asset, and then the requests, in a terminal', async (t) => {
    const project = await projectOf(t, {
      'functions/sms/reply.js': `exports.handler = (context, event, callback) => {
        console.log('A text from', event.From);
        callback(null, 'ok');
      };`,
      'functions/webhook.protected.js': 'exports.handler = (context, event, callback) => callback();',
      'functions/lib/greeting.private.js': 'exports.greet = 1;',
      'functions/a b(.js': '',
      'assets/logo.svg': '<svg/>',
      'assets/guarded.protected.txt': 'x',
      'assets/data.private.json': '{}',
    });
    const terminal = await inTerminal(t, project, []);
    const port = await portOf(terminal);
    await request(port, { method: 'GET', path: '/sms/reply?From=%2B1555' });
    await terminal.said(/A text from [^\n]*\n/);
    terminal.child.stdin?.write('\x03');
    const { code, stdout } = await terminal.ended;
    assert.equal(code, 0);
    const text = stdout.replaceAll('\r\n', '\n');
    assert(!text.includes('\x1b'), 'NO_COLOR is set');
    for (const line of [
      'Twilio functions available:',
      "├── [private] Runtime.getFunctions()['lib/greeting']",
      `├── http://localhost:${port}/sms/reply`,
      `└── [protected] http://localhost:${port}/webhook`,
      'Twilio assets available:',
      "├── [private] Runtime.getAssets()['/data.json']",
      `├── [protected] http://localhost:${port}/guarded.txt`,
      `└── http://localhost:${port}/logo.svg`,
    ]) {
      assert(text.includes(`${line}\n`), `${line} is not in:\n${text}`);
    }
    assert.match(text, /\nwarn {2}functions\/a b\(\.js is not served: its path would be .*\n/);
    assert.equal(text.split('is not served: ').length - 1, 1, 'a problem is told once');
    assert.match(
      text,
      /\n200 GET \/sms\/reply\?From=%2B1555 text\/plain; charset=utf8 [\d.]+ ms\n +log │ A text from \+1555\n/,
    );
  });
});

/** Starts a platform, asks it once, prints which processes it has, runs the script; it never calls `process.exit`. */
function embeddingProgram(script: string): string {
  return `
    const assert = require('node:assert/strict');
    const fs = require('node:fs');
    const { startPlatform } = require(${JSON.stringify(join(__dirname, '..', 'src', 'index.js'))});
    const options = {
      project: {
        root: process.cwd(), functionsFolder: null, assetsFolder: null, envFile: null, loadLocalEnv: false,
        legacyMode: false,
      },
      host: '127.0.0.1', port: 0, publicUrl: null, trustProxy: [], checkSignatures: true, signatureStatus: 400,
      timeoutMs: 10_000, maxInstances: null, minInstances: 0, maxInvocations: null, memoryMb: 256, maxProcesses: 64,
      maxOpenFiles: 1_024, temporaryMb: 512, isolation: 'function', reading: 'frozen', inspect: null, live: true, production: false,
    };
    let reloaded;
    const reload = new Promise((resolve) => { reloaded = resolve; });
    const events = { request() {}, late() {}, notice() {}, reloaded };
    const children = () => fs.readdirSync('/proc').filter((pid) => {
      try {
        const stat = fs.readFileSync('/proc/' + pid + '/stat', 'latin1');
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(process.pid);
      } catch {
        return false;
      }
    });
    (async () => {
      const platform = await startPlatform(options, events);
      assert.equal(await (await fetch(platform.url + '/hello')).text(), 'Ahoy');
      console.log('pids ' + children().join(','));
      ${script}
    })();
  `;
}

interface ServedProgram {
  readonly gateway: Gateway;
  readonly project: TestProject;
  /** The processes below it: an instance that has answered, and the spare. */
  readonly instances: readonly number[];
  readonly temporary: string;
}

async function served(t: TestContext, argv: readonly string[] = []): Promise<ServedProgram> {
  return servedProject(t, await projectOf(t, FILES), argv, {});
}

async function servedProject(
  t: TestContext,
  project: TestProject,
  argv: readonly string[],
  options: ProgramOptions,
): Promise<ServedProgram> {
  const temporary = await temporaryFolder(project);
  const gateway = await startGateway(['-p', '0', project.path, ...argv], {
    ...options,
    environment: { TMPDIR: temporary },
  });
  t.after(() => gateway.stop());
  const answer = await request(gateway.port, { method: 'GET', path: '/hello' });
  assert.equal(answer.text(), 'Ahoy');
  const instances = await eventually(() => {
    const pids = instancesOf(gateway.pid);
    return pids.length === 2 ? pids : undefined;
  });
  return { gateway, project, instances, temporary };
}

/** Calls a Function that then runs; the connection is kept. */
async function begin(gateway: Gateway, project: TestProject, name: string): Promise<Socket> {
  const mark = project.file('running');
  const socket = connect(gateway.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(requestBytes({ method: 'GET', path: `/${name}?mark=${mark}` }));
  await eventually(() => existsSync(mark) || undefined, 5_000);
  return socket;
}

/** Sends a further request on a connection that still waits for an answer, and reads both. */
async function askBehind(socket: Socket, path: string): Promise<readonly RawResponse[]> {
  const parts: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => parts.push(chunk));
  socket.write(requestBytes({ method: 'GET', path }));
  await once(socket, 'close');
  const received = Buffer.concat(parts);
  const second = received.lastIndexOf('HTTP/1.1 ');
  return [received.subarray(0, second), received.subarray(second)].map((bytes) => {
    const response = parseResponse(bytes, false, false);
    assert(response !== null, `no whole response: ${bytes.toString('latin1', 0, 300)}`);
    return response;
  });
}

async function connected(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function leftNothing(pids: readonly number[], temporary: string): Promise<void> {
  await allGone(pids);
  assert.deepEqual(await readdir(temporary), []);
}

function verifyRefused({ code, stdout, stderr }: Finished, expected: number, message: RegExp): void {
  assert.match(stderr, message);
  assert.equal(code, expected);
  assert.equal(stdout, '');
  assert.equal(stderr.trimEnd().split('\n').length, 2, `a message and what to do: ${stderr}`);
  assert.doesNotMatch(stderr, /\n +at /);
}

async function inTerminal(t: TestContext, project: TestProject, argv: readonly string[]): Promise<Program> {
  const terminal = launchInTerminal(['start', project.path, '-p', '0', ...argv], {
    environment: { NO_COLOR: '1', TERM: 'xterm' },
  });
  t.after(() => terminal.stop());
  return terminal;
}

async function portOf(terminal: Program): Promise<number> {
  const [, port] = await terminal.said(/Listening on http:\/\/localhost:(\d+)/);
  return Number(port);
}

async function projectOf(t: TestContext, files: Readonly<Record<string, string>>): Promise<TestProject> {
  const project = await writeProject(files);
  t.after(() => project.remove());
  return project;
}

/** For TMPDIR: beside the project and not in it, so that nothing is reloaded. */
async function temporaryFolder(project: TestProject): Promise<string> {
  const folder = project.file('node_modules/.temporary');
  await mkdir(folder, { recursive: true });
  return folder;
}

/** A module for `--require` that does something later: in `when`, a function that takes a callback. */
async function planted(project: TestProject, statement: string, when: string): Promise<string> {
  await project.write('plant.cjs', `${when}(() => { ${statement}; });`);
  return project.file('plant.cjs');
}

async function takenPort(t: TestContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return portNumber(server.address());
}

function portNumber(address: unknown): number {
  assert(typeof address === 'object' && address !== null && 'port' in address);
  return Number(address.port);
}
