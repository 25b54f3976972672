/** Files outside of the project that its Functions are made of: saving them is a save of the project. */
import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type TestProject, writeProject } from './support/project';
import { request } from './support/raw-http';
import { eventually, type Served, serve } from './support/serve';

type Files = Readonly<Record<string, string>>;

interface Beside {
  readonly served: Served;
  readonly shared: TestProject;
}

/** A project and a folder beside it; `SHARED` in its files is the way from `functions/` to there. */
async function beside(t: TestContext, shared: Files, files: Files): Promise<Beside> {
  const other = await writeProject(shared);
  t.after(() => other.remove());
  const way = `../../${basename(other.path)}`;
  const named = Object.entries(files).map(([name, text]) => [name, text.replaceAll('SHARED', way)]);
  const served = await serve(Object.fromEntries(named), { live: true });
  t.after(() => served.close());
  return { served, shared: other };
}

async function ask({ port }: Served, path: string): Promise<string> {
  const { status, body } = await request(port, { method: 'GET', path });
  return `${status} ${body.toString()}`;
}

const answering = (text: string, value = 'value'): string =>
  `${text}\nexport const handler = (context: unknown, event: unknown, callback: (error: null, value: unknown) => void) => callback(null, ${value});`;
const IMPORTING = answering("import { value } from 'SHARED/src/value';");

