/** Whom a save reaches: only Functions that are made of what was saved get new instances; all others keep theirs. */
import assert from 'node:assert/strict';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { type Parts, reaches, type SavedFile } from '../src/reload/reaches';
import { WarmBrake } from '../src/reload/warm-brake';
import type { TestProject } from './support/project';
import { request } from './support/raw-http';
import { eventually, type Served, type ServeOptions, serve } from './support/serve';

/** Answers the process, how often it was called there, and what it read. */
function counting(read = "''"): string {
  return `
    let calls = 0;
    exports.handler = (context, event, callback) => callback(null, [process.pid, ++calls, ${read}].join(' '));
  `;
}

const FILES = {
  'functions/a.js': `const shared = require('../lib/shared'), own = require('../lib/own');${counting('shared + own')}`,
  'functions/b.js': `const shared = require('../lib/shared');${counting('shared')}`,
  'functions/c.js': counting(),
  'functions/late.js': counting("require('../lib/late')"),
  'functions/never.js': counting(),
  'functions/tools.private.js': "exports.text = 'tools';",
  'functions/user.js': counting('require(Runtime.getFunctions().tools.path).text'),
  'lib/shared.js': "module.exports = 'shared';",
  'lib/own.js': "module.exports = require('./deep.js');",
  'lib/deep.js': "module.exports = 'deep';",
  'lib/late.js': "module.exports = 'late';",
  'assets/open.txt': 'open',
  'assets/hidden.private.txt': 'hidden',
  'data/menu.json': '{}',
  'package.json': '{}',
  '.env': 'A=1\n',
};
const PATHS = ['/a', '/b', '/c', '/late', '/user'];
const NOBODY: readonly string[] = [];

describe('new instances are for', () => {
  interface Row {
    readonly title: string;
    save(project: TestProject): Promise<void>;
    readonly reached: readonly string[];
  }
  const add = (name: string, text: string) => (project: TestProject) =>
    project.write(name, (name in FILES ? FILES[name as keyof typeof FILES] : '') + text);
  const rows: readonly Row[] = [
    { title: 'a Function that was saved', save: add('functions/c.js', '// saved'), reached: ['/c'] },
    { title: 'those that share a file', save: add('lib/shared.js', '// saved'), reached: ['/a', '/b'] },
    {
      title: 'the one that a file belongs to, however deep',
      save: add('lib/deep.js', '// saved'),
      reached: ['/a'],
    },
    {
      title: 'one that loaded a file during a call',
      save: add('lib/late.js', '// saved'),
      reached: ['/late'],
    },
    {
      title: 'the one that uses a private Function',
      save: add('functions/tools.private.js', '// saved'),
      reached: ['/user'],
    },
    { title: 'one whose file is gone', save: (project) => project.delete('lib/deep.js'), reached: ['/a'] },
    {
      title: 'those of several files',
      save: async (project) => {
        await add('functions/c.js', '// saved')(project);
        await project.replace('lib/deep.js', "module.exports = 'saved';");
      },
      reached: ['/a', '/c'],
    },
    {
      title: 'nobody, of a Function that nobody called',
      save: add('functions/never.js', '//'),
      reached: NOBODY,
    },
    { title: 'nobody, of a public Asset', save: add('assets/open.txt', 'saved'), reached: NOBODY },
    { title: 'nobody, of a new public Asset', save: add('assets/img/new.txt', 'new'), reached: NOBODY },
    { title: 'nobody, of a comment in .env', save: add('.env', '# saved\n'), reached: NOBODY },
    { title: 'everybody, of a value in .env', save: add('.env', 'B=2\n'), reached: PATHS },
    { title: 'everybody, of a private Asset', save: add('assets/hidden.private.txt', '!'), reached: PATHS },
    { title: 'everybody, of data', save: add('data/menu.json', ' '), reached: PATHS },
    { title: 'everybody, of package.json', save: add('package.json', ' '), reached: PATHS },
    { title: 'everybody, of a new file', save: add('lib/new.js', ''), reached: PATHS },
    { title: 'everybody, of a new Function', save: add('functions/new.js', counting()), reached: PATHS },
    {
      title: 'everybody, of a Function that is gone',
      save: (project) => project.delete('functions/never.js'),
      reached: PATHS,
    },
  ];
  for (const { title, save, reached } of rows) {
    it(title, async (t) => {
      const served = await live(t, FILES);
      assert.deepEqual(await newProcesses(served, PATHS, () => save(served.project)), reached);
    });
  }

  it('everybody, where all share their instances', async (t) => {
    const served = await live(t, FILES, { isolation: 'environment' });
    const paths = await newProcesses(served, PATHS, () => served.project.write('functions/c.js', counting()));
    assert.deepEqual(paths, PATHS);
  });

  it('those too that may have imported what nobody is told of', async (t) => {
    const files = {
      ...FILES,
      'functions/imports.js': `const later = () => import('../lib/module.mjs');${counting()}`,
      'lib/module.mjs': "export default 'module';",
    };
    const served = await live(t, files);
    const paths = ['/b', '/imports'];
    const save = () => served.project.write('functions/c.js', counting("'saved'"));
    assert.deepEqual(await newProcesses(served, paths, save), ['/imports']);
  });

  it('TypeScript Functions that import what was saved', async (t) => {
    const typed = (from: string) =>
      `import { value } from '../lib/${from}';\nconst read: string = value;${counting('read')}`;
    const files = {
      ...FILES,
      'functions/one.ts': typed('one'),
      'functions/two.ts': typed('two'),
      'lib/one.ts': "export const value: string = 'one';",
      'lib/two.ts': "export const value: string = 'two';",
    };
    const served = await live(t, files);
    const paths = ['/a', '/one', '/two'];
    const save = () => served.project.write('lib/one.ts', "export const value: string = 'saved';");
    assert.deepEqual(await newProcesses(served, paths, save), ['/one']);
    assert.match(await ask(served, '/one'), /saved$/);
    const saveOther = () => served.project.write('functions/c.js', counting());
    assert.deepEqual(await newProcesses(served, paths, saveOther), NOBODY);
  });
});

