import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, rename, rm, symlink, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { checkAssetSizes, checkBuild, checkSyntax } from '../src/build/check';
import { readProject } from '../src/build/read';
import { CodedError, type ErrorCode } from '../src/errors';
import type { Build } from '../src/model/build';
import type { ProjectOptions } from '../src/platform';
import { type TestProject, writeProject } from './support/project';

type Files = Readonly<Record<string, string | Buffer>>;

const OK = 'exports.handler = (context, event, callback) => callback(null, "ok");\n';

async function projectOf(t: TestContext, files: Files): Promise<TestProject> {
  const project = await writeProject(files);
  t.after(() => project.remove());
  return project;
}

function read(
  project: TestProject,
  options: Partial<ProjectOptions> = {},
  host: NodeJS.ProcessEnv = {},
): Build {
  const usual: ProjectOptions = {
    root: project.path,
    functionsFolder: null,
    assetsFolder: null,
    envFile: null,
    loadLocalEnv: false,
    legacyMode: false,
  };
  return readProject({ ...usual, ...options }, host);
}

async function buildOf(t: TestContext, files: Files, options: Partial<ProjectOptions> = {}): Promise<Build> {
  return read(await projectOf(t, files), options);
}

function messages(build: Build): string {
  return build.problems.map((problem) => problem.message).join('\n');
}

function paths(build: Build): readonly string[] {
  return [...build.functions, ...build.assets].map((resource) => resource.path);
}

function refuses(code: ErrorCode, text: RegExp): (error: unknown) => true {
  return (error) => {
    assert(error instanceof CodedError);
    assert.equal(error.code, code);
    assert.match(error.message, text);
    return true;
  };
}

describe('the files of a project', () => {
  test('become Functions and Assets with path, visibility, file and name, sorted by path', async (t) => {
    const project = await projectOf(t, {
      'functions/sms/reply.protected.js': OK,
      'functions/hello.js': OK,
      'functions/lib/util.private.js': OK,
      'assets/logo.png': 'png',
      'assets/data.private.json': '{}',
    });
    const build = read(project);
    assert.equal(build.root, project.path);
    assert.equal(build.assetsFolder, project.file('assets'));
    assert.deepEqual(build.problems, []);
    assert.deepEqual(build.functions, [
      row('function', '/hello', 'functions/hello.js', 'public', 0),
      row('function', '/lib/util', 'functions/lib/util.private.js', 'private', 1),
      row('function', '/sms/reply', 'functions/sms/reply.protected.js', 'protected', 2),
    ]);
    assert.deepEqual(build.assets, [
      row('asset', '/data.json', 'assets/data.private.json', 'private'),
      row('asset', '/logo.png', 'assets/logo.png', 'public'),
    ]);

    function row(kind: string, path: string, name: string, visibility: string, index?: number): object {
      const file = project.file(name);
      const common = { kind, path, name, visibility, file };
      const module = { entry: file, format: 'require', inputs: null, failure: null };
      return index === undefined ? common : { ...common, index, module };
    }
  });

  test('that are not Functions are left out of the folder of Functions', async (t) => {
    const build = await buildOf(t, {
      'functions/a.js': OK,
      'functions/b.d.ts': '',
      'functions/b.d.mts': '',
      'functions/c.test.ts': '',
      'functions/c.spec.mjs': '',
      'functions/__tests__/d.cts': '',
      'functions/d.tsx': '',
      'functions/e.json': '{}',
      'functions/F.JS': OK,
      'functions/.js': OK,
      'functions/.DS_Store': '',
      'functions/node_modules/x/index.js': OK,
      'functions/.git/hook.js': OK,
    });
    assert.deepEqual(paths(build), ['/a']);
    assert.deepEqual(build.problems, []);
  });

  test('that are hidden are no Assets, except private ones', async (t) => {
    const build = await buildOf(t, {
      'assets/.hidden': '',
      'assets/.well-known/x.json': '{}',
      'assets/.DS_Store': '',
      'assets/sub/.DS_Store': '',
      'assets/.data.private.json': '{}',
      'assets/seen.txt': '',
    });
    assert.deepEqual(paths(build), ['/.data.json', '/seen.txt']);
  });

  test('with a name that cannot become a path are named, and the others are served', async (t) => {
    const build = await buildOf(t, { 'functions/a+b.js': OK, 'functions/fine.js': OK });
    assert.deepEqual(paths(build), ['/fine']);
    assert.deepEqual(
      build.problems.map((problem) => problem.file),
      ['functions/a+b.js'],
    );
    assert.match(messages(build), /^functions\/a\+b\.js is not served: .*cannot hold "\+"; rename the file$/);
  });

  test('with a path that clients encode are served under it and named', async (t) => {
    const build = await buildOf(t, { 'functions/größe.js': OK, 'functions/maß.private.js': OK });
    assert.deepEqual(paths(build), ['/größe', '/maß']);
    assert.match(
      messages(build),
      /^functions\/größe\.js cannot be reached: clients ask for \/gr%C3%B6%C3%9Fe/,
    );
  });

  test('are found at any depth and in large numbers', async (t) => {
    const files = Object.fromEntries(
      Array.from({ length: 600 }, (_, i) => [`functions/${i % 7}/${i}.js`, OK]),
    );
    const build = await buildOf(t, { ...files, 'functions/a/b/c/d/e/f/g.js': OK });
    assert.equal(build.functions.length, 601);
    assert(build.functions.every((resource, index) => resource.index === index));
  });

  test('that are neither files nor folders are left out', async (t) => {
    const project = await projectOf(t, { 'functions/a.js': OK });
    execFileSync('mkfifo', [project.file('functions/pipe.js')]);
    assert.deepEqual(paths(read(project)), ['/a']);
  });
});

