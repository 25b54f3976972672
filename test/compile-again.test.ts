/** After a save only what it reaches is compiled, and that without fail. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Compiler } from '../src/build/compiler';
import { readProject } from '../src/build/read';
import type { Build } from '../src/model/build';
import { childrenOf } from './support/program';
import { type TestProject, writeProject } from './support/project';
import { eventually } from './support/serve';

const USUAL = {
  functionsFolder: null,
  assetsFolder: null,
  envFile: null,
  loadLocalEnv: false,
  legacyMode: false,
};

const FILES = {
  'tsconfig.json': '{ "extends": "./config/base" }',
  'config/base.json': '{ "compilerOptions": { "paths": { "@one/*": ["./../first/*", "./../second/*"] } } }',
  'second/x.ts': "export const x = 'second';",
  'lib/y/index.ts': "export const y = 'folder';",
  'lib/z.ts': "export const z: string = 'before';",
  'functions/paths.ts': "import { x } from '@one/x';\nexport const handler = () => x;",
  'functions/folder.ts': "import { y } from '../lib/y';\nexport const handler = () => y;",
  'functions/shared.mts': "import { z } from '../lib/z';\nexport const handler = () => z;",
  'functions/plain.mjs': "export const handler = () => 'plain';",
};

/** What is saved, and what one of the Functions is made of then. */
const SAVES: readonly [what: string, name: string, content: string, reached: string, holds: string][] = [
  [
    'the file itself',
    'functions/shared.mts',
    "export const handler = () => 'own';",
    'functions/shared.mts',
    'own',
  ],
  ['a shared file', 'lib/z.ts', "export const z = 'after';", 'functions/shared.mts', 'after'],
  [
    'a file of the same size',
    'lib/z.ts',
    "export const z: string = 'befor2';",
    'functions/shared.mts',
    'befor2',
  ],
  ['a file that goes before a folder', 'lib/y.ts', "export const y = 'file';", 'functions/folder.ts', 'file'],
  [
    'a file that goes before another by paths',
    'first/x.ts',
    "export const x = 'first';",
    'functions/paths.ts',
    'first',
  ],
  [
    'a tsconfig that another one extends',
    'config/base.json',
    '{ "compilerOptions": { "paths": { "@one/*": ["./../third/*"] } } }',
    'functions/paths.ts',
    'third',
  ],
];

describe('compiling again', () => {
  for (const [what, name, content, reached, holds] of SAVES) {
    it(`after a save of ${what} has what was saved`, async (t) => {
      const { project, compile } = await settled(t, { ...FILES, 'third/x.ts': "export const x = 'third';" });
      await project.write(name, content);
      const build = await compile();
      const entry = build.functions.find((one) => one.name === reached)?.module.entry ?? '';
      assert.ok(readFileSync(entry, 'utf8').includes(holds), readFileSync(entry, 'utf8'));
    });
  }

  it('what nothing was saved of starts no compiler', async (t) => {
    const { compile } = await settled(t, FILES);
    const before = await compile();
    const [pid] = await eventually(() => (compilers().length === 1 ? compilers() : undefined));
    process.kill(pid ?? 0, 'SIGKILL');
    await eventually(() => (compilers().length === 0 ? true : undefined));
    const after = await compile();
    assert.deepEqual(after, before);
    assert.deepEqual(compilers(), []);
  });

  it('tries again what could not be compiled', async (t) => {
    const { project, compile } = await settled(t, {
      'functions/a.ts': "import { a } from '../lib/a';\nexport const handler = () => a;",
    });
    assert.match((await compile()).problems[0]?.message ?? '', /Could not resolve/);
    await project.write('lib/a.ts', 'export const a = 1;');
    assert.deepEqual((await compile()).problems, []);
  });
});

/** A project whose files are older than the clock of the file system is exact, compiled once. */
async function settled(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<{ readonly project: TestProject; readonly compile: () => Promise<Build> }> {
  const project = await writeProject(files);
  const compiler = new Compiler(() => mkdtempSync(join(tmpdir(), 'hookswitch-test-')));
  t.after(() => Promise.all([project.remove(), compiler.close()]));
  const names = Object.keys(files);
  const last = Math.max(...names.map((name) => statSync(project.file(name)).ctimeMs));
  await eventually(() => (Date.now() > last + 100 ? true : undefined));
  const compile = () => compiler.compile(readProject({ root: project.path, ...USUAL }, {}));
  await compile();
  return { project, compile };
}

function compilers(): readonly number[] {
  return childrenOf(process.pid).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('esbuild');
    } catch {
      return false;
    }
  });
}
