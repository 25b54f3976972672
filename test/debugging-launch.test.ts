/** The configurations for VS Code of docs/debugging.md, carried out as VS Code does. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { readInspect } from '../src/config/inspect';
import { Debugger } from './support/debugger';
import { freePort } from './support/ports';
import { launchProgram, linesOf } from './support/program';
import { type TestProject, writeProject } from './support/project';
import { request } from './support/raw-http';

const ROOT = join(__dirname, '..', '..');

interface Attach {
  readonly type: string;
  readonly request: 'attach';
  readonly address: string;
  readonly port: number;
}

interface Launch {
  readonly type: string;
  readonly request: 'launch';
  readonly runtimeExecutable: string;
  readonly runtimeArgs: readonly string[];
  readonly attachSimplePort: number;
}

const { attach, launch } = configurations();

describe('launch.json of docs/debugging.md', () => {
  it('names one port: the one that --inspect takes where it is told none', () => {
    const { host, port } = readInspect('true') ?? {};
    assert.ok(launch.runtimeArgs.includes('--inspect'));
    assert.deepEqual([attach.port, launch.attachSimplePort], [port, port]);
    assert.equal(attach.address, host);
    assert.deepEqual([attach.type, launch.type], ['node', 'node']);
  });

  it('starts a project in which breakpoints are met', async (t) => {
    const { runtimeExecutable, runtimeArgs, attachSimplePort } = await atFreePort(launch);
    const project = await installedProject(t);
    const program = launchProgram(runtimeArgs, {
      command: [runtimeExecutable],
      folder: project.path,
      environment: { HOOKSWITCH_PORT: '0' },
    });
    t.after(() => program.stop());
    const attached = await Debugger.attach(attachSimplePort);
    t.after(() => attached.close());
    await attached.start();
    const url = pathToFileURL(project.file('functions/hello.js')).href;
    await attached.send('Debugger.setBreakpointByUrl', { url, lineNumber: 2 });

    await program.said(/"msg":"listening".*\n/);
    const listening = linesOf(program.output()).find(({ msg }) => msg === 'listening');
    const port = Number(new URL(String(listening?.url)).port);
    const answer = request(port, { method: 'GET', path: '/hello?name=Ann' });
    const [frame] = await attached.paused();
    assert.ok(frame !== undefined);
    assert.equal(await attached.evaluate(frame, 'greeting'), 'hello Ann');
    await attached.send('Debugger.resume');
    assert.equal((await answer).text(), 'hello Ann');
  });
});

function configurations(): { readonly attach: Attach; readonly launch: Launch } {
  const page = readFileSync(join(ROOT, 'docs', 'debugging.md'), 'utf8');
  const [, json = ''] = /^```json\n(.*?)^```$/ms.exec(page) ?? [];
  const { configurations } = JSON.parse(json) as { readonly configurations: readonly (Attach | Launch)[] };
  const attach = configurations.find((one) => one.request === 'attach');
  const launch = configurations.find((one) => one.request === 'launch');
  assert.ok(attach !== undefined && launch !== undefined);
  return { attach, launch };
}

/** The same, so that another program may debug at the port of the page meanwhile. */
async function atFreePort(launch: Launch): Promise<Launch> {
  const port = await freePort();
  const runtimeArgs = launch.runtimeArgs.map((word) => (word === '--inspect' ? `--inspect=${port}` : word));
  return { ...launch, runtimeArgs, attachSimplePort: port };
}

/** Hookswitch lies in it as `npm install` links it, with the program that npx looks for. */
async function installedProject(t: TestContext): Promise<TestProject> {
  const project = await writeProject({
    'package.json': '{ "private": true }',
    'functions/hello.js': `exports.handler = (context, event, callback) => {
  const greeting = 'hello ' + event.name;
  callback(null, greeting);
};
`,
  });
  t.after(() => project.remove());
  mkdirSync(project.file('node_modules/.bin'), { recursive: true });
  symlinkSync(ROOT, project.file('node_modules/hookswitch'), 'dir');
  symlinkSync(join('..', 'hookswitch', 'dist', 'main.js'), project.file('node_modules/.bin/hookswitch'));
  return project;
}
