/** TypeScript as authors meet it: what imports find, what errors say, what is told of a file that is broken. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Compiler } from '../src/build/compiler';
import { readProject } from '../src/build/read';
import { childrenOf } from './support/program';
import { request } from './support/raw-http';
import { eventually, type Served, type ServeOptions, serve } from './support/serve';

type Files = Readonly<Record<string, string | Buffer>>;

/** A Function that answers what `answer` is. */
function answering(text: string, answer = 'answer'): string {
  return `${text}\nexport const handler = (context: unknown, event: unknown, callback: (error: unknown, value: unknown) => void) => {\n  callback(null, String(${answer}));\n};\n`;
}

async function start(t: TestContext, files: Files, options: ServeOptions = {}): Promise<Served> {
  const served = await serve(files, options);
  t.after(() => served.close());
  return served;
}

async function ask({ port }: Served, path: string, accept = '*/*'): Promise<string> {
  const response = await request(port, { method: 'GET', path, headers: [['Accept', accept]] });
  return `${response.status} ${response.text()}`;
}

function problemsOf({ platform }: Served): readonly string[] {
  return platform.build.problems.map(({ message }) => message);
}

const THROWING = `interface Unused {
  readonly a: string;
}

export const handler = (context: unknown, event: { readonly late?: string }) => {
  if (event.late) setTimeout(() => { throw new Error('late'); }, 1);
  else throw new TypeError('here');
};
`;

