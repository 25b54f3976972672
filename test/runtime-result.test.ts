import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import vm from 'node:vm';
import type { ErrorCode } from '../src/errors';
import { encodeResult, MAX_PAYLOAD_BYTES, type Reply } from '../src/protocol/messages';
import { describeError } from '../src/runtime/failure';
import { Response } from '../src/runtime/response';
import { replyOf, replyOfError } from '../src/runtime/result';
import { createSdk } from '../src/runtime/sdk';

const sdk = createSdk(join(__dirname, 'no-such-project'));
const LIMIT = 4_194_304;

type Expected = Partial<Omit<Reply, 'body'>> & { body?: string };

function check(reply: Reply, expected: Expected): void {
  const seen = { ...reply, body: reply.body.toString() };
  const full = { status: 200, headers: [], failure: null, oversize: 0, retire: false, body: '', ...expected };
  assert.deepEqual(seen, { kind: seen.kind, ...full });
}

function twiml(text: string): object {
  const VoiceResponse = sdk.twimlClass('VoiceResponse') as new () => { say(text: string): void };
  class Extended extends VoiceResponse {}
  const response = new Extended();
  response.say(text);
  return response;
}

const XML = '<?xml version="1.0" encoding="UTF-8"?><Response><Say>hi</Say></Response>';
const BYTES = new Uint8Array([104, 105]);

const VALUES: [string, () => unknown, Expected][] = [
  ['a string', () => 'é✓', { kind: 'text', body: 'é✓' }],
  ['an empty string', () => '', { kind: 'text' }],
  ['null', () => null, { kind: 'none' }],
  ['undefined', () => undefined, { kind: 'none' }],
  [
    'an object',
    () => ({ a: 1, u: undefined, d: new Date(0) }),
    { kind: 'json', body: '{"a":1,"d":"1970-01-01T00:00:00.000Z"}' },
  ],
  ['an array', () => [1, 'two'], { kind: 'json', body: '[1,"two"]' }],
  ['true', () => true, { kind: 'json', body: 'true' }],
  ['false', () => false, { kind: 'json', body: 'false' }],
  ['a number', () => 404, { kind: 'json', body: '404' }],
  ['NaN', () => Number.NaN, { kind: 'json', body: 'null' }],
  ['a function', () => () => 1, { kind: 'none' }],
  ['a symbol', () => Symbol('x'), { kind: 'none' }],
  ['an object that turns into undefined', () => ({ toJSON: () => undefined }), { kind: 'none' }],
  ['nested toJSON', () => ({ a: { toJSON: () => [1] } }), { kind: 'json', body: '{"a":[1]}' }],
  ['symbol keys', () => ({ [Symbol('s')]: 1, a: 2 }), { kind: 'json', body: '{"a":2}' }],
  ['a Buffer', () => Buffer.from('hi'), { kind: 'binary', body: 'hi' }],
  ['a Uint8Array', () => BYTES, { kind: 'binary', body: 'hi' }],
  ['a part of a Uint8Array', () => BYTES.subarray(1), { kind: 'binary', body: 'i' }],
  ['an ArrayBuffer', () => BYTES.buffer, { kind: 'binary', body: 'hi' }],
  [
    'bytes of another realm',
    () => vm.runInNewContext('new Uint8Array([104, 105])'),
    { kind: 'binary', body: 'hi' },
  ],
  [
    'a Buffer that lies about its length',
    () => Object.defineProperty(Buffer.from('hi'), 'length', { value: 1e9 }),
    { kind: 'binary', body: 'hi' },
  ],
  ['other views as JSON', () => new Float64Array([1.5]), { kind: 'json', body: '{"0":1.5}' }],
  ['TwiML, also of a subclass', () => twiml('hi'), { kind: 'xml', body: XML }],
  [
    'what only looks like a Response',
    () => ({ statusCode: 404, headers: {}, body: 'x' }),
    { kind: 'json', body: '{"statusCode":404,"headers":{},"body":"x"}' },
  ],
];
for (const [name, make, expected] of VALUES) {
  test(`callback(null, value) answers ${name}`, () => check(replyOf(make(), sdk), expected));
}

