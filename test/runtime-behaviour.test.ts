/** What Functions of real projects rely on (functions-behaviour 5 to 7 and 18), over HTTP and with real processes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { getExpectedBodyHash, getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import { isAlive } from './support/program';
import { type RawResponse, request } from './support/raw-http';
import { eventually, type Served, type ServeOptions, serve } from './support/serve';

const SID = `AC${'0'.repeat(32)}`;
const TOKEN = '0123456789abcdef0123456789abcdef';
const CREDENTIALS = `ACCOUNT_SID=${SID}\nAUTH_TOKEN=${TOKEN}\n`;
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const;

/** A Function that answers what an expression of `context`, `event` and the globals is. */
function answering(expression: string): string {
  return `exports.handler = (context, event, callback) => callback(null, ${expression});`;
}

/** The same, in which `callback` and statements are up to the author. */
function running(statements: string, before = ''): string {
  return `${before}\nexports.handler = (context, event, callback) => {\n${statements}\n};`;
}

describe('a Function finds in its context and environment', () => {
  const files = {
    '.env': `${CREDENTIALS}GREETING="Ahoy there" # said at the start\nEMPTY=\n`,
    'functions/sms/keys.js': answering('Object.keys(context)'),
    'functions/sms/context.js': answering('context'),
    'functions/environment.js': answering('process.env'),
    'functions/mutated.js': running(
      "const before = [context.GREETING, context.added ?? null]; context.GREETING = ''; context.added = 1; callback(null, before);",
    ),
    'functions/client.js': running(
      `const client = context.getTwilioClient({ region: 'ie1' });
      callback(null, [client.accountSid, client.username, client.region, typeof client.messages.create]);`,
    ),
    'functions/global-client.js': answering('[twilioClient.accountSid, typeof twilioClient.calls.create]'),
    'functions/sync.js': running(
      `const own = Runtime.getSync();
      const other = Runtime.getSync({ serviceName: 'IS0' });
      const kinds = (sync) => [sync.maps('m'), sync.lists('l'), sync.documents('d')].map((one) => one._uri);
      callback(null, [own.maps === own.syncMaps, own.lists === own.syncLists, ...kinds(own), ...kinds(other)]);`,
    ),
    'functions/globals.js': answering(
      "[Functions === undefined, Object.keys(Functions).length > 8, Response === Twilio.Response, typeof Twilio.twiml.VoiceResponse, typeof Twilio.jwt.AccessToken, typeof Twilio.validateRequest, new Twilio('AC1', 't').accountSid, Twilio('AC2', 't').accountSid]",
    ),
    'functions/where.js': answering("[process.cwd(), __dirname, __filename, require('node:os').tmpdir()]"),
  };
  let served: Served;
  let anonymous: Served;
  before(async () => {
    process.env.HOOKSWITCH_TEST_MARKER = 'of the host';
    served = await serve(files);
    anonymous = await serve({ ...files, '.env': 'GREETING=Ahoy' });
  });
  after(async () => {
    delete process.env.HOOKSWITCH_TEST_MARKER;
    await Promise.all([served.close(), anonymous.close()]);
  });

  it('the members in the order of the emulator', async () => {
    assert.deepEqual(await askJson(served, '/sms/keys'), [
      'PATH',
      'DOMAIN_NAME',
      'SERVICE_SID',
      'ENVIRONMENT_SID',
      'ACCOUNT_SID',
      'AUTH_TOKEN',
      'GREETING',
      'EMPTY',
      'TWILIO_ACCOUNT_SID',
      'TWILIO_AUTH_TOKEN',
      'getTwilioClient',
    ]);
  });

  it('its path, the host that was asked for, and the values of .env as dotenv reads them', async () => {
    const headers = [['Host', 'demo-1234-dev.twil.io:8080']] as const;
    const response = await request(served.port, { method: 'GET', path: '/sms/context?x=1', headers });
    assert.deepEqual(JSON.parse(response.text()), {
      PATH: '/sms/context',
      DOMAIN_NAME: 'demo-1234-dev.twil.io:8080',
      ACCOUNT_SID: SID,
      AUTH_TOKEN: TOKEN,
      TWILIO_ACCOUNT_SID: SID,
      TWILIO_AUTH_TOKEN: TOKEN,
      GREETING: 'Ahoy there',
      EMPTY: '',
    });
  });

  it('null where the project has no credentials', async () => {
    const context = (await askJson(anonymous, '/sms/context')) as Record<string, unknown>;
    assert.deepEqual([context.ACCOUNT_SID, context.AUTH_TOKEN], [null, null]);
  });

  it('nothing of the host in process.env, and nothing but the variables and a temporary folder', async () => {
    const { TMPDIR, ...variables } = (await askJson(anonymous, '/environment')) as Record<string, string>;
    assert.deepEqual(variables, { GREETING: 'Ahoy' });
    assert.notEqual(TMPDIR, undefined);
  });

  it('a context of its own in each call', async () => {
    for (let call = 0; call < 2; call++)
      assert.deepEqual(await askJson(served, '/mutated'), ['Ahoy there', null]);
  });

  it('a client of the SDK with the credentials and the options', async () => {
    assert.deepEqual(await askJson(served, '/client'), [SID, SID, 'ie1', 'function']);
    assert.deepEqual(await askJson(served, '/global-client'), [SID, 'function']);
  });

  it('no client without credentials: it throws, and twilioClient is not there', async () => {
    const response = await ask(anonymous, '/client');
    assert.equal(response.status, 500);
    const { name, message } = JSON.parse(response.text()) as Record<string, string>;
    assert.equal(name, 'INVALID_CONFIG');
    assert.match(message ?? '', /^Missing Account SID\n/);
    assert.match((await ask(anonymous, '/global-client')).text(), /twilioClient is not defined/);
  });

  it('Sync with the names of the hosted platform', async () => {
    const uris = (service: string): string[] => [
      `/Services/${service}/Maps/m`,
      `/Services/${service}/Lists/l`,
      `/Services/${service}/Documents/d`,
    ];
    assert.deepEqual(await askJson(served, '/sync'), [true, true, ...uris('default'), ...uris('IS0')]);
  });

  it('the globals of the hosted platform', async () => {
    const expected = [false, true, true, 'function', 'function', 'function', 'AC1', 'AC2'];
    assert.deepEqual(await askJson(served, '/globals'), expected);
  });

  it('the project as its working directory, and a temporary folder that is nobody else’s', async () => {
    const [cwd, folder, file, temporary] = (await askJson(served, '/where')) as string[];
    assert.equal(cwd, served.project.path);
    assert.equal(folder, served.project.file('functions'));
    assert.equal(file, served.project.file('functions/where.js'));
    assert.notEqual(temporary, tmpdir());
    assert(temporary?.startsWith(tmpdir()));
  });
});

