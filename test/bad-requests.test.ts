/** Valid HTTP that the gateway refuses, in the order in which it decides; and odd input that must arrive unharmed. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { ERRORS, type ErrorCode } from '../src/errors';
import { type BadRow, expectGood, GOOD, recordOf, verifyRefused } from './support/bad-row';
import {
  converse,
  exchange,
  type RawRequest,
  type RawResponse,
  request,
  requestBytes,
} from './support/raw-http';
import { type Served, serve } from './support/serve';

const TOKEN = '0123456789abcdef0123456789abcdef';
const JSON_TYPE = ['Content-Type', 'application/json'] as const;
const FORM_TYPE = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
const CHUNKED = ['Transfer-Encoding', 'chunked'] as const;
const GZIP = ['Content-Encoding', 'gzip'] as const;
const EXPECT = ['Expect', '100-continue'] as const;
const WRONG = ['X-Twilio-Signature', 'd3Jvbmc='] as const;
const MB = 1_048_576;

type Header = readonly [string, string];

function get(path: string, ...headers: Header[]): RawRequest {
  return { method: 'GET', path, headers };
}

function post(path: string, body: string | Buffer, ...headers: Header[]): RawRequest {
  return { method: 'POST', path, body, headers };
}

/** In chunks of at most 64 kB. */
function chunked(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const part = bytes.subarray(at, at + 65_536);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

function lines(count: number, value = 'b'): Header[] {
  return Array.from({ length: count }, (_, index) => [`A${index}`, value]);
}

const FILES = {
  '.env': `AUTH_TOKEN=${TOKEN}\n`,
  'functions/good.js': GOOD,
  'functions/never.js':
    "exports.handler = (context, event, callback) => { console.log('ran'); callback(); };",
  'functions/signed.protected.js':
    "exports.handler = (context, event, callback) => { console.log('ran'); callback(); };",
  'functions/hidden.private.js':
    "exports.handler = (context, event, callback) => { console.log('ran'); callback(); };",
  'functions/body.js': `exports.handler = (context, { request, ...body }, callback) => callback(null, body);`,
  'functions/count.js': `
    const depthOf = (value) => {
      let depth = 0;
      for (let inner = value; typeof inner === 'object' && inner !== null; inner = Object.values(inner)[0]) depth += 1;
      return depth;
    };
    exports.handler = (context, { request, ...body }, callback) => {
      const keys = Object.keys(body);
      const depth = depthOf(body);
      callback(null, {
        keys: keys.length,
        last: depth < 100 ? body[keys.at(-1)] : 'deep',
        depth,
        polluted: {}.polluted ?? null,
        own: Object.getOwnPropertyNames(body).includes('__proto__'),
      });
    };`,
  'assets/page.html': '<p>page</p>',
  'assets/secret.private.txt': 'secret',
  'assets/signed.protected.txt': 'signed',
};

const REFUSALS: Readonly<Record<string, readonly BadRow[]>> = {
  'targets and headers': [
    {
      name: 'a target of 8,193 bytes',
      send: get(`/never?${'a'.repeat(8_186)}`),
      error: 'HS_TARGET_TOO_LONG',
      detail: /8193/,
    },
    { name: 'a path of 8,193 bytes', send: get(`/${'a'.repeat(8_192)}`), error: 'HS_TARGET_TOO_LONG' },
    {
      name: '91 header lines',
      send: get('/never', ...lines(90)),
      error: 'HS_REQUEST_HEADERS_TOO_LONG',
      detail: /91 lines/,
    },
    {
      name: '15,361 bytes of headers',
      send: get('/never', ['A', 'a'.repeat(15_361 - 'AHostlocalhost'.length)]),
      error: 'HS_REQUEST_HEADERS_TOO_LONG',
      detail: /15361 bytes/,
    },
    {
      name: 'cookies of 16 kB',
      send: get('/never', ['Cookie', `a=${'b'.repeat(16_384)}`]),
      error: 'HS_REQUEST_HEADERS_TOO_LONG',
    },
    {
      name: '5,000 short header lines',
      send: get('/never', ...lines(5_000)),
      error: 'HS_REQUEST_HEADERS_TOO_LONG',
    },
  ],
  methods: [
    ...['PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'CONNECT', 'PURGE'].map(
      (method): BadRow => ({
        name: method,
        send: { method, path: '/never' },
        error: 'HS_METHOD_NOT_ALLOWED',
        headers: { allow: 'GET, POST, OPTIONS' },
      }),
    ),
    {
      name: 'PUT with a body',
      send: { method: 'PUT', path: '/never', body: 'a' },
      error: 'HS_METHOD_NOT_ALLOWED',
    },
    { name: 'PUT of an Asset', send: { method: 'PUT', path: '/page.html' }, error: 'HS_METHOD_NOT_ALLOWED' },
    {
      name: 'CONNECT to another host',
      send: { method: 'CONNECT', path: 'example.com:443' },
      error: 'HS_METHOD_NOT_ALLOWED',
    },
    {
      name: 'CONNECT to a missing path',
      send: { method: 'CONNECT', path: '/missing' },
      error: 'HS_NOT_FOUND',
    },
    { name: 'OPTIONS for the whole server', send: { method: 'OPTIONS', path: '*' }, error: 'HS_NOT_FOUND' },
    { name: 'GET with a body', send: { ...post('/never', 'a'), method: 'GET' }, error: 'HS_GET_WITH_BODY' },
    {
      name: 'GET with a chunk',
      send: { ...post('/never', chunked(Buffer.from('a')), CHUNKED), method: 'GET' },
      error: 'HS_GET_WITH_BODY',
    },
    {
      name: 'GET with a large body',
      send: { ...post('/never', Buffer.alloc(200_000)), method: 'GET' },
      error: 'HS_GET_WITH_BODY',
    },
    {
      name: 'GET with a body that would come',
      send: { ...get('/never', EXPECT, ['Content-Length', '10']) },
      error: 'HS_GET_WITH_BODY',
    },
    { name: 'HEAD with a body', send: { ...post('/never', 'a'), method: 'HEAD' }, error: 'HS_GET_WITH_BODY' },
    {
      name: 'HEAD with a chunk',
      send: { ...post('/never', chunked(Buffer.from('a')), CHUNKED), method: 'HEAD' },
      error: 'HS_GET_WITH_BODY',
    },
    {
      name: 'GET of an Asset with a body',
      send: { ...post('/page.html', 'a'), method: 'GET' },
      error: 'HS_GET_WITH_BODY',
    },
  ],
  signatures: [
    {
      name: 'a protected Function without a signature',
      send: post('/signed', 'a=1', FORM_TYPE),
      error: 'HS_SIGNATURE_MISSING',
    },
    {
      name: 'a protected Asset without a signature',
      send: get('/signed.txt'),
      error: 'HS_SIGNATURE_MISSING',
    },
    {
      name: 'a protected Function with HEAD',
      send: { method: 'HEAD', path: '/signed' },
      error: 'HS_SIGNATURE_MISSING',
    },
    {
      name: 'a wrong signature',
      send: post('/signed', 'a=1', FORM_TYPE, WRONG),
      error: 'HS_SIGNATURE_WRONG',
    },
    {
      name: 'an empty signature',
      send: get('/signed', ['X-Twilio-Signature', '']),
      error: 'HS_SIGNATURE_WRONG',
    },
    {
      name: 'a signature of 10 kB',
      send: get('/signed', ['X-Twilio-Signature', 'a'.repeat(10_000)]),
      error: 'HS_SIGNATURE_WRONG',
    },
    {
      name: 'a signature that is no base64',
      send: get('/signed', ['X-Twilio-Signature', '\xff\xfe{}']),
      error: 'HS_SIGNATURE_WRONG',
    },
    {
      name: 'the signature of another URL',
      send: get('/signed?a=2', ['X-Twilio-Signature', sign('/signed?a=1')]),
      error: 'HS_SIGNATURE_WRONG',
    },
  ],
  sizes: [
    {
      name: 'a declared length over 1 MB',
      send: post('/never', Buffer.alloc(MB + 1)),
      error: 'HS_REQUEST_TOO_LARGE',
      detail: /Content-Length 1048577/,
    },
    {
      name: 'a length that only the headers make too large',
      send: post('/never', Buffer.alloc(MB - 60)),
      error: 'HS_REQUEST_TOO_LARGE',
    },
    {
      name: 'a length of 2 to the 53',
      send: [`POST /never HTTP/1.1\r\nHost: x\r\nContent-Length: 9007199254740992\r\n\r\na`],
      error: 'HS_REQUEST_TOO_LARGE',
    },
    {
      name: 'chunks over 1 MB',
      send: post('/never', chunked(Buffer.alloc(MB + 1)), CHUNKED),
      error: 'HS_REQUEST_TOO_LARGE',
      detail: /had arrived/,
    },
    {
      name: 'a chunk that promises a terabyte',
      send: [
        `POST /never HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10000000000\r\n`,
        Buffer.alloc(MB + 1),
      ],
      error: 'HS_REQUEST_TOO_LARGE',
    },
    {
      name: 'a form over 1 MB',
      send: post('/never', 'a'.repeat(MB), FORM_TYPE),
      error: 'HS_REQUEST_TOO_LARGE',
    },
    {
      name: 'JSON over 1 MB',
      send: post('/never', JSON.stringify('a'.repeat(MB)), JSON_TYPE),
      error: 'HS_REQUEST_TOO_LARGE',
    },
    {
      name: 'an ignored type over 1 MB',
      send: post('/never', Buffer.alloc(MB), ['Content-Type', 'image/png']),
      error: 'HS_REQUEST_TOO_LARGE',
    },
    {
      name: 'a large body to an Asset',
      send: post('/page.html', Buffer.alloc(MB)),
      error: 'HS_REQUEST_TOO_LARGE',
    },
    {
      name: 'a large body that would come',
      send: { method: 'POST', path: '/never', headers: [EXPECT, ['Content-Length', '2000000']] },
      error: 'HS_REQUEST_TOO_LARGE',
    },
    {
      name: 'JSON that inflates to 10 MB',
      send: post('/never', gzipSync(Buffer.alloc(10 * MB, '[')), JSON_TYPE, GZIP),
      error: 'HS_REQUEST_TOO_LARGE',
      detail: /inflates to more than 1048576/,
    },
    {
      name: 'a form that inflates to 1 MB and a byte',
      send: post('/never', gzipSync(Buffer.alloc(MB + 1, 'a')), FORM_TYPE, GZIP),
      error: 'HS_REQUEST_TOO_LARGE',
    },
    {
      name: 'a deflated form of 10 MB',
      send: post('/never', deflateSync(Buffer.alloc(10 * MB, 'a')), FORM_TYPE, [
        'Content-Encoding',
        'deflate',
      ]),
      error: 'HS_REQUEST_TOO_LARGE',
    },
    {
      name: 'a gzip bomb of 500 MB in chunks',
      send: post('/never', chunked(bomb()), CHUNKED, FORM_TYPE, GZIP),
      error: 'HS_REQUEST_TOO_LARGE',
    },
  ],
  'encodings and charsets': [
    ...['br', 'zstd', 'gzip, gzip', 'gzip, identity', 'gzip;q=1', 'x'].map(
      (encoding): BadRow => ({
        name: `the Content-Encoding ${encoding}`,
        send: post('/never', 'a=1', FORM_TYPE, ['Content-Encoding', encoding]),
        error: 'HS_UNSUPPORTED_ENCODING',
        detail: /Content-Encoding/,
      }),
    ),
    {
      name: 'two Content-Encodings',
      send: post('/never', 'a=1', FORM_TYPE, GZIP, GZIP),
      error: 'HS_UNSUPPORTED_ENCODING',
    },
    ...['ISO-8859-1', 'utf-16', 'us-ascii', 'x'].map(
      (charset): BadRow => ({
        name: `a form in ${charset}`,
        send: post('/never', 'a=1', ['Content-Type', `${FORM_TYPE[1]}; charset=${charset}`]),
        error: 'HS_UNSUPPORTED_CHARSET',
        detail: /charset/,
      }),
    ),
    {
      name: 'JSON in ISO-8859-1',
      send: post('/never', '{}', ['Content-Type', 'application/json; charset=ISO-8859-1']),
      error: 'HS_UNSUPPORTED_CHARSET',
    },
    {
      name: 'a body that is not the gzip it claims to be',
      send: post('/never', 'a=1', FORM_TYPE, GZIP),
      error: 'HS_BODY_UNREADABLE',
      detail: /damaged or cut/,
    },
    {
      name: 'gzip that was cut',
      send: post('/never', gzipSync('a=1').subarray(0, 12), FORM_TYPE, GZIP),
      error: 'HS_BODY_UNREADABLE',
      detail: /damaged or cut/,
    },
  ],
  JSON: [
    ...['5', '"text"', 'true', 'null', '-1', '+1', 'NaN'].map(
      (text): BadRow => ({
        name: `the scalar ${text}`,
        send: post('/never', text, JSON_TYPE),
        error: 'HS_INVALID_JSON',
        detail: /must be an object/,
      }),
    ),
    ...[
      '{',
      '[',
      '{"a":1',
      '{"a":1}}',
      '{a:1}',
      "{'a':1}",
      '{"a":1,}',
      '[1,]',
      '{"a":\u00001}',
      '{"a":"\n"}',
      '{"a":01}',
      '{"\\u12":1}',
      '{}{}',
      '{"a":NaN}',
    ].map(
      (text): BadRow => ({
        name: `the text ${JSON.stringify(text)}`,
        send: post('/never', text, JSON_TYPE),
        error: 'HS_INVALID_JSON',
        detail: /cannot be parsed/,
      }),
    ),
    {
      name: 'nothing but blanks',
      send: post('/never', ' \r\n\t', JSON_TYPE),
      error: 'HS_INVALID_JSON',
      detail: /nothing but blanks/,
    },
    {
      name: 'a byte order mark alone in blanks',
      send: post('/never', '\ufeff ', JSON_TYPE),
      error: 'HS_INVALID_JSON',
    },
    {
      name: 'two byte order marks',
      send: post('/never', '\ufeff\ufeff{}', JSON_TYPE),
      error: 'HS_INVALID_JSON',
    },
    {
      name: '900,000 opening brackets',
      send: post('/never', '['.repeat(900_000), JSON_TYPE),
      error: 'HS_INVALID_JSON',
    },
    {
      name: 'bytes that are no UTF-8 before the brace',
      send: post('/never', Buffer.from([0xff, 0xfe, 0x7b, 0x7d]), JSON_TYPE),
      error: 'HS_INVALID_JSON',
    },
  ],
};

/** Requests that break two rules: the first one of the table in request-flow decides. */
const ORDER: readonly BadRow[] = [
  {
    name: 'no Host, before a long target',
    send: [`GET /${'a'.repeat(9_000)} HTTP/1.1\r\n\r\n`],
    error: 'HS_BAD_REQUEST',
  },
  {
    name: 'a long target, before long headers',
    send: get(`/${'a'.repeat(9_000)}`, ...lines(100)),
    error: 'HS_TARGET_TOO_LONG',
  },
  {
    name: 'a long target, before a wrong method',
    send: { method: 'PUT', path: `/never?${'a'.repeat(9_000)}` },
    error: 'HS_TARGET_TOO_LONG',
  },
  {
    name: 'a long target, of CONNECT too',
    send: { method: 'CONNECT', path: `/${'a'.repeat(9_000)}` },
    error: 'HS_TARGET_TOO_LONG',
  },
  {
    name: 'long headers, before a missing path',
    send: get('/missing', ...lines(100)),
    error: 'HS_REQUEST_HEADERS_TOO_LONG',
  },
  {
    name: 'long headers, before a preflight',
    send: { method: 'OPTIONS', path: '/never', headers: lines(100) },
    error: 'HS_REQUEST_HEADERS_TOO_LONG',
  },
  {
    name: 'long headers, of CONNECT too',
    send: { method: 'CONNECT', path: '/never', headers: lines(100) },
    error: 'HS_REQUEST_HEADERS_TOO_LONG',
  },
  {
    name: 'a missing path, before a preflight',
    send: { method: 'OPTIONS', path: '/missing' },
    error: 'HS_NOT_FOUND',
  },
  {
    name: 'a missing path, before a wrong method',
    send: { method: 'DELETE', path: '/missing' },
    error: 'HS_NOT_FOUND',
  },
  {
    name: 'a missing path, before a GET with a body',
    send: { ...post('/missing', 'a'), method: 'GET' },
    error: 'HS_NOT_FOUND',
  },
  {
    name: 'a missing path, before a large body',
    send: post('/missing', Buffer.alloc(MB + 1)),
    error: 'HS_NOT_FOUND',
  },
  {
    name: 'a missing path, before invalid JSON',
    send: post('/missing', '{', JSON_TYPE),
    error: 'HS_NOT_FOUND',
  },
  {
    name: 'a wrong method, before a missing signature',
    send: { method: 'PUT', path: '/signed' },
    error: 'HS_METHOD_NOT_ALLOWED',
  },
  {
    name: 'a wrong method, before a large body',
    send: { ...post('/never', Buffer.alloc(MB + 1)), method: 'PUT' },
    error: 'HS_METHOD_NOT_ALLOWED',
  },
  {
    name: 'a GET with a body, before a missing signature',
    send: { ...post('/signed', 'a'), method: 'GET' },
    error: 'HS_GET_WITH_BODY',
  },
  {
    name: 'a GET with a body, before its size',
    send: { ...post('/never', Buffer.alloc(MB + 1)), method: 'GET' },
    error: 'HS_GET_WITH_BODY',
  },
  {
    name: 'a missing signature, before a large body',
    send: post('/signed', Buffer.alloc(MB + 1)),
    error: 'HS_SIGNATURE_MISSING',
  },
  {
    name: 'a missing signature, before a body that would come',
    send: { method: 'POST', path: '/signed', headers: [EXPECT, ['Content-Length', '5']] },
    error: 'HS_SIGNATURE_MISSING',
  },
  {
    name: 'a missing signature, before a wrong charset',
    send: post('/signed', 'a', ['Content-Type', `${FORM_TYPE[1]}; charset=x`]),
    error: 'HS_SIGNATURE_MISSING',
  },
  {
    name: 'a missing signature, before invalid JSON',
    send: post('/signed', '{', JSON_TYPE),
    error: 'HS_SIGNATURE_MISSING',
  },
  {
    name: 'a large body, before a wrong charset',
    send: post('/never', Buffer.alloc(MB + 1), ['Content-Type', `${FORM_TYPE[1]}; charset=x`]),
    error: 'HS_REQUEST_TOO_LARGE',
  },
  {
    name: 'a large body, before a wrong signature',
    send: post('/signed', Buffer.alloc(MB + 1), WRONG),
    error: 'HS_REQUEST_TOO_LARGE',
  },
  {
    name: 'a large inflated body, before invalid JSON',
    send: post('/never', gzipSync(Buffer.alloc(2 * MB, '{')), JSON_TYPE, GZIP),
    error: 'HS_REQUEST_TOO_LARGE',
  },
  {
    name: 'a wrong charset, before invalid JSON',
    send: post('/never', '{', ['Content-Type', 'application/json; charset=x']),
    error: 'HS_UNSUPPORTED_CHARSET',
  },
  {
    name: 'a wrong encoding, before a wrong signature',
    send: post('/signed', 'a', FORM_TYPE, WRONG, ['Content-Encoding', 'br']),
    error: 'HS_UNSUPPORTED_ENCODING',
  },
  {
    name: 'invalid JSON, before a wrong signature',
    send: post('/signed', '{', JSON_TYPE, WRONG),
    error: 'HS_INVALID_JSON',
  },
];

/** All of them are paths that nothing has: no file is ever named by a part of a URL. */
const TRAVERSALS = [
  '/../good',
  '/./good',
  '/x/../good',
  '//good',
  '/good/',
  '/good/.',
  '/good/..',
  '/%2e%2e/good',
  '/%2E%2E%2Fgood',
  '/..%2fgood',
  '/..%5cgood',
  '/..\\good',
  '\\good',
  '/%252e%252e%252fgood',
  '/%c0%ae%c0%ae/good',
  '/%e0%80%ae%e0%80%ae/good',
  '/%uff0e%uff0e/good',
  '/....//good',
  '/..;/good',
  '/;/good',
  '/good;a=b',
  '/good%00',
  '/good%00.html',
  '/good%20',
  '/good%0a',
  '/good.js',
  '/GOOD',
  '/g%6fod',
  '/%67ood',
  '/good%2f',
  '/good%3fa=b',
  '/functions/good',
  '/functions/good.js',
  '/.env',
  '/%2eenv',
  '/../.env',
  '/page.html/../.env',
  '/page.html/..%2f..%2f.env',
  '/assets/page.html',
  '/page.htm',
  '/PAGE.HTML',
  '/page%2ehtml',
  '/package.json',
  '/node_modules',
  '/../../../../../../etc/passwd',
  '/..%2f..%2f..%2f..%2fetc%2fpasswd',
  '/%2fetc%2fpasswd',
  '//etc/passwd',
  '/file:///etc/passwd',
  '/%ff',
  '/%',
  '/%zz',
  '/good%',
  '/__proto__',
  '/constructor',
  '/toString',
] as const;

function sign(target: string): string {
  return createHmac('sha1', TOKEN).update(`http://localhost${target}`).digest('base64');
}

/** 500 MB of the letter a in 490 kB. */
function bomb(): Buffer {
  const part = gzipSync(Buffer.alloc(100 * MB, 'a'));
  return Buffer.concat(Array(5).fill(part));
}

describe('the gateway', () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES);
  });
  after(() => served.close());

  for (const [kind, rows] of Object.entries(REFUSALS)) {
    describe(`refuses, of ${kind},`, () => {
      for (const row of rows) it(row.name, () => verifyRefused(served, row));
    });
  }

  describe('decides first about', () => {
    for (const row of ORDER) it(row.name, () => verifyRefused(served, row));
  });

  describe('finds nothing at', () => {
    for (const path of TRAVERSALS) {
      const send = [Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 'latin1')];
      const error: ErrorCode = path.startsWith('/') ? 'HS_NOT_FOUND' : 'HS_BAD_REQUEST';
      it(JSON.stringify(path), () => verifyRefused(served, { name: path, send, error }));
    }
  });

  it('answers for private resources what it answers for missing ones, with every method', async () => {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT']) {
      const ask = async (path: string) => {
        const { status, lines, body } = await request(served.port, {
          method,
          path,
          body: method === 'POST' ? '{' : null,
        });
        const names = lines.map(([name]) => name);
        return { status, names, body: body.toString() };
      };
      const missing = await ask('/missing');
      assert.equal(missing.status, 404, method);
      assert.deepEqual(await ask('/hidden'), missing, method);
      assert.deepEqual(await ask('/secret.txt'), missing, method);
    }
  });

  it('answers OPTIONS itself for public and protected paths, whatever the request carries', async () => {
    for (const path of ['/never', '/signed', '/page.html', '/signed.txt']) {
      for (const body of [null, 'a', Buffer.alloc(MB + 1)]) {
        const response = await request(served.port, { method: 'OPTIONS', path, body });
        assert.equal(response.status, 204);
        assert.equal(response.header('access-control-allow-methods'), 'GET, POST, OPTIONS');
        assert.equal((await recordOf(served, response)).error, null);
      }
    }
  });

  it('tells nobody what a refusal was about', async () => {
    const response = await request(served.port, post('/never', '{"password": secret}', JSON_TYPE));
    assert.equal(response.text(), 'Bad Request');
    const { lines } = response;
    assert.doesNotMatch(JSON.stringify(lines), /hookswitch|node|express|HS_|never\.js/i);
  });

  it('has run no Function that was refused', async () => {
    const ran = served.records.filter((record) => record.console.length > 0);
    assert.deepEqual(ran, []);
  });
});

