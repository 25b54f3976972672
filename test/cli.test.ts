import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { COMMANDS, checkFolderWord, chooseCommand } from '../src/cli/commands';
import { commandHelpText, flagText, helpText } from '../src/cli/help';
import { versionText } from '../src/cli/version';
import { flagName } from '../src/config/names';
import { OPTIONS } from '../src/config/options';
import { CodedError } from '../src/errors';
import { type TestProject, writeProject } from './support/project';

const MAIN = join(__dirname, '..', 'src', 'main.js');
const ROOT = join(__dirname, '..', '..');

describe('the command', () => {
  const chosen: readonly [argv: string[], name: string, rest: string[]][] = [
    [[], 'start', []],
    [['start'], 'start', []],
    [['dev', 'src'], 'start', ['src']],
    [['src'], 'start', ['src']],
    [['-p', '1', 'start', 'src'], 'start', ['-p', '1', 'start', 'src']],
    [['start', 'deploy'], 'start', ['deploy']],
    [['./missing'], 'start', ['./missing']],
    [['help', 'start'], 'help', ['start']],
    [['start', '--help'], 'start', ['--help']],
    [['version'], 'version', []],
  ];
  for (const [argv, name, rest] of chosen) {
    it(`of "${argv.join(' ')}" is ${name}`, () => {
      const { row, argv: left } = chooseCommand(argv);
      assert.deepEqual([row.name, left], [name, rest]);
    });
  }

  const refused: readonly [word: string, message: RegExp][] = [
    ['strat', /^"strat" is neither a command nor a folder; did you mean start\?$/],
    ['something', /^"something" is neither a command nor a folder$/],
    ['deploy', /^deploy is a command of twilio-run that Hookswitch does not have$/],
    ['env', /^env is a command of twilio-run/],
  ];
  for (const [word, message] of refused) {
    it(`"${word}" is refused`, () => {
      assert.throws(
        () => checkFolderWord(word, ROOT),
        (error) => error instanceof CodedError && error.code === 'HS_USAGE' && message.test(error.message),
      );
    });
  }

  for (const { name, aliases } of COMMANDS) {
    it(`${name} has a name of its own`, () => {
      const others = COMMANDS.filter((row) => row.name !== name).flatMap((row) => [row.name, ...row.aliases]);
      for (const word of [name, ...aliases]) assert.ok(!others.includes(word), word);
    });
  }

  it('is found behind flags, and its help and version by their flags', async (t) => {
    const help = await run(t, ['start', '-h']);
    assert.deepEqual([help.code, help.stdout], [0, await helpText(80)]);
    const version = await run(t, ['help', '-v']);
    assert.deepEqual([version.code, version.stdout], [0, `${versionText()}\n`]);
    const missing = await run(t, ['-p', '0', 'start', './missing']);
    assert.match(missing.stderr, /HS_NO_PROJECT/);
    const unknown = await run(t, ['help', 'strat']);
    assert.match(unknown.stderr, /there is no command "strat"; did you mean start\?/);
  });
});

