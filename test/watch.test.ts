import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { explainWatchFailure, isIgnored, type ProjectWatch, watchProject } from '../src/build/watch';
import type { ProjectOptions } from '../src/platform';
import { type TestProject, writeProject } from './support/project';

const FILES = {
  'functions/a.js': '1',
  'functions/sms/b.js': '1',
  'assets/logo.svg': '<svg/>',
  'lib/shared.js': '1',
  'node_modules/x/index.js': '1',
  '.env': 'A=1',
  'package.json': '{}',
};

interface Watched {
  readonly project: TestProject;
  readonly watch: ProjectWatch;
  readonly problems: readonly string[];
  /** What was told since the last time it was asked. */
  takeNames(): Promise<readonly string[]>;
  /** Waits until this name is told; at once on Linux, soon elsewhere. */
  isTold(name: string): Promise<void>;
}

async function watched(t: TestContext, options: Partial<ProjectOptions> = {}): Promise<Watched> {
  const project = await writeProject(FILES);
  let names: string[] = [];
  const problems: string[] = [];
  const watch = watchProject(optionsOf(project, options), {
    dirty: (name) => names.push(name),
    problem: (message) => problems.push(message),
  });
  t.after(async () => {
    await watch.close();
    await project.remove();
  });
  const takeNames = async (): Promise<readonly string[]> => {
    await watch.settle();
    const taken = names;
    names = [];
    return taken;
  };
  const isTold = async (name: string): Promise<void> => {
    const deadline = Date.now() + 10_000;
    while (!(await takeNames()).includes(name)) assert(Date.now() < deadline, `${name} was not told`);
  };
  return { project, watch, problems, takeNames, isTold };
}

function optionsOf(project: TestProject, options: Partial<ProjectOptions> = {}): ProjectOptions {
  return {
    root: project.path,
    functionsFolder: null,
    assetsFolder: null,
    envFile: null,
    loadLocalEnv: false,
    legacyMode: false,
    ...options,
  };
}

describe('is told at once', () => {
  const saves: readonly [title: string, save: (project: TestProject) => Promise<void>, name: string][] = [
    ['a Function that is written', (project) => project.write('functions/a.js', '2'), 'functions/a.js'],
    ['a Function that is replaced', (project) => project.replace('functions/a.js', '2'), 'functions/a.js'],
    ['a Function in a folder', (project) => project.write('functions/sms/b.js', '2'), 'functions/sms/b.js'],
    ['a new Function', (project) => project.write('functions/new.js', '1'), 'functions/new.js'],
    ['a Function that is gone', (project) => project.delete('functions/a.js'), 'functions/a.js'],
    ['a new folder', (project) => project.write('functions/new/deep/c.js', '1'), 'functions/new'],
    ['a folder that is gone', (project) => project.delete('functions/sms'), 'functions/sms'],
    ['an Asset', (project) => project.write('assets/logo.svg', '<svg></svg>'), 'assets/logo.svg'],
    [
      'a file that Functions may require',
      (project) => project.replace('lib/shared.js', '2'),
      'lib/shared.js',
    ],
    ['the file of variables', (project) => project.replace('.env', 'A=2'), '.env'],
    ['package.json', (project) => project.write('package.json', '{ }'), 'package.json'],
    ['the configuration', (project) => project.write('.twilioserverlessrc', '{}'), '.twilioserverlessrc'],
  ];
  for (const [title, save, name] of saves) {
    test(title, async (t) => {
      const { project, problems, isTold } = await watched(t);
      await save(project);
      await isTold(name);
      assert.deepEqual(problems, []);
    });
  }
});

describe('is told although its folder', () => {
  const remakes: readonly [title: string, remake: (project: TestProject) => Promise<void>][] = [
    ['was new', async () => {}],
    [
      'was removed and made again at once',
      async (project) => {
        await rm(project.file('functions'), { recursive: true });
        await project.write('functions/deep/er/a.js', '1');
      },
    ],
    [
      'was moved away and made again',
      async (project) => {
        await rename(project.file('functions'), project.file('old'));
        await mkdir(project.file('functions'));
      },
    ],
    [
      'changed places with another',
      async (project) => {
        await project.write('next/deep/a.js', '1');
        await rename(project.file('functions'), project.file('old'));
        await rename(project.file('next'), project.file('functions'));
      },
    ],
  ];
  for (const [title, remake] of remakes) {
    test(`${title}: a new file`, async (t) => {
      const { project, takeNames, isTold } = await watched(t);
      await remake(project);
      await mkdir(project.file('functions/deep/er'), { recursive: true });
      await takeNames();
      await project.write('functions/later.js', '1');
      await isTold('functions/later.js');
      await project.write('functions/deep/er/later.js', '1');
      await isTold('functions/deep/er/later.js');
    });
  }

  test('is removed and made again a hundred times: a new file', async (t) => {
    const { project, takeNames, isTold } = await watched(t);
    for (let round = 0; round < 100; round++) {
      await project.delete('functions');
      if (round % 2 === 0) await takeNames();
      await project.write('functions/x/y/a.js', '1');
      await takeNames();
      await project.write('functions/x/y/new.js', '1');
      await isTold('functions/x/y/new.js');
    }
  });
});