describe('the folders of a project', () => {
  const rows: readonly [
    title: string,
    files: Files,
    options: Partial<ProjectOptions>,
    paths: readonly string[],
  ][] = [
    ['src and static stand in', { 'src/a.js': OK, 'static/b.txt': '' }, {}, ['/a', '/b.txt']],
    [
      'the first that exists is taken and nothing is merged',
      { 'functions/a.js': OK, 'src/b.js': OK, 'assets/c.txt': '', 'static/d.txt': '' },
      {},
      ['/a', '/c.txt'],
    ],
    ['a file called functions is not one', { functions: '', 'src/a.js': OK }, {}, ['/a']],
    [
      'named ones are taken',
      { 'dist/functions/a.js': OK, 'dist/public/b.txt': '', 'functions/c.js': OK },
      { functionsFolder: 'dist/functions', assetsFolder: 'dist/public' },
      ['/a', '/b.txt'],
    ],
    ['Assets alone are a project', { 'assets/b.txt': '' }, {}, ['/b.txt']],
    [
      'in legacy mode Assets lie below /assets',
      { 'functions/a.js': OK, 'assets/a': '', 'assets/assets/index.html': '' },
      { legacyMode: true },
      ['/a', '/assets/a', '/assets/assets/index.html'],
    ],
  ];
  for (const [title, files, options, expected] of rows) {
    test(title, async (t) => {
      const build = await buildOf(t, files, options);
      assert.deepEqual(paths(build), expected);
      assert.deepEqual(build.problems, []);
    });
  }

  test('named ones are part of the names of files', async (t) => {
    const build = await buildOf(t, { 'dist/fn/a.js': OK }, { functionsFolder: './dist/fn/' });
    assert.equal(build.functions[0]?.name, 'dist/fn/a.js');
  });

  test('none of them is a problem, not an error', async (t) => {
    const build = await buildOf(t, { 'package.json': '{}' });
    assert.deepEqual(paths(build), []);
    assert.equal(build.assetsFolder, null);
    assert.match(messages(build), /none of the folders functions, src, assets and static/);
  });

  test('empty ones are no problem', async (t) => {
    const project = await projectOf(t, {});
    await mkdir(project.file('functions'));
    assert.deepEqual(messages(read(project)), '');
  });

  const missing: readonly [title: string, options: Partial<ProjectOptions>][] = [
    ['a root that does not exist', { root: '/nowhere/at/all' }],
    ['a root that is a file', { root: __filename }],
    ['a named folder of Functions that does not exist', { functionsFolder: 'nowhere' }],
    ['a named folder of Assets that does not exist', { assetsFolder: 'nowhere' }],
    ['a named folder that is a file', { functionsFolder: 'package.json' }],
  ];
  for (const [title, options] of missing) {
    test(`${title} is refused`, async (t) => {
      const project = await projectOf(t, { 'package.json': '{}' });
      assert.throws(
        () => read(project, options),
        refuses('HS_NO_PROJECT', /nowhere|build\.test|package\.json/),
      );
    });
  }
});