describe('a Function requires', () => {
  const files = {
    'package.json': '{ "name": "demo", "version": "1.2.3" }',
    'functions/by-path.js': running(
      "const { greet } = require(Runtime.getFunctions()['lib/deep/greeting'].path); callback(null, greet('Ada'));",
    ),
    'functions/lib/deep/greeting.private.js':
      "const { word } = require('./word.private'); exports.greet = (name) => word + ', ' + name;",
    'functions/lib/deep/word.private.js': "exports.word = 'Ahoy';",
    'functions/asset-code.js': answering("require(Runtime.getAssets()['/tools/sum.js'].path)(2, 3)"),
    'assets/tools/sum.private.js': 'module.exports = (a, b) => a + b;',
    'functions/asset-data.js': answering("require(Runtime.getAssets()['/data/list.json'].path).items"),
    'assets/data/list.private.json': '{ "items": [1, 2] }',
    'functions/asset-text.js': answering(
      "[Runtime.getAssets()['/mail.template.html'].open(), Object.keys(Runtime.getAssets())]",
    ),
    'assets/mail.template.private.html': '<p>Größe</p>',
    'assets/public.txt': 'public',
    'functions/relative.js': answering(
      "[require('../lib/value'), require('./sibling').name, require('../package.json').version]",
    ),
    'functions/sibling.js':
      "exports.name = 'sibling'; exports.handler = (context, event, callback) => callback();",
    'lib/value.js': 'module.exports = 42;',
    'functions/own-packages.js': answering(
      "[require('qs').version, require('lodash').VERSION, require('yaml/deep')]",
    ),
    'node_modules/qs/index.js': "exports.version = 'own qs';",
    'node_modules/lodash/lodash.js': "exports.VERSION = 'own lodash';",
    'node_modules/lodash/package.json': '{ "main": "lodash.js" }',
    'node_modules/yaml/package.json': '{ "exports": { "./deep": "./deep.js" } }',
    'node_modules/yaml/deep.js': "module.exports = 'own yaml';",
    'functions/ours.js': answering(
      "['pino', 'json5', 'dotenv', 'send'].filter((name) => { try { require(name); return true; } catch { return false; } })",
    ),
    'functions/sdk.js': answering(
      "[typeof require('twilio').Twilio, typeof require('twilio/lib/jwt/AccessToken')]",
    ),
    'functions/es-package.js': `exports.handler = async (context, event, callback) => {
      const { word } = await import('es-package');
      callback(null, word);
    };`,
    'node_modules/es-package/package.json': '{ "type": "module", "exports": "./index.js" }',
    'node_modules/es-package/index.js': "export const word = 'imported';",
    'functions/helper.js': 'exports.help = () => 1;',
  };
  let served: Served;
  before(async () => {
    served = await serve(files);
  });
  after(() => served.close());

  const requires: readonly [what: string, path: string, answer: unknown][] = [
    ['a private Function in a nested folder, and what that requires', '/by-path', 'Ahoy, Ada'],
    ['a private Asset that is code', '/asset-code', 5],
    ['a private Asset that is data', '/asset-data', [1, 2]],
    [
      'the text of a private Asset with two extensions; public ones are not listed',
      '/asset-text',
      ['<p>Größe</p>', ['/data/list.json', '/mail.template.html', '/tools/sum.js']],
    ],
    ['files by relative path', '/relative', [42, 'sibling', '1.2.3']],
    [
      'packages of the project in the versions of the project',
      '/own-packages',
      ['own qs', 'own lodash', 'own yaml'],
    ],
    ['none of the packages that Hookswitch itself is made of', '/ours', []],
    ['the SDK although the project has none', '/sdk', ['function', 'function']],
    ['a package that is an ES module, with import()', '/es-package', 'imported'],
  ];
  for (const [what, path, answer] of requires) {
    it(what, async () => {
      const response = await ask(served, path);
      assert.equal(response.status, 200, response.text());
      const text = response.text();
      assert.deepEqual(typeof answer === 'string' ? text : JSON.parse(text), answer);
    });
  }

  it('a helper among the public Functions answers 500 and keeps no other from being served', async () => {
    assert.equal((await ask(served, '/helper')).status, 500);
    const record = await served.record('/helper');
    assert.equal(record.error, 'HS_NO_HANDLER');
    assert.match(record.detail ?? '', /functions\/helper\.js \(it exports help\)/);
    assert.equal((await ask(served, '/by-path')).status, 200);
  });
});

