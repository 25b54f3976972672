import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import qs from 'qs';
import { parseCookies } from '../src/gateway/cookies';
import { buildEvent, type Form, parseForm } from '../src/gateway/event';

interface Event {
  readonly request: { readonly headers: Record<string, unknown>; readonly cookies: Record<string, unknown> };
  readonly [name: string]: unknown;
}

function eventOf(rawHeaders: readonly string[], query = '', form: Form | null = null): Event {
  return JSON.parse(buildEvent(rawHeaders, query, form)) as Event;
}

type Table = readonly (readonly [string, object])[];

function membersOf(query: string, form: Form | null = null): object {
  const { request, ...members } = eventOf([], query, form);
  return members;
}

test('a query becomes members as in the emulator', () => {
  const table: Table = [
    ['', {}],
    ['a=1&a=2', { a: ['1', '2'] }],
    ['b[c]=3', { b: { c: '3' } }],
    ['b%5Bc%5D=3', { b: { c: '3' } }],
    ['d[]=4', { d: ['4'] }],
    ['a[0]=x&a[5]=y', { a: ['x', 'y'] }],
    ['a[25]=x', { a: ['x'] }],
    ['a[1001]=x', { a: { 1001: 'x' } }],
    ['e', { e: '' }],
    ['e=', { e: '' }],
    ['x=a+b&y=%2B1', { x: 'a b', y: '+1' }],
    ['w=%zz', { w: '%zz' }],
    ['=x', {}],
    ['&&', {}],
    ['a=1;b=2', { a: '1;b=2' }],
    ['a=1&a[b]=2', { a: ['1', { b: '2' }] }],
    ['a[b][c][d][e][f][g]=1', { a: { b: { c: { d: { e: { f: { '[g]': '1' } } } } } } }],
    ['__proto__[x]=1', {}],
    ['__proto__=1&a=2', { a: '2' }],
    ['toString=1&hasOwnProperty=2&constructor=3', { toString: '1', hasOwnProperty: '2', constructor: '3' }],
    ['toString[a]=1', { toString: { a: '1' } }],
    ['2=b&1=a', { 1: 'a', 2: 'b' }],
    ['q=%C3%BC%20%F0%9F%91%8B', { q: 'ü 👋' }],
  ];
  for (const [query, members] of table) {
    assert.deepEqual(membersOf(query), members, query);
  }
});

test('repeated names give an array however often they are repeated', () => {
  for (const count of [2, 25, 1_200]) {
    const values = Array.from({ length: count }, (_, at) => String(at));
    for (const name of ['a', 'a[]']) {
      assert.deepEqual(membersOf(values.map((value) => `${name}=${value}`).join('&')), { a: values });
    }
  }
});

test('a query without brackets is read as the library reads it', () => {
  const pieces = [
    'a',
    'b',
    '=',
    '=',
    '&',
    '&',
    '+',
    '%',
    '%41',
    '%zz',
    '%C3',
    '%BC',
    ';',
    '1',
    '0',
    ' ',
    'ü',
    '.',
    '"',
  ];
  const random = numbers(7);
  for (let round = 0; round < 3_000; round++) {
    let query = '';
    for (let at = random() % 12; at >= 0; at--) query += pieces[random() % pieces.length];
    const expected = qs.parse(query, { allowPrototypes: true });
    assert.ok(isDeepStrictEqual(membersOf(query), { ...expected }), query);
  }
});

test('form fields go over query fields as a whole, and both over the injected request', () => {
  assert.deepEqual(membersOf('a=1&a=2&b=1', parseForm('a=3&c=4')), { a: '3', b: '1', c: '4' });
  assert.equal(eventOf(['A', 'b'], 'request=mine').request, 'mine');
  assert.equal(eventOf(['A', 'b'], 'request=mine', parseForm('request=theirs')).request, 'theirs');
  assert.equal(eventOf(['A', 'b'], '', parseForm('request=theirs')).request, 'theirs');
});

test('names come in the order of the emulator: numbers, request, query, form', () => {
  const event = eventOf([], 'q=1&b=2', parseForm('f=1&7=x&b=3'));
  assert.deepEqual(Object.keys(event), ['7', 'request', 'q', 'b', 'f']);
});

test('a form is flat', () => {
  const table: Table = [
    [
      'a=1&a=2&b[c]=3&d[]=4&e=&f&g=a+b%2B',
      { a: ['1', '2'], 'b[c]': '3', 'd[]': '4', e: '', f: '', g: 'a b+' },
    ],
    ['=x', { '': 'x' }],
    ['{"a":1}', { '{"a":1}': '' }],
    ['', {}],
    ['toString=1&hasOwnProperty=2', { toString: '1', hasOwnProperty: '2' }],
    ['toJSON=1', { toJSON: '1' }],
  ];
  for (const [text, members] of table) {
    assert.deepEqual(membersOf('', parseForm(text)), members, text);
  }
});

