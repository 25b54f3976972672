/** `hookswitch/testing`: a project is served for a test, asked, looked into and closed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { CodedError } from '../src/errors';
import { type InlineFiles, type StartOptions, startProject, type TestProject } from '../src/testing';
import { isAlive } from './support/program';
import { writeProject } from './support/project';
import { eventually } from './support/serve';

const TESTING = join(__dirname, '..', 'src', 'testing');
const SHOWS = `exports.handler = (context, { request, ...event }, callback) => {
  callback(null, { ...event, headers: request.headers, sid: context.ACCOUNT_SID, token: context.AUTH_TOKEN });
};`;

async function started(
  t: TestContext,
  source: string | InlineFiles,
  options?: StartOptions,
): Promise<TestProject> {
  const app = await startProject(source, options);
  t.after(() => app.close());
  return app;
}

function running(body: string): InlineFiles {
  return { 'functions/f.js': `exports.handler = async (context, event, callback) => { ${body} };` };
}

describe('a project under test', () => {
  it('answers GET and POST, and its answer comes with its record', async (t) => {
    const app = await started(
      t,
      running("console.log('seen', event.a); callback(null, { a: event.a, list: event.list });"),
    );
    const got = await app.get('/f?a=1', { query: { list: ['x', 'y'] } });
    assert.deepEqual([got.status, got.ok, got.json()], [200, true, { a: '1', list: ['x', 'y'] }]);
    assert.equal(got.headers.get('content-type'), 'application/json');
    assert.deepEqual([got.record.resource, got.record.error], ['functions/f.js', null]);
    assert.deepEqual(got.record.console, [{ level: 'info', text: 'seen 1' }]);
    const form = await app.post('/f', { form: { a: 2 } });
    assert.deepEqual(form.json(), { a: '2' });
    const json = await app.post('/f', { json: { a: [3] } });
    assert.deepEqual(json.json(), { a: [3] });
    assert.deepEqual(
      app.records.map(({ method, target }) => `${method} ${target}`),
      ['GET /f?a=1&list=x&list=y', 'POST /f', 'POST /f'],
    );
    assert.equal(app.logs.map(({ text }) => text).join(), 'seen 1,seen 2,seen [ 3 ]');
  });

  it('is asked with a signature where it is protected, whatever is sent', async (t) => {
    const app = await started(t, { 'functions/f.protected.js': SHOWS, 'assets/a.protected.txt': 'secret' });
    assert.equal((await app.get('/f?a=1&b=%20')).status, 200);
    assert.equal(
      (await app.post('/f', { form: { Body: 'Hi <3 ü', From: '+15550001111', Many: ['b', 'a'] } })).status,
      200,
    );
    assert.equal((await app.post('/f', { json: { a: 1 } })).status, 200);
    assert.equal(
      (await app.post('/f?q=1', { body: 'text', headers: { 'Content-Type': 'text/plain' } })).status,
      200,
    );
    assert.equal((await app.get('/a.txt')).text(), 'secret');
    const refused = await app.get('/f', { signed: false });
    assert.deepEqual([refused.status, refused.record.error], [400, 'HS_SIGNATURE_MISSING']);
  });

  it('signs with the name that the world knows, and with the token that is given', async (t) => {
    const app = await started(
      t,
      { 'functions/f.protected.js': SHOWS },
      { publicUrl: 'https://calls.example.com/', authToken: 'abc' },
    );
    assert.equal(app.url, 'https://calls.example.com');
    const response = await app.get('/f');
    assert.deepEqual([response.status, (response.json() as { token: string }).token], [200, 'abc']);
  });

  it('has credentials of nobody where it has none, and those of its own where it has', async (t) => {
    const without = await started(t, { 'functions/f.js': SHOWS, '.env': 'ACCOUNT_SID=\nAUTH_TOKEN=\n' });
    const { sid, token } = (await without.get('/f')).json() as Record<string, string>;
    assert.deepEqual([sid, token], [`AC${'0'.repeat(32)}`, 'a1b2c3d4e5f60718293a4b5c6d7e8f90']);
    const own = await started(t, { 'functions/f.js': SHOWS, '.env': 'ACCOUNT_SID=ACown\nAUTH_TOKEN=own\n' });
    assert.deepEqual([own.variables.ACCOUNT_SID, own.variables.AUTH_TOKEN], ['ACown', 'own']);
  });

  it('has the variables of the test over those of its file', async (t) => {
    const files = {
      ...running('callback(null, { a: context.A, b: process.env.B });'),
      '.env': 'A=file\nB=file\n',
    };
    const app = await started(t, files, { variables: { B: 'test' } });
    assert.deepEqual((await app.get('/f')).json(), { a: 'file', b: 'test' });
  });

  it('may be a folder, also one for several tests at once', async (t) => {
    const folder = await writeProject({ 'functions/f.js': SHOWS });
    t.after(() => folder.remove());
    const apps = await Promise.all([1, 2, 3].map(() => started(t, folder.path)));
    assert.equal(new Set(apps.map(({ port }) => port)).size, 3);
    for (const app of apps) assert.equal((await app.get('/f')).status, 200);
    await Promise.all(apps.map((app) => app.close()));
    assert(existsSync(folder.file('functions/f.js')), 'the folder is not ours to remove');
  });

  it('may be a folder that is named from where the test runs', async (t) => {
    const folder = await writeProject({ 'functions/f.js': SHOWS });
    t.after(() => folder.remove());
    const app = await started(t, relative(process.cwd(), folder.path));
    assert.deepEqual([app.root, (await app.get('/f')).status], [folder.path, 200]);
  });

  it('says of a Function that cannot be loaded where and why', async (t) => {
    const app = await started(t, { 'functions/f.js': 'exports.handler = () => {\n  retrun 1;\n};' });
    const { status, record } = await app.get('/f');
    assert.deepEqual([status, record.error], [500, 'HS_LOAD_FAILED']);
    assert.match(record.detail ?? '', /functions\/f\.js:2/);
  });

  it('cuts off a Function that hangs before a test runner loses its patience', async (t) => {
    const app = await started(t, running('for (;;);'), { timeout: 300 });
    const { status, record } = await app.get('/f');
    assert.deepEqual([status, record.error], [504, 'HS_RUN_TIMEOUT']);
  });
});

describe('a project that ends', () => {
  it('closes once, however often it is told, and takes its files with it', async () => {
    const app = await startProject(running('callback(null, process.pid);'));
    const pid = Number((await app.get('/f')).text());
    await Promise.all([app.close(), app.close()]);
    await app[Symbol.asyncDispose]();
    assert(!existsSync(app.root));
    await eventually(() => !isAlive(pid) || undefined);
    await assert.rejects(app.get('/f'), coded('HS_TEST_USAGE', /closed/));
  });

  const forgetful: readonly [title: string, end: string][] = [
    ['a test that does not close it', ''],
    ['a test that ends its process', 'process.exit(0);'],
  ];
  for (const [title, end] of forgetful) {
    it(`does not outlive ${title}`, async () => {
      const script = `const { startProject } = require(${JSON.stringify(TESTING)});
        startProject({ 'functions/f.js': 'exports.handler = (c, e, callback) => callback(null, process.pid);' }).then(async (app) => {
          console.log((await app.get('/f')).text(), app.root);
          ${end}
        });`;
      const { stdout, status, signal } = spawnSync(process.execPath, ['-e', script], {
        encoding: 'utf8',
        timeout: 30_000,
      });
      assert.deepEqual([status, signal], [0, null]);
      const [pid, root = ''] = stdout.trim().split(' ');
      await eventually(() => (!isAlive(Number(pid)) && !existsSync(root)) || undefined, 10_000);
    });
  }

  it('leaves no folder behind', async () => {
    const own = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`hookswitch-${process.pid}-`));
    const app = await startProject(running('callback();'));
    await app.get('/f');
    await app.close();
    await eventually(() => own().length === 0 || undefined, 10_000);
  });
});

describe('a project that cannot be tested', () => {
  const rows: readonly [title: string, source: string | InlineFiles, code: string, message: RegExp][] = [
    ['a folder that does not exist', '/nowhere/at/all', 'HS_NO_PROJECT', /nowhere/],
    ['a file outside of the project', { '../f.js': '' }, 'HS_TEST_USAGE', /"\.\.\/f\.js" is no name/],
    ['a file with an absolute name', { '/f.js': '' }, 'HS_TEST_USAGE', /no name of a file/],
    ['two files with one path', { 'functions/a.js': '', 'assets/a': '' }, 'HS_DUPLICATE_PATH', /\/a/],
  ];
  for (const [title, source, code, message] of rows) {
    it(`is refused: ${title}`, () => assert.rejects(startProject(source), coded(code, message)));
  }

  it('is not asked for what is no path', async (t) => {
    const app = await started(t, running('callback();'));
    await assert.rejects(app.get('f'), coded('HS_TEST_USAGE', /begins with \//));
  });
});

function coded(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof CodedError && error.code === code && message.test(error.message);
}
