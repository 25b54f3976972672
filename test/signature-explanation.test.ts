/** `explainRequest`: what is said of a signature that is wrong, and which header, port or setting is to blame. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { SignatureExplanation } from '../src/admin/api';
import { CodedError } from '../src/errors';
import { explainRequest, type SignatureSettings, signRequest } from '../src/gateway/explain-request';
import { createOrigin } from '../src/gateway/origin';
import { sign } from '../src/gateway/signature';
import {
  type HeaderLines,
  questionOfUrl,
  readCalledUrl,
  type SignatureQuestion,
} from '../src/gateway/signature-question';
import { cpuMs } from './support/cpu-time';
import { request } from './support/raw-http';
import { serve } from './support/serve';

const TOKEN = '0123456789abcdef0123456789abcdef';
const SECONDARY = 'fedcba9876543210fedcba9876543210';
const FORM = 'application/x-www-form-urlencoded';

interface Around {
  readonly token?: string | null;
  readonly publicUrl?: string;
  readonly trustProxy?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

function settingsOf({
  token = TOKEN,
  publicUrl,
  trustProxy = [],
  variables = {},
}: Around): SignatureSettings {
  const url = publicUrl === undefined ? null : new URL(publicUrl);
  return { token, origin: createOrigin(url, trustProxy), hasPublicUrl: url !== null, variables };
}

/** As it reached the gateway. */
function received(
  changes: Partial<SignatureQuestion> & { readonly headers: HeaderLines },
): SignatureQuestion {
  return {
    method: 'POST',
    target: '/sms?a=1',
    body: Buffer.from('Body=hi&To=%2B1555'),
    bodyIsCut: false,
    remoteAddress: '10.0.0.9',
    calledUrl: null,
    ...changes,
  };
}

function textOf({ lines }: SignatureExplanation): string {
  return lines.join('\n');
}

const HOST = ['Host', 'localhost:3000'] as const;
const PROTO = ['X-Forwarded-Proto', 'https'] as const;
const FORWARDED = ['X-Forwarded-Host', 'hooks.example'] as const;
const FIELDS = 'BodyhiTo+1555';

