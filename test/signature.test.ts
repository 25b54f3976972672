import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import twilio from 'twilio';
import { type Form, parseForm } from '../src/gateway/event';
import { ExplanationBrake, explainSignature, type SignatureFailure } from '../src/gateway/explain-signature';
import { type SignedRequest, sign, signedFields, verifySignature } from '../src/gateway/signature';

const TOKEN = '0123456789abcdef0123456789abcdef';
const EMPTY = Buffer.alloc(0);

interface Vector {
  readonly name: string;
  readonly token: string;
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  readonly signature: string;
  readonly rawBody?: string;
  readonly sdkValidateRequest: boolean;
}

// The compiled tests lie one folder deeper than the sources.
const DATA = join(__dirname, '..', '..', 'test', 'data', 'signature.ndjson');
const VECTORS = readFileSync(DATA, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Vector);

function requestTo(url: string, changes: Partial<SignedRequest> = {}): SignedRequest {
  const path = url.indexOf('/', url.indexOf('://') + 3);
  const request = {
    token: TOKEN,
    signature: '',
    base: url.slice(0, path),
    target: url.slice(path),
    form: null,
    body: EMPTY,
    inflated: EMPTY,
    ...changes,
  };
  return request;
}

function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

for (const vector of VECTORS) {
  test(`vector: ${vector.name}`, () => {
    const body = Buffer.from(vector.rawBody ?? '');
    const form = vector.rawBody === undefined ? (vector.params as Form) : null;
    // The vector with a wrong token was signed with that of the file, and is checked with the account's.
    const token = vector.sdkValidateRequest ? vector.token : TOKEN;
    const request = requestTo(vector.url, { token, signature: vector.signature, form, body, inflated: body });
    assert.equal(verifySignature(request), vector.sdkValidateRequest);
    assert.equal(verifySignature({ ...request, target: `${request.target}x` }), false);
    assert.equal(verifySignature({ ...request, token: `${token}x` }), false);
  });
}

test('what was signed with or without the standard port is accepted', () => {
  for (const [url, signed] of [
    ['https://h.example/p?a=1', 'https://h.example:443/p?a=1'],
    ['http://h.example/p?a=1', 'http://h.example:80/p?a=1'],
    ['https://h.example:8443/p', 'https://h.example/p'],
    ['https://h.example:443/p', 'https://h.example/p'],
    ['https://[::1]/p', 'https://[::1]:443/p'],
    ['https://[::1]:8443/p', 'https://[::1]/p'],
    ['https://h.example/a:1/p?b=:2', 'https://h.example:443/a:1/p?b=:2'],
  ] as const) {
    const form = parseForm('A=1&B=2');
    const request = requestTo(url, { form, signature: sign(TOKEN, `${signed}A1B2`) });
    assert.equal(verifySignature(request), true, signed);
  }
});

test('another scheme, host, path, query or port is refused', () => {
  const url = 'https://h.example/p?a=1';
  for (const signed of [
    'http://h.example/p?a=1',
    'https://i.example/p?a=1',
    'https://h.example/P?a=1',
    'https://h.example/p/?a=1',
    'https://h.example/p',
    'https://h.example/p?a=1&b=2',
    'https://h.example:8443/p?a=1',
    'https://h.example:80/p?a=1',
    '',
  ]) {
    assert.equal(verifySignature(requestTo(url, { signature: sign(TOKEN, signed) })), false, signed);
  }
});

test('a host in capitals may have been signed as it came or in lower case', () => {
  for (const signed of ['https://H.Example/p', 'https://h.example/p']) {
    assert.equal(verifySignature(requestTo('https://H.Example/p', { signature: sign(TOKEN, signed) })), true);
  }
});