describe('a project with a twilio of its own', () => {
  /** Each a folder below one root, as in a monorepo: npm puts one of the versions into the root. */
  const VERSIONS: Readonly<Record<string, string>> = {
    three: '3.84.1',
    four: '4.23.0',
    five: '5.0.3',
    six: '6.2.0',
  };
  const FUNCTION = `exports.handler = (context, event, callback) => {
    const own = require('twilio');
    const voice = new Twilio.twiml.VoiceResponse();
    voice.say('Ahoy');
    const client = context.getTwilioClient();
    const token = new Twilio.jwt.AccessToken(context.ACCOUNT_SID, 'SK0', 'secret', { identity: 'ada' });
    const response = new Response();
    response.appendHeader('Content-Type', 'application/json');
    response.appendHeader('X-Twiml', voice.toString());
    response.setBody({
      version: require('twilio/package.json').version,
      isOwn: voice instanceof own.twiml.VoiceResponse && client instanceof own.Twilio,
      message: new own.twiml.MessagingResponse().message('hi').toString() !== '',
      client: [client.accountSid, typeof client.messages.create, typeof client.verify],
      sync: Runtime.getSync().maps('m')._uri,
      token: token.toJwt().split('.').length,
      valid: Twilio.validateRequest(context.AUTH_TOKEN, 'x', 'https://example.com', {}),
    });
    callback(null, response);
  };`;
  const TWIML = `exports.handler = (context, event, callback) => {
    const { VoiceResponse } = require('twilio').twiml;
    const response = new VoiceResponse();
    response.dial('+15551234567');
    callback(null, response);
  };`;
  const SERVICE = '/Services/default/Maps/m';
  let root: Served;

  before(async () => {
    const files: Record<string, string> = { 'package.json': '{ "private": true, "workspaces": ["*"] }' };
    for (const [name, version] of Object.entries(VERSIONS)) {
      files[`${name}/package.json`] = JSON.stringify({
        name,
        private: true,
        dependencies: { twilio: version },
      });
      files[`${name}/.env`] = CREDENTIALS;
      files[`${name}/functions/all.js`] = FUNCTION;
      files[`${name}/functions/twiml.js`] = TWIML;
    }
    root = await serve(files);
    install(root.project.path);
  });
  after(() => root.close());

  for (const [name, version] of Object.entries(VERSIONS)) {
    it(`of version ${version} gets that one everywhere`, async (t) => {
      const served = await serve(root.project.file(name));
      t.after(() => served.close());
      const response = await ask(served, '/all');
      assert.equal(response.status, 200, response.text());
      assert.deepEqual(JSON.parse(response.text()), {
        version,
        isOwn: true,
        message: true,
        client: [SID, 'function', 'object'],
        sync: SERVICE,
        token: 3,
        valid: false,
      });
      assert.match(response.header('x-twiml') ?? '', /<Response><Say>Ahoy<\/Say><\/Response>$/);
      const twiml = await ask(served, '/twiml');
      assert.equal(twiml.header('content-type'), 'text/xml');
      assert.match(twiml.text(), /<Response><Dial>\+15551234567<\/Dial><\/Response>$/);
    });
  }
});