test('a wrong signature is explained by the header, the port or the setting that is to blame', async () => {
  for (const [what, signed, request, around, expected] of [
    [
      'the scheme, of which no header tells',
      `https://localhost:3000/sms?a=1${FIELDS}`,
      { headers: [HOST] },
      {},
      /Scheme: https was signed, http was checked: no X-Forwarded-Proto header came/,
    ],
    [
      'the scheme, of which an untrusted header tells',
      `https://localhost:3000/sms?a=1${FIELDS}`,
      { headers: [HOST, PROTO] },
      {},
      /Scheme: .*X-Forwarded-Proto says https, but it comes from 10\.0\.0\.9, which no --trust-proxy names/,
    ],
    [
      'the host, of which an untrusted header tells',
      `https://hooks.example/sms?a=1${FIELDS}`,
      { headers: [HOST, PROTO, FORWARDED] },
      {},
      /Host: hooks\.example was signed, localhost:3000 was checked: X-Forwarded-Host says hooks\.example, but it comes from 10\.0\.0\.9/,
    ],
    [
      'another proxy is trusted',
      `https://hooks.example/sms?a=1${FIELDS}`,
      { headers: [HOST, PROTO, FORWARDED] },
      { trustProxy: ['10.1.0.0/16'] },
      /or with --trust-proxy 10\.0\.0\.9/,
    ],
    [
      'the host, of which a header tells that is never believed',
      `https://hooks.example/sms?a=1${FIELDS}`,
      { headers: [HOST, ['X-Original-Host', 'hooks.example']] },
      {},
      /the X-Original-Host header says hooks\.example, which is never believed/,
    ],
    [
      'the port, which a proxy left out of the Host header',
      `http://localhost:8080/sms?a=1${FIELDS}`,
      {
        headers: [
          ['Host', 'localhost'],
          ['X-Forwarded-Port', '8080'],
        ],
      },
      {},
      /Port: 8080 was signed, 80 \(of http\) was checked: X-Forwarded-Port says 8080/,
    ],
    [
      'the public URL',
      `https://hooks.example/sms?a=1${FIELDS}`,
      { headers: [['Host', 'hooks.example']] },
      { publicUrl: 'https://old.example' },
      /Host: hooks\.example was signed, old\.example was checked, as --public-url says/,
    ],
    [
      'a slash at the end',
      `http://localhost:3000/sms/?a=1${FIELDS}`,
      { headers: [HOST] },
      {},
      /signed a path with a slash at its end/,
    ],
    [
      'a prefix that a proxy removes and tells of',
      `https://h.example/twilio/sms?a=1${FIELDS}`,
      { headers: [HOST, ['X-Forwarded-Prefix', '/twilio']] },
      { publicUrl: 'https://h.example' },
      /removed \/twilio from the path: add it to the end of --public-url/,
    ],
    [
      'a prefix that a proxy removes, known by the URL that was called',
      `https://h.example/twilio/sms?a=1${FIELDS}`,
      { headers: [HOST], calledUrl: 'https://h.example/twilio/sms?a=1' },
      { publicUrl: 'https://h.example' },
      /Path: \/twilio stands before the path that came/,
    ],
    [
      'a path that was rewritten, known by the URL that was called',
      `http://localhost:3000/other?a=1${FIELDS}`,
      { headers: [HOST], calledUrl: 'http://localhost:3000/other?a=1' },
      {},
      /called \/other\?a=1, but \/sms\?a=1 came/,
    ],
    [
      'a form that was escaped twice',
      `http://localhost:3000/sms?a=1${FIELDS}`,
      { headers: [HOST], body: Buffer.from('Body=hi&To=%252B1555') },
      {},
      /escaped once more/,
    ],
    [
      'a plus that became a blank',
      `http://localhost:3000/sms?a=1${FIELDS}`,
      { headers: [HOST], body: Buffer.from('Body=hi&To=+1555') },
      {},
      /a \+ must be sent as %2B/,
    ],
    [
      'a form in another charset',
      'http://localhost:3000/sms?a=1BodyGrüße',
      { headers: [HOST], body: Buffer.from('Body=Gr%FC%DFe') },
      {},
      /ISO-8859-1 or Windows-1252/,
    ],
    [
      'line breaks',
      'http://localhost:3000/sms?a=1Bodya\nb',
      { headers: [HOST], body: Buffer.from('Body=a%0D%0Ab') },
      {},
      /line breaks as LF, but CRLF came/,
    ],
    [
      'blanks at the end of a value',
      'http://localhost:3000/sms?a=1Bodyhi',
      { headers: [HOST], body: Buffer.from('Body=hi+') },
      {},
      /without the blanks around them/,
    ],
    [
      'the order of the fields',
      'http://localhost:3000/sms?a=1Z1A2',
      { headers: [HOST], body: Buffer.from('Z=1&A=2') },
      {},
      /sorted by name/,
    ],
    [
      'escaped values',
      'http://localhost:3000/sms?a=1To%2B1',
      { headers: [HOST], body: Buffer.from('To=%2B1') },
      {},
      /decoded first/,
    ],
    [
      'the body as it stands',
      'http://localhost:3000/sms?a=1Body=hi',
      { headers: [HOST], body: Buffer.from('Body=hi') },
      {},
      /body as it stands/,
    ],
    [
      'a Content-Type that got lost',
      `http://localhost:3000/sms?a=1${FIELDS}`,
      { headers: [HOST], type: 'text/plain' },
      {},
      /its Content-Type is not/,
    ],
    [
      'the token in quotes',
      `http://localhost:3000/sms?a=1${FIELDS}`,
      { headers: [HOST] },
      { token: `'${TOKEN}'` },
      /AUTH_TOKEN has blanks or quotes around it/,
    ],
    [
      'a token that stands in another variable',
      { token: SECONDARY, data: `http://localhost:3000/sms?a=1${FIELDS}` },
      { headers: [HOST] },
      { variables: { AUTH_TOKEN: TOKEN, OLD_AUTH_TOKEN: SECONDARY } },
      /the token in OLD_AUTH_TOKEN/,
    ],
    [
      'a token that stands nowhere',
      { token: SECONDARY, data: `http://localhost:3000/sms?a=1${FIELDS}` },
      { headers: [HOST] },
      {},
      /not the secondary one/,
    ],
  ] as const) {
    const signature = typeof signed === 'string' ? sign(TOKEN, signed) : sign(signed.token, signed.data);
    const type = 'type' in request ? request.type : FORM;
    const headers = [...request.headers, ['Content-Type', type], ['X-Twilio-Signature', signature]] as const;
    const explanation = await explainRequest(received({ ...request, headers }), settingsOf(around));
    assert.equal(explanation.valid, false, what);
    assert.match(textOf(explanation), expected, what);
    assertNoSecrets(explanation, signature);
  }
});

