/** `hookswitch/testing` as its users have it: from the package, under their test runner. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runProgram } from './support/program';
import { type TestProject, writeProject } from './support/project';

const ROOT = join(__dirname, '..', '..');
const [NODE_MAJOR = 0] = process.versions.node.split('.').map(Number);
/** Vitest 5 needs Node 22. */
const VITEST = NODE_MAJOR < 22 ? '4.1.12' : '5.1.1';
const JEST = '30.5.2';

/** What is the same under each of them. */
const BODY = `
  it('answers a text', async () => {
    const phone = await app.sms('Hello');
    await phone.receives('Thanks for Hello');
  });
  it('answers a call, and the REST API is answered by the test', async () => {
    app.twilio.answerMessages();
    const call = await app.call();
    await call.hears('Press 1');
    await call.press('1');
    await call.hasEndedWith('Hangup');
    await app.phone('+15550001000').receives(/^Somebody called/);
  });
  it('is ready for the next one in the same file', async () => {
    const other = await startProject({ 'functions/f.js': 'exports.handler = (c, e, callback) => callback(null, "ok");' });
    if ((await other.get('/f')).text() !== 'ok') throw new Error('no answer');
    await other.close();
  });
`;

const FILES = {
  'package.json': '{ "private": true }',
  'functions/sms.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.MessagingResponse();
    twiml.message('Thanks for ' + event.Body);
    callback(null, twiml);
  };`,
  'functions/voice.js': `exports.handler = async (context, event, callback) => {
    const twiml = new Twilio.twiml.VoiceResponse();
    if (event.Digits) {
      await context.getTwilioClient().messages.create({ to: '+15550001000', from: event.To, body: 'Somebody called' });
      twiml.hangup();
    } else {
      twiml.gather({ numDigits: 1 }).say('Press 1 for a text.');
    }
    callback(null, twiml);
  };`,
  'tests/required.node.cjs': `const { after, before, it } = require('node:test');
    const { startProject } = require('hookswitch/testing');
    let app;
    before(async () => { app = await startProject(process.cwd()); });
    after(() => app.close());
    ${BODY}`,
  'tests/imported.node.mjs': `import { after, before, it } from 'node:test';
    import { startProject } from 'hookswitch/testing';
    let app;
    before(async () => { app = await startProject(process.cwd()); });
    after(() => app.close());
    ${BODY}`,
  'tests/forgetful.node.mjs': `import { before, it } from 'node:test';
    import { startProject } from 'hookswitch/testing';
    let app;
    before(async () => { app = await startProject(process.cwd()); });
    ${BODY}`,
  'tests/passing.test.mjs': `import { afterAll, beforeAll, it } from 'vitest';
    import { startProject } from 'hookswitch/testing';
    let app;
    beforeAll(async () => { app = await startProject(process.cwd()); });
    afterAll(() => app.close());
    ${BODY}`,
  'tests/failing.test.mjs': `import { afterAll, beforeAll, it } from 'vitest';
    import { startProject } from 'hookswitch/testing';
    let app;
    beforeAll(async () => { app = await startProject(process.cwd()); });
    afterAll(() => app.close());
    it('fails', async () => { await (await app.call()).hears('Press 9'); });`,
  'tests/passing.jest.js': `const { startProject } = require('hookswitch/testing');
    let app;
    beforeAll(async () => { app = await startProject(process.cwd()); });
    afterAll(() => app.close());
    ${BODY}`,
  'tests/failing.jest.js': `const { startProject } = require('hookswitch/testing');
    let app;
    beforeAll(async () => { app = await startProject(process.cwd()); });
    afterAll(() => app.close());
    it('fails', async () => { await (await app.call()).hears('Press 9'); });`,
  'program.ts': `import { answer, startProject, type TestCall, type TestProject, twilioError } from 'hookswitch/testing';
    export async function talk(): Promise<string> {
      await using app: TestProject = await startProject('.', { variables: { A: 'b' }, network: ['example.com'] });
      app.twilio.on('POST /2010-04-01/Accounts/:sid/Messages.json', ({ params, form }) => ({ sid: params.sid, body: form.Body }));
      app.network.on('GET https://example.com/', () => answer({ status: 404, json: twilioError(404, 1, 'x') }));
      const call: TestCall = await app.call({ from: '+15550001111' });
      await call.press('1#');
      await call.say('operator', { confidence: 0.5 });
      const done: Promise<unknown> = call.hears(/Press/);
      await done;
      const { status, record, twiml } = await app.post('/sms', { form: { Body: 'Hi', Many: ['a', 'b'] } });
      // @ts-expect-error a number is nothing to hear
      await call.hears(7);
      return \`\${status} \${record.error} \${twiml.children[0]?.name}\`;
    }`,
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      module: 'node16',
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules', '@types')],
    },
    files: ['program.ts'],
  }),
};