const BODIES: [string, unknown, Expected][] = [
  ['a string', 'plain', { kind: 'binary', body: 'plain' }],
  ['an empty string', '', { kind: 'binary' }],
  ['null', null, { kind: 'none' }],
  ['undefined', undefined, { kind: 'none' }],
  ['an object', { a: 1 }, { kind: 'json', body: '{"a":1}' }],
  ['a number', 42, { kind: 'text', body: '42' }],
  ['false', false, { kind: 'json', body: 'false' }],
  ['bytes', Buffer.from([0, 255]), { kind: 'binary', body: Buffer.from([0, 255]).toString() }],
];
for (const [name, body, expected] of BODIES) {
  test(`the body of a Response may be ${name}`, () =>
    check(replyOf(new Response().setBody(body), sdk), expected));
}

test('TwiML as the body of a Response is sent as XML', () => {
  check(replyOf(new Response().setBody(twiml('hi')), sdk), { kind: 'xml', body: XML });
});

test('JSON that the author made is not encoded again', () => {
  const response = new Response().appendHeader('Content-Type', 'application/json').setBody('{"a":1}');
  check(replyOf(response, sdk), {
    kind: 'binary',
    body: '{"a":1}',
    headers: ['Content-Type', 'application/json'],
  });
});

for (const statusCode of [204, 205, 304]) {
  test(`status ${statusCode} has no body`, () => {
    check(replyOf(new Response({ statusCode, body: 'x' }), sdk), { status: statusCode, kind: 'none' });
  });
}

const STATUSES: [unknown, number | null, string?][] = [
  [200, 200],
  [599, 599],
  ['404', 404],
  [undefined, null, 'undefined'],
  [null, null, 'null'],
  ['abc', null, "'abc'"],
  ['4e2', null, "'4e2'"],
  [99, null, '99'],
  [100, null, '100'],
  [600, null, '600'],
  [1.5, null, '1.5'],
  [Number.NaN, null, 'NaN'],
  [200n, null, '200n'],
  [Symbol('s'), null, 'Symbol(s)'],
  [{ code: 404 }, null, '{ code: 404 }'],
];
for (const [statusCode, status, shown] of STATUSES) {
  test(`status ${String(shown ?? statusCode)} is ${status === null ? 'refused by name' : 'sent'}`, () => {
    const reply = replyOf(Object.assign(new Response(), { statusCode }), sdk);
    if (status !== null) return check(reply, { status });
    assert.equal(reply.status, 500);
    assert.equal(reply.failure?.code, 'HS_RESULT_INVALID');
    assert.equal(reply.failure?.message, `status ${shown} is not an integer from 200 to 599`);
    assert.equal(reply.body.toString(), 'Internal Server Error');
  });
}

const LINES: [string, unknown, readonly string[] | RegExp][] = [
  ['null', null, []],
  ['undefined', undefined, []],
  ['no value', { A: undefined, B: null, C: [undefined, 'c'] }, ['C', 'c']],
  [
    'repeated lines',
    { never: ['gonna', 'give', ['you', ['up']]] },
    ['never', 'gonna', 'never', 'give', 'never', 'you', 'never', 'up'],
  ],
  ['numbers and booleans', { A: 1, B: true, C: 2n }, ['A', '1', 'B', 'true', 'C', '2']],
  ['names as they were written', { 'x-a': '1', 'X-A': '2' }, ['x-a', '1', 'X-A', '2']],
  ['cookies', { 'Set-Cookie': ['a=1', 'b=2'] }, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']],
  ['inherited members not at all', Object.create({ A: '1' }), []],
  ['an object', { A: { b: 1 } }, /^header 'A' is \{ b: 1 \} and not a string$/],
  ['a function', { A: () => 1 }, /^header 'A' is \[Function: A\] and not a string$/],
  ['a symbol', { A: Symbol('x') }, /^header 'A' is Symbol\(x\) and not a string$/],
  ['a text', 'A: 1', /^headers are 'A: 1' and not an object$/],
  ['a list', [['A', '1']], /^headers are \[ \[ 'A', '1' \] \] and not an object$/],
  [
    'a list that holds itself',
    { A: ring() },
    /^header 'A' is <ref \*1> \[ \[Circular \*1\] \] and not a string$/,
  ],
];
for (const [name, headers, expected] of LINES) {
  test(`headers may hold ${name}`, () => {
    const reply = replyOf(Object.assign(new Response(), { headers }), sdk);
    if (expected instanceof RegExp) assert.match(reply.failure?.message ?? '', expected);
    else check(reply, { headers: expected });
  });
}

test('headers beyond all limits are cut, so that the gateway still gets the message', () => {
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`x-${n}`, 'v']));
  for (const headers of [many, { A: 'a'.repeat(10_000_000) }, { A: Array(1_000_000).fill('b') }]) {
    const reply = replyOf(Object.assign(new Response(), { headers }), sdk);
    assert.equal(reply.status, 200);
    assert.ok(reply.headers.length > 180 || reply.headers.join('').length > 15_360);
    assert.ok(encodeResult(1, reply).length < 1_000_000);
  }
});