function assertNoSecrets(explanation: SignatureExplanation, given: string): void {
  const text = JSON.stringify(explanation);
  assert.equal(text.includes(TOKEN) || text.includes(SECONDARY), false);
  const right = sign(TOKEN, explanation.signedString);
  assert.equal(right !== given && text.includes(right), false);
}

test('the log names another variable of the project that holds the token', async (t) => {
  const served = await serve({
    'functions/sms.protected.js': 'exports.handler = (context, event, callback) => callback();',
    '.env': `AUTH_TOKEN=${TOKEN}\nOLD_AUTH_TOKEN=${SECONDARY}\n`,
  });
  t.after(() => served.close());
  const signature = sign(SECONDARY, 'http://localhost/sms');
  const headers = [['X-Twilio-Signature', signature]] as const;
  const { status } = await request(served.port, { method: 'GET', path: '/sms', headers });
  assert.equal(status, 400);
  const { detail } = await served.record('/sms');
  assert.match(detail ?? '', /the token in OLD_AUTH_TOKEN/);
  assert.equal(detail?.includes(SECONDARY), false);
});

test('a right signature is right with the settings in force, in each accepted spelling', async () => {
  for (const [signed, headers, around] of [
    ['http://localhost:3000/sms?a=1', [HOST], {}],
    ['http://localhost/sms?a=1', [HOST], {}],
    ['https://hooks.example/sms?a=1', [HOST, PROTO, FORWARDED], { trustProxy: ['10.0.0.0/8'] }],
    ['https://hooks.example/sms?a=1', [HOST], { publicUrl: 'https://hooks.example' }],
    ['https://hooks.example:443/pre/sms?a=1', [HOST], { publicUrl: 'https://hooks.example/pre' }],
  ] as const) {
    const question = received({
      headers: [...headers, ['content-type', FORM], ['x-twilio-signature', sign(TOKEN, signed + FIELDS)]],
    });
    const explanation = await explainRequest(question, settingsOf(around));
    assert.equal(explanation.valid, true, signed);
    assert.deepEqual(
      explanation.tried.filter(({ matches }) => matches).map(({ url }) => url),
      [signed],
    );
    assert.match(textOf(explanation), /The signature is right/);
  }
});

test('an explanation shows the exact string that is signed, and each form that was tried', async () => {
  const headers = [HOST, ['Content-Type', FORM], ['X-Twilio-Signature', 'x'.repeat(28)]] as const;
  const explanation = await explainRequest(received({ headers }), settingsOf({}));
  assert.equal(explanation.signedString, `http://localhost:3000/sms?a=1${FIELDS}`);
  assert.equal(explanation.signature, 'x'.repeat(28));
  const [first] = explanation.tried;
  assert.deepEqual(first, { url: 'http://localhost:3000/sms?a=1', matches: false, differs: [] });
  const searched = explanation.tried.filter(({ differs }) => differs.length > 0);
  assert.ok(searched.some(({ url }) => url === 'https://localhost:3000/sms?a=1'));
});