describe('a save', () => {
  it('that changes nothing reaches nobody', async (t) => {
    const served = await live(t, FILES);
    await eventually(async () => {
      const touched = ['functions/a.js', 'lib/shared.js', 'lib/deep.js'] as const;
      const save = async (): Promise<void> => {
        for (const name of touched) await served.project.write(name, FILES[name]);
        await utimes(served.project.file('functions/b.js'), new Date(), new Date());
      };
      // What was loaded a moment ago could have been loaded in the middle of the save: that is not risked.
      await pidsOf(served, PATHS);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return (await newProcesses(served, PATHS, save)).length === 0 || undefined;
    }, 10_000);
  });

  it('twice in a row reaches the same one each time', async (t) => {
    const served = await live(t, FILES);
    for (let round = 0; round < 5; round++) {
      const save = () => served.project.write('lib/deep.js', `module.exports = '${round}';`);
      assert.deepEqual(await newProcesses(served, ['/a', '/b', '/c'], save), ['/a']);
    }
  });

  it('of hundreds of files at once, as of another branch, is one reload', async (t) => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`lib/many/${at}.js`, 'old']));
    const served = await live(t, { ...FILES, ...many });
    await ask(served, '/a');
    for (const name of Object.keys(many)) writeFileSync(served.project.file(name), 'new');
    await ask(served, '/a');
    assert.equal(served.reloads.length, 1);
    assert.equal(served.reloads[0]?.changed.length, 500);
  });

  it('whose second step is told late, since the process was busy, is one reload', async (t) => {
    const served = await live(t, FILES);
    await ask(served, '/c');
    const descriptor = openSync(served.project.file('functions/c.js'), 'w');
    await new Promise((resolve) => setTimeout(resolve, 5));
    writeSync(descriptor, counting("'new'"));
    closeSync(descriptor);
    for (const start = performance.now(); performance.now() - start < 40; );
    assert.match(await ask(served, '/c'), / new$/);
    assert.equal(served.reloads.length, 1);
  });

  it('leaves the state of others as it is, and tells how many it reached', async (t) => {
    const served = await live(t, FILES);
    for (let round = 1; round <= 3; round++) {
      await served.project.write('functions/c.js', counting(`'${round}'`));
      assert.match(await ask(served, '/c'), new RegExp(` 1 ${round}$`));
      assert.match(await ask(served, '/b'), new RegExp(` ${round} shared$`));
    }
    for (const { durationMs, ...reload } of served.reloads) {
      assert.deepEqual(reload, { changed: ['functions/c.js'], reached: 1 });
      assert.ok(durationMs > 0 && durationMs < 10_000);
    }
  });

  it('of a file that was gone for a while reaches whoever may have missed it', async (t) => {
    const tolerant = `let own = 'none'; try { own = require('../lib/own'); } catch {}${counting('own')}`;
    const served = await live(t, { ...FILES, 'functions/c.js': tolerant });
    await ask(served, '/c');
    await served.project.delete('lib/own.js');
    assert.match(await ask(served, '/c'), /none$/);
    await served.project.write('lib/own.js', FILES['lib/own.js']);
    assert.match(await ask(served, '/c'), /deep$/);
  });

  it('of a Function and then of the one that requires it never answers with either old one', async (t) => {
    const served = await live(t, FILES);
    for (let round = 1; round <= 20; round++) {
      await served.project.write('lib/deep.js', `module.exports = ${JSON.stringify(`deep${round}`)};`);
      if (round % 2 === 0) await served.project.write('lib/shared.js', `module.exports = 'shared${round}';`);
      const even = round - (round % 2);
      const shared = even === 0 ? 'shared' : `shared${even}`;
      assert.match(await ask(served, '/a'), new RegExp(` ${shared}deep${round}$`));
      assert.match(await ask(served, '/b'), new RegExp(` ${shared}$`));
    }
  });

  it('lets a slow call finish on the old code while new ones run on the new code, in the same pool', async (t) => {
    const waiting = (text: string): string =>
      `exports.handler = (context, event, callback) => setTimeout(() => callback(null, '${text}'), Number(event.ms));`;
    const served = await live(t, { ...FILES, 'functions/slow.js': waiting('old') });
    await ask(served, '/slow?ms=0');
    const before = await ask(served, '/b');
    const slow = ask(served, '/slow?ms=700');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await served.project.write('functions/slow.js', waiting('new'));
    assert.equal(await ask(served, '/slow?ms=0'), 'new');
    assert.equal(await slow, 'old');
    assert.equal((await ask(served, '/b')).split(' ')[0], before.split(' ')[0]);
  });
});

