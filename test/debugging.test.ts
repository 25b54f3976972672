/** `--inspect` and `--inspect-brk`, with a debugger that attaches as VS Code and Chrome do. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { CodedError } from '../src/errors';
import { askJson, type CallFrame, Debugger, type Target, targetsAt } from './support/debugger';
import { freePorts, listenAt } from './support/ports';
import { startGateway } from './support/program';
import { writeProject } from './support/project';
import { request } from './support/raw-http';
import { eventually, type Served, type ServeOptions, serve } from './support/serve';

const HANDLER = `
exports.handler = (context, event, callback) => {
  const name = event.name || 'nobody';
  const greeting = 'hello ' + name;
  console.log('said ' + greeting);
  callback(null, greeting);
};
`;
/** 0-based, as the protocol counts: \`console.log\`. */
const LINE = 4;
const FILES = {
  'functions/hello.js': HANDLER,
  'functions/other.js': 'exports.handler = (context, event, callback) => callback(null, [process.pid]);\n',
};
/** Short: what is paused is so for longer. */
const TIMEOUT_MS = 300;

async function inspected(
  t: TestContext,
  files: Readonly<Record<string, string>> = FILES,
  options: ServeOptions & { readonly waits?: boolean } = {},
): Promise<Served & { readonly inspectPort: number }> {
  const { waits = false, ...others } = options;
  const served = await serve(files, {
    timeoutMs: TIMEOUT_MS,
    inspect: { host: '127.0.0.1', port: 0, waits },
    ...others,
  });
  t.after(() => served.close());
  return { ...served, inspectPort: portOf(await listening(served)) };
}

function listening({ notices }: Served): Promise<string> {
  return eventually(() => notices.find((notice) => notice.startsWith('Debugger listening on ')), 20_000);
}

function portOf(notice: string): number {
  return Number(/ws:\/\/127\.0\.0\.1:(\d+)\//.exec(notice)?.[1]);
}

async function attach(t: TestContext, port: number): Promise<Debugger> {
  const attached = await Debugger.attach(port);
  t.after(() => attached.close());
  return attached;
}

function breakAt(attached: Debugger, file: string, lineNumber = LINE): Promise<unknown> {
  return attached.send('Debugger.setBreakpointByUrl', { url: pathToFileURL(file).href, lineNumber });
}

function get({ port }: Served, path: string, timeoutMs = 30_000) {
  return request(port, { method: 'GET', path }, timeoutMs);
}

function top(frames: readonly CallFrame[]): CallFrame {
  const [frame] = frames;
  assert.ok(frame !== undefined);
  return frame;
}

/** For as long as the time limit, the limit of the queue, and the look at what is stuck together would take. */
function longerThanLimits(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2_500));
}

