import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';

const SID = `AC${'0'.repeat(32)}`;
const TOKEN = '0123456789abcdef0123456789abcdef';
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string>>;

/** Starts a process of its own, makes it look like an instance of a project, and runs code as the author's. */
function runAsAuthor(
  code: string,
  files: Files = {},
  credentials: readonly (string | null)[] = [SID, TOKEN],
): unknown {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hookswitch-globals-')));
  folders.push(root);
  const author = `module.exports = async () => {\n${code}\n};`;
  for (const [name, text] of Object.entries({ ...files, 'functions/author.js': author })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', instance(root, credentials)], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

function instance(root: string, [accountSid, authToken]: readonly (string | null | undefined)[]): string {
  const resource = (path: string, file: string) => ({ path, file: join(root, file) });
  const boot = {
    root,
    accountSid,
    authToken,
    variables: {},
    functions: [resource('/author', 'functions/author.js'), resource('/sms/reply', 'functions/sms/reply.js')],
    assets: [resource('/config/a.json', 'assets/config/a.private.json')],
  };
  const runtime = (name: string) => JSON.stringify(join(__dirname, '../src/runtime', name));
  return `
    const { createSdk } = require(${runtime('sdk')});
    const { installGlobals } = require(${runtime('globals')});
    const sdk = createSdk(${JSON.stringify(root)});
    installGlobals(${JSON.stringify(boot)}, sdk);
    globalThis.isTwiml = (value) => sdk.isTwiml(value);
    globalThis.loaded = (part) => Object.keys(require.cache).some((file) => file.includes(part));
    const author = require(${JSON.stringify(join(root, 'functions/author.js'))});
    author().then((result) => console.log(JSON.stringify(result)));
  `;
}

const WHOLE = '/twilio/lib/rest/';

const TOUCHES: [string, string, unknown][] = [
  [
    'nothing is loaded before it is touched',
    "return [loaded('/twilio/'), 'Response' in Twilio, typeof Twilio, isTwiml({})]",
    [false, true, 'function', false],
  ],
  [
    'a TwiML class is loaded alone',
    `const r = new Twilio.twiml.MessagingResponse(); return [isTwiml(r), loaded('VoiceResponse'), loaded('${WHOLE}')]`,
    [true, false, false],
  ],
  [
    'an access token is loaded alone',
    `return [typeof Twilio.jwt.AccessToken, loaded('${WHOLE}')]`,
    ['function', false],
  ],
  [
    'a client is made by calling and by constructing',
    `return [Twilio('${SID}', '${TOKEN}').accountSid, new Twilio('${SID}', '${TOKEN}', { region: 'ie1' }).region, new Twilio.Twilio('${SID}', '${TOKEN}') instanceof Twilio.Twilio]`,
    [SID, 'ie1', true],
  ],
  [
    'members are found, listed and spread',
    "const all = { ...Twilio }; return ['validateRequest' in Twilio, Object.keys(Twilio).includes('webhook'), typeof all.validateRequest, all.Response === Response, typeof all.twiml.VoiceResponse]",
    [true, true, 'function', true, 'function'],
  ],
  [
    'members are taken apart',
    'const { twiml, jwt, validateRequest, Response: R } = Twilio; return [typeof twiml.VoiceResponse, typeof jwt.ClientCapability, typeof validateRequest, R === Response]',
    ['function', 'function', 'function', true],
  ],
  [
    'the rest of twiml and jwt is there too',
    'return [Object.keys(Twilio.twiml).length >= 3, typeof Twilio.jwt.taskrouter, Twilio.twiml.Nope ?? null]',
    [true, 'object', null],
  ],
  [
    'members can be set and stay',
    `Twilio.mine = 1; Twilio.validateRequest = () => 'mock'; Twilio.twiml.VoiceResponse = 7; Object.keys(Twilio); return [Twilio.mine, Twilio.validateRequest(), Twilio.twiml.VoiceResponse]`,
    [1, 'mock', 7],
  ],
  [
    'what is no member loads nothing',
    `await Twilio; String(Twilio); Twilio.hasOwnProperty; Twilio[Symbol.toPrimitive]; return loaded('${WHOLE}')`,
    false,
  ],
  ['an unknown member is undefined', "return [Twilio.nope ?? null, 'nope' in Twilio]", [null, false]],
  [
    'Response takes the place of that of fetch, also at the top',
    'return [Response === Twilio.Response, new Response() instanceof Twilio.Response, new Response().statusCode]',
    [true, true, 200],
  ],
  [
    'subclasses are TwiML',
    'class Mine extends Twilio.twiml.VoiceResponse {} return [isTwiml(new Mine()), isTwiml({ toString() {} })]',
    [true, false],
  ],
  [
    'the globals can be replaced',
    'Twilio = 1; Functions = 2; twilioClient = 3; return [Twilio, Functions, twilioClient]',
    [1, 2, 3],
  ],
];
for (const [name, code, expected] of TOUCHES) {
  test(`Twilio: ${name}`, () => assert.deepEqual(runAsAuthor(code), expected));
}

test('a project without the SDK requires ours, and its classes are those of the global', () => {
  const code = `
    const whole = require('twilio');
    const Voice = require('twilio/lib/twiml/VoiceResponse');
    return [Voice === Twilio.twiml.VoiceResponse, whole.twiml.VoiceResponse === Voice, isTwiml(new Voice()), typeof whole.validateRequest];
  `;
  assert.deepEqual(runAsAuthor(code), [true, true, true, 'function']);
});

test('only twilio is found in this way, and what twilio does not have is missing', () => {
  const code = `
    const code = (name) => { try { require(name); return 'found' } catch (error) { return error.code } };
    return [code('twilio/lib/nope'), code('twilio-nope'), code('hookswitch-nope'), code('twilio/package.json')];
  `;
  assert.deepEqual(runAsAuthor(code), ['MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'found']);
});

const OWN_SDK: Files = {
  'node_modules/twilio/package.json': '{"name":"twilio","version":"3.0.0","main":"./lib"}',
  'node_modules/twilio/lib/index.js': `
    module.exports = Object.assign((sid) => ({ sid }), { own: true, twiml: {}, jwt: {} });
    for (const name of ['VoiceResponse', 'MessagingResponse']) {
      Object.defineProperty(module.exports.twiml, name, { get: () => require('./twiml/' + name) });
    }
  `,
  'node_modules/twilio/lib/twiml/VoiceResponse.js': 'module.exports = function VoiceResponse() {}',
  'node_modules/twilio/lib/twiml/MessagingResponse.js': 'exports.default = class MessagingResponse {}',
};

test("the project's own SDK comes first, whatever its major exports", () => {
  const code = `
    const voice = new Twilio.twiml.VoiceResponse();
    const message = new Twilio.twiml.MessagingResponse();
    const lean = !loaded('twilio/lib/index');
    return [lean, isTwiml(voice), isTwiml(message), Twilio.own, Twilio.twiml.FaxResponse ?? null, Twilio('x').sid, Object.keys(Twilio).includes('own')];
  `;
  assert.deepEqual(runAsAuthor(code, OWN_SDK), [true, true, true, true, null, 'x', true]);
});

test('an SDK of an unknown layout is loaded as a whole', () => {
  const files = {
    'node_modules/twilio/package.json': '{"name":"twilio","version":"9.0.0","main":"main.js"}',
    'node_modules/twilio/main.js':
      'module.exports = () => 1; module.exports.twiml = { VoiceResponse: class {} }; module.exports.jwt = {}',
  };
  const code =
    'return [isTwiml({}), typeof Twilio.twiml.VoiceResponse, isTwiml(new Twilio.twiml.VoiceResponse())]';
  assert.deepEqual(runAsAuthor(code, files), [false, 'function', true]);
});

test('getAssets shows private Assets with slash and extension, and opens them', () => {
  const code = `
    const assets = Runtime.getAssets();
    return [Object.keys(assets), assets['/config/a.json'].open(), assets['/config/a.json'].path.endsWith('a.private.json'), assets === Runtime.getAssets()];
  `;
  const files = { 'assets/config/a.private.json': '{"é":1}' };
  assert.deepEqual(runAsAuthor(code, files), [['/config/a.json'], '{"é":1}', true, false]);
});

test('getFunctions shows all Functions without a slash; with one they are found but not listed', () => {
  const code = `
    const all = Runtime.getFunctions();
    return [Object.keys(all), require(all['sms/reply'].path).x, all['/sms/reply'].path === all['sms/reply'].path, Object.keys(Functions)];
  `;
  const names = ['author', 'sms/reply'];
  assert.deepEqual(runAsAuthor(code, { 'functions/sms/reply.js': 'exports.x = 7' }), [names, 7, true, names]);
});

test('getSync gives the service with its two aliases', () => {
  const code = `
    const sync = Runtime.getSync({ serviceName: 'IS0' });
    return [sync.maps === sync.syncMaps, sync.lists === sync.syncLists, typeof sync.documents, Runtime.getSync()._solution?.sid ?? 'default'];
  `;
  assert.deepEqual(runAsAuthor(code), [true, true, 'function', 'default']);
});

test('without credentials there is no twilioClient, and getSync throws', () => {
  const code =
    'let name; try { Runtime.getSync() } catch (error) { name = error.name } return [typeof twilioClient, name]';
  assert.deepEqual(runAsAuthor(code, {}, [null, null]), ['undefined', 'INVALID_CONFIG']);
});

test('with credentials twilioClient is made when it is first touched', () => {
  const code = `const before = loaded('${WHOLE}'); return [before, twilioClient.accountSid, twilioClient === globalThis.twilioClient]`;
  assert.deepEqual(runAsAuthor(code), [false, SID, true]);
});