test('the form that would match is marked', async () => {
  const signature = sign(TOKEN, `https://localhost:3000/sms?a=1${FIELDS}`);
  const headers = [HOST, ['Content-Type', FORM], ['X-Twilio-Signature', signature]] as const;
  const { tried } = await explainRequest(received({ headers }), settingsOf({}));
  const match = tried.filter(({ matches }) => matches);
  assert.deepEqual(
    match.map(({ url }) => url),
    ['https://localhost:3000/sms?a=1'],
  );
  assert.match(match[0]?.differs.join() ?? '', /--public-url https:\/\/localhost:3000/);
});

test('what cannot be checked says why', async () => {
  const url = `http://localhost:3000/sms?a=1${FIELDS}`;
  const signed = ['X-Twilio-Signature', sign(TOKEN, url)] as const;
  const type = ['Content-Type', FORM] as const;
  for (const [what, request, around, expected] of [
    ['no header', { headers: [HOST, type] }, {}, /No X-Twilio-Signature header came/],
    ['no token', { headers: [HOST, type, signed] }, { token: null }, /no auth token/],
    ['a redacted header', { headers: [HOST, type, ['X-Twilio-Signature', '***']] }, {}, /redacted/],
    ['a cut body', { headers: [HOST, type, signed], bodyIsCut: true }, {}, /Only the beginning of the body/],
    [
      'a charset',
      { headers: [HOST, ['Content-Type', `${FORM}; charset=latin1`], signed] },
      {},
      /HS_UNSUPPORTED_CHARSET/,
    ],
    [
      'a damaged body',
      { headers: [HOST, type, signed, ['Content-Encoding', 'gzip']] },
      {},
      /HS_BODY_UNREADABLE/,
    ],
  ] as const) {
    const explanation = await explainRequest(received(request), settingsOf(around));
    assert.equal(explanation.valid, false, what);
    assert.match(textOf(explanation), expected, what);
    assert.equal(
      explanation.tried.some(({ matches }) => matches),
      false,
      what,
    );
  }
});

test('a body whose hash is not that of the URL is told with both hashes', async () => {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const target = `/sms?bodySHA256=${hash('{"a":1}')}`;
  const signature = sign(TOKEN, `http://localhost:3000${target}`);
  const headers = [HOST, ['Content-Type', 'application/json'], ['X-Twilio-Signature', signature]] as const;
  const question = received({ headers, target, body: Buffer.from('{ "a": 1 }') });
  const explanation = await explainRequest(question, settingsOf({}));
  assert.equal(explanation.valid, false);
  assert.match(
    textOf(explanation),
    new RegExp(`${hash('{"a":1}')}; the body of 10 bytes has ${hash('{ "a": 1 }')}`),
  );
  const intact = { ...question, body: Buffer.from('{"a":1}') };
  assert.equal((await explainRequest(intact, settingsOf({}))).valid, true);
});

test('a compressed form is checked as it was before', async () => {
  const signature = sign(TOKEN, `http://localhost:3000/sms?a=1${FIELDS}`);
  const lines = [
    HOST,
    ['Content-Type', FORM],
    ['Content-Encoding', 'gzip'],
    ['X-Twilio-Signature', signature],
  ] as const;
  const question = received({ headers: lines, body: gzipSync('Body=hi&To=%2B1555') });
  assert.equal((await explainRequest(question, settingsOf({}))).valid, true);
});

// --- by hand

const PUBLIC = 'https://hooks.example/twilio';

function byHand(url: string, headers: HeaderLines, publicUrl?: string): SignatureQuestion {
  const request = {
    method: 'POST',
    url,
    headers: [['Content-Type', FORM] as const, ...headers],
    body: 'Body=hi',
  };
  return questionOfUrl(request, publicUrl === undefined ? null : new URL(publicUrl));
}

test('a URL given by hand is checked as it stands, where no header says what reached the gateway', async () => {
  const url = 'https://user:secret@hooks.example/sms?a=1#top';
  const signature = sign(TOKEN, 'https://hooks.example/sms?a=1Bodyhi');
  const explanation = await explainRequest(byHand(url, [['X-Twilio-Signature', signature]]), settingsOf({}));
  assert.equal(explanation.valid, true);
  assert.equal(JSON.stringify(explanation).includes('secret'), false);
});

