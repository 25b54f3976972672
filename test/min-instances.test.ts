/** `--min-instances`: what is loaded before anybody calls it, kept, and replaced. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { instancesOf, isAlive, startGateway } from './support/program';
import { writeProject } from './support/project';
import { request } from './support/raw-http';
import { eventually, type Served, type ServeOptions, serve } from './support/serve';

/** Notes each load in a file; answers its text, and whether it was loaded for this very call. */
function noting(text: string): string {
  return `
    const { appendFileSync } = require('node:fs');
    appendFileSync(require('node:path').join(__dirname, '..', 'node_modules', 'loads.log'), __filename.split('/').pop() + ' ' + process.pid + '\\n');
    let isCold = true;
    setImmediate(() => { isCold = false; });
    exports.handler = (context, event, callback) =>
      callback(null, ${JSON.stringify(text)} + (isCold ? ' cold ' : ' warm ') + process.pid);
  `;
}

describe('with instances in advance', () => {
  it('every Function has them loaded before the platform listens, with a spare and a blank process beside', async (t) => {
    const served = await started(t, { 'functions/a.js': noting('a'), 'functions/b.js': noting('b') }, 2);
    assert.deepEqual(namesOf(loadsOf(served)), ['a.js', 'a.js', 'b.js', 'b.js']);
    const pids = loadsOf(served).map(({ pid }) => pid);
    assert.equal(new Set(pids).size, 4);
    // Beside them a spare, and the process behind it.
    await eventually(() => instancesOf(process.pid).length === 6 || undefined, 10_000);
    for (const path of ['/a', '/b']) {
      const [text, warm, pid] = await ask(served, path);
      assert.deepEqual([`/${text}`, warm], [path, 'warm']);
      assert.ok(pids.includes(Number(pid)));
    }
    assert.equal(loadsOf(served).length, 4, 'nothing more was loaded');
    await served.platform.close();
    await eventually(() => !pids.some(isAlive) || undefined);
  });

  it('no handler is called, and what a module writes while it is loaded is logged under its name', async (t) => {
    const files = {
      'functions/a.js': `console.log('top of a');
        exports.handler = (context, event, callback) => { console.log('called'); callback(null, 'a'); };`,
    };
    const served = await started(t, files, 1);
    const line = await eventually(() => served.late[0]);
    assert.deepEqual([line.resource, line.text, line.requestId], ['functions/a.js', 'top of a', null]);
    assert.equal(served.late.length, 1);
    assert.equal((await get(served, '/a')).text(), 'a');
    const record = await served.record('/a');
    assert.deepEqual(
      record.console.map(({ text }) => text),
      ['called'],
    );
  });

  it('one that dies is replaced by one that is loaded', async (t) => {
    const served = await started(t, { 'functions/a.js': noting('a') }, 2);
    const [first] = loadsOf(served);
    assert.ok(first);
    process.kill(first.pid, 'SIGKILL');
    const loads = await eventually(
      () => (loadsOf(served).length === 3 ? loadsOf(served) : undefined),
      10_000,
    );
    assert.equal(loads.filter(({ pid }) => isAlive(pid)).length, 2);
    assert.equal((await ask(served, '/a'))[1], 'warm');
  });

  for (const isolation of ['function', 'environment'] as const) {
    it(`what is private is not loaded, since nobody can call it (isolation: ${isolation})`, async (t) => {
      const files = { 'functions/a.js': noting('a'), 'functions/lib.private.js': noting('lib') };
      const served = await started(t, files, 1, { isolation, maxInstances: 1 });
      assert.deepEqual(namesOf(loadsOf(served)), ['a.js']);
      assert.deepEqual(served.notices, []);
    });
  }

  it('Functions that share instances are all loaded in each', async (t) => {
    const files = { 'functions/a.js': noting('a'), 'functions/b.js': noting('b') };
    const served = await started(t, files, 2, { isolation: 'environment' });
    assert.deepEqual(namesOf(loadsOf(served)), ['a.js', 'a.js', 'b.js', 'b.js']);
    assert.equal(new Set(loadsOf(served).map(({ pid }) => pid)).size, 2);
    assert.equal((await ask(served, '/b'))[1], 'warm');
  });

  it('more than may be there at all are refused', async () => {
    const files = { 'functions/a.js': noting('a'), 'functions/b.js': noting('b') };
    await assert.rejects(serve(files, { minInstances: 3, maxInstances: 5 }), {
      code: 'HS_USAGE',
      message: '--min-instances 3 for 2 Functions needs 6 processes; --max-instances allows 5',
    });
  });
});