test('a Response of another copy is known by its name and fields', () => {
  const Foreign = {
    Response: class Response {
      statusCode = 418;
      headers = { A: '1' };
      body = 'tea';
    },
  }.Response;
  check(replyOf(new Foreign(), sdk), { status: 418, kind: 'binary', body: 'tea', headers: ['A', '1'] });
});

const BROKEN: [string, () => unknown, RegExp][] = [
  [
    'a circular object',
    () => {
      const a: Record<string, unknown> = {};
      a.b = [{ 'c-d': a }];
      return { a };
    },
    /^the result holds a circular reference at \.a\.b\[0\]\["c-d"\]$/,
  ],
  [
    'an object that is its own member',
    () => {
      const a: Record<string, unknown> = {};
      a.self = a;
      return a;
    },
    /^the result holds a circular reference at \.self$/,
  ],
  ['a BigInt', () => 10n, /^a BigInt cannot become JSON$/],
  ['a BigInt in an object', () => ({ a: { id: 10n } }), /^a BigInt cannot become JSON at \.a\.id$/],
  [
    'a getter that throws',
    () => ({
      x: 1,
      get y() {
        throw new Error('no y');
      },
    }),
    /^the result cannot become JSON: no y \(after reading \.x\)$/,
  ],
  [
    'toJSON that throws',
    () => ({
      toJSON() {
        throw new Error('no JSON');
      },
    }),
    /^the result cannot become JSON: no JSON$/,
  ],
  [
    'toJSON that throws nothing',
    () => ({
      toJSON() {
        throw undefined;
      },
    }),
    /^the result cannot become JSON: undefined$/,
  ],
  ['a Proxy that refuses everything', () => refusal(), /^the result could not be read: refused$/],
  ['a revoked Proxy', () => revoked(), /^the result could not be read: /],
  ['an object nested without end', () => nested(200_000), /^the result is nested too deeply to become JSON$/],
  [
    'a Response whose body cannot be read',
    () =>
      Object.defineProperty(new Response(), 'body', {
        get() {
          throw new Error('gone');
        },
      }),
    /^the result could not be read: gone$/,
  ],
  [
    'a Response with a circular body',
    () => {
      const a: unknown[] = [];
      a.push(a);
      return new Response().setBody(a);
    },
    /^the result holds a circular reference at \[0\]$/,
  ],
  [
    'TwiML that cannot be written',
    () =>
      Object.assign(twiml('x'), {
        toString() {
          throw new Error('no XML');
        },
      }),
    /^the result could not be read: no XML$/,
  ],
];
for (const [name, make, message] of BROKEN) {
  test(`${name} answers 500 and says why`, () => {
    const reply = replyOf(make(), sdk);
    assert.match(reply.failure?.message ?? '', message);
    check(reply, { status: 500, kind: 'text', body: 'Internal Server Error', failure: reply.failure });
    assert.equal(reply.failure?.code, 'HS_RESULT_INVALID');
  });
}