describe('an error in TypeScript', () => {
  it("has the author's lines in the answer, in the log and on the page", async (t) => {
    const served = await start(t, { 'functions/a.ts': THROWING });
    const place = new RegExp(`at handler \\(${served.project.file('functions/a.ts')}:7:14\\)`);
    assert.match(await ask(served, '/a'), place);
    assert.match((await served.record('/a')).detail ?? '', place);
    const page = await ask(served, '/a', 'text/html');
    assert.match(page, /<h2>functions\/a\.ts:7<\/h2>/);
    assert.match(page, /class="here"><i>7<\/i> {2}else throw new TypeError\(&#39;here&#39;\);/);
    assert.doesNotMatch(page, /\.cjs|\.mjs/);
  });

  it("has the author's lines when nobody caught it", async (t) => {
    const served = await start(t, { 'functions/a.mts': THROWING });
    assert.match(await ask(served, '/a?late=1'), /functions\/a\.mts:6:44/);
  });

  it('at the top of a shared file is told with the line there', async (t) => {
    const files = {
      'functions/a.ts': answering("import { answer } from '../lib/keys';"),
      'lib/keys.ts': "type A = 1;\n\nexport const answer: A = 1;\nthrow new Error('no key');\n",
    };
    const served = await start(t, files, { minInstances: 1 });
    assert.match(await ask(served, '/a'), /^500 .*no key.*lib\/keys\.ts:4/);
    assert.deepEqual(served.notices, ['functions/a.ts cannot be loaded: Error: no key, at lib/keys.ts:4']);
  });
});

it("an error of a private Function in TypeScript has the author's lines where JavaScript requires it", async (t) => {
  const served = await start(t, {
    'functions/lib/x.private.ts':
      'interface A {\n  readonly a: 1;\n}\nexport function fail(_a?: A): never {\n  throw new Error("x");\n}',
    'functions/a.js': "exports.handler = () => require(Runtime.getFunctions()['lib/x'].path).fail();",
  });
  assert.match(await ask(served, '/a'), /functions\/lib\/x\.private\.ts:5:9/);
});

/** `answer` of each, and what it is. */
const FOUND: readonly [what: string, files: Files, expected: string | RegExp][] = [
  [
    'paths of a tsconfig that extends another one',
    {
      'tsconfig.json': '{ "extends": "./config/base.json" } // as compilers allow',
      'config/base.json': '{ "compilerOptions": { "paths": { "@lib/*": ["../lib/*"] } } }',
      'lib/deep/x.ts': "export const answer: string = 'deep';",
      'functions/a.ts': answering("import { answer } from '@lib/deep/x';"),
    },
    'deep',
  ],
  [
    'what lies below baseUrl',
    {
      'tsconfig.json': '{ "compilerOptions": { "baseUrl": "." } }',
      'lib/x.ts': "export const answer = 'base';",
      'functions/a.ts': answering("import { answer } from 'lib/x';"),
    },
    'base',
  ],
  [
    'paths for JavaScript of a project of ES modules',
    {
      'package.json': '{ "type": "module" }',
      'jsconfig.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }',
      'lib/x.js': "export const answer = 'js';",
      'functions/a.js':
        "import { answer } from '@lib/x.js';\nexport const handler = (c, e, callback) => callback(null, answer);",
    },
    'js',
  ],
  [
    'TypeScript from an ES module that is JavaScript',
    {
      'lib/x.ts': "export const answer: string = 'ts';",
      'functions/a.mjs':
        "import { answer } from '../lib/x.js';\nexport const handler = (c, e, callback) => callback(null, answer);",
    },
    'ts',
  ],
  [
    'JSON',
    {
      'lib/x.json': '{ "answer": "json" }',
      'functions/a.ts': answering("import { answer } from '../lib/x.json';"),
    },
    'json',
  ],
  [
    'a file by a name that is known only when it runs',
    {
      'functions/lib/x.js': "exports.answer = 'late';",
      'functions/a.ts': answering("const name = ['.', 'lib', 'x'].join('/');", 'require(name).answer'),
    },
    'late',
  ],
  [
    'the places of each file',
    {
      'lib/x.ts': 'export const place = __dirname;',
      'functions/a.ts': answering(
        "import { place } from '../lib/x';",
        '[place, __dirname, __filename, import.meta.url]',
      ),
    },
    /^200 (.+)\/lib,\1\/functions,\1\/functions\/a\.ts,file:\/\/\1\/functions\/a\.ts$/,
  ],
  [
    'the places of an ES module, whose own names stay its own',
    {
      'functions/a.mts': answering(
        "import { fileURLToPath } from 'node:url';\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nconst __filename = fileURLToPath(import.meta.url);",
        "[import.meta.dirname, __filename, typeof require('node:fs').readFileSync]",
      ),
    },
    /^200 (.+\/functions),\1\/a\.mts,function$/,
  ],
  [
    'a private Function that is TypeScript',
    {
      'functions/lib/x.private.ts': "export const answer: string = 'private';",
      'functions/a.js':
        "exports.handler = (c, e, callback) => callback(null, require(Runtime.getFunctions()['lib/x'].path).answer);",
    },
    'private',
  ],
  [
    'the SDK, which the project does not have',
    {
      'functions/a.ts': answering("import twilio from 'twilio';", 'new twilio.twiml.VoiceResponse()'),
    },
    /^200 <\?xml.*<Response\/>$/,
  ],
  [
    'the SDK from an ES module',
    {
      'functions/a.mjs':
        "import twilio from 'twilio';\nexport const handler = (c, e, callback) => callback(null, new twilio.twiml.VoiceResponse());",
    },
    /^200 <\?xml.*<Response\/>$/,
  ],
  [
    'a package as CommonJS, or as an ES module, as it is asked for',
    {
      'node_modules/dual/package.json':
        '{ "name": "dual", "exports": { ".": { "import": "./x.mjs", "require": "./x.cjs" } } }',
      'node_modules/dual/x.mjs': "export const answer = 'esm';",
      'node_modules/dual/x.cjs': "exports.answer = 'cjs';",
      'functions/a.cts': answering(
        "import { answer as required } from 'dual';",
        "[required, (await import('dual')).answer]",
      )
        .replace('callback: (', 'callback: (')
        .replace(' = (context', ' = async (context'),
    },
    'cjs,esm',
  ],
  [
    'a package that is not installed, only once it is asked for',
    {
      'functions/a.ts': answering(
        "let answer = 'without';\ntry { answer = require('not-installed-here'); } catch (error) { answer += (error as { code: string }).code; }",
      ),
    },
    'withoutMODULE_NOT_FOUND',
  ],
  [
    'files that import each other',
    {
      'lib/one.ts':
        "import { two } from './two';\nexport const one = () => two() + 1;\nexport const base = 1;",
      'lib/two.ts': "import { base } from './one';\nexport const two = () => base + 1;",
      'functions/a.ts': answering("import { one } from '../lib/one';", 'one()'),
    },
    '3',
  ],
  [
    'what stands behind bytes that are no UTF-8',
    {
      'functions/a.ts': Buffer.concat([
        Buffer.from('// \xff\xfe\n', 'latin1'),
        Buffer.from(answering('', '5')),
      ]),
    },
    '5',
  ],
];

describe('TypeScript finds', { concurrency: 3 }, () => {
  for (const [what, files, expected] of FOUND) {
    it(what, async (t) => {
      const served = await start(t, files);
      const answer = await ask(served, '/a');
      if (typeof expected === 'string') assert.equal(answer, `200 ${expected}`);
      else assert.match(answer, expected);
      assert.deepEqual(problemsOf(served), []);
    });
  }

  it('packages of a workspace, also in TypeScript, and what they depend on', async (t) => {
    const files: Record<string, string> = {
      'packages/shared/package.json': '{ "name": "@my/shared", "exports": "./src/index.ts" }',
      'packages/shared/src/index.ts':
        "import { deep } from 'deep';\nexport const answer: string = deep + 'shared';\nexport const broken = () => { throw new Error('shared'); };",
      'packages/shared/node_modules/deep/package.json': '{ "name": "deep", "main": "x.js" }',
      'packages/shared/node_modules/deep/x.js': "exports.deep = 'deep and ';",
      'app/functions/a.ts': answering("import { answer } from '@my/shared';"),
      'app/functions/b.ts': answering("import { broken } from '@my/shared';", 'broken()'),
      'app/package.json': '{}',
    };
    const served = await serveFolder(t, files, 'app', [
      ['app/node_modules/@my/shared', '../../../packages/shared'],
    ]);
    assert.equal(await ask(served, '/a'), '200 deep and shared');
    assert.match(await ask(served, '/b'), /packages\/shared\/src\/index\.ts:3:37/);
  });

  it('packages as pnpm lays them out', async (t) => {
    const store = 'node_modules/.pnpm';
    const files: Record<string, string> = {
      [`${store}/one@1.0.0/node_modules/one/package.json`]: '{ "name": "one" }',
      [`${store}/one@1.0.0/node_modules/one/index.js`]: "exports.answer = 'one and ' + require('two');",
      [`${store}/two@1.0.0/node_modules/two/package.json`]: '{ "name": "two" }',
      [`${store}/two@1.0.0/node_modules/two/index.js`]: "module.exports = 'two';",
      'functions/a.ts': answering("import { answer } from 'one';"),
      'functions/b.mts': answering("import one from 'one';", 'one.answer'),
    };
    const served = await serveFolder(t, files, '.', [
      ['node_modules/one', '.pnpm/one@1.0.0/node_modules/one'],
      [`${store}/one@1.0.0/node_modules/two`, '../../two@1.0.0/node_modules/two'],
    ]);
    assert.equal(await ask(served, '/a'), '200 one and two');
    assert.equal(await ask(served, '/b'), '200 one and two');
  });
});

/** What is wrong, and how it is told: at start, and to whoever calls it. */
const BROKEN: readonly [what: string, files: Files, told: string][] = [
  [
    'a syntax error',
    { 'functions/a.ts': 'const x = 1;\nconst y = (é => 1)}\n' },
    'functions/a.ts:2:19: Unexpected "}"',
  ],
  [
    'a syntax error of a shared file',
    {
      'functions/a.ts': answering("import { answer } from '../lib/x';"),
      'lib/x.ts': 'export const answer = ;',
    },
    'lib/x.ts:1:23: Unexpected ";"',
  ],
  [
    'a syntax error of an ES module in JavaScript',
    { 'functions/a.mjs': '\nexport const handler = (=> 5;' },
    'functions/a.mjs:2:25: Unexpected "=>"',
  ],
  [
    'an import of what is not there',
    { 'functions/a.ts': answering("import { answer } from './nowhere';") },
    'functions/a.ts:1:24: Could not resolve "./nowhere"',
  ],
  [
    'an import of a package that is not installed',
    { 'functions/a.mts': answering("import { answer } from 'not-installed-here';") },
    'functions/a.mts:1:24: Could not resolve "not-installed-here"',
  ],
  [
    'an await at the top of what has to be CommonJS',
    { 'functions/a.cts': answering('const answer = await 1;') },
    'functions/a.cts:1:16: Top-level await is currently not supported with the "cjs" output format',
  ],
  [
    'a tsconfig that is no JSON',
    {
      'functions/a.ts': answering('const answer = 1;'),
      'tsconfig.json': '{ "compilerOptions": {\n  "paths" }',
    },
    'tsconfig.json:2:11: Expected ":" in JSON but found "}"',
  ],
];

describe('a Function that cannot be compiled', { concurrency: 3 }, () => {
  for (const [what, files, told] of BROKEN) {
    it(`because of ${what} says where, once, and the others are served`, async (t) => {
      const served = await start(t, {
        ...files,
        'functions/fine.js': "exports.handler = (c, e, cb) => cb(null, 'fine');",
      });
      assert.deepEqual(problemsOf(served), [told]);
      assert.equal(await ask(served, '/fine'), '200 fine');
      const answer = await ask(served, '/a');
      assert.match(answer, /^500 /);
      assert.equal(JSON.parse(answer.slice(4)).message, told);
      const record = await served.record('/a');
      assert.deepEqual([record.error, record.status], ['HS_LOAD_FAILED', 500]);
      const [file = '', line] = told.split(':');
      const page = await ask(served, '/a', 'text/html');
      if (file.endsWith('ts')) assert.ok(page.includes(`<h2>${file}:${line}</h2>`), page);
      assert.deepEqual(served.notices, []);
    });
  }

  it('is served once it was saved without the mistake', async (t) => {
    const served = await start(t, { 'functions/a.ts': 'export const handler = (' }, { live: true });
    assert.match(await ask(served, '/a'), /^500 .*functions\/a\.ts:1:25: Unexpected end of file/);
    await served.project.write('functions/a.ts', answering('', '1'));
    assert.equal(await ask(served, '/a'), '200 1');
  });

  it('because its file was removed meanwhile says so', async (t) => {
    const { project } = await start(t, {
      'functions/a.ts': answering('', '1'),
      'functions/b.ts': answering('', '2'),
    });
    const options = {
      functionsFolder: null,
      assetsFolder: null,
      envFile: null,
      loadLocalEnv: false,
      legacyMode: false,
    };
    const read = readProject({ root: project.path, ...options }, {});
    await project.delete('functions/a.ts');
    const compiler = new Compiler(() => mkdtempSync(join(tmpdir(), 'hookswitch-test-')));
    t.after(() => compiler.close());
    const { functions, problems } = await compiler.compile(read);
    assert.match(problems[0]?.message ?? '', /^functions\/a\.ts: Could not resolve/);
    assert.deepEqual(
      functions.map(({ module }) => module.failure === null),
      [false, true],
    );
  });

  it('keeps JavaScript of its folder from nothing where only the tsconfig is broken', async (t) => {
    const served = await start(t, {
      'tsconfig.json': '{',
      'functions/a.mjs': "export const handler = (c, e, cb) => cb(null, 'a');",
    });
    assert.equal(await ask(served, '/a'), '200 a');
    assert.deepEqual(problemsOf(served), []);
  });
});

const NEVER = 'await new Promise(() => {});\nexport const handler = 1;';

describe('a top-level await', () => {
  for (const reading of ['frozen', 'events'] as const) {
    it(`that never settles ends at once, for every call (${reading})`, async (t) => {
      const served = await start(t, { 'functions/a.mjs': NEVER, 'functions/b.ts': NEVER }, { reading });
      for (const path of ['/a', '/b', '/a']) assert.match(await ask(served, path), /^500 .*never settles/);
      assert.equal((await served.record('/a')).error, 'HS_LOAD_FAILED');
    });
  }

  it('that goes on for too long ends at the time limit of loading', async (t) => {
    const busy = 'setInterval(() => {}, 10);\n';
    const served = await start(t, { 'functions/a.mjs': busy + NEVER }, { timeoutMs: 500 });
    assert.match(await ask(served, '/a'), /^504 /);
    assert.equal((await served.record('/a')).error, 'HS_LOAD_TIMEOUT');
  });

  it('that rejects says why, and is tried again', async (t) => {
    const text = `import { existsSync } from 'node:fs';
if (!existsSync(new URL('../ready', import.meta.url))) await Promise.reject(new Error('not yet'));
export const handler = (c, e, callback) => callback(null, 'ready');`;
    const served = await start(t, { 'functions/a.mjs': text });
    assert.match(await ask(served, '/a'), /^500 .*not yet.*functions\/a\.mjs:2/);
    await served.project.write('ready', '');
    assert.equal(await ask(served, '/a'), '200 ready');
  });

  it('is over before the first call where instances are started in advance', async (t) => {
    const text = `const { value } = await new Promise((resolve) => setTimeout(() => resolve({ value: 5 }), 50));
console.log('loaded');
export const handler = (c, e, callback) => callback(null, String(value));`;
    const served = await start(
      t,
      { 'functions/a.mjs': text, 'functions/never.mjs': NEVER },
      { minInstances: 1 },
    );
    assert.equal(await ask(served, '/a'), '200 5');
    assert.deepEqual((await served.record('/a')).console, []);
    assert.match(served.notices.join('\n'), /functions\/never\.mjs cannot be loaded: Error: .*never settles/);
  });

  it('writes its lines under the call that loads it', async (t) => {
    const text = "await 1;\nconsole.log('top');\nexport default (c, e, callback) => callback(null, 'x');";
    const served = await start(t, { 'functions/a.mjs': text });
    assert.equal(await ask(served, '/a'), '200 x');
    assert.deepEqual(
      (await served.record('/a')).console.map((line) => line.text),
      ['top'],
    );
  });
});

describe('compiling', () => {
  it('starts nothing for a project of CommonJS', async (t) => {
    // Those of the tests before this one may still be ending.
    const before = compilers();
    const served = await start(t, { 'functions/a.js': "exports.handler = (c, e, cb) => cb(null, 'a');" });
    assert.equal(await ask(served, '/a'), '200 a');
    assert.deepEqual(
      compilers().filter((pid) => !before.includes(pid)),
      [],
    );
  });

  it('leaves nothing behind, neither a process nor a file', async () => {
    const served = await serve({ 'functions/a.ts': answering('', '1') });
    assert.equal(await ask(served, '/a'), '200 1');
    const [resource] = served.platform.build.functions;
    const folder = dirname(resource?.module.entry ?? '');
    assert.match(basename(folder), /^hookswitch-\d+-/);
    await served.close();
    assert.equal(existsSync(folder), false);
    await eventually(() => (compilers().length === 0 ? true : undefined));
  });

  it('goes on in one platform when another one of the same process ends', async (t) => {
    const files = { 'functions/a.ts': answering('', '1') };
    const served = await start(t, files, { live: true });
    for (let round = 2; round < 5; round++) {
      const other = await serve(files);
      await Promise.all([
        other.close(),
        served.project.write('functions/a.ts', answering('', String(round))),
      ]);
      assert.equal(await ask(served, '/a'), `200 ${round}`);
    }
  });

  it('goes on after its process was killed', async (t) => {
    const served = await start(t, { 'functions/a.ts': answering('', '1') }, { live: true });
    const [pid] = await eventually(() => (compilers().length === 1 ? compilers() : undefined));
    process.kill(pid ?? 0, 'SIGKILL');
    await served.project.write('functions/a.ts', answering('', '2'));
    assert.equal(await ask(served, '/a'), '200 2');
  });

  it('of a shared file that was saved makes another build, and of a comment too', async (t) => {
    const served = await start(
      t,
      {
        'functions/a.ts': answering("import { answer } from '../lib/x';"),
        'lib/x.ts': 'export const answer = 1;',
      },
      { live: true },
    );
    const ids = new Set([served.platform.build.id]);
    for (const text of ['export const answer = 2;', '// moved\nexport const answer = 2;']) {
      await served.project.write('lib/x.ts', text);
      assert.match(await ask(served, '/a'), /^200 2$/);
      ids.add(served.platform.build.id);
    }
    assert.equal(ids.size, 3);
  });

  it('makes a source map that leads debuggers to the files of the author', async (t) => {
    const served = await start(t, {
      'functions/a.ts': answering("import { answer } from '../lib/x';"),
      'lib/x.ts': 'export const answer = 1;',
    });
    const entry = served.platform.build.functions[0]?.module.entry ?? '';
    const [, name = ''] = /\n\/\/# sourceMappingURL=(.+)\n$/.exec(readFileSync(entry, 'utf8')) ?? [];
    const { sources } = JSON.parse(readFileSync(join(dirname(entry), name), 'utf8')) as { sources: string[] };
    const files = sources.map((source) => resolve(dirname(entry), source)).sort();
    assert.deepEqual(files, [served.project.file('functions/a.ts'), served.project.file('lib/x.ts')]);
  });

  it('takes a source of 5 MB', async (t) => {
    const lines = Array.from(
      { length: 100_000 },
      (_, at) => `const x${at}: number[] = [${at}]; // ${'y'.repeat(15)}`,
    );
    const served = await start(t, { 'functions/a.ts': answering(lines.join('\n'), 'x99999') });
    assert.equal(await ask(served, '/a'), '200 99999');
  });

  it('follows no link out of the project', async (t) => {
    const outside = await start(t, {
      'secret.ts': answering('', "'secret'"),
      'functions/x.ts': answering('', '1'),
    });
    const served = await serveFolder(t, { 'functions/a.ts': answering('', '1') }, '.', [
      ['functions/b.ts', outside.project.file('secret.ts')],
    ]);
    assert.match(await ask(served, '/b'), /^404 /);
    assert.match(problemsOf(served).join(), /functions\/b\.ts is a link to .*outside of/);
  });
});

it('a file beside the one that it was compiled to says which of them to delete', async () => {
  const files = { 'functions/a.ts': answering('', '1'), 'functions/a.js': 'exports.handler = 1;' };
  await assert.rejects(serve(files), {
    code: 'HS_DUPLICATE_PATH',
    message:
      /functions\/a\.js is probably compiled from functions\/a\.ts, which runs as it is: delete functions\/a\.js/,
  });
});

/** Writes files and links, then serves one of the folders. */
async function serveFolder(
  t: TestContext,
  files: Files,
  folder: string,
  links: readonly (readonly [name: string, target: string])[],
): Promise<Served> {
  const written = await start(t, { ...files, 'functions/.keep': '' });
  for (const [name, target] of links) {
    await mkdir(dirname(written.project.file(name)), { recursive: true });
    await symlink(target, written.project.file(name));
  }
  const served = await serve(written.project.file(folder));
  t.after(() => served.platform.close());
  return served;
}

/** The processes of esbuild that this one has. */
function compilers(): readonly number[] {
  return childrenOf(process.pid).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('esbuild');
    } catch {
      return false;
    }
  });
}