interface GoodRow {
  readonly name: string;
  readonly send: RawRequest;
  readonly answer: unknown;
}

const FILLED = JSON.stringify(
  Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [index.toString(36), 1])),
);
const FORM_FILLED = Array.from({ length: 100_000 }, (_, index) => `k${index}=${index}`).join('&');
const counted = (keys: number, last: unknown, depth = 1, own = false) => ({
  keys,
  last,
  depth,
  polluted: null,
  own,
});

const ARRIVALS: readonly GoodRow[] = [
  { name: '100,000 members of JSON', send: post('/count', FILLED, JSON_TYPE), answer: counted(100_000, 1) },
  {
    name: '60,000 fields of a form',
    send: post('/count', FORM_FILLED.slice(0, FORM_FILLED.indexOf('&k60000=')), FORM_TYPE),
    answer: counted(60_000, '59999'),
  },
  {
    name: '100,000 fields of a compressed form',
    send: post('/count', gzipSync(shortFields(100_000)), FORM_TYPE, GZIP),
    answer: counted(100_000, ''),
  },
  { name: '2,000 fields of a query', send: get(`/count?${shortFields(2_000)}`), answer: counted(2_000, '') },
  {
    name: '10,000 nested brackets',
    send: post('/count', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, JSON_TYPE),
    answer: counted(1, 'deep', 10_001),
  },
  {
    name: '10,000 nested braces',
    send: post('/count', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, JSON_TYPE),
    answer: counted(1, 'deep', 10_000),
  },
  {
    name: 'a query nested 1,000 times',
    send: get(`/count?a${'[b]'.repeat(1_000)}=1`),
    answer: counted(1, undefined, 7),
  },
  {
    name: 'a form nested 1,000 times',
    send: post('/count', `a${'[b]'.repeat(1_000)}=1`, FORM_TYPE),
    answer: counted(1, '1'),
  },
  {
    name: '__proto__ in JSON',
    send: post('/count', '{"__proto__":{"polluted":1}}', JSON_TYPE),
    answer: counted(1, { polluted: 1 }, 2, true),
  },
  {
    name: '__proto__ in a form',
    send: post('/count', '__proto__=1&__proto__[polluted]=1', FORM_TYPE),
    answer: counted(2, '1', 1, true),
  },
  {
    name: '__proto__ in a query',
    send: get('/count?__proto__[polluted]=1&__proto__=1&constructor[prototype][polluted]=1'),
    answer: counted(1, { prototype: { polluted: '1' } }, 3),
  },
  {
    name: '__proto__ as header and cookie',
    send: get('/count', ['__proto__', 'a'], ['Cookie', '__proto__=polluted; constructor=a']),
    answer: counted(0, undefined),
  },
  {
    name: 'names of Object.prototype',
    send: get('/body?toString=a&hasOwnProperty=b&valueOf=c'),
    answer: { toString: 'a', hasOwnProperty: 'b', valueOf: 'c' },
  },
  {
    name: 'a member named request',
    send: post('/body?request=a', '{"request":5,"b":6}', JSON_TYPE),
    answer: { b: 6 },
  },
  {
    name: 'invalid percent escapes in a query',
    send: get('/body?a=%zz&b=%&c=%2&d=%ff&%zz=1'),
    answer: { a: '%zz', b: '%', c: '%2', d: '%ff', '%zz': '1' },
  },
  {
    name: 'invalid percent escapes in a form',
    send: post('/body', 'a=%zz&b=%&c=%2&d=%ff', FORM_TYPE),
    answer: { a: '%zz', b: '%', c: '%2', d: '\ufffd' },
  },
  {
    name: 'invalid UTF-8 in a form',
    send: post('/body', Buffer.from('a=\xff\xfe&b=\xc3', 'latin1'), FORM_TYPE),
    answer: { a: '\ufffd\ufffd', b: '\ufffd' },
  },
  {
    name: 'invalid UTF-8 in JSON',
    send: post('/body', Buffer.from('{"a":"\xff\xc3"}', 'latin1'), JSON_TYPE),
    answer: { a: '\ufffd\ufffd' },
  },
  {
    name: 'NUL in every place of an event',
    send: post('/body?a%00b=c%00d', 'e%00f=g%00h', FORM_TYPE),
    answer: { 'a\0b': 'c\0d', 'e\0f': 'g\0h' },
  },
  { name: 'lone surrogates', send: post('/body', '{"a":"\\ud800"}', JSON_TYPE), answer: { a: '\ud800' } },
  { name: 'JSON with a byte order mark', send: post('/body', '\ufeff{"a":1}', JSON_TYPE), answer: { a: 1 } },
  { name: 'JSON in blanks', send: post('/body', ' \r\n\t{"a":1}\n ', JSON_TYPE), answer: { a: 1 } },
  {
    name: 'numbers beyond JavaScript',
    send: post('/body', '{"a":1e400,"b":12345678901234567890}', JSON_TYPE),
    answer: { a: null, b: 12345678901234567000 },
  },
  { name: 'a member given twice', send: post('/body', '{"a":1,"a":2}', JSON_TYPE), answer: { a: 2 } },
  { name: 'an array', send: post('/body', '[1,{"a":2}]', JSON_TYPE), answer: { 0: 1, 1: { a: 2 } } },
  { name: 'an empty JSON body', send: post('/body', '', JSON_TYPE), answer: {} },
  { name: 'an empty form', send: post('/body', '', FORM_TYPE), answer: {} },
  { name: 'an empty compressed form', send: post('/body', gzipSync(''), FORM_TYPE, GZIP), answer: {} },
  { name: 'empty chunks', send: post('/body', '0\r\n\r\n', CHUNKED, JSON_TYPE), answer: {} },
  {
    name: 'a form of separators',
    send: post('/body', '&&==&=&a&', FORM_TYPE),
    answer: { '': ['=', ''], a: '' },
  },
  {
    name: 'JSON under the type of a form',
    send: post('/body', '{"a":1}', FORM_TYPE),
    answer: { '{"a":1}': '' },
  },
  {
    name: 'invalid JSON under another type',
    send: post('/body?a=1', '{', ['Content-Type', 'text/json']),
    answer: { a: '1' },
  },
  {
    name: 'an unknown encoding of another type',
    send: post('/body', 'x', ['Content-Type', 'text/plain'], ['Content-Encoding', 'br']),
    answer: {},
  },
  { name: 'a body without a type', send: post('/body', '{"a":1}'), answer: {} },
  { name: 'GET with a length of 0', send: get('/body?a=1', ['Content-Length', '0']), answer: { a: '1' } },
  {
    name: 'GET with empty chunks',
    send: { ...post('/body?a=1', '0\r\n\r\n', CHUNKED), method: 'GET' },
    answer: { a: '1' },
  },
  { name: 'a target of 8,192 bytes', send: get(`/count?${'a'.repeat(8_185)}`), answer: counted(1, '') },
  { name: '90 header lines', send: get('/count', ...lines(89)), answer: counted(0, undefined) },
  {
    name: '15,360 bytes of headers',
    send: get('/count', ['A', 'a'.repeat(15_360 - 'AHostlocalhost'.length)]),
    answer: counted(0, undefined),
  },
  {
    name: 'a request of 1,000,000 bytes',
    send: post('/count', `a=${'b'.repeat(1_000_000)}`, FORM_TYPE),
    answer: { keys: 1, last: 'b'.repeat(1_000_000), depth: 1, polluted: null, own: false },
  },
];