test('a URL given by hand with the headers that came shows what the gateway makes of them', async () => {
  const url = 'https://hooks.example/sms';
  const signature = sign(TOKEN, `${url}Bodyhi`);
  const question = byHand(url, [HOST, PROTO, FORWARDED, ['X-Twilio-Signature', signature]]);
  const explanation = await explainRequest(question, settingsOf({}));
  assert.equal(explanation.valid, false);
  assert.equal(explanation.signedString, 'http://localhost:3000/smsBodyhi');
  assert.match(textOf(explanation), /--public-url https:\/\/hooks\.example, or with --trust-proxy loopback/);
  const trusting = settingsOf({ trustProxy: ['loopback'] });
  assert.equal((await explainRequest(question, trusting)).valid, true);
});

test('a public URL with a path: the proxy in front removes it from the URL that was called', () => {
  for (const [url, target] of [
    ['https://hooks.example/twilio/sms?a=1', '/sms?a=1'],
    ['https://hooks.example/twilio', '/'],
    ['https://hooks.example/twilio?a', '/?a'],
    ['https://hooks.example/twilio2/sms', '/twilio2/sms'],
    ['https://hooks.example/sms', '/sms'],
    ['https://hooks.example', '/'],
  ] as const) {
    assert.equal(byHand(url, [], PUBLIC).target, target, url);
  }
});

test('what is not a URL is refused', () => {
  for (const text of [
    '',
    'sms',
    '/sms',
    'ftp://h/x',
    'https://',
    'https://a b/',
    'http://[::1',
    '\u001b[31m',
  ]) {
    assert.throws(
      () => readCalledUrl(text),
      (error) =>
        error instanceof CodedError && error.code === 'HS_USAGE' && !error.message.includes('\u001b'),
      text,
    );
  }
});

test('a request that was signed here is right there', async () => {
  for (const [method, headers, body] of [
    ['POST', [['Content-Type', FORM]], 'b=2&a=1&a=3&c='],
    ['POST', [['Content-Type', 'application/json']], '{"a":1}'],
    ['GET', [], ''],
  ] as const) {
    const request = { method, url: 'https://h.example/p?q=Grüße', headers, body };
    const signature = await signRequest(questionOfUrl(request, null), request.url, TOKEN);
    const signed = questionOfUrl(
      { ...request, headers: [...headers, ['X-Twilio-Signature', signature]] },
      null,
    );
    assert.equal((await explainRequest(signed, settingsOf({}))).valid, true, body);
  }
});

// --- hostile

test('whatever is asked about, the work and what is said of it have a limit', async () => {
  const many = Array.from({ length: 2_000 }, (_, at) => `f${at}=${at}`).join('&');
  for (const [what, changes] of [
    ['a huge form', { body: Buffer.from(`Body=${'x'.repeat(5_000_000)}`) }],
    ['many fields', { body: Buffer.from(many) }],
    ['bytes', { body: Buffer.from(Array.from({ length: 65_536 }, (_, at) => at & 0xff)) }],
    ['a long query', { target: `/p?${'a[b]=%zz&'.repeat(1_500)}` }],
    ['no path', { target: '*' }],
    ['names of prototypes', { body: Buffer.from('__proto__=1&constructor=2&toString=3') }],
  ] as const) {
    const headers = [HOST, ['Content-Type', FORM], ['X-Twilio-Signature', 'A'.repeat(28)]] as const;
    const start = cpuMs();
    const { lines, tried, valid } = await explainRequest(received({ headers, ...changes }), settingsOf({}));
    const tookMs = cpuMs() - start;
    assert.equal(valid, false, what);
    assert.ok(lines.join('\n').length < 5_000, what);
    assert.ok(tried.length < 120, what);
    assert.ok(tookMs < 3_000, `${what}: ${tookMs} ms`);
  }
});