describe('a save outside of the project', () => {
  it('reaches the Functions that import the file, and no others', async (t) => {
    const { served, shared } = await beside(
      t,
      { 'src/value.ts': "export const value: string = 'old';" },
      { 'functions/a.ts': IMPORTING, 'functions/b.ts': answering('', 'process.pid') },
    );
    assert.equal(await ask(served, '/a'), '200 old');
    const other = await ask(served, '/b');
    for (const [save, text] of [
      [shared.write, 'written'],
      [shared.replace, 'replaced'],
    ] as const) {
      await save('src/value.ts', `export const value: string = '${text}';`);
      assert.equal(await ask(served, '/a'), `200 ${text}`);
    }
    assert.equal(await ask(served, '/b'), other);
    assert.equal(served.reloads.at(-1)?.reached, 1);
  });

  it('mends a file that was broken when everything began', async (t) => {
    const { served, shared } = await beside(
      t,
      { 'src/value.ts': 'export const = 1;' },
      { 'functions/a.ts': IMPORTING },
    );
    assert.match(await ask(served, '/a'), /^500 .*src\/value\.ts:1:14/s);
    await shared.write('src/value.ts', "export const value = 'mended';");
    assert.equal(await ask(served, '/a'), '200 mended');
    await shared.write('src/value.ts', 'export const = 1;');
    assert.match(await ask(served, '/a'), /^500 /);
    await shared.write('src/value.ts', "export const value = 'again';");
    assert.equal(await ask(served, '/a'), '200 again');
  });

  it('reaches JavaScript that requires the file', async (t) => {
    const { served, shared } = await beside(
      t,
      { 'value.js': "module.exports = 'old';" },
      {
        'functions/a.js':
          "const value = require('SHARED/value'); exports.handler = (context, event, callback) => callback(null, value);",
      },
    );
    assert.equal(await ask(served, '/a'), '200 old');
    // Which files it loads is told by its process.
    await eventually(async () => {
      await shared.write('value.js', "module.exports = 'new';");
      return (await ask(served, '/a')) === '200 new' || undefined;
    }, 10_000);
  });

  it('in a linked package counts for new files, and for a folder that is made again', async (t) => {
    const other = await writeProject({
      'package.json': '{ "name": "@my/shared", "exports": "./dist/index.js" }',
      'dist/index.js': "export * from './value.js';",
    });
    t.after(() => other.remove());
    const served = await serve(
      { 'functions/a.ts': answering("import { value } from '@my/shared';"), 'package.json': '{}' },
      { live: true },
    );
    t.after(() => served.close());
    await mkdir(served.project.file('node_modules/@my'), { recursive: true });
    await symlink(other.path, served.project.file('node_modules/@my/shared'));
    // An install is told by package.json.
    await served.project.write('package.json', '{ }');
    assert.match(await ask(served, '/a'), /^500 .*value\.js/s);
    await other.write('dist/value.js', "export const value = 'made';");
    assert.equal(await ask(served, '/a'), '200 made');
    await other.delete('dist');
    assert.match(await ask(served, '/a'), /^500 /);
    await other.write('dist/value.js', "export const value = 'made again';");
    await other.write('dist/index.js', "export * from './value.js';");
    assert.equal(await ask(served, '/a'), '200 made again');
  });

  it('of a tsconfig above a project without one counts', async (t) => {
    const configured = (file: string) => JSON.stringify({ compilerOptions: { paths: { value: [file] } } });
    const workspace = await writeProject({
      'tsconfig.json': '{ "extends": "./base.json" }',
      'base.json': configured('./packages/app/lib/one.ts'),
      'packages/app/lib/one.ts': "export const value = 'one';",
      'packages/app/lib/two.ts': "export const value = 'two';",
      'packages/app/lib/three.ts': "export const value = 'three';",
      'packages/app/functions/a.ts': answering("import { value } from 'value';"),
    });
    t.after(() => workspace.remove());
    const served = await serve(workspace.file('packages/app'), { live: true });
    t.after(() => served.close());
    assert.equal(await ask(served, '/a'), '200 one');
    await workspace.write('base.json', configured('./packages/app/lib/two.ts'));
    assert.equal(await ask(served, '/a'), '200 two');
    await workspace.replace('tsconfig.json', configured('./packages/app/lib/three.ts'));
    assert.equal(await ask(served, '/a'), '200 three');
  });

  it('of other files above a project is nothing to it', async (t) => {
    const workspace = await writeProject({
      'tsconfig.json': '{}',
      'packages/app/functions/a.ts': answering('let calls = 0;', "process.pid + ' ' + ++calls"),
    });
    t.after(() => workspace.remove());
    // What was saved right before the project is read counts as saved meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const served = await serve(workspace.file('packages/app'), { live: true });
    t.after(() => served.close());
    const [, pid] = (await ask(served, '/a')).split(' ');
    for (const name of ['vite.config.js', 'data.json', 'packages/other.ts']) await workspace.write(name, '1');
    assert.equal(await ask(served, '/a'), `200 ${pid} 2`);
    assert.deepEqual(served.reloads, []);
    await workspace.write('tsconfig.json', '{ }');
    await ask(served, '/a');
    assert.equal(served.reloads.length, 1);
  });

  it('of what the tsconfig of a folder in the project extends counts', async (t) => {
    const aliased = (name: string) =>
      JSON.stringify({ compilerOptions: { paths: { value: [`./packages/app/lib/${name}.ts`] } } });
    const workspace = await writeProject({
      'config/base.json': aliased('one').replace('./packages', '../packages'),
      'packages/app/tsconfig.json': '{}',
      'packages/app/functions/tsconfig.json': '{ "extends": "../../../config/base.json" }',
      'packages/app/lib/one.ts': "export const value = 'one';",
      'packages/app/lib/two.ts': "export const value = 'two';",
      'packages/app/functions/a.ts': answering("import { value } from 'value';"),
    });
    t.after(() => workspace.remove());
    const served = await serve(workspace.file('packages/app'), { live: true });
    t.after(() => served.close());
    assert.equal(await ask(served, '/a'), '200 one');
    await workspace.write('config/base.json', aliased('two').replace('./packages', '../packages'));
    assert.equal(await ask(served, '/a'), '200 two');
  });

  it('of the tsconfig that a file above the project is read by counts', async (t) => {
    const aliased = (name: string) =>
      JSON.stringify({ compilerOptions: { paths: { value: [`./packages/app/lib/${name}.ts`] } } });
    const workspace = await writeProject({
      'tsconfig.json': aliased('one'),
      'shared/shared.ts': "export { value } from 'value';",
      'packages/app/tsconfig.json': '{}',
      'packages/app/lib/one.ts': "export const value = 'one';",
      'packages/app/lib/two.ts': "export const value = 'two';",
      'packages/app/functions/a.ts': answering("import { value } from '../../../shared/shared';"),
    });
    t.after(() => workspace.remove());
    const served = await serve(workspace.file('packages/app'), { live: true });
    t.after(() => served.close());
    assert.equal(await ask(served, '/a'), '200 one');
    await workspace.write('tsconfig.json', aliased('two'));
    assert.equal(await ask(served, '/a'), '200 two');
  });

  it('of a tsconfig that the one of the project extends counts', async (t) => {
    const { served, shared } = await beside(
      t,
      {
        'base.json': '{ "compilerOptions": { "paths": { "value": ["./one.ts"] } } }',
        'one.ts': "export const value = 'one';",
        'two.ts': "export const value = 'two';",
      },
      {
        'functions/a.ts': answering("import { value } from 'value';"),
        'functions/x': '',
        'tsconfig.json': '{ "extends": "./functions/SHARED/base.json" }',
      },
    );
    assert.equal(await ask(served, '/a'), '200 one');
    await shared.write('base.json', '{ "compilerOptions": { "paths": { "value": ["./two.ts"] } } }');
    assert.equal(await ask(served, '/a'), '200 two');
  });

  it('of the tsconfig of a package counts for what lies deeper in it', async (t) => {
    const paths = (name: string): string =>
      `{ "compilerOptions": { "paths": { "value": ["./src/${name}.ts"] } } }`;
    const { served, shared } = await beside(
      t,
      {
        'package.json': '{}',
        'tsconfig.json': paths('one'),
        'src/value.ts': "export { value } from 'value';",
        'src/one.ts': "export const value = 'one';",
        'src/two.ts': "export const value = 'two';",
      },
      { 'functions/a.ts': IMPORTING },
    );
    assert.equal(await ask(served, '/a'), '200 one');
    await new Promise((resolve) => setTimeout(resolve, 200)); // so that what was compiled is relied on
    await shared.write('unknown.ts', '');
    assert.equal(await ask(served, '/a'), '200 one');
    await shared.write('tsconfig.json', paths('two'));
    assert.equal(await ask(served, '/a'), '200 two');
  });

  it('of what is no code reloads nothing', async (t) => {
    const { served, shared } = await beside(
      t,
      { 'src/value.ts': "export const value = 'old';", 'package.json': '{}' },
      { 'functions/a.ts': IMPORTING },
    );
    await shared.write('README.md', 'new');
    await shared.write('src/notes.txt', 'new');
    await shared.write('node_modules/x/index.js', 'new');
    assert.equal(await ask(served, '/a'), '200 old');
    await shared.write('src/value.ts', "export const value = 'new';");
    assert.equal(await ask(served, '/a'), '200 new');
    const changed = new Set(served.reloads.flatMap((reload) => reload.changed));
    assert.deepEqual([...changed], [relative(served.project.path, shared.file('src/value.ts'))]);
  });
});