test('a query may have been signed as it came, as URL writes it and as querystring writes it', () => {
  for (const [target, signed] of [
    ["/p?a='x'", "/p?a='x'"],
    ["/p?a='x'", '/p?a=%27x%27'],
    ['/p?a=%27x%27', "/p?a='x'"],
    ['/p?a=1+2', '/p?a=1%202'],
    ['/p?a="x"', '/p?a=%22x%22'],
    ['/p?a=|', '/p?a=|'],
    ['/p?a=|', '/p?a=%7C'],
    ['/p?a=%zz', '/p?a=%zz'],
    ['/a/../p', '/a/../p'],
    ['/a/../p', '/p'],
    ['/p?', '/p?'],
  ] as const) {
    const request = requestTo(`https://h.example${target}`, {
      signature: sign(TOKEN, `https://h.example${signed}`),
    });
    assert.equal(verifySignature(request), true, `${target} <- ${signed}`);
  }
});

test('a target beyond ASCII is tried as UTF-8 and as the bytes came', () => {
  const bytes = Buffer.from('/p?q=Grüße', 'utf8').toString('latin1');
  for (const signed of ['/p?q=Grüße', '/p?q=Gr%C3%BC%C3%9Fe', bytes]) {
    const signature = sign(TOKEN, `https://h.example${signed}`);
    assert.equal(verifySignature(requestTo(`https://h.example${bytes}`, { signature })), true, signed);
  }
});

test('a public URL with a path is part of what was signed', () => {
  const signature = sign(TOKEN, 'https://h.example/prefix/p?a=1');
  const request = requestTo('https://h.example/p?a=1', {
    base: 'https://h.example/prefix',
    target: '/p?a=1',
    signature,
  });
  assert.equal(verifySignature(request), true);
});

test('repeated fields are signed once each, in order', () => {
  assert.equal(signedFields(parseForm('b=2&a=z&a=x&a=z&B=1&a=y')), 'B1axayazb2');
  assert.equal(signedFields(parseForm('')), '');
  assert.equal(signedFields(parseForm('__proto__=1&=2')), '2__proto__1');
});

test('a form that is signed like a GET is refused: its fields would be anyone’s', () => {
  const url = 'https://h.example/p?a=1';
  const form = parseForm('Body=forged');
  assert.equal(verifySignature(requestTo(url, { form, signature: sign(TOKEN, url) })), false);
});

test('the body must have the hash that the URL names', () => {
  const body = Buffer.from('{"a":1}');
  const packed = gzipSync(body);
  const hash = sha256(body);
  for (const [query, changes, accepted] of [
    [`bodySHA256=${hash}`, { body, inflated: body }, true],
    [`x=1&bodySHA256=${hash}&y=2`, { body, inflated: body }, true],
    [`bodySHA256=${hash}`, { body: packed, inflated: body }, true],
    [`bodySHA256=${sha256(packed)}`, { body: packed, inflated: body }, true],
    [`bodySHA256=${hash}`, { body: EMPTY, inflated: EMPTY }, false],
    [`bodySHA256=${hash}`, { body: Buffer.from('{"a":2}'), inflated: Buffer.from('{"a":2}') }, false],
    [`bodySHA256=${hash.toUpperCase()}`, { body, inflated: body }, false],
    ['bodySHA256=', { body, inflated: body }, false],
    ['bodySHA256', { body, inflated: body }, false],
    [`bodySHA256=${sha256('')}&bodySHA256=${hash}`, { body, inflated: body }, false],
    [`xbodySHA256=${sha256('')}`, { body, inflated: body }, true],
    [`bodySHA256x=1&bodySHA256=${hash}`, { body, inflated: body }, true],
    ['a=1', { body, inflated: body }, true],
  ] as const) {
    const url = `https://h.example/p?${query}`;
    assert.equal(
      verifySignature(requestTo(url, { ...changes, signature: sign(TOKEN, url) })),
      accepted,
      query,
    );
  }
});