describe('a project that is started with --inspect', () => {
  it('says before the first call where a debugger attaches, and is found there as Node is', async (t) => {
    const { inspectPort, notices } = await inspected(t);
    assert.match(notices.join('\n'), /open chrome:\/\/inspect or attach VS Code to 127\.0\.0\.1:\d+/);
    const version = await askJson<Record<string, string>>(inspectPort, '/json/version');
    assert.match(version?.Browser ?? '', /^node\.js\/v/);
    const [target] = (await targetsAt(inspectPort)) ?? ([] as Target[]);
    assert.equal(target?.type, 'node');
  });

  it('stops at a breakpoint, shows variables, and answers after longer than the time limit', async (t) => {
    const served = await inspected(t);
    const attached = await attach(t, served.inspectPort);
    await attached.start();
    await breakAt(attached, served.project.file('functions/hello.js'));
    const answer = get(served, '/hello?name=Ann');
    const frame = top(await attached.paused());
    assert.match(frame.functionName, /handler/);
    assert.equal(frame.location.lineNumber, LINE);
    assert.equal(await attached.evaluate(frame, 'name + "/" + greeting'), 'Ann/hello Ann');
    await longerThanLimits();
    await attached.send('Debugger.resume');
    const { status, body } = await answer;
    assert.deepEqual([status, body.toString()], [200, 'hello Ann']);
  });

  it('lets calls wait behind one that is paused, without a limit, and says so', async (t) => {
    const served = await inspected(t);
    const attached = await attach(t, served.inspectPort);
    await attached.start();
    await breakAt(attached, served.project.file('functions/hello.js'));
    const paused = get(served, '/hello');
    await attached.paused();
    const waiting = [get(served, '/other'), get(served, '/other')];
    await eventually(
      () => served.notices.find((notice) => /calls wait for the one that runs/.test(notice)),
      20_000,
    );
    await attached.send('Debugger.resume');
    const answers = await Promise.all([paused, ...waiting]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
  });

  it('runs all Functions in one process, one after the other', async (t) => {
    const served = await inspected(t, {
      'functions/a.js':
        'exports.handler = (c, e, callback) => setTimeout(callback, 50, null, [process.pid]);',
      'functions/b.js': 'exports.handler = (c, e, callback) => callback(null, [process.pid]);',
    });
    const answers = await Promise.all(['/a', '/b', '/a', '/b'].map((path) => get(served, path)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    assert.equal(new Set(answers.map(({ body }) => body.toString())).size, 1);
  });

  it('shows what Functions write in the console of the debugger, and in the log without the words of Node', async (t) => {
    const served = await inspected(t);
    const attached = await attach(t, served.inspectPort);
    await attached.start();
    await get(served, '/hello?name=Ann');
    const called = await eventually(
      () => attached.events.find(({ method }) => method === 'Runtime.consoleAPICalled'),
      20_000,
    );
    assert.match(JSON.stringify(called.params.args), /said hello Ann/);
    const record = await served.record('/hello');
    assert.deepEqual(
      record.console.map(({ text }) => text),
      ['said hello Ann'],
    );
    assert.deepEqual(
      served.late.filter(({ text }) => /ebugger/.test(text)),
      [],
    );
  });

  it('still ends a call that can never be answered', async (t) => {
    const served = await inspected(t, { 'functions/never.js': 'exports.handler = () => {};' });
    const attached = await attach(t, served.inspectPort);
    await attached.start();
    assert.equal((await get(served, '/never')).status, 504);
  });

  it('starts the process anew at the same port after a Function has ended it', async (t) => {
    const served = await inspected(t, {
      ...FILES,
      'functions/exit.js': 'exports.handler = () => process.exit(1);',
    });
    const attached = await attach(t, served.inspectPort);
    await attached.start();
    assert.equal((await get(served, '/exit')).status, 500);
    await eventually(() => (attached.closed ? true : undefined), 20_000);
    const next = await attach(t, served.inspectPort);
    await next.start();
    await breakAt(next, served.project.file('functions/hello.js'));
    const answer = get(served, '/hello');
    await next.paused();
    await next.send('Debugger.resume');
    assert.equal((await answer).status, 200);
  });

  it('gives the port to the new build after a save, where a debugger attaches again', async (t) => {
    const served = await inspected(t, FILES, { live: true });
    const first = await attach(t, served.inspectPort);
    await first.start();
    assert.equal((await get(served, '/hello')).status, 200);
    await served.project.replace('functions/hello.js', HANDLER.replace('hello ', 'good day '));
    await eventually(() => (first.closed ? true : undefined), 20_000);
    const second = await attach(t, served.inspectPort);
    await second.start();
    await breakAt(second, served.project.file('functions/hello.js'));
    const answer = get(served, '/hello?name=Ann');
    const frame = top(await second.paused());
    assert.equal(await second.evaluate(frame, 'greeting'), 'good day Ann');
    await second.send('Debugger.resume');
    assert.equal((await answer).body.toString(), 'good day Ann');
  });

  it('finishes the paused call on the old code where something is saved meanwhile', async (t) => {
    const served = await inspected(t, FILES, { live: true });
    const first = await attach(t, served.inspectPort);
    await first.start();
    await breakAt(first, served.project.file('functions/hello.js'));
    const old = get(served, '/hello');
    await first.paused();
    await served.project.replace('functions/hello.js', HANDLER.replace('hello ', 'good day '));
    await eventually(() => served.notices.find((notice) => notice === 'reloaded'), 20_000);
    const next = get(served, '/hello');
    await first.send('Debugger.resume');
    assert.equal((await old).body.toString(), 'hello nobody');
    assert.equal((await next).body.toString(), 'good day nobody');
    assert.equal(served.notices.filter((notice) => notice.startsWith('Debugger listening')).length, 2);
  });

  it('closes soon although a call is paused', async (t) => {
    const served = await inspected(t, FILES, { timeoutMs: 60_000 });
    const attached = await attach(t, served.inspectPort);
    await attached.start();
    await breakAt(attached, served.project.file('functions/hello.js'));
    const answer = get(served, '/hello').catch(() => null);
    await attached.paused();
    const start = performance.now();
    await served.platform.close();
    assert.ok(performance.now() - start < 20_000);
    await answer;
    assert.equal(await targetsAt(served.inspectPort), undefined);
  });

  it('gives a Function that calls another one a second process, at the next port, where two may run', async (t) => {
    const served = await inspected(
      t,
      {
        'functions/outer.js': `
          exports.handler = async (context, event, callback) => {
            const response = await fetch('http://127.0.0.1:' + event.port + '/inner');
            callback(null, [process.pid, ...(await response.json())]);
          };`,
        'functions/inner.js':
          'exports.handler = (context, event, callback) => callback(null, [process.pid]);',
      },
      { maxInstances: 2, inspect: { host: '127.0.0.1', port: await freePorts(2), waits: false } },
    );
    const [outer, inner] = JSON.parse((await get(served, `/outer?port=${served.port}`)).body.toString());
    assert.notEqual(outer, inner);
    const ports = served.notices.filter((notice) => notice.startsWith('Debugger listening')).map(portOf);
    assert.deepEqual(ports.slice(0, 2), [served.inspectPort, served.inspectPort + 1]);
  });
});

describe('a project that is started with --inspect-brk', () => {
  it('runs nothing before a debugger has attached, and stops at the first line of the first module', async (t) => {
    const served = await inspected(t, FILES, { waits: true });
    assert.match(served.notices.join('\n'), /nothing runs before a debugger has attached/);
    const answer = get(served, '/hello?name=Ann');
    await longerThanLimits();
    assert.equal(served.records.length, 0);
    const attached = await attach(t, served.inspectPort);
    await attached.start();
    const frame = top(await attached.paused());
    assert.equal(attached.urlOf(frame), pathToFileURL(served.project.file('functions/hello.js')).href);
    assert.equal(frame.location.lineNumber, 1);
    await longerThanLimits();
    await attached.send('Debugger.resume');
    assert.equal((await answer).body.toString(), 'hello Ann');
    // Only the first one.
    assert.equal((await get(served, '/other')).status, 200);
    assert.equal((await get(served, '/hello')).status, 200);
  });
});

describe('the program', () => {
  it('tells in its log where a debugger attaches, and leaves nothing that listens', async (t) => {
    const project = await writeProject(FILES);
    t.after(() => project.remove());
    const gateway = await startGateway(['--inspect=0', project.path]);
    t.after(gateway.stop);
    const [, port] = await gateway.said(/Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)\//);
    const attached = await attach(t, Number(port));
    await attached.start();
    await breakAt(attached, project.file('functions/hello.js'));
    const answer = request(gateway.port, { method: 'GET', path: '/hello' });
    await attached.paused();
    await attached.send('Debugger.resume');
    assert.equal((await answer).status, 200);
    gateway.child.kill('SIGINT');
    assert.equal((await gateway.ended).code, 0);
    assert.equal(await targetsAt(Number(port)), undefined);
  });

  it('keeps NODE_OPTIONS of the shell to itself', async (t) => {
    const project = await writeProject({
      'functions/a.js': `
        exports.handler = (context, event, callback) =>
          callback(null, [process.env.NODE_OPTIONS ?? null, require('node:inspector').url() ?? null]);`,
    });
    t.after(() => project.remove());
    const environment = { NODE_OPTIONS: '--inspect=0' };
    const gateway = await startGateway([project.path], { environment });
    t.after(gateway.stop);
    const answer = await request(gateway.port, { method: 'GET', path: '/a' });
    assert.deepEqual(JSON.parse(answer.body.toString()), [null, null]);
  });
});

describe('a breakpoint in TypeScript', () => {
  const TYPESCRIPT = `
import { greet } from './greet.private';

interface Named { readonly name?: string }

export const handler = (context: object, event: Named, callback: (error: null, text: string) => void): void => {
  const text: string = greet(event.name ?? 'nobody');
  callback(null, text);
};
`;
  const FILES_OF_TYPESCRIPT = {
    'functions/hello.ts': TYPESCRIPT,
    'functions/greet.private.ts': "export const greet = (name: string): string => 'hello ' + name;\n",
  };
  /** 0-based: `callback(null, text)`. */
  const LINE_OF_TYPESCRIPT = 7;

  it('binds by the source map before the first call runs, and stops at the line of the author', async (t) => {
    const served = await inspected(t, FILES_OF_TYPESCRIPT);
    const attached = await attach(t, served.inspectPort);
    await attached.start();
    attached.events.length = 0;
    const answer = get(served, '/hello?name=Ann');
    const script = await attached.scriptOf(served.project.file('functions/hello.ts'));
    const lineNumber = script.generatedLine(LINE_OF_TYPESCRIPT);
    await attached.send('Debugger.setBreakpointByUrl', { url: script.url, lineNumber });
    const frame = top(await attached.paused());
    assert.equal(script.authorsLine(frame.location.lineNumber), LINE_OF_TYPESCRIPT);
    assert.equal(await attached.evaluate(frame, 'text'), 'hello Ann');
    await attached.send('Debugger.resume');
    assert.equal((await answer).body.toString(), 'hello Ann');
  });
});

describe('a port for the debugger that is in use', () => {
  it('stops the start with a coded error', async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    t.after(() => server.close());
    const { port } = await eventually(() => (server.address() as { port: number } | null) ?? undefined);
    await assert.rejects(
      serve(FILES, { inspect: { host: '127.0.0.1', port, waits: false } }),
      (error) =>
        error instanceof CodedError &&
        error.code === 'HS_CANNOT_INSPECT' &&
        /another program/.test(error.message),
    );
  });

  it('of a second process is told, and the first one goes on', async (t) => {
    const free = await freePorts(2);
    const port = free + 1;
    const taken = await listenAt(port);
    t.after(() => taken?.close());
    const inspect = { host: '127.0.0.1', port: free, waits: false };
    const served = await serve(FILES, { inspect, maxInstances: 2 });
    t.after(() => served.close());
    assert.equal((await get(served, '/other')).status, 200);
    const told = await eventually(
      () => served.notices.find((notice) => notice.startsWith('HS_CANNOT_INSPECT')),
      20_000,
    );
    assert.match(told, new RegExp(`port ${port} is in use`));
    assert.equal((await get(served, '/hello')).status, 200);
  });

  it('that of another gateway as well; with a port of its own each is debugged', async (t) => {
    const first = await inspected(t);
    const inspect = { host: '127.0.0.1', port: first.inspectPort, waits: false };
    await assert.rejects(serve(FILES, { inspect }), { code: 'HS_CANNOT_INSPECT' });
    const second = await inspected(t);
    assert.notEqual(first.inspectPort, second.inspectPort);
    for (const served of [first, second]) {
      const attached = await attach(t, served.inspectPort);
      await attached.start();
      await breakAt(attached, served.project.file('functions/hello.js'));
      const answer = get(served, '/hello');
      await attached.paused();
      await attached.send('Debugger.resume');
      assert.equal((await answer).status, 200);
    }
  });
});
