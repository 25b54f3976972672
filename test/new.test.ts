/** `hookswitch new`: each template in each language is made, served, tested and checked; nothing is ever overwritten. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ownSpec } from '../src/scaffold/own-spec';
import { packageNameOf, readPackageName } from '../src/scaffold/package-name';
import { LANGUAGES, TEMPLATES } from '../src/scaffold/templates';
import { findingsOf } from './support/checked';
import { launchInTerminal, runProgram, startGateway } from './support/program';
import { writeProject } from './support/project';

const ROOT = join(__dirname, '..', '..');

/** An empty folder in which projects are made. */
async function place(t: TestContext): Promise<string> {
  const { path, remove } = await writeProject({});
  t.after(() => remove());
  return path;
}

function make(argv: readonly string[], folder: string) {
  return runProgram(['new', ...argv], { folder });
}

async function typeErrors(folder: string): Promise<readonly [code: number | null, text: string]> {
  const main = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, stdout } = await runProgram([], { main, folder });
  return [code, stdout];
}

/** All that lies there, with what is in it. */
function contentOf(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

describe('a new project', () => {
  for (const template of TEMPLATES) {
    for (const language of LANGUAGES) {
      it(`${template.name} in ${language} starts at once, passes its test, and nothing is found in it`, async (t) => {
        const folder = await place(t);
        const { code, stdout } = await make(['app', '-t', template.name, `--${language}`], folder);
        assert.equal(code, 0);
        assert.match(
          stdout,
          / {2}cd app\n {2}npm install\n {2}npm start .*http:\/\/localhost:3000\/.*\n {2}npm test\n$/,
        );
        const app = join(folder, 'app');
        assert.deepEqual(findingsOf(app), []);

        const gateway = await startGateway(['-p', '0', '--no-live'], { folder: app });
        t.after(() => gateway.stop());
        assert.equal((await fetch(gateway.url + template.tryPath)).status, 200);
        await gateway.stop();

        mkdirSync(join(app, 'node_modules'));
        symlinkSync(ROOT, join(app, 'node_modules', 'hookswitch'));
        symlinkSync(join(ROOT, 'node_modules', '@types'), join(app, 'node_modules', '@types'));
        if (language === 'typescript') assert.deepEqual(await typeErrors(app), [0, '']);
        const tested = await runProgram([], { folder: app, command: [process.execPath, '--test'] });
        assert.equal(tested.code, 0, tested.stdout);
        assert.match(tested.stdout, /^(?:#|ℹ) pass [2-9]/m);
      });
    }
  }

  it('has a package.json of its own, and keeps .env from others', async (t) => {
    const folder = await place(t);
    await make(['app', '--typescript', '--name', '@me/other'], folder);
    const manifest = JSON.parse(readFileSync(join(folder, 'app', 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    assert.equal(manifest.name, '@me/other');
    assert.deepEqual(manifest.scripts, {
      start: 'hookswitch start',
      test: 'node --test',
      check: 'hookswitch check',
      types: 'tsc',
    });
    assert.equal(statSync(join(folder, 'app', '.env')).mode & 0o077, 0);
    assert.match(readFileSync(join(folder, 'app', '.gitignore'), 'utf8'), /^\.env$/m);
  });

  it('may be made in the current folder, where that is empty or a repository', async (t) => {
    const folder = await place(t);
    mkdirSync(join(folder, '.git'));
    const { code, stdout } = await make(['.'], folder);
    assert.equal(code, 0);
    assert.ok(!stdout.includes('cd '));
    assert.ok(existsSync(join(folder, 'functions', 'hello.js')));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('.hookswitch')),
      [],
    );
  });

  it('may have any name that a folder can have, and folders above it', async (t) => {
    const folder = await place(t);
    const { code, stdout } = await make(["Mein Büro/it's ✓"], folder);
    assert.equal(code, 0);
    assert.ok(stdout.includes("  cd 'Mein Büro/it'\\''s ✓'\n"));
    const manifest = readFileSync(join(folder, 'Mein Büro', "it's ✓", 'package.json'), 'utf8');
    assert.match(manifest, /"name": "it-s"/);
  });

  it('says which templates there are', async (t) => {
    const { code, stdout } = await make(['--list'], await place(t));
    assert.equal(code, 0);
    for (const { name, summary } of TEMPLATES)
      assert.ok(stdout.includes(`${name} `) && stdout.includes(summary), name);
  });
});

describe('nothing is overwritten or left half:', () => {
  const refused: readonly [title: string, argv: string[], code: number, message: RegExp][] = [
    ['a folder that holds something', ['full'], 1, /HS_NEW_PROJECT: .*full is not empty: it holds mine\.txt/],
    ['a file', ['file'], 1, /HS_NEW_PROJECT: .*file is a file/],
    ['a file in the way', ['file/app'], 1, /HS_NEW_PROJECT: .*a file stands where a folder has to be/],
    ['a link that leads nowhere', ['gone'], 1, /HS_NEW_PROJECT/],
    ['links in a circle', ['circle'], 1, /HS_NEW_PROJECT/],
    ['a name that is too long', ['a'.repeat(300)], 1, /HS_NEW_PROJECT: .*its name is too long/],
    [
      'an unknown template',
      ['app', '-t', 'sms-replay'],
      2,
      /HS_USAGE: --template: .*did you mean sms-reply\?/,
    ],
    ['a name that npm refuses', ['app', '--name', 'My App'], 2, /HS_USAGE: --name: "My App" is not allowed/],
    ['two languages', ['app', '--typescript', '--javascript'], 2, /HS_USAGE: .*exclude each other/],
    ['two folders', ['app', 'other'], 2, /HS_USAGE: one folder is enough/],
    ['no folder, where nobody can be asked', [], 2, /HS_USAGE: new needs a folder/],
  ];
  for (const [title, argv, code, message] of refused) {
    it(title, async (t) => {
      const folder = await place(t);
      mkdirSync(join(folder, 'full'));
      writeFileSync(join(folder, 'full', 'mine.txt'), 'mine');
      writeFileSync(join(folder, 'file'), 'mine');
      symlinkSync('nowhere/at/all', join(folder, 'gone'));
      symlinkSync('circle', join(folder, 'circle'));
      const names = readdirSync(folder);
      const ended = await make(argv, folder);
      assert.deepEqual([ended.code, ended.stdout], [code, '']);
      assert.match(ended.stderr, message);
      assert.deepEqual(readdirSync(folder), names);
      assert.deepEqual(readdirSync(join(folder, 'full')), ['mine.txt']);
      assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'mine');
    });
  }

  it('twice', async (t) => {
    const folder = await place(t);
    await make(['app'], folder);
    const before = contentOf(folder);
    const again = await make(['app', '-t', 'voicemail'], folder);
    assert.equal(again.code, 1);
    assert.deepEqual(contentOf(folder), before);
  });

  it('twice at the same time', async (t) => {
    const folder = await place(t);
    const ended = await Promise.all([1, 2, 3].map(() => make(['app'], folder)));
    assert.deepEqual(ended.map(({ code }) => code).sort(), [0, 1, 1]);
    assert.deepEqual(readdirSync(folder), ['app']);
    assert.deepEqual(findingsOf(join(folder, 'app')), []);
  });

  it('in a folder that cannot be written', async (t) => {
    // Not even root may make something there.
    const { code, stderr } = await make(['/proc/hookswitch-test'], await place(t));
    assert.equal(code, 1);
    assert.match(stderr, /HS_NEW_PROJECT: \/proc\/hookswitch-test cannot be made/);
  });
});

describe('on a terminal', () => {
  it('what no flag says is asked, again where it cannot be', async (t) => {
    const folder = await place(t);
    mkdirSync(join(folder, 'full', 'x'), { recursive: true });
    const program = launchInTerminal(['new'], { folder });
    t.after(() => program.stop());
    const say = async (question: RegExp, answer: string): Promise<void> => {
      await program.said(question);
      program.child.stdin?.write(`${answer}\n`);
    };
    await say(/Folder \(my-project\) /, 'full');
    await say(/full is not empty[\s\S]*Folder \(my-project\) /, 'app');
    await say(/2 sms-reply[\s\S]*Template \(hello\) /, 'nonsense');
    await say(/there is no template[\s\S]*Template \(hello\) /, '2');
    await say(/Language: javascript or typescript \(javascript\) /, 'ts');
    await say(/Run npm install\? \(no\) /, '');
    const { code, stdout } = await program.ended;
    assert.equal(code, 0);
    assert.match(stdout, /TypeScript project sms-reply in /);
    assert.ok(existsSync(join(folder, 'app', 'functions', 'sms', 'reply.ts')));
  });

  for (const [title, key] of [
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ] as const) {
    it(`${title} makes nothing`, async (t) => {
      const folder = await place(t);
      const program = launchInTerminal(['new', 'app'], { folder });
      t.after(() => program.stop());
      await program.said(/Template \(hello\) /);
      program.child.stdin?.write(key);
      const { code, stdout } = await program.ended;
      assert.equal(code, 130);
      assert.match(stdout, /Nothing was made\./);
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  it('nothing is asked with --yes', async (t) => {
    const folder = await place(t);
    const program = launchInTerminal(['new', 'app', '-y'], { folder });
    t.after(() => program.stop());
    assert.equal((await program.ended).code, 0);
    assert.ok(existsSync(join(folder, 'app', 'functions', 'hello.js')));
  });
});

describe('npm install', () => {
  /** A program of that name, which stands for npm: it says where it runs and what it was given. */
  async function npmStub(t: TestContext, code: number): Promise<string> {
    const folder = await place(t);
    writeFileSync(join(folder, 'npm'), `#!/bin/sh\necho "npm in $PWD: $*"\nexit ${code}\n`, { mode: 0o755 });
    return `${folder}:${process.env.PATH ?? ''}`;
  }

  it('is run where asked, and what it says goes to stderr', async (t) => {
    const folder = await place(t);
    const environment = { PATH: await npmStub(t, 0) };
    const { code, stdout, stderr } = await runProgram(['new', 'app', '--install'], { folder, environment });
    assert.equal(code, 0);
    assert.ok(stderr.includes(`npm in ${join(folder, 'app')}: install --no-fund --no-audit\n`));
    assert.ok(!stdout.includes('npm install'));
  });

  it('may fail: the project is there all the same', async (t) => {
    const folder = await place(t);
    const environment = { PATH: await npmStub(t, 1) };
    const { code, stdout, stderr } = await runProgram(['new', 'app', '--install'], { folder, environment });
    assert.equal(code, 1);
    assert.match(stderr, /npm install failed; the project is there/);
    assert.match(stdout, / {2}npm install\n/);
    assert.deepEqual(findingsOf(join(folder, 'app')), []);
  });
});

describe('the name of the package', () => {
  const names: readonly [folder: string, name: string][] = [
    ['my-project', 'my-project'],
    ['My Project', 'my-project'],
    ['Büro', 'buro'],
    ['.hidden', 'hidden'],
    ['日本', 'my-project'],
    ['node_modules', 'my-project'],
    ['@scope', 'scope'],
    ['a'.repeat(300), 'a'.repeat(214)],
  ];
  for (const [folder, name] of names) {
    it(`of ${folder.slice(0, 20)} is ${name.slice(0, 20)}`, () => {
      assert.equal(packageNameOf(folder), name);
      assert.equal(readPackageName(name), name);
    });
  }
});

describe('the Hookswitch of a new project', () => {
  const ROOTS = { plain: 'node_modules/hookswitch', pnpm: 'node_modules/.pnpm/a@1/node_modules/hookswitch' };
  const locked = (resolved: string): string => JSON.stringify({ packages: { [ROOTS.plain]: { resolved } } });
  const asks = (hookswitch: string): string => JSON.stringify({ devDependencies: { hookswitch } });
  const HIDDEN = 'node_modules/.package-lock.json';
  const TARBALL = 'https://registry.example.com/hookswitch-1.2.3.tgz';
  const URL = 'https://example.com/hookswitch.tgz';
  /** `own` lies beside the folder `new`, in which `app` is made. */
  const cases: readonly [title: string, files: Readonly<Record<string, string>>, spec: string][] = [
    ['from a registry', { [HIDDEN]: locked(TARBALL), 'package.json': asks('^1.2.3') }, '^1.2.3'],
    ['that nobody knows the source of, as of a global one', {}, '^1.2.3'],
    ['of files that are no JSON', { [HIDDEN]: '{', 'package.json': 'null' }, '^1.2.3'],
    ['from a tarball', { [HIDDEN]: locked('file:../h.tgz') }, 'file:../../h.tgz'],
    ['from a tarball in the project', { 'package-lock.json': locked('file:h.tgz') }, 'file:../../own/h.tgz'],
    ['that the project alone names', { 'package.json': asks('file:../h.tgz') }, 'file:../../h.tgz'],
    ['from a folder that was copied', { 'package.json': asks('file:../h') }, 'file:../../h'],
    ['by its whole path', { 'package.json': asks('file:/h.tgz') }, 'file:ROOT/h.tgz'],
    ['from another place', { 'package.json': asks(URL) }, URL],
  ];
  for (const [title, files, expected] of cases) {
    it(`is one ${title}`, async (t) => {
      const folder = await place(t);
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(join(folder, 'own', name, '..'), { recursive: true });
        writeFileSync(join(folder, 'own', name), content);
      }
      const app = join(folder, 'new', 'app');
      const spec = expected.replace('ROOT', relative(app, '/').replace(/\/$/, ''));
      assert.equal(ownSpec({ root: join(folder, 'own', ROOTS.plain), version: '1.2.3' }, app), spec);
    });
  }

  it('is where pnpm took it from', async (t) => {
    const folder = await place(t);
    writeFileSync(join(folder, 'package.json'), asks('file:h.tgz'));
    const own = { root: join(folder, ROOTS.pnpm), version: '1.2.3' };
    assert.equal(ownSpec(own, join(folder, 'app')), 'file:../h.tgz');
  });

  it('is the folder that it was built in, seen from behind links', async (t) => {
    const folder = await place(t);
    mkdirSync(join(folder, 'far', 'away'), { recursive: true });
    symlinkSync(join('far', 'away'), join(folder, 'near'));
    const own = { root: join(folder, 'hookswitch'), version: '1.2.3' };
    assert.equal(ownSpec(own, join(folder, 'near', 'new', 'app')), 'file:../../../../hookswitch');
  });
});
