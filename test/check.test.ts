/** `hookswitch check` as a program: what it says, how it ends, and that no file can hold it up. */
import assert from 'node:assert/strict';
import { readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { CheckReport } from '../src/cli/check';
import { findingsIn, findingsOf, shortly } from './support/checked';
import { runProgram } from './support/program';
import { type TestProject, writeProject } from './support/project';

const ROOT = join(__dirname, '..', '..');
const HANDLER = 'exports.handler = (context, event, callback) => callback(null, 1);\n';
const FORGETS =
  "exports.handler = (context, event, callback) => {\n  if (event.a) callback(null, 'a');\n};\n";
const REQUIRES = `require('./lib.private.js');\n${HANDLER}`;

async function projectOf(
  t: TestContext,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<TestProject> {
  const project = await writeProject(files);
  t.after(() => project.remove());
  return project;
}

describe('hookswitch check', () => {
  it('tells each finding with its place, its rule, its reason and a fix, and ends with 1', async (t) => {
    const project = await projectOf(t, { 'functions/a.js': FORGETS });
    const { code, stdout, stderr } = await runProgram(['check', project.path]);
    assert.deepEqual([code, stderr], [1, '']);
    assert.equal(
      stdout,
      `functions/a.js:2:7 error callback is never called where this condition is false callback-never-called
  Call callback(null, …) or callback(error) on every way through the handler.

1 error and 0 warnings in 1 Function, 0 Assets.
`,
    );
  });

  it('says so where there is nothing, and ends with 0', async (t) => {
    const project = await projectOf(t, { 'functions/a.js': HANDLER, 'assets/a.txt': 'a' });
    const { code, stdout, stderr } = await runProgram(['check'], { folder: project.path });
    assert.deepEqual([code, stdout, stderr], [0, 'Nothing found in 1 Function, 1 Asset.\n', '']);
  });

  it('ends with 0 where there are warnings only, and with 1 by --strict', async (t) => {
    const project = await projectOf(t, { 'functions/a.js': REQUIRES, 'functions/lib.private.js': '' });
    const plain = await runProgram(['check', project.path]);
    assert.equal(plain.code, 0);
    assert.match(plain.stdout, /^functions\/a\.js:1:1 warning /);
    assert.equal((await runProgram(['check', '--strict', project.path])).code, 1);
  });

  it('tells programs the same by -o json', async (t) => {
    const project = await projectOf(t, {
      'functions/a.js': FORGETS,
      'functions/b.js': REQUIRES,
      'functions/lib.private.js': '',
    });
    const { code, stdout } = await runProgram(['check', '-o', 'json', project.path]);
    assert.equal(code, 1);
    const { findings, ...counts } = JSON.parse(stdout) as CheckReport;
    assert.deepEqual(counts, {
      project: project.path,
      checked: '3 Functions, 0 Assets',
      errors: 1,
      warnings: 1,
    });
    assert.deepEqual(findings[0], {
      rule: 'callback-never-called',
      severity: 'error',
      file: 'functions/a.js',
      line: 2,
      column: 7,
      reason: 'callback is never called where this condition is false',
      fix: 'Call callback(null, …) or callback(error) on every way through the handler.',
    });
    assert.equal(findings.length, 2);
  });

  it('reads folders and variables as start does', async (t) => {
    const project = await projectOf(t, {
      '.twilioserverlessrc': '{ functionsFolder: "other" }',
      'other/a.protected.js': HANDLER,
      'some.env': 'AUTH_TOKEN=a',
    });
    const without = await runProgram(['check', project.path]);
    assert.match(without.stdout, /other\/a\.protected\.js error .* protected-without-token/);
    assert.equal((await runProgram(['check', '--env', 'some.env', project.path])).code, 0);
  });

  it('finds what only compiling tells: imports of TypeScript and modules, and a broken tsconfig.json', async (t) => {
    const typed =
      'export const handler = (c: unknown, e: unknown, callback: () => void): void => callback();\n';
    const project = await projectOf(t, {
      'package.json': '{ "dependencies": { "named": "1" } }',
      'functions/a.ts': `import 'lodahs';\n${typed}`,
      'functions/b.mjs': "import './lib.mjs';\nexport const handler = (c, e, callback) => callback();\n",
      'functions/named.ts': `import 'named';\n${typed}`,
      'functions/shared.ts': `import '../lib/broken';\n${typed}`,
      'functions/syntax.ts': 'export const = 1;',
      'lib/broken.ts': '\nexport const = 1;',
    });
    const found = async () => {
      const { stdout } = await runProgram(['check', '-o', 'json', project.path]);
      return (JSON.parse(stdout) as CheckReport).findings.map(shortly);
    };
    assert.deepEqual(await found(), [
      'functions/a.ts:1 missing-module',
      'functions/b.mjs:1 missing-module',
      'functions/syntax.ts:1 syntax',
      'lib/broken.ts:2 build',
    ]);
    await project.write('tsconfig.json', '{ "compilerOptions": { "strict": tru } }');
    assert.ok((await found()).includes('tsconfig.json:1 build'));
    assert.deepEqual(
      readdirSync(tmpdir()).filter((name) => name.startsWith('hookswitch-check-')),
      [],
    );
  });

  const refused: readonly [argv: string[], code: number, message: RegExp][] = [
    [['./missing'], 1, /HS_NO_PROJECT/],
    [['--strct'], 2, /did you mean --strict\?/],
    [['a', 'b'], 2, /one folder is enough/],
  ];
  for (const [argv, code, message] of refused) {
    it(`refuses "${argv.join(' ')}"`, async (t) => {
      const project = await projectOf(t, {});
      const ended = await runProgram(['check', ...argv], { folder: project.path });
      assert.deepEqual([ended.code, ended.stdout], [code, '']);
      assert.match(ended.stderr, message);
    });
  }

  it('prints nothing of a project that could steer a terminal', async (t) => {
    const project = await projectOf(t, {
      'functions/\x1b[2J.js': 'exports.handlr = 1;',
      'functions/a.js': "require('\\x1b[2J');",
    });
    const { stdout } = await runProgram(['check', project.path]);
    assert.ok(!stdout.includes('\x1b'));
    assert.match(stdout, /\\x1b\[2J/);
  });
});

describe('a clean project gives no finding', () => {
  for (const entry of readdirSync(join(ROOT, 'examples'), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    it(entry.name, () => {
      const findings = findingsOf(join(ROOT, 'examples', entry.name));
      // The examples hold no .env.
      assert.deepEqual(findings.filter(({ rule }) => rule !== 'protected-without-token').map(shortly), []);
    });
  }
});

describe('no file holds the check up', () => {
  const DEEP = 20_000;
  const GAP = ['$', '{a}'].join('');
  const files: readonly [title: string, source: string | Buffer][] = [
    ['brackets', '['.repeat(DEEP) + ']'.repeat(DEEP)],
    ['blocks', `${HANDLER}${'{'.repeat(DEEP)}${'}'.repeat(DEEP)}`],
    ['a chain of calls', `${HANDLER}a${'.then(x)'.repeat(DEEP)};`],
    ['a long sum', `${HANDLER}x = ${'1 + '.repeat(DEEP)}1;`],
    [
      'a chain of else if',
      `exports.handler = (c, e, callback) => { ${"if (e.a === '1') callback(); else ".repeat(DEEP)} callback(); };`,
    ],
    [
      'many branches',
      `exports.handler = (c, e, callback) => { ${"if (e.a === '1') return callback(1);\n".repeat(DEEP)} };`,
    ],
    [
      'many small functions',
      `${HANDLER}${'f(function () { return g(() => { callback(); }); });\n'.repeat(10_000)}`,
    ],
    ['a minified line', `${HANDLER}${'var a=function(b){return b?c(b,d,"e"):f.g(h)};'.repeat(15_000)}`],
    ['a bundle of 5 MB', `${HANDLER}${'function f(a){return a+1}\n'.repeat(200_000)}`],
    ['a bundle of zeros', Buffer.alloc(1_000_000)],
    ['open tags', `${HANDLER}f('<Response>${'<Say>'.repeat(DEEP)}</Response>');`],
    ['a long string', `${HANDLER}f('${'<Response '.repeat(80_000)}</Response>');`],
    ['a template with many gaps', `${HANDLER}f(\`<Response>${`${GAP} `.repeat(5_000)}</Response>\`);`],
    ['comments to ignore', `${HANDLER}${'// hookswitch-ignore a, a, a, a\n'.repeat(30_000)}`],
  ];
  for (const [title, source] of files) {
    it(title, async () => {
      const start = performance.now();
      await findingsIn({ 'functions/a.js': source });
      assert.ok(performance.now() - start < 20_000, `it took ${performance.now() - start} ms`);
    });
  }

  it('Assets of any kind', async () => {
    const start = performance.now();
    const found = await findingsIn({
      '.env': 'AUTH_TOKEN=f1e2d3c4b5a69788796a5b4c3d2e1f00',
      'assets/a.txt': 'auth_token="api-secret:'.repeat(400_000),
      'assets/b.html': '<a href="href=\'src="'.repeat(300_000),
      'assets/c.txt': '-----BEGIN A B C '.repeat(400_000),
      'assets/d.bin': Buffer.alloc(8_000_000, 'SG.a'),
      'assets/e.protected.txt': '',
    });
    assert.deepEqual(found, []);
    assert.ok(performance.now() - start < 30_000, `it took ${performance.now() - start} ms`);
  });

  it('links in a circle, and links that lead nowhere', async (t) => {
    const project = await projectOf(t, { 'functions/a.js': HANDLER, 'assets/a.txt': 'a' });
    symlinkSync('.', project.file('functions/again'));
    symlinkSync('..', project.file('assets/up'));
    symlinkSync('nowhere', project.file('assets/gone.txt'));
    assert.ok(findingsOf(project.path).every(({ rule }) => rule === 'build'));
  });
});