describe('without instances in advance', () => {
  it('no code of a Function runs before its first call', async (t) => {
    const served = await started(t, { 'functions/a.js': noting('a') }, 0);
    await eventually(() => instancesOf(process.pid).length === 2 || undefined, 10_000);
    assert.equal(existsSync(served.project.file('node_modules/loads.log')), false);
    assert.equal((await ask(served, '/a'))[1], 'cold');
  });
});

describe('a module that cannot be loaded in advance', () => {
  interface Broken {
    readonly name: string;
    readonly files: Readonly<Record<string, string>>;
    readonly notice: RegExp;
    readonly error: string;
  }
  const rows: readonly Broken[] = [
    {
      name: 'because it throws',
      files: {
        'functions/a.js': "\nrequire('../lib/keys.js');",
        'lib/keys.js': "\n\nthrow new TypeError('no key');",
      },
      notice: /^functions\/a\.js cannot be loaded: TypeError: no key, at lib\/keys\.js:3$/,
      error: 'HS_LOAD_FAILED',
    },
    {
      name: 'because of a syntax error in it',
      files: { 'functions/a.js': '\nexports.handler = (;' },
      notice: /^functions\/a\.js:2: SyntaxError: Unexpected token ';'$/,
      error: 'HS_LOAD_FAILED',
    },
    {
      name: 'because of a syntax error in what it requires',
      files: { 'functions/a.js': "require('../lib/x.js');", 'lib/x.js': '\nlet = 1;;}' },
      notice: /^functions\/a\.js cannot be loaded: SyntaxError: lib\/x\.js:2: Unexpected token '}'$/,
      error: 'HS_LOAD_FAILED',
    },
    {
      name: 'because it has no handler',
      files: { 'functions/a.js': 'exports.handle = 1;' },
      notice:
        /^functions\/a\.js cannot be loaded: Error: Could not find a "handler" function in file functions\/a\.js/,
      error: 'HS_NO_HANDLER',
    },
    {
      name: 'because it ends the process',
      files: { 'functions/a.js': 'process.exit(3);' },
      notice: /^functions\/a\.js cannot be loaded: its process ended with exit code 3$/,
      error: 'HS_EXITED',
    },
    {
      name: 'because it never ends',
      files: { 'functions/a.js': 'while (true);' },
      notice: /^functions\/a\.js cannot be loaded: it was stopped after \d+ ms$/,
      error: 'HS_LOAD_TIMEOUT',
    },
  ];
  for (const { name, files, notice, error } of rows) {
    it(`${name} is told once, with its place, and harms no other`, async (t) => {
      const all = { ...files, 'functions/good.js': noting('good') };
      const served = await started(t, all, 2, { timeoutMs: 700 });
      await eventually(() => served.notices[0]);
      assert.equal((await ask(served, '/good'))[1], 'warm');
      assert.equal((await get(served, '/a')).status, error === 'HS_LOAD_TIMEOUT' ? 504 : 500);
      assert.equal((await served.record('/a')).error, error);
      // The check of the build comes after the start.
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(served.notices.length, 1, served.notices.join('\n'));
      assert.match(served.notices[0] ?? '', notice);
    });
  }

  it('and dies of it is tried again more and more rarely', async (t) => {
    const dying = `require('node:fs').appendFileSync(require('node:path').join(__dirname, '..', 'node_modules', 'loads.log'), 'a.js ' + process.pid + '\\n'); process.exit(3);`;
    const served = await started(t, { 'functions/a.js': dying }, 1);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const tries = loadsOf(served).length;
    assert.ok(tries >= 1 && tries <= 4, `${tries} tries in 2.5 s`);
  });
});

describe('a module that leaves something behind that does not freeze or fails', () => {
  const NOTES = `require('node:fs').appendFileSync(require('node:path').join(__dirname, '..', 'node_modules', 'loads.log'), 'a.js ' + process.pid + '\\n');
    exports.handler = (context, event, callback) => callback(null, 'a');\n`;
  const rows: readonly (readonly [name: string, code: string, reason: RegExp])[] = [
    [
      'a promise that is rejected',
      "Promise.reject(new Error('no database'));",
      /something that the module left behind failed$/,
    ],
    [
      'a worker thread',
      "new (require('node:worker_threads').Worker)('setInterval(() => {}, 1000)', { eval: true });",
      /a child process or a worker thread was still running$/,
    ],
    ['an exit', 'setImmediate(() => process.exit(5));', /its process ended with exit code 5$/],
  ];
  for (const [name, code, reason] of rows) {
    it(`(${name}) is loaded again more and more rarely, and this is told once`, async (t) => {
      const served = await started(t, { 'functions/a.js': NOTES + code }, 1);
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      const loads = loadsOf(served).length;
      assert.ok(loads >= 1 && loads <= 4, `${loads} loads in 3 s`);
      assert.equal(served.notices.length, 1, served.notices.join('\n'));
      const [notice = ''] = served.notices;
      assert.match(notice, reason);
      assert.match(notice, /^functions\/a\.js is loaded in advance, but its process does not stay/);
    });
  }
});