describe('two files with the same path are refused, and both are named', () => {
  const rows: readonly [title: string, files: Files, text: RegExp][] = [
    [
      'two Functions',
      { 'functions/a.js': OK, 'functions/a.protected.js': OK },
      /^functions\/a\.js and functions\/a\.protected\.js both have the path \/a;/,
    ],
    [
      'a Function and an Asset',
      { 'functions/a.js': OK, 'assets/a': '' },
      /functions\/a\.js and assets\/a .*\/a;/,
    ],
    ['two Assets', { 'assets/a b.txt': '', 'assets/a-b.txt': '' }, /assets\/a b\.txt and assets\/a-b\.txt/],
    ['private ones too', { 'assets/a.private.txt': '', 'assets/a.txt': '' }, /path \/a\.txt;/],
  ];
  for (const [title, files, text] of rows) {
    test(title, async (t) => {
      const project = await projectOf(t, files);
      assert.throws(() => read(project), refuses('HS_DUPLICATE_PATH', text));
    });
  }
});

describe('symbolic links', () => {
  test('of Functions are followed within the project', async (t) => {
    const project = await projectOf(t, { 'shared/a.js': OK, 'shared/more/b.js': OK, 'functions/c.js': OK });
    await symlink('../shared/a.js', project.file('functions/a.js'));
    await symlink('../shared/more', project.file('functions/more'));
    const build = read(project);
    assert.deepEqual(paths(build), ['/a', '/c', '/more/b']);
    assert.equal(build.functions[0]?.name, 'functions/a.js');
    assert.deepEqual(build.problems, []);
  });

  test('of Functions that lead out of the project are left out and named', async (t) => {
    const outside = await projectOf(t, { 'a.js': OK, 'folder/b.js': OK });
    const project = await projectOf(t, { 'functions/c.js': OK });
    await symlink(outside.file('a.js'), project.file('functions/a.js'));
    await symlink(outside.file('folder'), project.file('functions/folder'));
    const build = read(project);
    assert.deepEqual(paths(build), ['/c']);
    assert.deepEqual(
      build.problems.map((problem) => problem.file),
      ['functions/a.js', 'functions/folder'],
    );
    assert.match(
      messages(build),
      /functions\/a\.js is a link to .*a\.js, outside of .*; it was not followed/,
    );
  });

  test('of Assets are followed within the folder of Assets only', async (t) => {
    const project = await projectOf(t, {
      '.env': 'AUTH_TOKEN=secret',
      'assets/a.txt': '',
      'assets/sub/b.txt': '',
    });
    await symlink('a.txt', project.file('assets/alias.txt'));
    await symlink('sub', project.file('assets/also'));
    await symlink('../.env', project.file('assets/leak.txt'));
    await symlink('..', project.file('assets/up'));
    const build = read(project);
    assert.deepEqual(paths(build), ['/a.txt', '/alias.txt', '/also/b.txt', '/sub/b.txt']);
    assert.match(messages(build), /assets\/leak\.txt is a link to .*outside of/);
    assert.match(messages(build), /assets\/up is a link to .*outside of/);
  });

  test('that lead nowhere, or to themselves, are named', async (t) => {
    const project = await projectOf(t, { 'functions/c.js': OK });
    await symlink('gone.js', project.file('functions/a.js'));
    await symlink('self.js', project.file('functions/self.js'));
    await symlink('someone@machine.123:456', project.file('functions/.#c.js'));
    const build = read(project);
    assert.deepEqual(paths(build), ['/c']);
    assert.equal(build.problems.length, 2);
    assert.match(messages(build), /functions\/a\.js is a link that leads nowhere: ENOENT/);
    assert.match(messages(build), /functions\/self\.js is a link that leads nowhere: ELOOP/);
  });

  test('in a circle end', async (t) => {
    const project = await projectOf(t, { 'functions/a/x.js': OK, 'functions/b/y.js': OK });
    await symlink('.', project.file('functions/a/self'));
    await symlink('../b', project.file('functions/a/other'));
    await symlink('../a', project.file('functions/b/other'));
    await symlink('../..', project.file('functions/b/root'));
    const build = read(project);
    assert.deepEqual(paths(build), ['/a/other/y', '/a/x', '/b/other/x', '/b/y']);
    assert.match(messages(build), /functions\/a\/self is a link to a folder that it lies in/);
  });

  test('among many folders, which have more ways through than could ever be walked, end', async (t) => {
    const folders = Array.from({ length: 14 }, (_, i) => `f${i}`);
    const project = await projectOf(
      t,
      Object.fromEntries(folders.map((name) => [`functions/${name}/x.js`, OK])),
    );
    for (const from of folders) {
      for (const to of folders) {
        if (from !== to) await symlink(`../${to}`, project.file(`functions/${from}/${to}`));
      }
    }
    const build = read(project);
    assert(build.functions.length >= folders.length);
    assert.match(messages(build), /other links to folders were not followed: there are over 200 ways/);
  });

  test('to the project itself, and to the folder of Functions, are resolved', async (t) => {
    const project = await projectOf(t, { 'code/a.js': OK });
    const outside = await projectOf(t, {});
    await symlink('code', project.file('functions'));
    await symlink(project.path, outside.file('link'));
    const build = read(project, { root: outside.file('link') });
    assert.equal(build.root, project.path);
    assert.equal(build.functions[0]?.file, project.file('code/a.js'));
    assert.equal(build.functions[0]?.name, 'functions/a.js');
  });
});