describe('hookswitch/testing from the package', () => {
  let folder: TestProject;

  before(async () => {
    folder = await writeProject(FILES);
    const [packed] = JSON.parse(
      npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder.path], ROOT),
    ) as {
      readonly filename: string;
    }[];
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    npm(
      ['install', ...quietly, folder.file(packed?.filename ?? ''), `vitest@${VITEST}`, `jest@${JEST}`],
      folder.path,
    );
  });
  after(() => folder.remove());

  const passing: readonly [title: string, argv: readonly string[], passed: RegExp][] = [
    [
      "node's test runner, required",
      ['--test', '--test-reporter=tap', 'tests/required.node.cjs'],
      /^# pass 3$/m,
    ],
    [
      "node's test runner, imported",
      ['--test', '--test-reporter=tap', 'tests/imported.node.mjs'],
      /^# pass 3$/m,
    ],
    [
      "node's test runner, never closed",
      ['--test', '--test-reporter=tap', 'tests/forgetful.node.mjs'],
      /^# pass 3$/m,
    ],
    ['Vitest', ['node_modules/vitest/vitest.mjs', 'run', 'tests/passing.test.mjs'], /3 passed/],
    ['Jest', ['node_modules/jest/bin/jest.js', '--testMatch', '**/passing.jest.js'], /3 passed/],
  ];
  for (const [title, argv, passed] of passing) {
    it(`runs under ${title}, and ends with it`, async () => {
      const { code, output } = await run(argv);
      assert.equal(code, 0, output);
      assert.match(output, passed);
      assert.doesNotMatch(output, /did not exit|open handle|failed to exit/);
    });
  }

  const failing: readonly [title: string, argv: readonly string[]][] = [
    ['Vitest', ['node_modules/vitest/vitest.mjs', 'run', 'tests/failing.test.mjs']],
    ['Jest', ['node_modules/jest/bin/jest.js', '--testMatch', '**/failing.jest.js']],
  ];
  for (const [title, argv] of failing) {
    it(`shows the conversation and the line of the test where a test fails under ${title}`, async () => {
      const { code, output } = await run(argv);
      assert.equal(code, 1, output);
      assert.match(output, /the caller does not hear "Press 9"/);
      assert.match(output, /The conversation so far:/);
      assert.match(output, /< Press 1 for a text\./);
      assert.match(output, /failing\.(?:test\.mjs|jest\.js):[56]:/);
    });
  }

  it('has types that a strict program compiles with', async () => {
    const main = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const { code, stdout } = await runProgram([], { main, folder: folder.path });
    assert.deepEqual([code, stdout], [0, '']);
  });

  async function run(
    argv: readonly string[],
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    const command = [process.execPath, ...argv];
    const environment = { NO_COLOR: '1', CI: '1' };
    const { code, stdout, stderr } = await runProgram([], { folder: folder.path, command, environment });
    return { code, output: stdout + stderr };
  }
});

function npm(argv: readonly string[], folder: string): string {
  const { status, stdout, stderr } = spawnSync('npm', argv, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    timeout: 150_000,
  });
  assert.equal(status, 0, stderr);
  return stdout;
}