describe('where no process can be started', () => {
  it('the platform listens all the same, says why, and goes on', async (t) => {
    const project = await writeProject({ 'functions/a.js': noting('a'), 'node_modules/x.js': '' });
    t.after(() => project.remove());
    const gateway = await startGateway(['--no-live', '-p', '0', '--min-instances', '1', project.path], {
      environment: { TMPDIR: project.file('missing') },
    });
    t.after(() => gateway.stop());
    const told = () =>
      gateway.lines().filter(({ msg }) => /^no process can be started for Functions/.test(String(msg)));
    assert.equal(told().length, 1);
    assert.match(String(told()[0]?.msg), /ENOENT: no such file or directory, mkdir/);
    assert.equal((await request(gateway.port, { method: 'GET', path: '/a' })).status, 500);
    // Once it is possible, it is done.
    mkdirSync(project.file('missing'));
    const log = project.file('node_modules/loads.log');
    await eventually(() => existsSync(log) || undefined, 10_000);
    assert.equal((await request(gateway.port, { method: 'GET', path: '/a' })).status, 200);
    assert.equal(told().length, 1);
  });
});

describe('a save, with instances in advance,', () => {
  it('lets nobody meet a cold process in production', async (t) => {
    const files = { 'functions/a.js': noting('old') };
    const served = await started(t, files, 2, { live: true, production: true });
    const answers: string[][] = [];
    let isOver = false;
    const load = async (): Promise<void> => {
      while (!isOver) answers.push(await ask(served, '/a'));
    };
    const clients = Promise.all([load(), load()]);
    await served.project.replace('functions/a.js', noting('new'));
    await eventually(() => answers.some(([text]) => text === 'new') || undefined, 20_000);
    isOver = true;
    await clients;
    assert.deepEqual(
      answers.filter(([, warm]) => warm !== 'warm'),
      [],
    );
    assert.equal((await ask(served, '/a'))[0], 'new');
    assert.deepEqual(served.notices, ['reloaded']);
  });

  it('gives what was saved to the very next request in development', async (t) => {
    const served = await started(t, { 'functions/a.js': noting('0') }, 1, { live: true });
    for (let round = 1; round <= 3; round++) {
      await served.project.replace('functions/a.js', noting(`${round}`));
      assert.equal((await ask(served, '/a'))[0], `${round}`);
    }
    // With the spare and the blank one; a call that had to wait may have got an instance of its own.
    await eventually(() => instancesOf(process.pid).length <= 4 || undefined, 10_000);
  });

  it('that comes before the one before it is warm is the one that counts', async (t) => {
    const served = await started(t, { 'functions/a.js': noting('0') }, 1, { live: true, production: true });
    for (let round = 1; round <= 5; round++) {
      await served.project.replace('functions/a.js', noting(`${round}`));
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await eventually(() => served.notices.at(-1), 10_000);
    while ((await ask(served, '/a'))[0] !== '5') await new Promise((resolve) => setTimeout(resolve, 20));
    await eventually(() => instancesOf(process.pid).length <= 4 || undefined, 10_000);
  });

  it('that makes too many of them is not made live, and says why', async (t) => {
    const served = await started(t, { 'functions/a.js': noting('a') }, 2, { live: true, maxInstances: 3 });
    await served.project.write('functions/b.js', noting('b'));
    assert.match(
      await eventually(() => served.notices[0]),
      /^--min-instances 2 for 2 Functions needs 4 processes/,
    );
    assert.equal((await ask(served, '/a'))[0], 'a');
  });
});

interface Load {
  readonly name: string;
  readonly pid: number;
}

function loadsOf({ project }: Served): Load[] {
  const path = project.file('node_modules/loads.log');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  return lines.map((line) => ({ name: line.split(' ')[0] ?? '', pid: Number(line.split(' ')[1]) }));
}

function namesOf(loads: readonly Load[]): string[] {
  return loads.map(({ name }) => name).sort();
}

async function started(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  minInstances: number,
  options: ServeOptions = {},
): Promise<Served> {
  // Below node_modules, where nothing that is written counts as a save.
  const served = await serve({ ...files, 'node_modules/x.js': '' }, { minInstances, ...options });
  t.after(() => served.close());
  return served;
}

function get({ port }: Served, path: string): ReturnType<typeof request> {
  return request(port, { method: 'GET', path });
}

/** Text, `warm` or `cold`, and pid of the process. */
async function ask(served: Served, path: string): Promise<string[]> {
  return (await get(served, path)).text().split(' ');
}
