import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readArguments } from '../src/config/arguments';
import { readStartOptions, START_FLAGS, type StartOptions } from '../src/config/read';
import type { Environment } from '../src/config/sources';
import { CodedError, type ErrorCode } from '../src/errors';
import { writeProject } from './support/project';

const NO_FOLDER = (): boolean => false;

describe('the reader of arguments', () => {
  const understood: readonly [argv: string[], words: string[], flags: Record<string, string[]>][] = [
    [[], [], {}],
    [['project'], ['project'], {}],
    [['--port', '3000'], [], { port: ['3000'] }],
    [['--port=3000'], [], { port: ['3000'] }],
    [['--port='], [], { port: [''] }],
    [['-p', '3000', 'project'], ['project'], { port: ['3000'] }],
    [['-p3000'], [], { port: ['3000'] }],
    [['-p=3000'], [], { port: ['3000'] }],
    [['-p', '-1'], [], { port: ['-1'] }],
    [['-fp', '3000'], [], { loadLocalEnv: ['true'], port: ['3000'] }],
    [['-fp3000'], [], { loadLocalEnv: ['true'], port: ['3000'] }],
    [['-f', 'project'], ['project'], { loadLocalEnv: ['true'] }],
    [['--load-local-env'], [], { loadLocalEnv: ['true'] }],
    [['--loadLocalEnv'], [], { loadLocalEnv: ['true'] }],
    [['--no-loadLocalEnv'], [], { loadLocalEnv: ['false'] }],
    [['--live=false'], [], { live: ['false'] }],
    [['--live', 'false', 'project'], ['project'], { live: ['false'] }],
    [['--live', 'project'], ['project'], { live: ['true'] }],
    [['--no-live', 'project'], ['project'], { live: ['false'] }],
    [['--no-live=false'], [], { live: ['true'] }],
    [['--no-signature'], [], { signature: ['false'] }],
    [['--port', '1', '--port', '2'], [], { port: ['1', '2'] }],
    [['--', '--port', '-x'], ['--port', '-x'], {}],
    [['--env', 'a=b.env'], [], { env: ['a=b.env'] }],
    [['--env=a=b.env'], [], { env: ['a=b.env'] }],
    [['--trust-proxy', 'project'], ['project'], { trustProxy: ['true'] }],
    [['--trust-proxy', '10.0.0.0/8', 'project'], ['project'], { trustProxy: ['10.0.0.0/8'] }],
    [['--trust-proxy'], [], { trustProxy: ['true'] }],
    [['--no-trust-proxy'], [], { trustProxy: ['false'] }],
    [['--inspect', 'project'], ['project'], { inspect: ['true'] }],
    [['--inspect', '9229', 'project'], ['project'], { inspect: ['9229'] }],
    [['--inspect=127.0.0.1:9229'], [], { inspect: ['127.0.0.1:9229'] }],
    [['--inspect-brk', '--port', '1'], [], { inspectBrk: ['true'], port: ['1'] }],
    [['--ngrok', 'my-name'], [], { ngrok: ['my-name'] }],
    [['--ngrok', './project'], ['./project'], { ngrok: ['true'] }],
    [['-u', 'AC1', '--password', 'secret'], [], { username: ['AC1'], password: ['secret'] }],
    [['--no-fork-process', '--detailed-logs'], [], { forkProcess: ['false'], detailedLogs: ['true'] }],
  ];
  for (const [argv, words, flags] of understood) {
    it(`understands "${argv.join(' ')}"`, () => {
      const given = readArguments(argv, START_FLAGS, NO_FOLDER);
      assert.deepEqual([...given.words], words);
      assert.deepEqual(Object.fromEntries(given.flags), flags);
    });
  }

  it('leaves a folder to the command where a flag may stand alone', () => {
    const given = readArguments(['--ngrok', 'project'], START_FLAGS, (word) => word === 'project');
    assert.deepEqual([...given.words], ['project']);
  });

  const refused: readonly [argv: string[], message: RegExp][] = [
    [['--prot', '1'], /^unknown flag --prot; did you mean --port\?$/],
    [['--no-lve'], /^unknown flag --no-lve; did you mean --no-live\?$/],
    [['--singature-status', '403'], /did you mean --signature-status\?$/],
    [['--completely-different'], /^unknown flag --completely-different$/],
    [['--no-port'], /^unknown flag --no-port/],
    [['-x'], /^unknown flag -x$/],
    [['-fx'], /^unknown flag -x$/],
    [['--port'], /^--port needs a value: use an integer from 0 to 65535/],
    [['--port', '--live'], /^--port needs a value/],
    [['-p'], /^-p needs a value/],
    [['--service-sid'], /^--service-sid needs a value$/],
  ];
  for (const [argv, message] of refused) {
    it(`refuses "${argv.join(' ')}"`, () => {
      assertCoded(() => readArguments(argv, START_FLAGS, NO_FOLDER), 'HS_USAGE', message);
    });
  }
});