describe('is told from outside of the root', () => {
  test('the named file of variables, also when it is made or replaced', async (t) => {
    const outside = await writeProject({ 'other.env': '' });
    t.after(() => outside.remove());
    const { project, takeNames, isTold } = await watched(t, { envFile: outside.file('my.env') });
    await outside.write('other.env', 'A=1');
    assert.deepEqual(await takeNames(), []);
    for (const save of [outside.write, outside.replace]) {
      await save('my.env', 'A=1');
      await isTold(relative(project.path, outside.file('my.env')));
    }
  });

  test('a folder of Functions that lies there', async (t) => {
    const outside = await writeProject({ 'fn/sub/a.js': '' });
    t.after(() => outside.remove());
    const { project, isTold } = await watched(t, { functionsFolder: outside.file('fn') });
    await outside.replace('fn/sub/a.js', '1');
    await isTold(relative(project.path, outside.file('fn/sub/a.js')));
  });
});

describe('is ignored', () => {
  const ignored = [
    'node_modules',
    'node_modules/x/index.js',
    'functions/node_modules/x.js',
    '.git',
    '.git/HEAD',
    'lib/.git/HEAD',
    '.idea/workspace.xml',
    '.nvmrc',
    'npm-debug.log',
    'functions/a.js~',
    'functions/.a.js.swp',
    'functions/.a.js.swx',
    'functions/4913',
    'functions/.#a.js',
    'functions/#a.js#',
    'functions/a.js___jb_tmp___',
    'assets/.DS_Store',
  ];
  for (const name of ignored) {
    test(name, () => assert.equal(isIgnored(name), true));
  }

  const told = [
    '',
    'functions/a.js',
    'functions/.well-known/a.js',
    'assets/.data.private.json',
    '.env',
    '.env.local',
    '.twilioserverlessrc.json',
    'package-lock.json',
    'lib/catalog.js',
    'assets/4913.mp3',
    '../elsewhere/my.env',
  ];
  for (const name of told) {
    test(`but not ${name === '' ? 'the root' : name}`, () => assert.equal(isIgnored(name), false));
  }

  test('what is saved in node_modules, in .git and beside a file by an editor', async (t) => {
    const { project, takeNames } = await watched(t);
    await mkdir(project.file('.git'));
    await project.write('.git/index', '1');
    await project.write('node_modules/x/index.js', '2');
    await project.write('node_modules/y/index.js', '1');
    await project.write('functions/.a.js.swp', '1');
    assert.deepEqual(await takeNames(), []);
  });
});

test('nothing is told after close, which may be called again', async (t) => {
  const { project, watch, takeNames } = await watched(t);
  await watch.close();
  await watch.close();
  await project.write('functions/a.js', '2');
  await project.write('functions/new.js', '2');
  assert.deepEqual(await takeNames(), []);
});

test('watching does not keep a process alive', async (t) => {
  const project = await writeProject(FILES);
  t.after(() => project.remove());
  const script = `
    const { watchProject } = require(${JSON.stringify(join(__dirname, '..', 'src', 'build', 'watch.js'))});
    watchProject(${JSON.stringify(optionsOf(project))}, { dirty() {}, problem() {} });
  `;
  const run = spawnSync(process.execPath, ['-e', script], { timeout: 20_000, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
});

test('a limit of the system is explained with what to do', () => {
  const full = Object.assign(new Error('System limit for number of file watchers reached'), {
    code: 'ENOSPC',
  });
  assert.match(explainWatchFailure('/p/functions', full), /\/p\/functions: ENOSPC.*max_user_watches/);
  const instances = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
  assert.match(explainWatchFailure('/p', instances), /max_user_instances.*ulimit/);
  assert.match(explainWatchFailure('/p', new Error('?')), /start again after saving/);
});
