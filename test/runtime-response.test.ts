import assert from 'node:assert/strict';
import test from 'node:test';
import { Response } from '../src/runtime/response';

/** What author's code may do, whatever the types say. */
type Loose = {
  new (options?: unknown): Loose;
  body: unknown;
  statusCode: unknown;
  headers: Record<string, unknown>;
  setStatusCode(value: unknown): Loose;
  setBody(value: unknown): Loose;
  setHeaders(value: unknown): Loose;
  appendHeader(name: unknown, value: unknown): Loose;
  setCookie(name: unknown, value: unknown, attributes?: unknown): Loose;
  removeCookie(name: unknown): Loose;
};
const Author = Response as unknown as Loose;

test('a new Response is 200 without a body and with an empty list of cookies, in this order of fields', () => {
  assert.equal(JSON.stringify(new Response()), '{"body":null,"statusCode":200,"headers":{"Set-Cookie":[]}}');
});

const OPTIONS: [string, unknown, object][] = [
  [
    'all three options',
    { statusCode: 418, body: 'tea', headers: { a: '1' } },
    fields('tea', 418, { a: '1', 'Set-Cookie': [] }),
  ],
  ['falsy options', { statusCode: 0, body: '', headers: null }, fields(null, 200, { 'Set-Cookie': [] })],
  ['null', null, fields(null, 200, { 'Set-Cookie': [] })],
  ['one cookie', { headers: { 'Set-Cookie': 'a=1' } }, fields(null, 200, { 'Set-Cookie': ['a=1'] })],
  [
    'cookies in lower case',
    { headers: { 'set-cookie': 'a=1' } },
    fields(null, 200, { 'set-cookie': 'a=1', 'Set-Cookie': [] }),
  ],
];
for (const [name, options, expected] of OPTIONS) {
  test(`the constructor applies what is truthy: ${name}`, () => {
    assert.deepEqual({ ...new Author(options) }, expected);
  });
}

test('the headers of the constructor are copied, so that a constant never collects the cookies of all calls', () => {
  const headers = { 'X-Shared': '1' };
  new Response({ headers }).setCookie('session', 'secret');
  assert.deepEqual(headers, { 'X-Shared': '1' });
});

const HEADERS: [string, (response: Loose) => unknown, object][] = [
  ['one value stays one value', (r) => r.appendHeader('A', '1'), { A: '1' }],
  ['a second value makes a list', (r) => r.appendHeader('A', '1').appendHeader('A', '2'), { A: ['1', '2'] }],
  [
    'a list is flattened into the list',
    (r) => r.appendHeader('A', '1').appendHeader('A', ['2', '3']),
    { A: ['1', '2', '3'] },
  ],
  ['a list stays a list', (r) => r.appendHeader('A', ['1', '2']), { A: ['1', '2'] }],
  ['numbers are kept', (r) => r.appendHeader('A', 1).appendHeader('A', 2), { A: [1, 2] }],
  [
    'names that differ in case stand beside each other',
    (r) => r.appendHeader('A', '1').appendHeader('a', '2'),
    { A: '1', a: '2' },
  ],
  ['an empty value counts as absent', (r) => r.appendHeader('A', '').appendHeader('A', '2'), { A: '2' }],
  ['undefined is kept', (r) => r.appendHeader('A', undefined), { A: undefined }],
  [
    'inherited names are no existing headers',
    (r) => r.appendHeader('constructor', '1'),
    { constructor: '1' },
  ],
  [
    'cookies of any case go to Set-Cookie',
    (r) => r.appendHeader('set-COOKIE', 'a=1'),
    { 'Set-Cookie': ['a=1'] },
  ],
  [
    'cookies add up',
    (r) => r.appendHeader('Set-Cookie', 'a=1').appendHeader('set-cookie', ['b=2']),
    { 'Set-Cookie': ['a=1', 'b=2'] },
  ],
  [
    'lost headers are made again',
    (r) => {
      r.headers = undefined as never;
      r.appendHeader('A', '1');
    },
    { A: '1' },
  ],
  [
    'setHeaders replaces everything',
    (r) => r.setCookie('a', '1').appendHeader('A', '1').setHeaders({ B: '2' }),
    { B: '2' },
  ],
  [
    'setHeaders treats cookies as cookies',
    (r) => r.setHeaders({ 'set-cookie': 'a=1' }),
    { 'Set-Cookie': ['a=1'] },
  ],
  ['setHeaders ignores what is no object', (r) => r.appendHeader('A', '1').setHeaders('B'), { A: '1' }],
];
for (const [name, act, expected] of HEADERS) {
  test(`headers: ${name}`, () => {
    const response = new Author();
    act(response);
    assert.deepEqual(response.headers, { 'Set-Cookie': [], ...expected });
  });
}

for (const value of [{ a: 1 }, null, new Date(0)]) {
  test(`appendHeader refuses ${String(value)} as the emulator does`, () => {
    assert.throws(() => new Author().appendHeader('A', value), {
      message: 'Header value cannot be an object',
    });
  });
}

test('setHeaders({}) leaves no header at all, as in the emulator', () => {
  assert.deepEqual(new Author().setHeaders({}).headers, {});
});

const COOKIES: [string, (response: Loose) => unknown, string[]][] = [
  ['a plain cookie', (r) => r.setCookie('a', '1'), ['a=1']],
  [
    'attributes follow without a space',
    (r) => r.setCookie('b', '2', ['HttpOnly', 'Secure']),
    ['b=2;HttpOnly;Secure'],
  ],
  ['the value is not escaped', (r) => r.setCookie('a', 'x y;z'), ['a=x y;z']],
  ['removing adds an expired one', (r) => r.removeCookie('zz'), ['zz=;Max-Age=0']],
  [
    'removing drops the pending one',
    (r) => r.setCookie('a', '1').setCookie('ab', '2').removeCookie('a'),
    ['ab=2', 'a=;Max-Age=0'],
  ],
  ['removing without any list works', (r) => r.setHeaders({}).removeCookie('a'), ['a=;Max-Age=0']],
];
for (const [name, act, expected] of COOKIES) {
  test(`cookies: ${name}`, () => {
    const response = new Author();
    act(response);
    assert.deepEqual(response.headers['Set-Cookie'], expected);
  });
}

test('every setter returns the response itself', () => {
  const response = new Response();
  const last = response
    .setStatusCode(201)
    .setBody('x')
    .setHeaders({})
    .appendHeader('a', 'b')
    .setCookie('c', 'd');
  assert.equal(last.removeCookie('c'), response);
  assert.equal(response.statusCode, 201);
  assert.equal(response.body, 'x');
});

function fields(body: unknown, statusCode: number, headers: object): object {
  return { body, statusCode, headers };
}
