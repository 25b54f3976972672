/** `hookswitch config`: each value in force, masked where secret, and where it came from. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { parse } from 'dotenv';
import type { Setting } from '../src/admin/api';
import { linesOfVariables } from '../src/build/env-lines';
import type { ConfigReport } from '../src/cli/config';
import { launchInTerminal, type ProgramOptions, runProgram } from './support/program';
import { type TestProject, writeProject } from './support/project';

const SID = 'AC0123456789abcdef0123456789abcdef';
const TOKEN = 'fedcba9876543210fedcba9876543210';

async function projectOf(t: TestContext, files: Readonly<Record<string, string>>): Promise<TestProject> {
  const project = await writeProject({ 'functions/a.js': '', ...files });
  t.after(() => project.remove());
  return project;
}

async function report(argv: readonly string[], options: ProgramOptions = {}): Promise<ConfigReport> {
  const { code, stdout, stderr } = await runProgram(['config', '-o', 'json', ...argv], options);
  assert.deepEqual([code, stderr], [0, '']);
  return JSON.parse(stdout) as ConfigReport;
}

function named(settings: readonly Setting[], name: string): Omit<Setting, 'help' | 'name'> {
  const setting = settings.find((candidate) => candidate.name === name);
  assert.ok(setting !== undefined, name);
  const { value, masked, source, over } = setting;
  return { value, masked, source, over };
}

describe('hookswitch config', () => {
  it('says of each option which place decided, and over what', async (t) => {
    const project = await projectOf(t, {
      '.twilioserverlessrc': `{ port: 1, live: true, logLevel: 'warn', signatureStatus: null, commands: { start: { port: 2, live: null } },
        projects: { ${SID}: { port: 3 } } }`,
    });
    const environment = { HOOKSWITCH_PORT: '4', PORT: '5', HOOKSWITCH_HOST: '', ACCOUNT_SID: SID };
    const { options, root, configurationFile } = await report(
      ['--port', '6', '--no-signature', project.path],
      {
        environment,
      },
    );
    assert.deepEqual([root, configurationFile], [project.path, project.file('.twilioserverlessrc')]);
    const file = (key: string): string => `.twilioserverlessrc: ${key}`;
    assert.deepEqual(named(options, 'port'), {
      value: '6',
      masked: false,
      source: '--port',
      over: [
        { value: '4', source: 'HOOKSWITCH_PORT' },
        { value: '5', source: 'PORT' },
        { value: '3', source: file(`projects.${SID}.port`) },
        { value: '2', source: file('commands.start.port') },
        { value: '1', source: file('port') },
      ],
    });
    const short = (name: string) => [named(options, name).value, named(options, name).source];
    assert.deepEqual(short('signature'), ['off', '--signature']);
    assert.deepEqual(short('logLevel'), ['warn', file('logLevel')]);
    assert.deepEqual(short('host'), ['127.0.0.1, this machine only', 'default']);
    assert.deepEqual(short('signatureStatus'), ['400', 'default']);
    // `null` in the section that goes before says: the default.
    assert.deepEqual(short('live'), ['on', 'default']);
    assert.equal(
      options.find(({ name }) => name === 'help'),
      undefined,
    );
  });

  it('shows what is not in force also where it would be refused', async (t) => {
    const project = await projectOf(t, {
      '.twilioserverlessrc': '{ port: { a: 1 }, publicUrl: "nonsense" }',
    });
    const { options } = await report(['-p', '1', '--public-url', 'https://u:p@a.example/', project.path]);
    assert.deepEqual(named(options, 'port').over, [
      { value: '{ a: 1 }', source: '.twilioserverlessrc: port' },
    ]);
    assert.equal(named(options, 'publicUrl').value, 'https://a.example');
  });

  it('says of each variable where it stands, for which other it stands in, and masks secrets', async (t) => {
    const project = await projectOf(t, {
      '.env': `# first\nTWILIO_ACCOUNT_SID=${SID}\nA=1\nexport A=2\nMANY="x\ny"\nAFTER='z' # comment\nAPI_SECRET=abc\nEMPTY=\n`,
    });
    const environment = { A: 'host', ONLY_HOST: 'yes', AUTH_TOKEN: TOKEN };
    const { variables } = await report(['-f', project.path], { environment });
    const rows = (name: string) => [named(variables, name).value, named(variables, name).source];
    assert.deepEqual(rows('TWILIO_ACCOUNT_SID'), [SID, '.env:2']);
    assert.deepEqual(rows('ACCOUNT_SID'), [SID, 'stands in for TWILIO_ACCOUNT_SID (.env:2)']);
    assert.deepEqual(rows('AUTH_TOKEN'), ['fe…10', 'the host']);
    assert.deepEqual(rows('TWILIO_AUTH_TOKEN'), ['fe…10', 'stands in for AUTH_TOKEN (the host)']);
    assert.deepEqual(rows('MANY'), ['x\ny', '.env:5']);
    assert.deepEqual(rows('AFTER'), ['z', '.env:7']);
    assert.deepEqual(rows('API_SECRET'), ['****', '.env:8']);
    assert.deepEqual(rows('EMPTY'), ['', '.env:9']);
    assert.deepEqual(rows('ONLY_HOST'), ['yes', 'the host']);
    assert.deepEqual(named(variables, 'A'), {
      value: '2',
      masked: false,
      source: '.env:4',
      over: [
        { value: '1', source: '.env:3' },
        { value: 'host', source: 'the host' },
      ],
    });
  });

  it('says nothing of the host without -f', async (t) => {
    const project = await projectOf(t, {});
    const { variables, configurationFile } = await report([project.path], { environment: { A: '1' } });
    assert.deepEqual([variables, configurationFile], [[], null]);
  });

  it('hints names that nothing knows and that look like one of ours', async (t) => {
    const project = await projectOf(t, {
      '.twilioserverlessrc':
        '{ prot: 1, "signature-status": 403, serviceSid: "ZS1", ngrok: "x", zzzzzzzz: 1, commands: { start: { lvie: true } } }',
    });
    const environment = { HOOKSWITCH_PUBLICURL: 'https://a.example', HOOKSWITCH_SERVICE_HOST: '10.0.0.1' };
    const { hints } = await report([project.path], { environment });
    assert.deepEqual(hints, [
      '.twilioserverlessrc: commands.start.lvie is not known and has no effect; did you mean live?',
      '.twilioserverlessrc: prot is not known and has no effect; did you mean port?',
      '.twilioserverlessrc: signature-status is not known and has no effect; did you mean signatureStatus?',
      'HOOKSWITCH_PUBLICURL is not known and has no effect; did you mean HOOKSWITCH_PUBLIC_URL?',
    ]);
  });

  it('is a table for people, which nothing in a value can disturb', async (t) => {
    const project = await projectOf(t, { '.env': 'A="x\\ny\x1b[2J"\n' });
    const { code, stdout } = await runProgram(['config', '-p', '1', project.path], {
      environment: { PORT: '2' },
    });
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}port +1 +--port \(over PORT = 2\)$/m);
    assert.match(stdout, /^ {2}A +x\\x0ay\\x1b\[2J +\.env:1$/m);
  });

  it('shows secrets as they are on a terminal, where asked', async (t) => {
    const project = await projectOf(t, { '.env': `AUTH_TOKEN=${TOKEN}\n` });
    const masked = launchInTerminal(['config', project.path]);
    const open = launchInTerminal(['config', '--show-secrets', project.path]);
    t.after(() => Promise.all([masked.stop(), open.stop()]));
    assert.ok(!(await masked.ended).stdout.includes(TOKEN));
    assert.ok((await open.ended).stdout.includes(TOKEN));
    const piped = await runProgram(['config', '--show-secrets', project.path]);
    assert.deepEqual([piped.code, piped.stdout], [2, '']);
    assert.match(piped.stderr, /HS_USAGE: --show-secrets shows them on a terminal only/);
  });

  const refused: readonly [argv: string[], code: number, message: RegExp][] = [
    [['./missing'], 1, /HS_NO_PROJECT/],
    [['a', 'b'], 2, /HS_USAGE: one folder is enough/],
    [['-p', 'x'], 2, /HS_USAGE: --port/],
    [['--env', 'missing'], 1, /HS_ENV_FILE/],
  ];
  for (const [argv, code, message] of refused) {
    it(`refuses "${argv.join(' ')}" as start does`, async (t) => {
      const project = await projectOf(t, {});
      const ended = await runProgram(['config', ...argv], { folder: project.path });
      assert.deepEqual([ended.code, ended.stdout], [code, '']);
      assert.match(ended.stderr, message);
    });
  }
});

describe('the lines of a file of variables', () => {
  const texts = [
    'A=1\nB=2\n',
    'A=1\r\nA=2\r\n\r\nB = "x\r\ny" # c\r\nC=\'#\'\n',
    '  export A=1\n#B=2\nC: yes\nD=`a"b\'c`\nE="unclosed\nF=1',
    'A="a\\nb"\nB=\'a\\nb\'\n__proto__=1\nconstructor=2\nA.B-C=3\n=4\nnothing\n',
  ];
  for (const text of texts) {
    it(`are those that dotenv reads: ${JSON.stringify(text.slice(0, 24))}`, () => {
      const last = new Map(linesOfVariables(text).map(({ name, value }) => [name, value]));
      assert.deepEqual(Object.fromEntries(last), parse(text));
    });
  }
});