test('a form with a hash in its URL may be signed with its fields or without, if the hash is right', () => {
  const body = Buffer.from('Body=hi');
  const form = parseForm('Body=hi');
  const url = `https://h.example/p?bodySHA256=${sha256(body)}`;
  for (const signature of [sign(TOKEN, url), sign(TOKEN, `${url}Bodyhi`)]) {
    assert.equal(verifySignature(requestTo(url, { form, body, inflated: body, signature })), true);
    const other = Buffer.from('Body=no');
    assert.equal(verifySignature(requestTo(url, { form, body: other, inflated: other, signature })), false);
  }
});

test('a signature of another length or with anything around it is refused', () => {
  const url = 'https://h.example/p';
  const right = sign(TOKEN, url);
  for (const signature of [
    '',
    ' ',
    right.slice(0, -1),
    `${right} `,
    `${right}, ${right}`,
    'ü'.repeat(28),
    '='.repeat(28),
  ]) {
    assert.equal(verifySignature(requestTo(url, { signature })), false, signature);
  }
  assert.equal(verifySignature(requestTo(url, { signature: right })), true);
});

test('whatever the SDK accepts is accepted, and changes are refused', () => {
  const random = numbers(11);
  const pick = <Item>(items: readonly [Item, ...Item[]]): Item => items[random() % items.length] ?? items[0];
  let accepted = 0;
  for (let round = 0; round < 4_000; round++) {
    const base = `${pick(['https', 'http'])}://${pick(['h.example', 'H.Example', '127.0.0.1', '[::1]'])}${pick(['', '', ':443', ':80', ':8443'])}`;
    const url = base + randomTarget(random);
    const form = random() % 3 === 0 ? null : parseForm(randomForm(random));
    const params = { ...form };
    // Signed for a URL that may differ a little from the one that is asked for.
    const signed = pick([
      url,
      new URL(url).href,
      withDefaultPort(url),
      url.replace(/:\d+\//, '/'),
      legacy(url),
      `${url}x`,
    ]);
    const signature = twilio.getExpectedTwilioSignature(TOKEN, signed, params);
    const request = requestTo(url, { form, signature });
    const bySdk = twilio.validateRequest(TOKEN, signature, url, params);
    if (bySdk) accepted++;
    if (bySdk) assert.equal(verifySignature(request), true, `${url} signed as ${signed}`);
    if (signed === `${url}x`) assert.equal(verifySignature(request), false, url);
    if (signed === url) assert.equal(verifySignature(request), true, url);
    const forged = flip(signature, random() % 27);
    assert.equal(verifySignature({ ...request, signature: forged }), false, url);
    const more = { ...request, form: { ...params, Extra: 'x' } };
    assert.equal(verifySignature(more), false, url);
  }
  assert.ok(accepted > 1_500, `${accepted} accepted`);
});

// --- explanations

function failureOf(
  changes: Partial<SignedRequest>,
  around: Partial<SignatureFailure> = {},
): SignatureFailure {
  const request = requestTo('https://ours.example/sms?a=1', changes);
  return { request, publicUrl: true, headers: {}, remoteAddress: '127.0.0.1', ...around };
}

test('an explanation names the setting that makes the signature match', () => {
  const form = parseForm('Body=hi&To=%2B1555&Empty=');
  const fields = 'BodyhiEmptyTo+1555';
  const local = { base: 'http://localhost:3000', target: '/sms?a=1', form };
  const forwarded = {
    host: 'localhost:3000',
    'x-forwarded-host': 'abc.example',
    'x-forwarded-proto': 'https',
  };
  for (const [what, signed, changes, around, expected] of [
    [
      'other scheme',
      `http://ours.example/sms?a=1${fields}`,
      { form },
      {},
      /--public-url http:\/\/ours\.example/,
    ],
    [
      'Host header',
      `https://real.example/sms?a=1${fields}`,
      { form },
      { headers: { host: 'real.example' } },
      /--public-url https:\/\/real\.example/,
    ],
    [
      'https in front',
      `https://localhost:3000/sms?a=1${fields}`,
      local,
      { publicUrl: false, headers: { host: 'localhost:3000' } },
      /--public-url https:\/\/localhost:3000/,
    ],
    [
      'forwarded',
      `https://abc.example/sms?a=1${fields}`,
      local,
      { publicUrl: false, headers: forwarded },
      /--public-url https:\/\/abc\.example, or with --trust-proxy loopback/,
    ],
    [
      'forwarded from afar',
      `https://abc.example/sms?a=1${fields}`,
      local,
      { publicUrl: false, headers: forwarded, remoteAddress: '::ffff:10.0.0.9' },
      /--trust-proxy 10\.0\.0\.9/,
    ],
    [
      'original host',
      `https://o.example/sms?a=1${fields}`,
      { form },
      { headers: { 'x-original-host': 'o.example' } },
      /--public-url https:\/\/o\.example/,
    ],
    [
      'Forwarded',
      `https://f.example/sms?a=1${fields}`,
      { form },
      { headers: { forwarded: 'for=1.2.3.4;host="f.example"' } },
      /--public-url https:\/\/f\.example/,
    ],
    ['slash added', `https://ours.example/sms/?a=1${fields}`, { form }, {}, /with a slash/],
    [
      'slash removed',
      `https://ours.example/sms?a=1${fields}`,
      { form, target: '/sms/?a=1' },
      {},
      /without a slash/,
    ],
    ['root', 'https://ours.example', { target: '/' }, {}, /root/],
    [
      'prefix removed',
      `https://ours.example/pre/sms?a=1${fields}`,
      { form },
      { headers: { 'x-forwarded-prefix': '/pre/' } },
      /\/pre/,
    ],
    [
      'prefix too much',
      `https://ours.example/sms?a=1${fields}`,
      { form, base: 'https://ours.example/pre', target: '/sms?a=1' },
      {},
      /--public-url https:\/\/ours\.example,/,
    ],
    ['query added', `https://ours.example/sms${fields}`, { form }, {}, /without its query/],
    ['fields left out', 'https://ours.example/sms?a=1', { form }, {}, /the URL alone/],
    ['empty fields left out', 'https://ours.example/sms?a=1BodyhiTo+1555', { form }, {}, /not empty/],
    ['field added', 'https://ours.example/sms?a=1EmptyTo+1555', { form }, {}, /all fields but Body/],
    ['JSON members', 'https://ours.example/sms?a=1ax', { inflated: Buffer.from('{"a":"x"}') }, {}, /JSON/],
    [
      'token',
      `https://ours.example/sms?a=1${fields}`,
      { form, token: ` ${TOKEN}\n` },
      {},
      /AUTH_TOKEN has blanks/,
    ],
  ] as const) {
    const signature = sign(TOKEN, signed);
    const text = explainSignature(failureOf({ ...changes, signature }, around));
    assert.match(text, expected, what);
    assert.doesNotMatch(text, /hi\b.*1555/, what);
  }
});

test('an explanation sees a signature that was written differently', () => {
  const right = sign(TOKEN, 'https://ours.example/sms?a=1');
  for (const signature of [`"${right}"`, encodeURIComponent(right), right.slice(0, -1), `${right} `]) {
    assert.match(explainSignature(failureOf({ signature })), /header is written differently/, signature);
  }
});

test('an explanation sees that a body was changed on the way', () => {
  const target = `/sms?bodySHA256=${sha256('{"a":1}')}`;
  const body = Buffer.from('{ "a": 1 }');
  const signature = sign(TOKEN, `https://ours.example${target}`);
  const text = explainSignature(failureOf({ target, body, inflated: body, signature }));
  assert.match(text, /something on the way, such as a proxy, changed the body/);
});

test('an explanation says what was checked, and never the token, the right signature or values', () => {
  const form = parseForm('Body=very+secret&From=%2B15551230001');
  const request = requestTo('https://ours.example/sms?a=1', { form, signature: sign('another', 'x') });
  for (const publicUrl of [true, false]) {
    const text = explainSignature({ request, publicUrl, headers: {}, remoteAddress: undefined });
    assert.match(text, publicUrl ? /the public URL/ : /Host header/);
    assert.match(text, /^ {2}https:\/\/ours\.example\/sms\?a=1$/m);
    assert.match(text, /^ {2}https:\/\/ours\.example:443\/sms\?a=1$/m);
    assert.match(text, /2 form fields \(Body, From\)/);
    assert.match(text, /primary auth token/);
    for (const secret of [
      TOKEN,
      'very',
      '15551230001',
      sign(TOKEN, `https://ours.example/sms?a=1${signedFields(form)}`),
    ]) {
      assert.ok(!text.includes(secret), secret);
    }
  }
});

test('an explanation stays short and does bounded work whatever was sent', () => {
  const names = Array.from({ length: 3_000 }, (_, at) => `name${at}=${'v'.repeat(10)}`).join('&');
  const body = Buffer.from(names);
  const hosts = Array.from({ length: 200 }, (_, at) => `h${at}.example`).join(', ');
  const headers = { 'x-forwarded-host': hosts, host: 'a b', forwarded: `host=${'x'.repeat(9_000)}` };
  const target = `/sms?${"a='&".repeat(1_500)}`;
  for (const changes of [
    { form: parseForm(names), body, inflated: body, target },
    { form: parseForm(`a=${'x'.repeat(200_000)}`), body: Buffer.alloc(200_002), inflated: EMPTY },
    { inflated: Buffer.from('{"toString":{},"a":[[1]]}') },
    { inflated: Buffer.from('null') },
  ]) {
    const text = explainSignature(failureOf({ ...changes, signature: 'x' }, { headers }));
    assert.ok(text.length < 6_000, String(text.length));
  }
});

test('the brake lets so many explanations through in a second', () => {
  const brake = new ExplanationBrake(2);
  assert.deepEqual(
    [1_000, 1_500, 1_999, 2_000, 2_001, 2_002].map((now) => brake.allows(now)),
    [true, true, false, true, true, false],
  );
});

// --- random requests

function randomTarget(random: () => number): string {
  const pieces = [
    'a',
    'B',
    '/',
    '%20',
    '%27',
    "'",
    '(',
    ')',
    '*',
    '!',
    '+',
    '=',
    '&',
    '?',
    '|',
    '"',
    ':',
    ';',
    '@',
    '~',
    '%zz',
    '..',
    '#',
    '^',
    '{',
  ];
  let target = '/p';
  if (random() % 2 === 0) target += '?q=1&';
  for (let left = random() % 10; left > 0; left--) target += pieces[random() % pieces.length];
  return target;
}

function randomForm(random: () => number): string {
  const pieces = ['a', 'b', 'A', '=', '=', '&', '&', '%20', '%C3%BC', '+', '1', '_'];
  let form = 'k=v&';
  for (let left = random() % 14; left > 0; left--) form += pieces[random() % pieces.length];
  return form;
}

function withDefaultPort(url: string): string {
  const { protocol } = new URL(url);
  return url.replace(/^(\w+:\/\/[^/:]+)\//, `$1${protocol === 'https:' ? ':443' : ':80'}/`);
}

function legacy(url: string): string {
  const parsed = new URL(url);
  return `${parsed.origin}${parsed.pathname}?${new URLSearchParams(parsed.search)}`.replaceAll('+', '%20');
}

/** Another signature of the same length. */
function flip(signature: string, at: number): string {
  const other = signature.charAt(at) === 'A' ? 'B' : 'A';
  return signature.slice(0, at) + other + signature.slice(at + 1);
}

/** Always the same sequence of numbers for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >>> 8;
  };
}

test('the signature of this file is that of the algorithm as it is published', () => {
  assert.equal(sign(TOKEN, 'ü'), createHmac('sha1', TOKEN).update(Buffer.from('ü', 'utf8')).digest('base64'));
});