test('the stack of a result that failed leads to the author', () => {
  const { failure } = replyOf({ id: 1n }, sdk);
  assert.match(
    failure?.stack ?? '',
    /^Error: a BigInt cannot become JSON at \.id\n {4}at .*runtime-result\.test/,
  );
  assert.doesNotMatch(failure?.stack ?? '', /[\\/]src[\\/]runtime[\\/]/);
});

const LARGE: [string, () => unknown, number][] = [
  ['a text', () => 'x'.repeat(LIMIT + 1), LIMIT + 1],
  ['a text of many bytes', () => '✓'.repeat(LIMIT / 2), (LIMIT / 2) * 3],
  ['bytes', () => Buffer.alloc(LIMIT + 1), LIMIT + 1],
  ['an ArrayBuffer', () => new ArrayBuffer(LIMIT + 1), LIMIT + 1],
  ['JSON', () => ({ a: 'x'.repeat(LIMIT) }), LIMIT + 8],
  ['a text of half a gigabyte', () => 'x'.repeat(500_000_000), 500_000_000],
];
for (const [name, make, oversize] of LARGE) {
  test(`${name} over 4 MB is measured and left out; status and headers stay`, () => {
    const response = new Response().setStatusCode(201).appendHeader('A', '1').setBody(make());
    const reply = replyOf(response, sdk);
    check(reply, { status: 201, headers: ['A', '1'], oversize });
    assert.equal(replyOf(make(), sdk).oversize, oversize);
  });
}

test('4 MB exactly are sent', () => {
  assert.equal(replyOf('x'.repeat(LIMIT), sdk).body.length, LIMIT);
  assert.equal(replyOf(Buffer.alloc(LIMIT), sdk).body.length, LIMIT);
});