describe('the options of start', () => {
  it('have the defaults of the hosted platform', async (t) => {
    const project = await writeProject({});
    t.after(() => project.remove());
    assert.deepEqual(readStartOptions([], {}, project.path), {
      platform: {
        project: {
          root: project.path,
          functionsFolder: null,
          assetsFolder: null,
          envFile: null,
          loadLocalEnv: false,
          legacyMode: false,
        },
        host: '127.0.0.1',
        port: 3_000,
        publicUrl: null,
        trustProxy: [],
        checkSignatures: true,
        signatureStatus: 400,
        timeoutMs: 10_000,
        maxInstances: null,
        minInstances: 0,
        maxInvocations: null,
        maxConnections: null,
        bodyMemoryMb: null,
        memoryMb: 256,
        maxProcesses: 64,
        maxOpenFiles: 1_024,
        temporaryMb: 512,
        isolation: 'function',
        reading: 'frozen',
        inspect: null,
        live: true,
        production: false,
        keepsTraffic: false,
      },
      records: {
        console: null,
        host: '127.0.0.1',
        port: 3_001,
        sparePorts: 9,
        count: 10_000,
        bytes: 64 * 1_048_576,
        file: null,
      },
      logLevel: 'info',
      outputFormat: '',
      warnings: [],
    } satisfies StartOptions);
  });

  const values: readonly [argv: string[], pick: (options: StartOptions) => unknown, value: unknown][] = [
    [['-p', '0'], ({ platform }) => platform.port, 0],
    [['--inspect'], inspectOf, { host: '127.0.0.1', port: 9_229, waits: false }],
    [['--inspect=0'], inspectOf, { host: '127.0.0.1', port: 0, waits: false }],
    [['--inspect', '[::1]:9230'], inspectOf, { host: '::1', port: 9_230, waits: false }],
    [['--inspect-brk', 'localhost:9230'], inspectOf, { host: 'localhost', port: 9_230, waits: true }],
    [['--inspect', '--inspect-brk=1'], inspectOf, { host: '127.0.0.1', port: 1, waits: true }],
    [['--inspect='], inspectOf, { host: '127.0.0.1', port: 9_229, waits: false }],
    [['--no-inspect'], inspectOf, null],
    [['--port', '65535'], ({ platform }) => platform.port, 65_535],
    [['--host', '0.0.0.0'], ({ platform }) => platform.host, '0.0.0.0'],
    [['--host', '[::1]'], ({ platform }) => platform.host, '::1'],
    [['--public-url', 'https://a.example'], ({ platform }) => platform.publicUrl?.href, 'https://a.example/'],
    [
      ['--public-url', 'http://a.example:81/b/'],
      ({ platform }) => platform.publicUrl?.href,
      'http://a.example:81/b',
    ],
    [
      ['--public-url', 'https://u:p@a.example'],
      ({ platform }) => platform.publicUrl?.href,
      'https://a.example/',
    ],
    [['--trust-proxy'], ({ platform }) => platform.trustProxy, ['loopback', 'linklocal', 'uniquelocal']],
    [['--trust-proxy=false'], ({ platform }) => platform.trustProxy, []],
    [
      ['--trust-proxy', 'loopback, fc00::/7'],
      ({ platform }) => platform.trustProxy,
      ['loopback', 'fc00::/7'],
    ],
    [
      ['--trust-proxy=::1', '--trust-proxy=10.0.0.1'],
      ({ platform }) => platform.trustProxy,
      ['::1', '10.0.0.1'],
    ],
    [['--no-signature'], ({ platform }) => platform.checkSignatures, false],
    [['--signature-status', '403'], ({ platform }) => platform.signatureStatus, 403],
    [['--timeout', '2.5'], ({ platform }) => platform.timeoutMs, 2_500],
    [['--timeout', '15s'], ({ platform }) => platform.timeoutMs, 15_000],
    [['--timeout=500ms'], ({ platform }) => platform.timeoutMs, 500],
    [['--max-instances', '3'], ({ platform }) => platform.maxInstances, 3],
    [['--min-instances', '2'], ({ platform }) => platform.minInstances, 2],
    [['--max-invocations', '30'], ({ platform }) => platform.maxInvocations, 30],
    [['--max-connections', '100'], ({ platform }) => platform.maxConnections, 100],
    [['--body-memory', '32'], ({ platform }) => platform.bodyMemoryMb, 32],
    [['--memory', '64'], ({ platform }) => platform.memoryMb, 64],
    [['--max-processes', '0'], ({ platform }) => platform.maxProcesses, 0],
    [['--max-open-files', '64'], ({ platform }) => platform.maxOpenFiles, 64],
    [['--temporary-space', '1'], ({ platform }) => platform.temporaryMb, 1],
    [['--isolation', 'environment'], ({ platform }) => platform.isolation, 'environment'],
    [['--no-live'], ({ platform }) => platform.live, false],
    [['--legacy-mode'], ({ platform }) => platform.project.legacyMode, true],
    [['-f'], ({ platform }) => platform.project.loadLocalEnv, true],
    [
      ['--functions-folder', 'dist/functions'],
      ({ platform }) => platform.project.functionsFolder,
      'dist/functions',
    ],
    [['--assets-folder', 'public'], ({ platform }) => platform.project.assetsFolder, 'public'],
    [['-l', 'debug'], ({ logLevel }) => logLevel, 'debug'],
    [['-l', 'none'], ({ logLevel }) => logLevel, 'silent'],
    [['--no-logs'], ({ logLevel }) => logLevel, 'warn'],
    [['--no-logs', '-l', 'info'], ({ logLevel }) => logLevel, 'info'],
    [['-o', 'json'], ({ outputFormat }) => outputFormat, 'json'],
    [['-o', ''], ({ outputFormat }) => outputFormat, ''],
    [['--port', '1', '--port', '2'], ({ platform }) => platform.port, 2],
  ];
  for (const [argv, pick, value] of values) {
    it(`read "${argv.join(' ')}"`, () =>
      assert.deepEqual(pick(readStartOptions(argv, {}, __dirname)), value));
  }

  const refused: readonly [argv: string[], environment: Environment, message: RegExp][] = [
    [['--port', '65536'], {}, /^--port: "65536" is not allowed: use an integer from 0 to 65535/],
    [['--port', '-1'], {}, /^--port: "-1"/],
    [['--port', '80x'], {}, /^--port: "80x"/],
    [['--port='], {}, /^--port: ""/],
    [['--host', 'http://a'], {}, /^--host: /],
    [
      ['--public-url', 'a.example'],
      {},
      /^--public-url: "a.example" is not allowed: use an http or https URL/,
    ],
    [['--public-url', 'ftp://a.example'], {}, /^--public-url/],
    [['--public-url', 'https://a.example?x'], {}, /^--public-url/],
    [['--public-url', 'https://a.example/#x'], {}, /^--public-url/],
    [['--public-url', 'https:///'], {}, /^--public-url/],
    [['--public-url', 'https://a\n.example'], {}, /^--public-url/],
    [['--trust-proxy=10.0.0.0/33'], {}, /^--trust-proxy/],
    [['--trust-proxy=proxy.example'], {}, /^--trust-proxy/],
    [['--signature-status', '401'], {}, /^--signature-status: "401" is not allowed: use 400 or 403$/],
    [['--timeout', '0'], {}, /^--timeout/],
    [['--timeout', '-5'], {}, /^--timeout/],
    [['--timeout', '10m'], {}, /^--timeout: "10m" is not allowed: use seconds/],
    [['--timeout', '3601'], {}, /^--timeout/],
    [['--memory', '63'], {}, /^--memory: "63" is not allowed: use megabytes from 64/],
    [['--max-instances', '0'], {}, /^--max-instances/],
    [['--isolation', 'none'], {}, /^--isolation: "none" is not allowed: use function or environment$/],
    [['--live=perhaps'], {}, /^--live: "perhaps" is not allowed: use true or false$/],
    [['-l', 'loud'], {}, /^--log-level: "loud" is not allowed: use debug, info, warn, error, silent$/],
    [['-o', 'xml'], {}, /^--output-format/],
    [['a', 'b'], {}, /"b" comes after "a"/],
    [[], { HOOKSWITCH_PORT: 'tcp://10.0.0.1:3000' }, /^HOOKSWITCH_PORT: "tcp:/],
    [[], { PORT: 'http' }, /^PORT: "http"/],
    [[], { HOOKSWITCH_LIVE: 'maybe' }, /^HOOKSWITCH_LIVE: "maybe"/],
  ];
  for (const [argv, environment, message] of refused) {
    it(`refuse ${JSON.stringify(argv)} with ${JSON.stringify(environment)}`, () => {
      assertCoded(() => readStartOptions(argv, environment, __dirname), 'HS_USAGE', message);
    });
  }

  it('are in production where NODE_ENV says so', () => {
    assert.equal(readStartOptions([], { NODE_ENV: 'production' }, __dirname).platform.production, true);
    assert.equal(readStartOptions([], { NODE_ENV: 'test' }, __dirname).platform.production, false);
  });

  it('find the project by --cwd, else the argument, else the current folder', () => {
    const rootOf = (...argv: string[]) => readStartOptions(argv, {}, '/base').platform.project.root;
    assert.equal(rootOf(), '/base');
    assert.equal(rootOf('app'), '/base/app');
    assert.equal(rootOf('/other'), '/other');
    assert.equal(rootOf('app', '--cwd', 'site'), '/base/site');
  });

  it('take the file of variables relative to the project', () => {
    const { project } = readStartOptions(['app', '--env', '.env.test'], {}, '/base').platform;
    assert.equal(project.envFile, '/base/app/.env.test');
  });
});

describe('the warnings of start', () => {
  const warned: readonly [argv: string[], warnings: RegExp[]][] = [
    [['--timeout', '15'], []],
    [['--timeout', '16'], [/^--timeout 16: the caller of a voice or messaging webhook waits 15 s only/]],
    [['--host', '0.0.0.0'], [/^--host 0.0.0.0 without --public-url: /]],
    [['--host', '0.0.0.0', '--public-url', 'https://a.example'], []],
    [['--host', '::', '--no-signature'], [/^--host :: with --no-signature: protected paths/]],
    [['--host', '127.0.0.2'], []],
    [['--host', '::1'], []],
    [['--host', 'localhost', '--no-signature'], []],
    [['--ngrok', 'name'], [/^--ngrok has no effect: .*--public-url/]],
    [['--no-fork-process'], [/^--fork-process .*own/]],
    [['--inspect'], [/^--inspect: all Functions share one process.* time limit of 10 s/]],
    [['--inspect-brk=9230', '--inspect'], [/^--inspect-brk: /]],
    [['--inspect=false'], []],
    [
      ['--inspect=0.0.0.0:9229'],
      [/^--inspect: /, /^--inspect 0\.0\.0\.0:9229: whoever reaches this address can run code/],
    ],
    [
      ['-u', 'x', '--load-system-env'],
      [/^--username/, /^--load-system-env .*--load-local-env/],
    ],
    [['--detailed-logs', '--detailed-logs'], [/^--detailed-logs has no effect/]],
    [['--no-logs'], []],
  ];
  for (const [argv, expected] of warned) {
    it(`of "${argv.join(' ')}" number ${expected.length}`, () => {
      const { warnings } = readStartOptions(argv, {}, __dirname);
      assert.equal(warnings.length, expected.length, warnings.join('\n'));
      for (const [index, pattern] of expected.entries()) assert.match(warnings[index] ?? '', pattern);
    });
  }
});

describe('the precedence of the sources', () => {
  const everything: Environment = { HOOKSWITCH_PORT: '2', PORT: '3' };
  const cases: readonly [name: string, argv: string[], environment: Environment, port: number][] = [
    ['a flag goes before all', ['-p', '1'], everything, 1],
    ['HOOKSWITCH_PORT goes before PORT', [], everything, 2],
    ['PORT goes before the file', [], { PORT: '3' }, 3],
    ['an empty variable is none', [], { HOOKSWITCH_PORT: '', PORT: '' }, 4],
    ['the file goes before the default', [], {}, 4],
  ];
  for (const [name, argv, environment, port] of cases) {
    it(name, async (t) => {
      const project = await writeProject({ '.twilioserverlessrc': '{ "port": 4 }' });
      t.after(() => project.remove());
      assert.equal(readStartOptions(argv, environment, project.path).platform.port, port);
    });
  }

  it('holds for switches: a flag turns on what a variable turned off', () => {
    const environment = { HOOKSWITCH_LIVE: 'off', HOOKSWITCH_SIGNATURE: '0' };
    const off = readStartOptions([], environment, __dirname).platform;
    assert.deepEqual([off.live, off.checkSignatures], [false, false]);
    const on = readStartOptions(['--live', '--signature'], environment, __dirname).platform;
    assert.deepEqual([on.live, on.checkSignatures], [true, true]);
  });
});

describe('the configuration file', () => {
  const forms: readonly [name: string, content: string][] = [
    ['package.json', '{ "name": "x", "twilioserverless": { "port": 8081 } }'],
    ['.twilioserverlessrc', "{ /* JSON5 */ port: '8081', }"],
    ['.twilioserverlessrc', '\uFEFF{ "port": 8081 }'],
    ['.twilioserverlessrc.json', '{ // comments\n port: 8081 }'],
    ['.twilioserverlessrc.yaml', 'port: 8081\n'],
    ['.twilioserverlessrc.yml', 'port: "8081"\n'],
    ['.twilioserverlessrc.js', 'module.exports = { port: 8000 + 81 };'],
    ['.twilioserverlessrc.cjs', 'exports.port = 8081;'],
    ['.config/twilioserverlessrc', '{ port: 8081 }'],
    ['.config/twilioserverlessrc.yaml', 'port: 8081'],
    ['twilioserverless.config.js', 'module.exports = { port: 8081 };'],
    ['twilioserverless.config.cjs', 'module.exports = { port: 8081 };'],
  ];
  for (const [name, content] of forms) {
    it(`may be ${name} holding ${JSON.stringify(content)}`, async (t) => {
      const project = await writeProject({ [name]: content });
      t.after(() => project.remove());
      assert.equal(readStartOptions([], {}, project.path).platform.port, 8_081);
    });
    it(`may be ${name} holding ${JSON.stringify(content)}, named by --config`, async (t) => {
      const project = await writeProject({
        [`elsewhere/${name}`]: content,
        '.twilioserverlessrc': '{ port: 1 }',
      });
      t.after(() => project.remove());
      const options = readStartOptions(['--config', `elsewhere/${name}`], {}, project.path);
      assert.equal(options.platform.port, 8_081);
    });
  }

  it('may say "inspect": "" as for twilio-run: on', async (t) => {
    const project = await writeProject({ '.twilioserverlessrc': '{ "inspect": "" }' });
    t.after(() => project.remove());
    const { inspect } = readStartOptions([], {}, project.path).platform;
    assert.deepEqual(inspect, { host: '127.0.0.1', port: 9_229, waits: false });
  });

  it('is found in a folder above the project', async (t) => {
    const project = await writeProject({
      '.twilioserverlessrc': '{ port: 8081 }',
      'apps/one/package.json': '{}',
    });
    t.after(() => project.remove());
    assert.equal(readStartOptions(['apps/one'], {}, project.path).platform.port, 8_081);
    assert.equal(readStartOptions(['--cwd', 'apps/one'], {}, project.path).platform.port, 8_081);
  });

  it('is laid over itself: base, commands.start, projects; environments do not apply', async (t) => {
    const project = await writeProject({
      '.twilioserverlessrc': JSON.stringify({
        port: 1,
        memory: 128,
        timeout: '3s',
        commands: { start: { port: 2, memory: 512 }, deploy: { port: 3 } },
        environments: { dev: { port: 4 }, '*': { port: 5 } },
        projects: { AC1: { port: 6 }, 'AC1:au1': { port: 7 }, AC2: { port: 8 } },
      }),
    });
    t.after(() => project.remove());
    const portOf = (argv: string[], environment: Environment) =>
      readStartOptions(argv, environment, project.path).platform.port;
    const { platform } = readStartOptions([], {}, project.path);
    assert.deepEqual([platform.port, platform.memoryMb, platform.timeoutMs], [2, 512, 3_000]);
    assert.equal(portOf([], { ACCOUNT_SID: 'AC1' }), 6);
    assert.equal(portOf([], { TWILIO_ACCOUNT_SID: 'AC2' }), 8);
    assert.equal(portOf([], { ACCOUNT_SID: 'AC1', TWILIO_REGION: 'au1' }), 7);
    assert.equal(portOf([], { ACCOUNT_SID: 'AC2', TWILIO_REGION: 'au1' }), 2);
    assert.equal(portOf(['-u', 'AC1'], {}), 6);
    assert.equal(portOf([], { ACCOUNT_SID: 'constructor' }), 2);
  });

  it("passes over the toolkit's own keys, whatever they hold", async (t) => {
    const content = {
      username: 1,
      config: 2,
      serviceSid: {},
      runtime: 18,
      ngrok: [],
      help: true,
      overrideExistingProject: 'x',
    };
    const project = await writeProject({ '.twilioserverlessrc': JSON.stringify(content) });
    t.after(() => project.remove());
    const { warnings, platform } = readStartOptions([], {}, project.path);
    assert.deepEqual(warnings, []);
    assert.equal(platform.port, 3_000);
  });

  it('may hold values of every kind', async (t) => {
    const content = {
      host: '::1',
      publicUrl: 'https://a.example/',
      trustProxy: ['loopback', '10.0.0.0/8'],
      signature: false,
      signatureStatus: 403,
      timeout: 2.5,
      live: false,
      logs: false,
      outputFormat: 'json',
      functionsFolder: 'src/functions',
      env: null,
    };
    const project = await writeProject({ '.twilioserverlessrc': JSON.stringify(content) });
    t.after(() => project.remove());
    const { platform, logLevel, outputFormat } = readStartOptions([], {}, project.path);
    assert.equal(platform.host, '::1');
    assert.deepEqual(platform.trustProxy, ['loopback', '10.0.0.0/8']);
    assert.deepEqual([platform.checkSignatures, platform.signatureStatus], [false, 403]);
    assert.deepEqual([platform.timeoutMs, platform.live], [2_500, false]);
    assert.deepEqual([logLevel, outputFormat], ['warn', 'json']);
    assert.deepEqual([platform.project.functionsFolder, platform.project.envFile], ['src/functions', null]);
  });

  it('may say where the project is, relative to itself', async (t) => {
    const project = await writeProject({ '.twilioserverlessrc': '{ cwd: "app" }', 'app/package.json': '{}' });
    t.after(() => project.remove());
    assert.equal(readStartOptions([], {}, project.path).platform.project.root, project.file('app'));
    assert.equal(readStartOptions(['.'], {}, project.path).platform.project.root, project.path);
  });

  const broken: readonly [name: string, content: string, message: RegExp][] = [
    ['.twilioserverlessrc', '{ port: ', /\.twilioserverlessrc: JSON5/],
    ['.twilioserverlessrc', '5', /\.twilioserverlessrc: it holds no object$/],
    ['.twilioserverlessrc.yaml', 'port: [', /\.twilioserverlessrc\.yaml: /],
    ['.twilioserverlessrc.yaml', '- port', /\.twilioserverlessrc\.yaml: it has to be an object/],
    ['.twilioserverlessrc.js', 'throw new Error("planted")', /\.twilioserverlessrc\.js: planted$/],
    ['package.json', '{ "name": ', /package\.json: /],
    [
      '.twilioserverlessrc',
      '{ port: 99999 }',
      /\.twilioserverlessrc: port: "99999" is not allowed: use an integer/,
    ],
    ['.twilioserverlessrc', '{ port: {} }', /\.twilioserverlessrc: port: \{\} is not allowed/],
    [
      '.twilioserverlessrc',
      '{ live: "no" }',
      /\.twilioserverlessrc: live: 'no' is not allowed: use true or false$/,
    ],
    ['.twilioserverlessrc', '{ host: 5 }', /\.twilioserverlessrc: host: 5 is not allowed/],
    [
      '.twilioserverlessrc',
      '{ trustProxy: [5] }',
      /\.twilioserverlessrc: trustProxy: \[ 5 \] is not allowed/,
    ],
    ['.twilioserverlessrc', '{ commands: { start: 5 } }', /commands\.start has to be an object, not 5$/],
  ];
  for (const [name, content, message] of broken) {
    it(`is refused where ${name} holds ${JSON.stringify(content)}`, async (t) => {
      const project = await writeProject({ [name]: content });
      t.after(() => project.remove());
      assertCoded(() => readStartOptions([], {}, project.path), 'HS_CONFIG_INVALID', message);
    });
  }

  it('has to exist where it is named', () => {
    const read = () => readStartOptions(['-c', 'missing.json'], {}, __dirname);
    assertCoded(read, 'HS_CONFIG_INVALID', /missing\.json cannot be read: ENOENT/);
    assertCoded(read, 'HS_CONFIG_INVALID', new RegExp(escaped(join(__dirname, 'missing.json'))));
  });
});

function assertCoded(act: () => unknown, code: ErrorCode, message: RegExp): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof CodedError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function inspectOf({ platform }: StartOptions): unknown {
  return platform.inspect;
}