describe('a broken save', () => {
  it('of one Function is told once with its line, answers 500 there, and others stay warm', async (t) => {
    const served = await live(t, FILES);
    const broken = `${FILES['functions/c.js']}\nconst = 1;`;
    const paths = ['/a', '/b'];
    await ask(served, '/c');
    assert.deepEqual(
      await newProcesses(served, paths, () => served.project.write('functions/c.js', broken)),
      [],
    );
    const { status } = await request(served.port, { method: 'GET', path: '/c' });
    assert.equal(status, 500);
    await eventually(() => served.notices[1]);
    assert.deepEqual(served.notices, ['reloaded', "functions/c.js:5: SyntaxError: Unexpected token '='"]);
    const mend = () => served.project.write('functions/c.js', counting("'mended'"));
    assert.deepEqual(await newProcesses(served, paths, mend), []);
    assert.match(await ask(served, '/c'), /mended$/);
  });

  it('of a file that two Functions share is told once, without that anybody calls them', async (t) => {
    const served = await live(t, FILES);
    for (const path of ['/a', '/b', '/c']) await ask(served, path);
    await served.project.write('lib/shared.js', '\n\nmodule.exports = {{;');
    const notice = await eventually(() => served.notices[1], 10_000);
    assert.match(
      notice,
      /^functions\/[ab]\.js cannot be loaded: SyntaxError: lib\/shared\.js:3: Unexpected token/,
    );
    for (const path of ['/a', '/b']) {
      assert.equal((await request(served.port, { method: 'GET', path })).status, 500);
      assert.match((await served.record(path)).detail ?? '', /lib\/shared\.js:3: Unexpected token/);
    }
    assert.match(await ask(served, '/c'), / 2 $/);
    assert.equal(served.notices.length, 2, served.notices.join('\n'));
    await served.project.write('lib/shared.js', "module.exports = 'mended';");
    assert.match(await ask(served, '/b'), /mended$/);
    assert.match(await ask(served, '/a'), /mendeddeep$/);
  });

  it('of a Function that throws while it is loaded is told before anybody calls it', async (t) => {
    const served = await live(t, FILES);
    await ask(served, '/c');
    await served.project.write('functions/c.js', "\nthrow new TypeError('no key');");
    const notice = await eventually(() => served.notices[1], 10_000);
    assert.equal(notice, 'functions/c.js cannot be loaded: TypeError: no key, at functions/c.js:2');
  });
});