test('__proto__ of a form or of a header is an own property and pollutes nothing', () => {
  const event = eventOf(
    ['__proto__', 'h', '__PROTO__', 'i', 'Cookie', '__proto__=c'],
    '',
    parseForm('__proto__=f'),
  );
  assert.deepEqual(Object.getOwnPropertyDescriptor(event, '__proto__')?.value, 'f');
  assert.deepEqual(Object.getOwnPropertyDescriptor(event.request.headers, '__proto__')?.value, ['h', 'i']);
  assert.deepEqual(Object.getOwnPropertyDescriptor(event.request.cookies, '__proto__')?.value, 'c');
  assert.equal(Object.getPrototypeOf(event), Object.prototype);
  assert.deepEqual(Object.keys(Object.prototype), []);
});

test('100,000 fields all arrive', () => {
  const text = Array.from({ length: 100_000 }, (_, at) => `k${at}=${at}`).join('&');
  const members = membersOf('', parseForm(text));
  assert.equal(Object.keys(members).length, 100_000);
  const repeated = membersOf('', parseForm('a=1&'.repeat(200_000)));
  assert.equal(Object.values(repeated)[0].length, 200_000);
});

test('header names are lower case and a repeated header becomes an array', () => {
  const { headers } = eventOf([
    'X-Custom',
    'V',
    'X-M',
    '1',
    'x-m',
    '2',
    'X-m',
    '',
    'List',
    'a, b',
    'X-Empty',
    '',
  ]).request;
  assert.deepEqual(headers, { 'x-custom': 'V', 'x-m': ['1', '2', ''], list: 'a, b', 'x-empty': '' });
});

test('the headers of both published lists are removed', () => {
  const removed =
    'Connection Proxy-Connection Expect Host Proxy-Authorization Proxy-Authenticate Referer Trailer Transfer-Encoding Upgrade Via X-Accel-Buffering X-Forwarded-For X-Forwarded-Host X-Real-IP X-Amzn-Trace-Id I-Twilio-Idempotency-Token I-T-X OT-Span';
  const kept =
    'Cookie X-Twilio-Signature Authorization User-Agent Content-Type Content-Length Accept Origin X-Forwarded Viax';
  const names = `${removed} ${kept}`.split(' ');
  const { headers } = eventOf(names.flatMap((name) => [name, 'a=1'])).request;
  assert.deepEqual(Object.keys(headers), kept.toLowerCase().split(' '));
});

test('header values survive whatever they hold', () => {
  const values = [
    '"quoted"',
    'back\\slash',
    'tab\there',
    '\u00fc\u00ff',
    '\u2028',
    'a\u007fb',
    '</script>',
    '',
  ];
  for (const value of values) assert.equal(eventOf(['X', value]).request.headers.x, value);
});

test('thousands of invented header names are all understood', () => {
  for (let at = 0; at < 3_000; at++) {
    assert.deepEqual(eventOf([`X-Invented-${at}`, 'v', 'Host', 'h']).request.headers, {
      [`x-invented-${at}`]: 'v',
    });
  }
});

test('cookies are parsed by the documented rules', () => {
  const table: Table = [
    ['', {}],
    ['a=1', { a: '1' }],
    ['a=1; b=2;c=3', { a: '1', b: '2', c: '3' }],
    ['a=first; a=second', { a: 'first' }],
    ['A=1; a=2', { A: '1', a: '2' }],
    ['flag; a=1; other', { a: '1' }],
    ['a=%41%20b; c=%zz', { a: 'A b', c: '%zz' }],
    ['a="quoted"; b="half; c="x y"', { a: 'quoted', b: '"half', c: 'x y' }],
    ['a=b=c', { a: 'b=c' }],
    ['j=j:{"a":1}', { j: 'j:{"a":1}' }],
    [' \ta = 1 \t; b= ', { a: '1', b: '' }],
    [';;;', {}],
    ['toString=1; hasOwnProperty=2', { toString: '1', hasOwnProperty: '2' }],
  ];
  for (const [header, cookies] of table) {
    assert.deepEqual({ ...parseCookies(header) }, cookies, header);
  }
});

test('cookies of several header lines are read together and stay visible as a header', () => {
  const { headers, cookies } = eventOf(['Cookie', 'a=1; b=2', 'cookie', 'b=3; c=4']).request;
  assert.deepEqual(cookies, { a: '1', b: '2', c: '4' });
  assert.deepEqual(headers, { cookie: ['a=1; b=2', 'b=3; c=4'] });
  assert.deepEqual(eventOf([]).request, { headers: {}, cookies: {} });
});

/** Always the same sequence of numbers for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >>> 8;
  };
}
