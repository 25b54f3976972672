/** What is published: packed, installed into an empty folder, and used there as its users do. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Gateway, isAlive, runProgram, startGateway } from './support/program';
import { type TestProject, writeProject } from './support/project';
import { request } from './support/raw-http';
import { eventually } from './support/serve';

const ROOT = join(__dirname, '..', '..');
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** Answers with TwiML, and says which SDK made it and whose process it runs in. */
const FUNCTION = `exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.MessagingResponse();
  twiml.message(JSON.stringify({ sdk: require.resolve('twilio'), gateway: process.ppid }));
  callback(null, twiml);
};`;

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  target: 'es2022',
  module: 'node16',
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules', '@types')],
};

/** From the cache where it is filled, as after the `npm ci` that set this repository up. */
const QUIETLY = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

describe('the package', () => {
  let packed: Packed;
  /** Where it is installed, which is a project too. */
  let installed: TestProject;
  /** A project elsewhere, without any package. */
  let bare: TestProject;

  before(async () => {
    installed = await writeProject({
      'package.json': '{ "private": true }',
      'functions/reply.js': FUNCTION,
      'assets/logo.svg': '<svg/>',
    });
    bare = await writeProject({ 'functions/reply.js': FUNCTION });
    packed = pack(installed.path);
    npm(['install', ...QUIETLY, installed.file(packed.filename)], installed.path);
  });
  after(async () => {
    await installed.remove();
    await bare.remove();
  });

  it('holds the compiled sources, types and templates for authors, four papers, and nothing else', () => {
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => name.split('\\').join('/').slice(0, -3));
    const compiled = sources.flatMap((name) => [`dist/${name}.d.ts`, `dist/${name}.js`]);
    const page = ['console.css', 'console.js', 'index.html'].map((name) => `dist/console/${name}`);
    const templates = readdirSync(join(ROOT, 'templates'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'biome.json')
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
    const expected = [
      ...papers,
      ...compiled,
      ...page,
      ...templates,
      'types/index.d.ts',
      'types/index.js',
    ].sort();
    assert.deepEqual(packed.files.map(({ path }) => path).sort(), expected);
  });

  it('has a program that can be run', () => {
    const main = packed.files.find(({ path }) => path === 'dist/main.js');
    assert.equal((main?.mode ?? 0) & 0o111, 0o111);
    const source = readFileSync(installed.file('node_modules/hookswitch/dist/main.js'), 'utf8');
    assert(source.startsWith('#!/usr/bin/env node\n'));
  });

  it('serves the project that it is installed in, by npx, and ends with it', async (t) => {
    const npx = await startGateway(['-p', '0'], { folder: installed.path, command: ['npx', 'hookswitch'] });
    t.after(() => npx.stop());
    const { sdk, gateway } = await reply(npx);
    assert(sdk.startsWith(installed.file('node_modules/twilio/')), sdk);
    assert.equal((await request(npx.port, { method: 'GET', path: '/logo.svg' })).text(), '<svg/>');
    // A terminal would send Ctrl-C to npx and to what it started.
    process.kill(gateway, 'SIGINT');
    assert.equal((await npx.ended).code, 0);
    await eventually(() => !isAlive(gateway) || undefined);
  });

  it('serves a project elsewhere, which gets the SDK of the package', async (t) => {
    const command = [installed.file('node_modules/.bin/hookswitch')];
    const gateway = await startGateway(['-p', '0', bare.path], { command });
    t.after(() => gateway.stop());
    const { sdk } = await reply(gateway);
    assert(sdk.startsWith(installed.file('node_modules/twilio/')), sdk);
    gateway.child.kill('SIGTERM');
    assert.equal((await gateway.ended).code, 0);
  });

  it('knows its version', async () => {
    const { code, stdout } = await runProgram(['--version'], {
      folder: installed.path,
      command: ['npx', 'hookswitch'],
    });
    assert.deepEqual([code, stdout], [0, `${MANIFEST.version}\n`]);
  });

  it('makes a project that installs what made it, and passes its test', async () => {
    const npx = { folder: installed.path, command: ['npx', 'hookswitch'] };
    assert.equal((await runProgram(['new', 'apps/one', '--yes'], npx)).code, 0);
    const app = installed.file('apps/one');
    const { devDependencies } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    assert.equal(devDependencies.hookswitch, `file:../../${packed.filename}`);
    npm(['install', ...QUIETLY], app);
    const main = join(app, 'node_modules', 'hookswitch', 'dist', 'main.js');
    assert.equal(realpathSync(main), main);
    const { code, stdout } = await runProgram(['test'], { folder: app, command: ['npm'] });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^(?:#|ℹ) pass [2-9]/m);
  });

  const NAMES = ['CodedError', 'ERRORS', 'startPlatform'];
  const programs: readonly [title: string, flags: readonly string[], script: string][] = [
    ['required', [], "console.log(Object.keys(require('hookswitch')).sort().join())"],
    [
      'imported',
      ['--input-type=module'],
      `import { ${NAMES.join(', ')} } from 'hookswitch';
      console.log([${NAMES.join(', ')}].map((value) => value.name ?? 'ERRORS').join());`,
    ],
  ];
  for (const [title, flags, script] of programs) {
    it(`can be ${title} by a program`, async () => {
      const command = [process.execPath, ...flags, '-e', script];
      const { stdout, stderr } = await runProgram([], { folder: installed.path, command });
      assert.deepEqual([stdout, stderr], [`${NAMES.join()}\n`, '']);
    });
  }

  it('has types that a strict program compiles with', async () => {
    await installed.write(
      'program.ts',
      `import { CodedError, type Platform, type PlatformEvents, type PlatformOptions, startPlatform } from 'hookswitch';
      export async function serve(options: PlatformOptions, events: PlatformEvents): Promise<Platform | null> {
        try {
          return await startPlatform(options, { ...events, request: ({ status }) => console.log(status) });
        } catch (error) {
          if (error instanceof CodedError && error.code === 'HS_PORT_IN_USE') return null;
          throw error;
        }
      }
      // @ts-expect-error the port is a number
      export const wrong: PlatformOptions['port'] = '3000';`,
    );
    await installed.write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: STRICT, files: ['program.ts'] }),
    );
    const { code, stdout } = await runProgram([], {
      main: join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'),
      folder: installed.path,
    });
    assert.deepEqual([code, stdout], [0, '']);
  });
});

async function reply({ port }: Gateway): Promise<{ readonly sdk: string; readonly gateway: number }> {
  const response = await request(port, { method: 'POST', path: '/reply', body: '' });
  const [, json = response.text()] = /<Message>(.*)<\/Message>/.exec(response.text()) ?? [];
  return JSON.parse(json) as { sdk: string; gateway: number };
}

/** Without `prepack`: who runs the tests has built, and other tests run at the same time. */
function pack(folder: string): Packed {
  const [packed] = JSON.parse(
    npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], ROOT),
  ) as Packed[];
  assert(packed !== undefined);
  return packed;
}

function npm(argv: readonly string[], folder: string): string {
  const { status, stdout, stderr } = spawnSync('npm', argv, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    timeout: 120_000,
  });
  assert.equal(status, 0, stderr);
  return stdout;
}