describe('a Function that was called before a save', () => {
  it('is loaded by the next call, and one that nobody called is not', async (t) => {
    const noting = (name: string) => `console.log('${name} is loaded');${counting('loadedAt')}
      const loadedAt = Date.now();`;
    const served = await live(t, { 'functions/a.js': noting('a'), 'functions/b.js': noting('b') });
    await ask(served, '/a');
    await served.project.write('functions/a.js', `${noting('a')}// saved`);
    await served.project.write('functions/b.js', `${noting('b')}// saved`);
    await eventually(() => served.late[0], 10_000);
    assert.deepEqual(
      served.late.map(({ text }) => text),
      ['a is loaded'],
    );
  });

  it('and that is saved again while it is loaded is no failure', async (t) => {
    const slow = `for (const start = Date.now(); Date.now() - start < 300; ); // loads slowly\n${counting()}`;
    const served = await live(t, { 'functions/a.js': counting() });
    await ask(served, '/a');
    for (let save = 1; save <= 3; save++) {
      await served.project.write('functions/a.js', `${slow}// ${save}`);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    assert.match(await ask(served, '/a'), / 1 /);
    assert.deepEqual(new Set(served.notices), new Set(['reloaded']));
    assert.equal(served.notices.length, served.reloads.length);
  });

  it('and that writes into its project whenever it is loaded does not keep the platform busy for ever', async (t) => {
    const writes = `require('node:fs').writeFileSync(require('node:path').join(__dirname, '../data/x.json'), String(Date.now() + process.pid));`;
    const served = await live(t, { 'functions/a.js': writes + counting(), 'data/x.json': '' });
    await ask(served, '/a');
    let seen = -1;
    await eventually(async () => {
      if (seen === served.reloads.length) return true;
      seen = served.reloads.length;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return undefined;
    }, 30_000);
    assert.ok(seen < 30, `${seen} reloads`);
  });
});

describe('what a save reaches is decided:', () => {
  const since = 1_000;
  const parts = (told: number | null, isComplete = true): Parts => ({
    files: new Map(told === null ? [] : [['lib/x.js', told]]),
    isComplete,
  });
  const saved = (kind: SavedFile['kind'], sameSince: number | null = null): SavedFile => ({
    name: 'lib/x.js',
    kind,
    sameSince,
  });
  const rows: readonly [title: string, file: SavedFile, parts: Parts, reached: boolean][] = [
    ['code that it has loaded', saved('code'), parts(0), true],
    ['code that it has not loaded', saved('code'), parts(null), false],
    ['code that it has not loaded, as far as is known', saved('code'), parts(null, false), true],
    ['the same content', saved('code', 0), parts(0), false],
    ['the same content, loaded just before', saved('code', 0), parts(900), true],
    ['the same content, seen just before', saved('code', 900), parts(0), true],
    ['an Asset', saved('asset'), parts(null, false), false],
    ['an Asset that it has loaded', saved('asset'), parts(0), true],
    ['what nobody knows', saved('unknown'), parts(null), true],
    ['variables, which are compared elsewhere', saved('variables'), parts(null, false), false],
  ];
  for (const [title, file, made, reached] of rows) {
    it(title, () => assert.equal(reaches(file, made, since), reached));
  }

  it('loading in advance is paused where saves never end, and goes on later', () => {
    const brake = new WarmBrake();
    const allowed = Array.from({ length: 100 }, (_, at) => brake.allows(at * 100)).filter(Boolean).length;
    assert.ok(allowed >= 10 && allowed <= 16, `${allowed}`);
    assert.equal(brake.allows(60_000), true);
  });
});

/** Which of these paths are answered by another process after the save than before. */
async function newProcesses(
  served: Served,
  paths: readonly string[],
  save: () => Promise<unknown>,
): Promise<readonly string[]> {
  const before = await pidsOf(served, paths);
  await save();
  const after = await pidsOf(served, paths);
  return paths.filter((_, index) => before[index] !== after[index]);
}

async function pidsOf(served: Served, paths: readonly string[]): Promise<readonly string[]> {
  const pids: string[] = [];
  for (const path of paths) pids.push((await ask(served, path)).split(' ')[0] ?? '');
  return pids;
}

async function ask({ port }: Served, path: string): Promise<string> {
  const response = await request(port, { method: 'GET', path });
  return response.text();
}

async function live(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  options: ServeOptions = {},
): Promise<Served> {
  const served = await serve(files, { live: true, ...options });
  t.after(() => served.close());
  return served;
}
