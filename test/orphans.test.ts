/** Nothing of an instance outlives it or the gateway: processes and temporary files, however either of them ended. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { REAPER_SCRIPT } from '../src/pool/reaper-script';
import { sweepTemporaryFolders } from '../src/pool/sweep';
import { folderPrefix } from '../src/pool/temporary-folder';
import {
  allGone,
  childrenOf,
  type Gateway,
  instancesOf,
  isAlive,
  reaperOf,
  startGateway,
} from './support/program';
import { type TestProject, writeProject } from './support/project';
import { request } from './support/raw-http';
import { eventually, serve } from './support/serve';

const MAIN = join(__dirname, '..', 'src', 'main.js');

/** Writes the number of a process down, each in a file of its own; children do it by `echo`. */
const NOTE = `const fs = require('node:fs');
  const { spawn, spawnSync } = require('node:child_process');
  const notes = process.cwd() + '/pids/';
  const note = (pid) => fs.writeFileSync(notes + pid, '');
  const SLEEP = 'echo > ' + notes + '$$; exec sleep 300';
  note(process.pid);`;

/** What a Function leaves running; `loops` keeps it busy afterwards. */
const STARTS: Readonly<Record<string, string>> = {
  nothing: '',
  'a child': "spawn('/bin/sh', ['-c', SLEEP]);",
  'a detached child': "spawn('/bin/sh', ['-c', SLEEP], { detached: true, stdio: 'ignore' }).unref();",
  'a daemon without any variable': "spawnSync('/bin/sh', ['daemon.sh', notes], { env: {} });",
  'a child of a worker thread': `new (require('node:worker_threads').Worker)(
    "require('node:child_process').spawn('/bin/sh', ['-c', process.argv[2]], { detached: true, stdio: 'ignore' })",
    { eval: true, argv: [SLEEP] });`,
  'a worker thread that loops': "new (require('node:worker_threads').Worker)('for (;;);', { eval: true });",
};

function functionOf(start: string, then: string): string {
  return `exports.handler = async (context, event, callback) => { ${NOTE}
    fs.writeFileSync(require('node:os').tmpdir() + '/file', 'x');
    ${start}
    while (fs.readdirSync(notes).length < Number(event.pids)) await new Promise((resolve) => setTimeout(resolve, 5));
    fs.writeFileSync(notes + '../all-started', '');
    ${then}
  };`;
}

const NAMES = Object.keys(STARTS);
const STARTED_PIDS: Readonly<Record<string, number>> = { nothing: 1, 'a worker thread that loops': 1 };

function pathOf(name: string, then: string): string {
  return `/${name.replaceAll(' ', '-')}-${then}?pids=${STARTED_PIDS[name] ?? 2}`;
}

/** How a Function goes on, or ends. */
const THENS: Readonly<Record<string, string>> = {
  loops: 'for (;;);',
  waits: 'setInterval(() => {}, 1000);',
  answers: "callback(null, 'ok');",
  exits: 'process.exit(1);',
  aborts: 'process.abort();',
};

const FILES: Readonly<Record<string, string>> = {
  'functions/hello.js': "exports.handler = (context, event, callback) => callback(null, 'Ahoy');",
  'daemon.sh': `setsid /bin/sh -c 'echo > "$1$$"; exec sleep 300' sh "$1" > /dev/null 2>&1 &`,
  'pids/0': '',
  ...Object.fromEntries(
    NAMES.flatMap((name) =>
      Object.entries(THENS).map(([then, code]) => [
        `functions${pathOf(name, then).replace(/\?.*/, '.js')}`,
        functionOf(STARTS[name] ?? '', code),
      ]),
    ),
  ),
};