describe('variables', () => {
  const texts: readonly [title: string, content: string | Buffer, expected: Record<string, string>][] = [
    ['plain', 'A=1\nB = two words \n# no\nC=', { A: '1', B: 'two words', C: '' }],
    ['quoted, exported, commented', 'export A="x # y" # z\nB=\'$HOME\'', { A: 'x # y', B: '$HOME' }],
    ['of several lines', 'A="one\ntwo"\nB=3', { A: 'one\ntwo', B: '3' }],
    ['with Windows line ends', 'A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['with a byte order mark', '\ufeffA=1', { A: '1' }],
    ['in UTF-16, as PowerShell writes', Buffer.from('\ufeffA=grün\r\n', 'utf16le'), { A: 'grün' }],
    ['of which the last wins', 'A=1\nA=2', { A: '2' }],
    ['none', '', {}],
  ];
  for (const [title, content, expected] of texts) {
    test(`are read from .env: ${title}`, async (t) => {
      const build = await buildOf(t, { '.env': content, 'functions/a.js': OK });
      assert.deepEqual(build.variables, expected);
      assert.deepEqual(build.problems, []);
    });
  }

  test('that are not UTF-8 are named with their line', async (t) => {
    const build = await buildOf(t, {
      '.env': Buffer.from('A=1\nB=gr\xfcn\n', 'latin1'),
      'functions/a.js': OK,
    });
    assert.equal(build.variables.A, '1');
    assert.match(messages(build), /^\.env:2: is not UTF-8/);
  });

  test('come from the file that was named, and only from it', async (t) => {
    const project = await projectOf(t, { '.env': 'A=1', 'config/test.env': 'B=2', 'functions/a.js': OK });
    const build = read(project, { envFile: project.file('config/test.env') }, { C: '3' });
    assert.deepEqual(build.variables, { B: '2' });
  });

  test("of the host come only when they are asked for, and below the file's", async (t) => {
    const project = await projectOf(t, { '.env': 'A=file\nEMPTY=', 'functions/a.js': OK });
    const host = { A: 'host', B: 'host', EMPTY: 'host' };
    assert.deepEqual(read(project, {}, host).variables, { A: 'file', EMPTY: '' });
    assert.deepEqual(read(project, { loadLocalEnv: true }, host).variables, {
      A: 'file',
      B: 'host',
      EMPTY: '',
    });
  });

  const failures: readonly [title: string, envFile: string | null, text: RegExp][] = [
    ['a named file that does not exist', 'nowhere.env', /\/nowhere\.env does not exist/],
    ['a named file that is a folder', 'functions', /\/functions is a folder/],
    ['a .env that is a folder', null, /\/\.env is a folder/],
  ];
  for (const [title, envFile, text] of failures) {
    test(`${title} is refused with its absolute path`, async (t) => {
      const project = await projectOf(t, { '.env/x': '', 'functions/a.js': OK });
      const options = { envFile: envFile === null ? null : project.file(envFile) };
      assert.throws(() => read(project, options), refuses('HS_ENV_FILE', text));
    });
  }
});

describe('credentials', () => {
  const long = { TWILIO_ACCOUNT_SID: 'AC2', TWILIO_AUTH_TOKEN: 't2' };
  const short = { ACCOUNT_SID: 'AC1', AUTH_TOKEN: 't1' };
  const rows: readonly [
    title: string,
    file: Record<string, string>,
    host: Record<string, string>,
    variables: Record<string, string>,
    credentials: readonly [string | null, string | null],
  ][] = [
    [
      'in the long spelling fill in the short one',
      long,
      {},
      { ...long, ACCOUNT_SID: 'AC2', AUTH_TOKEN: 't2' },
      ['AC2', 't2'],
    ],
    [
      'in the short spelling fill in the long one',
      short,
      {},
      { ...short, TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 't1' },
      ['AC1', 't1'],
    ],
    [
      'in both spellings stay, and the short one counts',
      { ...short, ...long },
      {},
      { ...short, ...long },
      ['AC1', 't1'],
    ],
    [
      'that are empty count as absent',
      { ACCOUNT_SID: '', TWILIO_ACCOUNT_SID: 'AC2', AUTH_TOKEN: '' },
      {},
      { ACCOUNT_SID: 'AC2', TWILIO_ACCOUNT_SID: 'AC2', AUTH_TOKEN: '' },
      ['AC2', null],
    ],
    ['that are absent are null', {}, {}, {}, [null, null]],
    [
      "of the file are never mixed with another account's of the host",
      long,
      short,
      { ...long, ACCOUNT_SID: 'AC2', AUTH_TOKEN: 't2' },
      ['AC2', 't2'],
    ],
    [
      'of the host stand in where the file has none',
      {},
      long,
      { ...long, ACCOUNT_SID: 'AC2', AUTH_TOKEN: 't2' },
      ['AC2', 't2'],
    ],
  ];
  for (const [title, file, host, variables, [accountSid, authToken]] of rows) {
    test(title, async (t) => {
      const lines = Object.entries(file).map(([name, value]) => `${name}=${value}\n`);
      const project = await projectOf(t, { '.env': lines.join(''), 'functions/a.js': OK });
      const build = read(project, { loadLocalEnv: true }, host);
      assert.deepEqual(build.variables, variables);
      assert.equal(build.accountSid, accountSid);
      assert.equal(build.authToken, authToken);
    });
  }
});

describe('the id of a build', () => {
  const files: Files = { 'functions/a.js': OK, 'assets/b.txt': 'one', '.env': 'A=1' };

  test('stays the same when nothing changed, and in a copy', async (t) => {
    const project = await projectOf(t, files);
    const before = read(project).id;
    assert.match(before, /^[0-9a-f]{32}$/);
    assert.equal(read(project).id, before);
    const copy = await projectOf(t, {});
    await cp(project.path, copy.path, { recursive: true, preserveTimestamps: true });
    // Copying keeps whole milliseconds only.
    await utimes(project.file('assets/b.txt'), 1_000, 1_000);
    await utimes(copy.file('assets/b.txt'), 1_000, 1_000);
    assert.equal(read(copy).id, read(project).id);
  });

  const changes: readonly [title: string, change: (project: TestProject) => Promise<void>][] = [
    ['a Function of the same size', (project) => project.write('functions/a.js', OK.replace('ok', 'no'))],
    ['an Asset', (project) => project.write('assets/b.txt', 'other')],
    ['a variable', (project) => project.write('.env', 'A=2')],
    ['a new file', (project) => project.write('functions/c.js', OK)],
    ['a file that is gone', (project) => project.delete('assets/b.txt')],
    [
      'a visibility',
      (project) => rename(project.file('functions/a.js'), project.file('functions/a.protected.js')),
    ],
  ];
  for (const [title, change] of changes) {
    test(`changes with ${title}`, async (t) => {
      const project = await projectOf(t, files);
      const before = read(project).id;
      await change(project);
      assert.notEqual(read(project).id, before);
    });
  }
});

test('src/functions in TypeScript, which a compiler would take from there, is told with the flag for it', async (t) => {
  const files = { 'src/functions/a.ts': 'export {};', 'src/lib/b.ts': 'export {};' };
  const build = await buildOf(t, files);
  assert.match(
    build.problems[0]?.message ?? '',
    /src\/functions\/a\.ts has the path \/functions\/a; --functions-folder/,
  );
  const told = await buildOf(t, files, { functionsFolder: 'src/functions' });
  assert.deepEqual([told.functions[0]?.path, told.problems], ['/a', []]);
  assert.deepEqual((await buildOf(t, { 'src/functions/a.js': OK })).problems, []);
});

describe('the check of syntax', () => {
  async function problemsOf(t: TestContext, files: Files): Promise<readonly string[]> {
    const build = await buildOf(t, files);
    assert.deepEqual(build.problems, []);
    return checkSyntax(build).map((problem) => problem.message);
  }

  test('names file, line and cause, and keeps quiet about the others', async (t) => {
    const found = await problemsOf(t, {
      'functions/broken.js': 'exports.handler = () => {\n  return 1;\n}}\n',
      'functions/sub/open.private.js': 'const a = 1;\nconst b = ;\n',
      'functions/fine.js': OK,
    });
    assert.deepEqual(found, [
      "functions/broken.js:3: SyntaxError: Unexpected token '}'",
      "functions/sub/open.private.js:2: SyntaxError: Unexpected token ';'",
    ]);
  });

  const fine: readonly [title: string, files: Files][] = [
    ['a first line for the shell', { 'functions/a.js': `#!/usr/bin/env node\n${OK}` }],
    ['a byte order mark', { 'functions/a.js': `\ufeff${OK}` }],
    ['return at the top', { 'functions/a.js': 'if (!process.env.A) return;\n' }],
    ['an empty file', { 'functions/a.js': '' }],
    ['a shadowed global that Node allows', { 'functions/a.js': 'var require; var exports;' }],
    ['modern syntax', { 'functions/a.js': 'class A { #b = 1n; static { this.c ??= A?.d; } }' }],
    [
      'modules where package.json says so',
      {
        'package.json': '{"type":"module"}',
        'functions/a.js': 'import a from "a";\nawait a;\nexport const b = 1;',
      },
    ],
    [
      'modules where the nearest package.json says so',
      {
        'package.json': '{}',
        'functions/m/package.json': '{"type":"module"}',
        'functions/m/a.js': 'export {};',
      },
    ],
  ];
  for (const [title, files] of fine) {
    test(`accepts ${title}`, async (t) => {
      assert.deepEqual(await problemsOf(t, files), []);
    });
  }

  test('runs nothing of what it reads', async (t) => {
    const files = {
      'functions/a.js': 'globalThis.ran = true; process.exit(3);',
      'functions/b.js': '}); process.exit(3);',
    };
    assert.equal((await problemsOf(t, files)).length, 1);
    assert.equal('ran' in globalThis, false);
  });

  for (const source of [
    'import a from "a";\n',
    'export const handler = 1;\n',
    'const a = import.meta.url;\n',
  ]) {
    test(`takes ${JSON.stringify(source)} for a module, not for a mistake`, async (t) => {
      const found = await problemsOf(t, { 'functions/a.js': source });
      const loadable = 'require_module' in process.features && process.features.require_module === true;
      assert.equal(found.length, loadable ? 0 : 1);
      assert(!found.join().includes('SyntaxError'));
    });
  }

  test('names the syntax error of a Function that only holds the word export', async (t) => {
    const found = await problemsOf(t, { 'functions/a.js': 'let a = (export);\n' });
    assert.deepEqual(found, ["functions/a.js:1: SyntaxError: Unexpected token 'export'"]);
  });

  test('names a Function that is gone', async (t) => {
    const project = await projectOf(t, { 'functions/a.js': OK });
    const build = read(project);
    await rm(project.file('functions/a.js'));
    assert.match(checkSyntax(build)[0]?.message ?? '', /^functions\/a\.js cannot be read: ENOENT/);
  });
});

test('Assets over the limits of the hosted platform are named', async (t) => {
  const project = await projectOf(t, {
    'assets/small.bin': '',
    'assets/large.bin': '',
    'assets/large.private.dat': '',
    'assets/medium.protected.dat': '',
  });
  await truncate(project.file('assets/large.bin'), 25 * 1_048_576 + 1);
  await truncate(project.file('assets/medium.protected.dat'), 25 * 1_048_576);
  await truncate(project.file('assets/large.private.dat'), 11 * 1_048_576);
  const build = read(project);
  const found = checkAssetSizes(build).map((problem) => problem.message);
  assert.deepEqual(found, [
    'assets/large.bin has 25.1 MB; the hosted platform refuses public Assets over 25 MB',
    'assets/large.private.dat has 11 MB; the hosted platform refuses private Assets over 10 MB',
  ]);
  assert.deepEqual(checkBuild(build), checkAssetSizes(build));
});

test('the examples are projects without a problem', () => {
  const examples = join(process.cwd(), 'examples');
  for (const name of ['first-steps', 'responses', 'cors-and-errors']) {
    const build = readProject(
      {
        root: join(examples, name),
        functionsFolder: null,
        assetsFolder: null,
        envFile: null,
        loadLocalEnv: false,
        legacyMode: false,
      },
      {},
    );
    assert(build.functions.length > 0, name);
    assert.deepEqual([...build.problems, ...checkBuild(build)], [], name);
  }
});