describe('the process of a Function', () => {
  const COUNT = running('count += 1; callback(null, [process.pid, count]);', 'let count = 0;');

  it('keeps the state of its modules between calls, and shares it with no other Function', async (t) => {
    const served = await servedFor(t, { 'functions/a.js': COUNT, 'functions/b.js': COUNT });
    const counts: Record<string, number[][]> = { '/a': [], '/b': [] };
    for (let call = 0; call < 3; call++) {
      for (const [path, list] of Object.entries(counts)) list.push((await askJson(served, path)) as number[]);
    }
    const [pidA, pidB] = [counts['/a']?.[0]?.[0], counts['/b']?.[0]?.[0]];
    assert.notEqual(pidA, pidB);
    assert.deepEqual(counts, {
      '/a': [1, 2, 3].map((count) => [pidA, count]),
      '/b': [1, 2, 3].map((count) => [pidB, count]),
    });
  });

  it('runs on the version of Node that the gateway runs on', async (t) => {
    const served = await servedFor(t, { 'functions/a.js': answering('[process.version, process.execPath]') });
    assert.deepEqual(await askJson(served, '/a'), [process.version, process.execPath]);
  });

  it('loads fetch when it is used, and nothing ever makes its real output non-blocking', async (t) => {
    const file = `const fs = require('node:fs');
    const isBlocking = (fd) => {
      const [, flags] = /^flags:\\s*(\\d+)$/m.exec(fs.readFileSync('/proc/self/fdinfo/' + fd, 'utf8'));
      return (parseInt(flags, 8) & fs.constants.O_NONBLOCK) === 0;
    };
    const look = () => [process.moduleLoadList.some((name) => /undici/.test(name)), isBlocking(1), isBlocking(2)];
    exports.handler = async (context, event, callback) => {
      const before = look();
      await fetch('data:text/plain,x');
      require('node:assert');
      console.log('x');
      callback(null, [before, look()]);
    };`;
    const served = await servedFor(t, { 'functions/a.js': file });
    assert.deepEqual(await askJson(served, '/a'), [
      [false, true, true],
      [true, true, true],
    ]);
  });

  it('is shared by all Functions with --isolation environment', async (t) => {
    const setting = running('globalThis.shared = event.value; callback(null, [process.pid]);');
    const files = {
      'functions/a.js': setting,
      'functions/b.js': answering('[process.pid, globalThis.shared ?? null]'),
    };
    const served = await servedFor(t, files, { isolation: 'environment' });
    const [pid] = (await askJson(served, '/a?value=1')) as number[];
    assert.deepEqual(await askJson(served, '/b'), [pid, '1']);
  });

  it('has a temporary folder that lasts as long as it does', async (t) => {
    const temporary = running(
      `const file = require('node:path').join(require('node:os').tmpdir(), 'kept.txt');
      const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
      fs.writeFileSync(file, before + 'x');
      callback(null, [file, before]);`,
      "const fs = require('node:fs');",
    );
    const served = await serve({ 'functions/a.js': temporary, 'functions/b.js': temporary });
    t.after(() => served.close());
    const [fileA = '', first] = (await askJson(served, '/a')) as string[];
    const [fileB = ''] = (await askJson(served, '/b')) as string[];
    assert.notEqual(dirname(fileA), dirname(fileB));
    assert.deepEqual([first, await askJson(served, '/a')], ['', [fileA, 'x']]);
    assert(existsSync(fileA));
    await served.platform.close();
    assert(!existsSync(dirname(fileA)));
  });

  const left: readonly [what: string, statements: string][] = [
    ['a child process', "child = require('node:child_process').spawn('sleep', ['60']).pid;"],
    [
      'a worker thread',
      "new (require('node:worker_threads').Worker)('setInterval(() => {}, 100)', { eval: true });",
    ],
  ];
  for (const [what, statements] of left) {
    it(`that left ${what} behind is replaced, and takes it along`, async (t) => {
      const file = running(`let child = 0; ${statements} callback(null, [process.pid, child]);`);
      const served = await servedFor(t, { 'functions/a.js': file });
      const [first = 0, child = 0] = (await askJson(served, '/a')) as number[];
      const [second = 0] = (await askJson(served, '/a')) as number[];
      assert.notEqual(first, second);
      await eventually(() => (isAlive(first) || (child !== 0 && isAlive(child)) ? undefined : true));
    });
  }

  it('that left a timer behind is kept: the timer waits, and its lines are told apart', async (t) => {
    const served = await servedFor(
      t,
      {
        'functions/leave.js': running(
          "setTimeout(() => console.log('late'), 300); callback(null, [process.pid]);",
        ),
        'functions/wait.js': running('setTimeout(() => callback(null, [process.pid]), 50);'),
      },
      { isolation: 'environment' },
    );
    const first = await askJson(served, '/leave');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(served.late, [], 'it is frozen');
    assert.deepEqual(await askJson(served, '/wait'), first);
    const line = await eventually(() => served.late[0]);
    const { id, console: lines } = await served.record('/leave');
    assert.deepEqual(lines, []);
    assert.deepEqual([line.requestId, line.level, line.text], [id, 'info', 'late']);
  });
});

