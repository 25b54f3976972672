import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import type { Boot } from '../src/protocol/messages';
import { createContext } from '../src/runtime/context';
import { parseEvent } from '../src/runtime/event';
import { createSdk } from '../src/runtime/sdk';

const SID = `AC${'0'.repeat(32)}`;
const TOKEN = '0123456789abcdef0123456789abcdef';
const sdk = createSdk(join(__dirname, 'no-such-project'));

function bootWith(variables: Record<string, string>, credentials: Partial<Boot> = {}): Boot {
  return {
    root: __dirname,
    production: false,
    functions: [],
    assets: [],
    variables,
    accountSid: null,
    authToken: null,
    temporaryFolder: __dirname,
    reading: 'frozen',
    inspector: null,
    tellsInputs: false,
    ...credentials,
  };
}

test('the members of context come in the order of the emulator', () => {
  const boot = bootWith(
    { MY_VAR: 'v1', ACCOUNT_SID: SID, AUTH_TOKEN: TOKEN },
    { accountSid: SID, authToken: TOKEN },
  );
  const context = createContext(boot, sdk, '/sms/reply', 'demo.twil.io');
  assert.deepEqual(Object.keys(context), [
    'PATH',
    'DOMAIN_NAME',
    'SERVICE_SID',
    'ENVIRONMENT_SID',
    'MY_VAR',
    'ACCOUNT_SID',
    'AUTH_TOKEN',
    'getTwilioClient',
  ]);
  assert.equal(context.PATH, '/sms/reply');
  assert.equal(context.DOMAIN_NAME, 'demo.twil.io');
  assert.equal(context.SERVICE_SID, undefined);
});

test('without credentials ACCOUNT_SID and AUTH_TOKEN are null', () => {
  const { ACCOUNT_SID, AUTH_TOKEN } = createContext(bootWith({}), sdk, '/a', 'x');
  assert.deepEqual({ ACCOUNT_SID, AUTH_TOKEN }, { ACCOUNT_SID: null, AUTH_TOKEN: null });
});

test('a Variable wins over every member of its name but getTwilioClient', () => {
  const variables = {
    PATH: '/mine',
    DOMAIN_NAME: 'mine',
    SERVICE_SID: 'ZS',
    ENVIRONMENT_SID: 'ZE',
    getTwilioClient: 'no',
  };
  const context = createContext(bootWith(variables), sdk, '/a', 'x');
  assert.equal(typeof context.getTwilioClient, 'function');
  for (const name of ['PATH', 'DOMAIN_NAME', 'SERVICE_SID', 'ENVIRONMENT_SID'] as const) {
    assert.equal(context[name], variables[name]);
  }
});

test('what a call writes to its context is gone with the call', () => {
  const boot = bootWith({ MY_VAR: 'v1' });
  const first = createContext(boot, sdk, '/a', 'x');
  first.MY_VAR = 'changed';
  first.user = 'secret';
  delete first.PATH;
  const second = createContext(boot, sdk, '/b', 'y');
  assert.equal(second.MY_VAR, 'v1');
  assert.equal('user' in second, false);
  assert.equal(second.PATH, '/b');
});

test('a Variable named __proto__ is a member like any other', () => {
  const boot = bootWith(JSON.parse('{"__proto__":"x"}'));
  assert.ok(Object.keys(createContext(boot, sdk, '/a', 'x')).includes('__proto__'));
});

const REFUSED: [string, Partial<Boot>, RegExp][] = [
  ['no Account SID', {}, /^Missing Account SID\n.*ACCOUNT_SID/],
  ['an empty Account SID', { accountSid: '' }, /^Missing Account SID\n/],
  ['an Account SID that is too short', { accountSid: 'AC1', authToken: TOKEN }, /^Invalid Account SID\n/],
  [
    'an API key in its place',
    { accountSid: `SK${'0'.repeat(32)}`, authToken: TOKEN },
    /^Invalid Account SID\n/,
  ],
  ['no Auth Token', { accountSid: SID }, /^Missing Auth Token\n.*AUTH_TOKEN/],
  ['an Auth Token that is too short', { accountSid: SID, authToken: 'x' }, /^Invalid Auth Token\n/],
];
for (const [name, credentials, message] of REFUSED) {
  test(`getTwilioClient throws INVALID_CONFIG with ${name}`, () => {
    const context = createContext(bootWith({}, credentials), sdk, '/a', 'x');
    assert.throws(() => context.getTwilioClient(), { name: 'INVALID_CONFIG', message });
  });
}

test('getTwilioClient makes a client of the credentials and the options', () => {
  const context = createContext(bootWith({}, { accountSid: SID, authToken: TOKEN }), sdk, '/a', 'x');
  const client = context.getTwilioClient({ region: 'ie1', edge: 'dublin' }) as Record<string, unknown>;
  assert.equal(client.accountSid, SID);
  assert.equal(client.region, 'ie1');
  assert.equal(client.edge, 'dublin');
});

const EVENTS: [string, string, string, object][] = [
  ['no body', '{"request":{},"a":"1"}', '', { request: {}, a: '1' }],
  [
    'an object',
    '{"request":{},"a":"1"}',
    '{"b":{"c":[1,null]}}',
    { request: {}, a: '1', b: { c: [1, null] } },
  ],
  ['an array', '{"request":{}}', '[10,{"k":1}]', { 0: 10, 1: { k: 1 }, request: {} }],
  ['equal names, replaced whole', '{"request":{},"a":["1","2"]}', '{"a":"3"}', { request: {}, a: '3' }],
  ['a member named request', '{"request":{"headers":{}}}', '{"request":"mine"}', { request: 'mine' }],
  ['an empty object', '{"request":{}}', '{}', { request: {} }],
  [
    'names that every object inherits',
    '{"request":{}}',
    '{"toString":1,"constructor":2}',
    { request: {}, toString: 1, constructor: 2 },
  ],
];
for (const [name, event, body, expected] of EVENTS) {
  test(`the event takes the members of the body: ${name}`, () => {
    const made = parseEvent(event, body);
    assert.deepEqual(made, expected);
    assert.deepEqual(Object.keys(made), Object.keys(expected));
  });
}

test('__proto__ in query and body becomes a member and pollutes nothing', () => {
  const event = parseEvent('{"__proto__":{"q":1},"request":{}}', '{"__proto__":{"p":1},"a":1}') as Record<
    string,
    unknown
  >;
  assert.deepEqual(Object.keys(event), ['__proto__', 'request', 'a']);
  assert.equal(event.p, undefined);
  assert.equal(({} as { p?: number }).p, undefined);
  assert.equal(Object.getPrototypeOf(event), Object.prototype);
});