/** Names without values; 100,000 of them are 487 kB. */
function shortFields(count: number): string {
  return Array.from({ length: count }, (_, index) => index.toString(36)).join('&');
}

describe('what is odd but allowed arrives:', () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES);
  });
  after(() => served.close());

  for (const { name, send, answer } of ARRIVALS) {
    it(name, async () => {
      const response = await request(served.port, send);
      assert.equal(response.status, 200, response.text().slice(0, 300));
      const given = JSON.parse(response.text());
      if (isRecord(answer) && 'last' in answer && answer.last === undefined) delete given.last;
      assert.deepEqual(given, JSON.parse(JSON.stringify(answer)));
      assert.equal((await recordOf(served, response)).error, null);
    });
  }

  it('a request of exactly 1,048,576 bytes, and one byte more does not', async () => {
    const headers: Header[] = [FORM_TYPE, ['Content-Length', '1000000']];
    const overhead = requestBytes({ method: 'POST', path: '/count', headers }).length;
    const ask = (bytes: number) => {
      const body = Buffer.alloc(bytes - overhead, 'a');
      return request(served.port, {
        method: 'POST',
        path: '/count',
        body,
        headers: [FORM_TYPE, ['Content-Length', `${body.length}`]],
      });
    };
    assert.equal(String(MB - overhead).length, '1000000'.length);
    assert.equal((await ask(MB)).status, 200);
    assert.equal((await ask(MB + 1)).status, 413);
  });

  it('a body only after the gateway said that it wants it', async () => {
    const head = requestBytes({
      method: 'POST',
      path: '/body',
      headers: [EXPECT, FORM_TYPE, ['Content-Length', '3']],
    });
    const { responses, continued } = await converse(served.port, [head, 'a=1'], { pauseMs: 50, count: 1 });
    assert.deepEqual([responses[0]?.text(), continued], ['{"a":"1"}', true]);
  });

  it('and the gateway never says so when the request is refused', async () => {
    for (const path of ['/missing', '/signed', '/never']) {
      const length = path === '/never' ? '2000000' : '5';
      const head = requestBytes({ method: 'POST', path, headers: [EXPECT, ['Content-Length', length]] });
      const { responses, continued } = await converse(served.port, [head], { count: 1 });
      assert.ok((responses[0]?.status ?? 0) >= 400);
      assert.equal(continued, false);
    }
  });
});