describe('after kill -9 of the gateway nothing is left, neither processes nor files', {
  concurrency: 2,
}, () => {
  for (const name of NAMES) {
    for (const then of ['loops', 'waits']) {
      it(`of a Function that ${then} and has started ${name}`, async (t) => {
        const { gateway, project, temporary } = await started(t);
        const pids = await runUntilStarted(gateway, project, pathOf(name, then));
        gateway.child.kill('SIGKILL');
        await gateway.ended;
        await leftNothing([...pids, ...childrenOf(gateway.pid)], temporary);
      });
    }
  }

  it('of idle instances', async (t) => {
    const { gateway, temporary, below } = await started(t);
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    await leftNothing(below, temporary);
  });

  it('when its whole process group is killed', async (t) => {
    const { gateway, project, temporary, below } = await started(t, ['setsid', process.execPath, MAIN]);
    const pids = await runUntilStarted(gateway, project, pathOf('a detached child', 'loops'));
    process.kill(-gateway.pid, 'SIGKILL');
    await gateway.ended;
    await leftNothing([...pids, ...below], temporary);
  });

  it('when the reaper had been killed before, and was replaced', async (t) => {
    const { gateway, project, temporary, below } = await started(t);
    const first = reaperOf(gateway.pid);
    // One that ends sooner is not replaced at once, so that nothing spins.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    process.kill(first, 'SIGKILL');
    await eventually(() => (reaperOf(gateway.pid) > 0 && reaperOf(gateway.pid) !== first) || undefined);
    const pids = await runUntilStarted(gateway, project, pathOf('a detached child', 'loops'));
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    await leftNothing([...pids, ...below, ...childrenOf(gateway.pid)], temporary);
  });

  it('when it is killed as soon as it listens', async (t) => {
    const { gateway, temporary } = await started(t, [], { answers: false });
    const below = childrenOf(gateway.pid);
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    await leftNothing(below, temporary);
  });
});

describe('a gateway whose reaper is killed', () => {
  it('says so once, serves on, and has one again with the next instance', async (t) => {
    const { gateway } = await started(t);
    const told = () =>
      gateway.lines().filter(({ msg }) => /its helper process does not stay/.test(String(msg)));
    for (let round = 0; round < 2; round++) {
      const reaper = await eventually(() => reaperOf(gateway.pid) || undefined);
      process.kill(reaper, 'SIGKILL');
      await eventually(() => (reaperOf(gateway.pid) !== reaper ? true : undefined));
      // Its instance ends with it, so there will be a next one.
      const answer = await request(gateway.port, { method: 'GET', path: pathOf('nothing', 'exits') });
      assert.equal(answer.status, 500);
    }
    await eventually(() => (told().length > 0 && reaperOf(gateway.pid) > 0) || undefined);
    assert.equal(told().length, 1);
    assert.equal((await request(gateway.port, { method: 'GET', path: '/hello' })).text(), 'Ahoy');
  });
});

it('what an instance left behind is ended also where the reaper dies before it gets to it', async (t) => {
  const { gateway, project, temporary } = await started(t);
  const first = reaperOf(gateway.pid);
  // One that ends sooner is not replaced at once, so that nothing spins.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  process.kill(first, 'SIGSTOP');
  const path = pathOf('a daemon without any variable', 'exits');
  assert.equal((await request(gateway.port, { method: 'GET', path })).status, 500);
  const pids = notedPids(project);
  const left = await eventually(() => {
    const alive = pids.filter(isAlive);
    return alive.length === 1 ? alive : undefined;
  });
  // The line about it is written 20 ms after the end of the instance.
  await new Promise((resolve) => setTimeout(resolve, 200));
  process.kill(first, 'SIGKILL');
  await allGone(left);
  gateway.child.kill('SIGKILL');
  await gateway.ended;
  await leftNothing(pids, temporary);
});

describe('nothing outlives an instance', { concurrency: 2 }, () => {
  for (const name of NAMES.filter((each) => each.includes('child') || each.includes('daemon'))) {
    for (const [then, status] of [
      ['loops', 504],
      ['answers', 200],
      ['exits', 500],
      ['aborts', 500],
    ] as const) {
      it(`that had started ${name} and ${then}`, async (t) => {
        const served = await serve(FILES, { timeoutMs: 1_500 });
        t.after(() => served.close());
        const answer = await request(served.port, { method: 'GET', path: pathOf(name, then) });
        assert.equal(answer.status, status);
        const pids = notedPids(served.project);
        // An instance that has answered is looked at once a second.
        await eventually(() => (pids.some(isAlive) ? undefined : true), 5_000);
      });
    }
  }

  it('and no core file is left of one that aborts, where the system writes them', async (t) => {
    const project = await writeProject({
      ...FILES,
      'unlimited.sh': `ulimit -c "$(ulimit -Hc)"\nexec "${process.execPath}" "$@"\n`,
    });
    t.after(() => project.remove());
    const gateway = await startGateway([project.path, '--no-live', '-p', '0'], {
      command: ['sh', project.file('unlimited.sh'), MAIN],
    });
    t.after(() => gateway.stop());
    const beside = request(gateway.port, { method: 'GET', path: '/hello' });
    const answer = await request(gateway.port, { method: 'GET', path: pathOf('nothing', 'aborts') });
    assert.equal(answer.status, 500);
    assert.equal((await beside).text(), 'Ahoy');
    const line = await eventually(() => gateway.lines().find((each) => each.status === 500));
    assert.equal(line.error, 'HS_CRASHED');
    assert.match(String(line.detail), /ended by SIGABRT/);
    assert.deepEqual(
      readdirSync(project.path).filter((file) => file.startsWith('core')),
      [],
    );
    assert.match(
      readFileSync(`/proc/${instancesOf(gateway.pid)[0]}/limits`, 'latin1'),
      /^Max core file size +0 +0 /m,
    );
  });
});