describe('the help', () => {
  it('names every option with its value and its short form', async () => {
    const text = await helpText(80);
    for (const [key, option] of Object.entries(OPTIONS))
      assert.ok(text.includes(`  ${flagText(key, option)}`), key);
    assert.match(text, /-p, --port PORT {2,}Port to listen on/);
    assert.match(text, /--live, --no-live/);
    assert.match(text, /--trust-proxy \[LIST\]/);
  });

  it('says how to call it, with examples and exit codes', async () => {
    const text = await helpText(80);
    for (const part of [
      'Usage: hookswitch [start] [dir] [options]',
      '\nExamples\n',
      '\nExit codes\n',
      '--ngrok',
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  for (const width of [50, 80, 100, 300]) {
    it(`fits into a terminal of ${width} columns`, async () => {
      const texts = await Promise.all([
        helpText(width),
        ...COMMANDS.map(async (row) => commandHelpText(row, await row.load(), width)),
      ]);
      const long = texts
        .join('\n')
        .split('\n')
        .filter((line) => line.length > Math.min(width, 110));
      assert.deepEqual(long, []);
    });
  }
});

describe('the program', () => {
  it('prints its help and its version', async (t) => {
    const help = await run(t, ['--help']);
    assert.deepEqual([help.code, help.stderr], [0, '']);
    assert.equal(help.stdout, await helpText(80));
    const version = await run(t, ['--version']);
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    assert.deepEqual([version.code, version.stdout], [0, `${manifest.version}\n`]);
    assert.equal(versionText(), manifest.version);
  });

  it('ends with 2 and says what to do where it is used wrongly', async (t) => {
    const { code, stdout, stderr } = await run(t, [flagName('prot'), '1']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.equal(
      stderr,
      'hookswitch: HS_USAGE: unknown flag --prot; did you mean --port?\n  See hookswitch --help.\n',
    );
  });

  it('prints nothing of the arguments that could steer a terminal', async (t) => {
    const { stderr } = await run(t, ['--\x1b[2J\u202e\nhookswitch: forged']);
    assert.ok(
      stderr.startsWith('hookswitch: HS_USAGE: unknown flag --\\x1b[2J\\u202e\n  hookswitch: forged\n'),
    );
  });

  it('ends with 1 where a configuration file is wrong', async (t) => {
    const project = await projectOf(t, { '.twilioserverlessrc': '{ port: "x" }' });
    const { code, stderr } = await run(t, ['start', project.path]);
    assert.equal(code, 1);
    assert.match(stderr, /^hookswitch: HS_CONFIG_INVALID: .*\.twilioserverlessrc: port: "x" is not allowed/);
  });

  it('ends with 1 where there is no project', async (t) => {
    const { code, stderr } = await run(t, ['start', './no-such-folder']);
    assert.equal(code, 1);
    assert.match(stderr, /^hookswitch: HS_NO_PROJECT: /);
  });

  it('ends with 1 where the port is taken; with -o json it says so on stdout', async (t) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    t.after(() => taken.close());
    const address = taken.address();
    assert.ok(address !== null && typeof address === 'object');
    const project = await projectOf(t, HELLO);
    const argv = ['start', project.path, '-p', String(address.port), '--no-live'];

    const plain = await run(t, argv);
    assert.equal(plain.code, 1);
    assert.match(plain.stderr, /^hookswitch: HS_PORT_IN_USE: /);
    const json = await run(t, [...argv, '-o', 'json']);
    assert.deepEqual([json.code, json.stderr], [1, '']);
    const line = JSON.parse(json.stdout) as { level: string; msg: string };
    assert.equal(line.level, 'error');
    assert.match(line.msg, /^HS_PORT_IN_USE: /);
  });

  it('serves a project until SIGTERM, lets what runs end, and ends with 0', async (t) => {
    const project = await projectOf(t, {
      'functions/slow.js': `exports.handler = (context, event, callback) => {
        console.log('waiting');
        require('node:fs').writeFileSync(event.mark, '');
        setTimeout(() => callback(null, 'done'), 400);
      };`,
    });
    const server = await start(t, [project.path, '--no-live']);
    const answer = fetch(`${server.url}/slow?mark=${project.file('running')}`);
    await appeared(project.file('running'));
    server.child.kill('SIGTERM');
    const response = await answer;
    assert.deepEqual([response.status, await response.text()], [200, 'done']);
    // The client keeps its connection: that must not keep the program.
    assert.equal(await within(10_000, server.ended), 0);
    const lines = server.lines();
    assert.ok(lines.some(({ msg }) => String(msg).startsWith('SIGTERM: stopping once what runs has ended')));
    const request = lines.findIndex(({ msg }) => msg === 'request');
    assert.equal(lines[request]?.status, 200);
    assert.deepEqual([lines[request + 1]?.console, lines[request + 1]?.msg], [true, 'waiting']);
  });

  it('stops at once by a second signal, and ends with 128 and its number', async (t) => {
    const project = await projectOf(t, {
      'functions/loop.js':
        "exports.handler = (context, event) => { require('node:fs').writeFileSync(event.mark, ''); for (;;); };",
    });
    const server = await start(t, [project.path, '--no-live']);
    const answer = fetch(`${server.url}/loop?mark=${project.file('running')}`).then(
      () => 'answered',
      () => 'cut off',
    );
    await appeared(project.file('running'));
    server.child.kill('SIGTERM');
    await server.said(/^SIGTERM: /);
    server.child.kill('SIGINT');
    // The Function would have 10 s.
    assert.equal(await within(5_000, server.ended), 130);
    assert.equal(await answer, 'cut off');
  });

  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    it(`ends with 0 by ${signal} where nothing runs`, async (t) => {
      const project = await projectOf(t, HELLO);
      const server = await start(t, [project.path]);
      server.child.kill(signal);
      assert.equal(await server.ended, 0);
    });
  }

  it('logs a defect of its own and ends with 1', async (t) => {
    const project = await projectOf(t, {
      ...HELLO,
      'plant.cjs': "process.on('SIGUSR2', () => { throw new Error('planted'); });",
    });
    const server = await start(t, [project.path], ['--require', project.file('plant.cjs')]);
    server.child.kill('SIGUSR2');
    assert.equal(await server.ended, 1);
    const last = server.lines().at(-1);
    assert.equal(last?.level, 'error');
    assert.match(String(last?.msg), /^HS_INTERNAL: Error: planted\n[\s\S]*Please report it/);
  });

  it('goes on where nobody reads its log any more', async (t) => {
    const project = await projectOf(t, HELLO);
    const server = await start(t, [project.path]);
    server.child.stdout?.destroy();
    for (let count = 0; count < 3; count++) {
      const response = await fetch(`${server.url}/hello`);
      assert.equal(await response.text(), 'Ahoy');
    }
    server.child.kill('SIGTERM');
    assert.equal(await server.ended, 0);
  });
});

/** Waits for a file that a running Function makes. */
async function appeared(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function within<T>(milliseconds: number, ended: Promise<T>): Promise<T | 'too late'> {
  const late = new Promise<'too late'>((resolve) => {
    setTimeout(() => resolve('too late'), milliseconds).unref();
  });
  return Promise.race([ended, late]);
}

const HELLO = {
  'functions/hello.js': "exports.handler = (context, event, callback) => callback(null, 'Ahoy');",
};

async function projectOf(t: TestContext, files: Record<string, string>): Promise<TestProject> {
  const project = await writeProject(files);
  t.after(() => project.remove());
  return project;
}

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(t: TestContext, argv: readonly string[]): Promise<Finished> {
  const child = launch(t, argv, []);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

interface Server {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  lines(): Record<string, unknown>[];
  said(message: RegExp): Promise<void>;
}

/** Starts the program and waits until it listens. */
async function start(t: TestContext, argv: readonly string[], node: readonly string[] = []): Promise<Server> {
  const child = launch(t, ['start', ...argv, '-p', '0', '-o', 'json'], node);
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stdout?.on('error', () => {});
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const lines = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const said = async (message: RegExp): Promise<void> => {
    while (!lines().some(({ msg }) => message.test(String(msg)))) {
      assert.equal(child.exitCode, null, text);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await said(/^listening$/);
  const url = lines().find(({ msg }) => msg === 'listening')?.url;
  return { url: String(url), child, ended, lines, said };
}

function launch(t: TestContext, argv: readonly string[], node: readonly string[]): ChildProcess {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
  const child = spawn(process.execPath, [...node, MAIN, ...argv], {
    cwd: ROOT,
    env: { PATH, HOME, ...(TMPDIR === '' ? {} : { TMPDIR }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}