describe('20 of 20 clients see the refusal of', () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES);
  });
  after(() => served.close());

  const LARGE = Buffer.alloc(8 * MB, 'a');
  const rows: readonly (readonly [string, string, Record<string, string | number>, number])[] = [
    ['8 MB with a length', '/never', { 'Content-Length': LARGE.length }, 413],
    ['8 MB in chunks', '/never', { 'Transfer-Encoding': 'chunked' }, 413],
    ['8 MB to a missing path', '/missing', { 'Content-Length': LARGE.length }, 404],
    ['8 MB in chunks to a protected path', '/signed', { 'Transfer-Encoding': 'chunked' }, 400],
  ];
  for (const [name, path, headers, status] of rows) {
    it(name, async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => upload(served.port, path, headers, LARGE)),
      );
      assert.deepEqual(answers, Array(20).fill(status));
      await expectGood(served.port);
    });
  }

  it('a bad chunk in the middle of a large body', async () => {
    const bad = [
      requestBytes(post('/never', chunked(Buffer.alloc(60_000)).subarray(0, -5), CHUNKED)),
      'zz\r\n',
      Buffer.alloc(300_000),
    ];
    const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(served.port, bad)));
    assert.deepEqual(
      answers.map((answer: RawResponse) => answer.text()),
      Array(20).fill(ERRORS.HS_BAD_REQUEST.text),
    );
  });
});

/** With the client of Node, which writes as fast as it can and fails at a reset. Resolves with the status or the error. */
function upload(
  port: number,
  path: string,
  headers: Record<string, string | number>,
  body: Buffer,
): Promise<number | string> {
  return new Promise((resolve) => {
    const outgoing = httpRequest({ port, path, method: 'POST', headers, agent: false }, (incoming) => {
      incoming.resume();
      incoming.once('end', () => resolve(incoming.statusCode ?? 0));
      incoming.once('error', (error) => resolve(`after the head: ${error.message}`));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    outgoing.end(body);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