describe('a handler may be written', () => {
  const OK = "callback(null, 'ok');";
  const styles: readonly [style: string, source: string, status: number, text: string | RegExp][] = [
    ['as a function', `exports.handler = function (context, event, callback) { ${OK} };`, 200, 'ok'],
    [
      'as a member of module.exports',
      `module.exports = { handler(context, event, callback) { ${OK} } };`,
      200,
      'ok',
    ],
    [
      'with return callback',
      "exports.handler = (c, e, callback) => { return callback(null, 'ok'); };",
      200,
      'ok',
    ],
    [
      'as an async function',
      `exports.handler = async (context, event, callback) => { await null; ${OK} };`,
      200,
      'ok',
    ],
    [
      'with promises',
      "exports.handler = (c, e, callback) => { Promise.resolve('ok').then((text) => callback(null, text)).catch(callback); };",
      200,
      'ok',
    ],
    [
      'with a timer',
      `exports.handler = (c, e, callback) => { setTimeout(() => ${OK.slice(0, -1)}, 5); };`,
      200,
      'ok',
    ],
    [
      'with events',
      "exports.handler = (c, e, callback) => { require('node:fs').createReadStream(__filename).on('end', () => callback(null, 'ok')).resume(); };",
      200,
      'ok',
    ],
    [
      'as a compiler of TypeScript leaves it',
      `"use strict"; Object.defineProperty(exports, "__esModule", { value: true }); exports.handler = void 0;
      const handler = async function (context, event, callback) { ${OK} }; exports.handler = handler;`,
      200,
      'ok',
    ],
    [
      'so that callback is called twice',
      "exports.handler = (c, e, callback) => { callback(null, 'ok'); callback('no'); };",
      200,
      'ok',
    ],
    [
      'so that it passes a falsy error',
      "exports.handler = (c, e, callback) => callback(0, 'ok');",
      200,
      'ok',
    ],
    ['so that it answers nothing', 'exports.handler = (c, e, callback) => callback();', 200, ''],
    [
      'so that it throws',
      "exports.handler = () => { throw new TypeError('thrown'); };",
      500,
      /^\{"message":"thrown","name":"TypeError"/,
    ],
    [
      'so that it rejects',
      "exports.handler = async () => { throw new Error('rejected'); };",
      500,
      /"message":"rejected"/,
    ],
    [
      'so that it passes an error',
      "exports.handler = (c, e, callback) => callback(new Error('passed'));",
      500,
      /"message":"passed"/,
    ],
    [
      'so that it passes a string as error',
      "exports.handler = (c, e, callback) => callback('passed');",
      500,
      'passed',
    ],
    [
      'so that it throws later',
      "exports.handler = () => { setTimeout(() => { throw new Error('later'); }, 5); };",
      500,
      /"message":"later"/,
    ],
    [
      'so that it only returns',
      "exports.handler = async () => 'lost';",
      504,
      'runtime application timed out',
    ],
    [
      'so that a failed assertion answers',
      "exports.handler = async () => { require('node:assert').equal(1, 2); };",
      500,
      /"name":"AssertionError"/,
    ],
    [
      'so that the status comes from an error that has none',
      "exports.handler = (c, e, callback) => { const r = new Twilio.Response(); r.setStatusCode(new Error('x').status); callback(null, r); };",
      500,
      'Internal Server Error',
    ],
    [
      'so that a circular value is its body',
      'exports.handler = (c, e, callback) => { const r = new Twilio.Response(); const o = {}; o.o = o; r.setBody(o); callback(null, r); };',
      500,
      'Internal Server Error',
    ],
    [
      'so that JSON is a string already',
      `exports.handler = (c, e, callback) => { const r = new Twilio.Response(); r.appendHeader('Content-Type', 'application/json'); r.setBody('{"a":1}'); callback(null, r); };`,
      200,
      '{"a":1}',
    ],
    [
      'so that JSON has no body',
      "exports.handler = (c, e, callback) => { const r = new Twilio.Response(); r.appendHeader('Content-Type', 'application/json'); callback(null, r); };",
      200,
      '',
    ],
    [
      'so that a Location comes with 200 and a media type is nonsense',
      "exports.handler = (c, e, callback) => callback(null, new Twilio.Response({ body: 'ok', headers: { Location: '/x', 'Content-Type': 'json' } }));",
      200,
      'ok',
    ],
  ];
  let served: Served;
  before(async () => {
    served = await serve(
      Object.fromEntries(styles.map(([, source], index) => [`functions/f${index}.js`, source])),
    );
  });
  after(() => served.close());

  styles.forEach(([style, , status, text], index) => {
    it(`${style}: ${status}`, async () => {
      // A fresh instance and a warm one.
      for (let call = 0; call < 2; call++) {
        const response = await ask(served, `/f${index}`);
        assert.equal(response.status, status, response.text());
        if (typeof text === 'string') assert.equal(response.text(), text);
        else assert.match(response.text(), text);
      }
    });
  });

  it('and an ordinary rejection costs no new process', async (t) => {
    const file =
      "exports.handler = async (c, e, callback) => { if (e.fail) throw new Error('no'); callback(null, [process.pid]); };";
    const own = await servedFor(t, { 'functions/a.js': file });
    const before = await askJson(own, '/a');
    for (let call = 0; call < 3; call++) assert.equal((await ask(own, '/a?fail=1')).status, 500);
    assert.deepEqual(await askJson(own, '/a'), before);
  });
});

describe('the request as a Function and a signature see it', () => {
  const FILES = {
    '.env': CREDENTIALS,
    'functions/name.js': answering('context.DOMAIN_NAME'),
    'functions/headers.js': answering('event.request.headers'),
    'functions/cookies.js': running(
      `const response = new Twilio.Response();
      response.setBody(event.request.cookies);
      response.setCookie('seen', 'yes', ['Max-Age=60']);
      response.removeCookie('old');
      callback(null, response);`,
    ),
    'functions/signed.protected.js': running('const { request, ...rest } = event; callback(null, rest);'),
    'assets/signed.protected.txt': 'guarded',
  };
  const PUBLIC_URL = new URL('https://demo.example.com');
  const FORWARDED = [
    ['Host', 'internal:8080'],
    ['X-Forwarded-Host', 'demo.example.com'],
    ['X-Forwarded-Proto', 'https'],
  ] as const;
  let plain: Served;
  let named: Served;
  let behind: Served;
  before(async () => {
    [plain, named, behind] = await Promise.all([
      serve(FILES),
      serve(FILES, { publicUrl: PUBLIC_URL }),
      serve(FILES, { trustProxy: ['loopback'] }),
    ]);
  });
  after(() => Promise.all([plain, named, behind].map((served) => served.close())));

  it('has the name of the Host header, of the public URL, or of the proxy that is trusted', async () => {
    const nameOf = async ({ port }: Served): Promise<string> =>
      (await request(port, { method: 'GET', path: '/name', headers: FORWARDED })).text();
    assert.deepEqual(await Promise.all([plain, named, behind].map(nameOf)), [
      'internal:8080',
      'demo.example.com',
      'demo.example.com',
    ]);
  });

  it('does not show Host and X-Forwarded-* to the Function', async () => {
    const headers = [...FORWARDED, ['X-Own', 'a'], ['x-own', 'b'], ['Referer', 'x']] as const;
    const response = await request(behind.port, { method: 'GET', path: '/headers', headers });
    assert.deepEqual(JSON.parse(response.text()), { 'x-own': ['a', 'b'] });
  });

  const form = { CallSid: 'CA1', From: '+15550001111', Body: 'Größe & more', Digits: '' };
  const ways: readonly [
    title: string,
    served: () => Served,
    base: (port: number) => string,
    headers: readonly (readonly [string, string])[],
  ][] = [
    ['the Host header', () => plain, (port) => `http://localhost:${port}`, []],
    ['the public URL', () => named, () => 'https://demo.example.com', []],
    ['a proxy that is trusted', () => behind, () => 'https://demo.example.com', FORWARDED],
  ];
  for (const [title, servedOf, baseOf, headers] of ways) {
    it(`is accepted when it is signed for the URL by ${title}, and refused otherwise`, async () => {
      const served = servedOf();
      const base = baseOf(served.port);
      const all = headers.length > 0 ? headers : ([['Host', `localhost:${served.port}`]] as const);
      const target = '/signed?step=1&name=J%C3%B6rg';
      const post = (signature: string): Promise<RawResponse> =>
        request(served.port, {
          method: 'POST',
          path: target,
          headers: [...all, FORM, ['X-Twilio-Signature', signature]],
          body: new URLSearchParams(form).toString(),
        });
      const good = await post(getExpectedTwilioSignature(TOKEN, base + target, form));
      assert.equal(good.status, 200, good.text());
      assert.deepEqual(JSON.parse(good.text()), { step: '1', name: 'Jörg', ...form });
      const elsewhere = await post(
        getExpectedTwilioSignature(TOKEN, `https://evil.example.com${target}`, form),
      );
      assert.equal(elsewhere.status, 400);

      const get = await request(served.port, {
        method: 'GET',
        path: '/signed.txt',
        headers: [
          ...all,
          ['X-Twilio-Signature', getExpectedTwilioSignature(TOKEN, `${base}/signed.txt`, {})],
        ],
      });
      assert.equal(`${get.status} ${get.text()}`, '200 guarded');
    });
  }

  it('is accepted when it is JSON whose hash the signed URL carries, and refused when it was changed', async () => {
    const body = JSON.stringify({ status: 'delivered', list: [1] });
    const target = `/signed?bodySHA256=${getExpectedBodyHash(body)}`;
    const signature = getExpectedTwilioSignature(TOKEN, `https://demo.example.com${target}`, {});
    const post = (text: string): Promise<RawResponse> =>
      request(named.port, {
        method: 'POST',
        path: target,
        headers: [
          ['Content-Type', 'application/json'],
          ['X-Twilio-Signature', signature],
        ],
        body: text,
      });
    assert.equal((await post(body)).status, 200);
    assert.equal((await post(body.replace('1', '2'))).status, 400);
  });

  it('with HEAD gets the headers of GET and no body', async () => {
    const [head, get] = await Promise.all(
      ['HEAD', 'GET'].map((method) => request(plain.port, { method, path: '/name' })),
    );
    assert.deepEqual([head?.status, head?.body.length], [200, 0]);
    for (const name of ['content-type', 'content-length'])
      assert.equal(head?.header(name), get?.header(name), name);
  });

  it('brings cookies, and the answer sets and removes them', async () => {
    const headers = [['Cookie', 'a=1; b="x y"; a=2; c=%C3%B6']] as const;
    const response = await request(plain.port, { method: 'GET', path: '/cookies', headers });
    assert.deepEqual(JSON.parse(response.text()), { a: '1', b: 'x y', c: 'ö' });
    assert.deepEqual(response.headers('set-cookie'), [
      'seen=yes;Max-Age=60;HttpOnly;Secure',
      'old=;Max-Age=0;HttpOnly;Secure',
    ]);
  });
});

async function servedFor(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  options: ServeOptions = {},
): Promise<Served> {
  const served = await serve(files, options);
  t.after(() => served.close());
  return served;
}

function ask({ port }: Served, path: string): Promise<RawResponse> {
  return request(port, { method: 'GET', path });
}

/** Throws where the answer is not 200 and JSON. */
async function askJson(served: Served, path: string): Promise<unknown> {
  const response = await ask(served, path);
  assert.equal(response.status, 200, response.text());
  return JSON.parse(response.text());
}

/** From the cache where it is filled; without a registry and a cache this fails, and so does the test. */
function install(folder: string): void {
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const { status, stderr } = spawnSync('npm', ['install', ...quietly], {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    timeout: 120_000,
  });
  assert.equal(status, 0, stderr);
}