describe('the reaper passes over', () => {
  const TAG = '123456789012345';
  const rows: readonly [title: string, input: string, killed: readonly string[]][] = [
    ['nothing that is right', `run 4711 ${TAG}\nrun 4712 ${TAG}\nend 4711\n`, ['-- -4712']],
    ['empty lines', `\n\n \nrun 4711 ${TAG}\n`, ['-- -4711']],
    ['everybody and itself as a group', `run 1 ${TAG}\nrun 0 ${TAG}\nrun -1 ${TAG}\nrun 00001 ${TAG}\n`, []],
    ['what is no number', `run x ${TAG}\nrun 4711x ${TAG}\nrun * ${TAG}\nrun $$ ${TAG}\nrun `, []],
    ['numbers beyond all bounds', `run 99999999999999999999999 ${TAG}\n`, []],
    ['instances without a tag of 15 digits', 'run 4711\nrun 4711 1\nrun 4711 1 2\n', []],
    ['unknown words', `kill 4711\nRUN 4711 ${TAG}\n; kill 1\n$(kill 1)\n\`kill 1\`\nhunt; kill 1\n`, []],
    ['hunts for nothing', 'hunt\nhunt \nhunt * x 1 12345678901234 1234567890123456\n', []],
    ['a last line that was cut off', `run 4711 ${TAG}`, []],
    ['bytes of no text', `\x00\x01\xff\n${'x'.repeat(100_000)}\nrun 4711 ${TAG}\n`, ['-- -4711']],
    ['a hunt that seems to find itself', `hunt ${TAG} everybody\n`, []],
    ['what it has found before', `hunt ${TAG}\n`, ['4713', '4714']],
  ];
  for (const [title, input, killed] of rows) {
    it(title, () => {
      // `kill` and `grep` are replaced: what would happen if it did not pass over them must not happen here.
      const finds = title.includes('itself')
        ? '/proc/1/limits\\n/proc/%s/limits\\n'
        : '/proc/4713/limits\\n/proc/4714/limits\\n';
      const stubs = `kill() { shift 2; echo "$@"; }
        grep() { [ -n "$3" ] && ${title.includes('found') || title.includes('itself') ? `printf '${finds}' $$` : 'false'}; }`;
      const { stdout, status } = spawnSync(
        '/bin/sh',
        ['-c', stubs + REAPER_SCRIPT, 'reaper', '/nonexistent/x'],
        {
          input: Buffer.from(input, 'latin1'),
          encoding: 'utf8',
          timeout: 20_000,
        },
      );
      assert.equal(status, 0);
      assert.deepEqual(stdout.split('\n').slice(0, -1), killed);
    });
  }
});