const ERRORS: [string, () => unknown, { kind?: string; body: string | RegExp }][] = [
  ['a string', () => 'bad thing', { kind: 'text', body: 'bad thing' }],
  ['a number', () => 422, { kind: 'text', body: '422' }],
  ['true', () => true, { kind: 'text', body: 'true' }],
  ['a BigInt', () => 5n, { kind: 'text', body: '5' }],
  ['an object', () => ({ code: 1 }), { kind: 'json', body: '{"code":1}' }],
  ['an array', () => [1], { kind: 'json', body: '[1]' }],
  ['bytes', () => Buffer.from('raw'), { kind: 'binary', body: 'raw' }],
  [
    'a Response',
    () => new Response({ statusCode: 404, body: 'x' }),
    { kind: 'json', body: '{"body":"x","statusCode":404,"headers":{"Set-Cookie":[]}}' },
  ],
  ['undefined', () => undefined, { kind: 'text', body: 'Internal Server Error' }],
  ['null', () => null, { kind: 'text', body: 'Internal Server Error' }],
  ['an empty string', () => '', { kind: 'text', body: 'Internal Server Error' }],
  ['0', () => 0, { kind: 'text', body: '0' }],
  ['a symbol', () => Symbol('s'), { kind: 'text', body: 'Internal Server Error' }],
  ['a function', () => () => 'source', { kind: 'text', body: 'Internal Server Error' }],
  [
    'a circular object',
    () => {
      const a: Record<string, unknown> = {};
      a.a = a;
      return a;
    },
    { kind: 'text', body: 'Internal Server Error' },
  ],
  ['a Proxy that refuses everything', () => refusal(), { kind: 'text', body: 'Internal Server Error' }],
  [
    'an error of another realm',
    () => vm.runInNewContext('new TypeError("far")'),
    { kind: 'json', body: /^\{"message":"far","name":"TypeError","stack":"/ },
  ],
  [
    'an error with a message that is no text',
    () => Object.assign(new Error('x'), { message: { a: 1 } }),
    { kind: 'json', body: /^\{"message":"\{ a: 1 \}","name":"Error"/ },
  ],
  [
    'an error whose members throw',
    () => hostileError(),
    { kind: 'json', body: '{"message":"","name":"Error"}' },
  ],
  [
    'an error without a stack',
    () => Object.assign(new Error('x'), { stack: undefined }),
    { kind: 'json', body: '{"message":"x","name":"Error"}' },
  ],
];
for (const [name, make, expected] of ERRORS) {
  test(`an error may be ${name}: always 500`, () => {
    const reply = replyOfError(make(), 'HS_THREW', false);
    assert.equal(reply.status, 500);
    assert.equal(reply.kind, expected.kind);
    if (typeof expected.body === 'string') assert.equal(reply.body.toString(), expected.body);
    else assert.match(reply.body.toString(), expected.body);
    assert.equal(reply.failure?.code, 'HS_THREW');
    assert.equal(typeof reply.failure?.message, 'string');
  });
}

test('an Error is sent as message, name and stack in this order, and nothing else of it', () => {
  const error = Object.assign(new TypeError('tt'), { status: 404, code: 20404, toJSON: () => 'mine' });
  const sent = JSON.parse(replyOfError(error, 'HS_CALLBACK_ERROR', false).body.toString());
  assert.deepEqual(Object.keys(sent), ['message', 'name', 'stack']);
  assert.equal(sent.message, 'tt');
  assert.equal(sent.name, 'TypeError');
  assert.match(sent.stack, /^TypeError: tt\n {4}at .*runtime-result/);
});

test('in production the stack stays in the log', () => {
  const reply = replyOfError(new Error('boom'), 'HS_CALLBACK_ERROR', true);
  assert.equal(reply.body.toString(), '{"message":"boom","name":"Error"}');
  assert.match(reply.failure?.stack ?? '', /^Error: boom\n/);
});

test('an error that cannot become JSON says so in the log', () => {
  const error: Record<string, unknown> = {};
  error.self = error;
  const { failure } = replyOfError(error, 'HS_REJECTED', false);
  assert.match(failure?.message ?? '', /circular reference at \.self\)$/);
});

test('no error makes a message that the gateway would refuse', () => {
  const error = new Error('\u0001'.repeat(10_000_000));
  const code: ErrorCode = 'HS_THREW';
  for (const thrown of [error, '\u0001'.repeat(10_000_000), { a: 'x'.repeat(10_000_000) }]) {
    const reply = replyOfError(thrown, code, false);
    assert.ok((reply.failure?.message.length ?? 0) <= 8_192);
    assert.ok((reply.failure?.stack?.length ?? 0) <= 65_536);
    assert.ok(encodeResult(1, reply).length < MAX_PAYLOAD_BYTES);
  }
});

test('a stack names the cause, and ends where causes go round', () => {
  const inner = new Error('connect ECONNREFUSED');
  const outer = new Error('fetch failed', { cause: inner });
  inner.cause = outer;
  const { stack } = describeError(outer);
  assert.match(stack ?? '', /^Error: fetch failed\n(.*\n)* {2}\[cause\]: Error: connect ECONNREFUSED\n/);
  assert.equal(stack?.match(/\[cause\]/g)?.length, 4);
});

test('what is no Error is described in words', () => {
  assert.deepEqual(describeError({ a: 1 }), { name: 'NonError', message: '{ a: 1 }', stack: null });
  assert.deepEqual(describeError('text'), { name: 'NonError', message: 'text', stack: null });
  assert.deepEqual(describeError(undefined), { name: 'NonError', message: 'undefined', stack: null });
});

function ring(): unknown[] {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

function nested(depth: number): object {
  let value = {};
  for (let n = 0; n < depth; n++) value = { value };
  return value;
}

function refusal(): object {
  const refuse = (): never => {
    throw new Error('refused');
  };
  const traps = [
    'get',
    'has',
    'ownKeys',
    'getOwnPropertyDescriptor',
    'getPrototypeOf',
    'set',
    'defineProperty',
  ];
  return new Proxy({}, Object.fromEntries(traps.map((trap) => [trap, refuse])));
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function hostileError(): Error {
  const get = (): never => {
    throw new Error('no');
  };
  const error = new Error('x');
  void error.stack; // V8 writes it at the first look, with the members that are replaced now
  return Object.defineProperties(error, { name: { get }, message: { get }, stack: { get }, cause: { get } });
}