describe('what a start finds of gateways that are gone', () => {
  it('is removed in the background', async (t) => {
    const { gateway, project, temporary } = await started(t);
    // Both at once, as when the machine or the container is killed; here the reaper goes first.
    process.kill(reaperOf(gateway.pid), 'SIGKILL');
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    assert.equal((await readdir(temporary)).length, 1);
    const next = await startGateway(['-p', '0', project.path], { environment: { TMPDIR: temporary } });
    t.after(() => next.stop());
    const remaining = () =>
      readdirSync(temporary).filter((name) => name.startsWith(`hookswitch-${gateway.pid}-`));
    await eventually(() => (remaining().length === 0 ? true : undefined));
    assert.equal(readdirSync(temporary).length, 1, 'its own');
  });

  const own = folderPrefix();
  const [, , birth = ''] = own.split('-');
  const [namespace = '', ticks = ''] = birth.split('.');
  const DEAD = 2 ** 22 + 1;
  const rows: readonly [title: string, name: string, isKept: boolean, days?: number][] = [
    ['its own folder', `${own}1`, true],
    ['the folder of a process that is gone', `hookswitch-${DEAD}-${birth}-00000000-1`, false],
    [
      'the folder of an earlier process with the number of one that runs',
      `hookswitch-${process.pid}-${namespace}.1-00000000-1`,
      false,
    ],
    ['the folder of another PID namespace', `hookswitch-${DEAD}-1.${ticks}-00000000-1`, true],
    [
      'the folder of another PID namespace after a week',
      `hookswitch-${DEAD}-1.${ticks}-00000000-1`,
      false,
      8,
    ],
    ['a folder with another name', 'hookswitch-test-1', true],
    ['a folder with nearly the name', `hookswitch-0${DEAD}-${birth}-00000000-1`, true],
  ];
  for (const [title, name, isKept, days = 0] of rows) {
    it(`${title} is ${isKept ? 'kept' : 'removed'}`, async (t) => {
      const project = await writeProject({ [`${name}/instance-1/deep/file`]: 'x' });
      t.after(() => project.remove());
      const then = Date.now() / 1000 - days * 86_400;
      await utimes(project.file(name), then, then);
      // Several starts at a time.
      await Promise.all([1, 2, 3].map(() => sweepTemporaryFolders(project.path, Date.now())));
      assert.equal(existsSync(project.file(name)), isKept);
    });
  }

  it('is not removed where it is a link, a file or of somebody else', async (t) => {
    const names = ['link', 'file', 'foreign'].map((end) => `hookswitch-${DEAD}-${birth}-00000000-${end}`);
    const [link = '', file = '', foreign = ''] = names;
    const project = await writeProject({ 'target/kept': 'x', [file]: 'x', [`${foreign}/x`]: 'x' });
    t.after(() => project.remove());
    await symlink(project.file('target'), project.file(link));
    // Only root can make what is of somebody else.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(project.file(foreign), 65_534, 65_534);
    await sweepTemporaryFolders(project.path, Date.now());
    const kept = isRoot ? names : [link, file];
    assert.deepEqual((await readdir(project.path)).sort(), [...kept, 'target'].sort());
    assert.ok(existsSync(project.file('target/kept')));
  });

  it('is no reason to fail where the folder cannot be read', async () => {
    await sweepTemporaryFolders('/nonexistent', Date.now());
  });
});

interface Started {
  readonly gateway: Gateway;
  readonly project: TestProject;
  readonly temporary: string;
  /** The processes below it. */
  readonly below: readonly number[];
}

async function started(
  t: TestContext,
  command?: readonly string[],
  { answers = true } = {},
): Promise<Started> {
  const project = await writeProject(FILES);
  t.after(() => project.remove());
  const temporary = project.file('node_modules/.temporary');
  await mkdir(temporary, { recursive: true });
  const gateway = await startGateway(['--no-live', '-p', '0', project.path], {
    environment: { TMPDIR: temporary },
    ...(command === undefined || command.length === 0 ? {} : { command }),
  });
  t.after(() => gateway.stop());
  if (answers) {
    assert.equal((await request(gateway.port, { method: 'GET', path: '/hello' })).text(), 'Ahoy');
    // The one that answered and a spare; a process behind them may be there already.
    await eventually(() => (instancesOf(gateway.pid).length >= 2 ? true : undefined), 5_000);
  }
  return { gateway, project, temporary, below: childrenOf(gateway.pid) };
}

/** Calls it; resolves with the processes that it noted, once it has started all it wants. */
async function runUntilStarted(
  gateway: Gateway,
  project: TestProject,
  path: string,
): Promise<readonly number[]> {
  request(gateway.port, { method: 'GET', path }).catch(() => {});
  await eventually(() => existsSync(project.file('all-started')) || undefined, 10_000);
  const pids = notedPids(project);
  assert.ok(pids.every(isAlive), 'they run');
  return pids;
}

function notedPids(project: TestProject): readonly number[] {
  return readdirSync(project.file('pids'))
    .map(Number)
    .filter((pid) => pid > 1);
}

async function leftNothing(pids: readonly number[], temporary: string): Promise<void> {
  await allGone(pids);
  await eventually(() => (readdirSync(temporary).length === 0 ? true : undefined));
}
