/** What a Function passes to `callback` and HTTP, JSON or the limits do not allow; and what the gateway corrects. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ERRORS, type ErrorCode } from '../src/errors';
import { expectGood, GOOD, recordOf } from './support/bad-row';
import { converse, type RawResponse, request } from './support/raw-http';
import { type Served, serve } from './support/serve';

interface ResultRow {
  /** Reads on from "answers". */
  readonly name: string;
  /** Statements of a handler; `r` is a `Twilio.Response`. */
  readonly code: string;
  /** `null`: the answer is no failure. */
  readonly error: ErrorCode | null;
  /** Where there is no error: 200 unless it says otherwise. */
  readonly status?: number;
  /** The body; that of the code unless it says otherwise. */
  readonly text?: string | RegExp;
  readonly detail?: RegExp;
  readonly check?: (response: RawResponse) => void;
}

const MB = 1_048_576;

function invalid(name: string, code: string, detail: RegExp): ResultRow {
  return { name, code, error: 'HS_RESULT_INVALID', detail };
}

function failed(name: string, code: string, text: string | RegExp, detail: RegExp): ResultRow {
  return { name, code, error: 'HS_CALLBACK_ERROR', text, detail };
}

const withHeader = (name: string, value: string) =>
  `r.appendHeader(${name}, ${value}); r.setBody('body'); callback(null, r);`;

const RESULTS: readonly ResultRow[] = [
  invalid(
    'a circular object',
    'const a = {}; a.b = [a]; callback(null, a);',
    /circular reference at \.b\[0\]/,
  ),
  invalid('a circular array', 'const a = []; a.push(a); callback(null, a);', /circular/),
  invalid(
    'a BigInt in an object',
    'callback(null, { deep: { n: 1n } });',
    /BigInt cannot become JSON at \.deep\.n/,
  ),
  invalid('a BigInt', 'callback(null, 1n);', /BigInt/),
  invalid(
    'a getter that throws',
    "callback(null, { get x() { throw new Error('from the getter'); } });",
    /from the getter/,
  ),
  invalid(
    'a toJSON that throws',
    "callback(null, { toJSON() { throw new Error('from toJSON'); } });",
    /from toJSON/,
  ),
  invalid(
    'a Proxy whose traps throw',
    "callback(null, new Proxy({}, { get() { throw new Error('from the trap'); } }));",
    /from the trap/,
  ),
  invalid(
    'a revoked Proxy',
    'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); callback(null, proxy);',
    /revoked|could not be read/,
  ),
  invalid(
    'an object nested 1,000,000 times',
    'let a = {}; for (let i = 0; i < 1e6; i += 1) a = { a }; callback(null, a);',
    /nested too deeply/,
  ),
  invalid('a circular Response body', 'const a = {}; a.a = a; r.setBody(a); callback(null, r);', /circular/),
  invalid(
    'a Response whose getter throws',
    "Object.defineProperty(r, 'body', { get() { throw new Error('no body'); } }); callback(null, r);",
    /no body/,
  ),
  { name: 'an empty Proxy', code: 'callback(null, new Proxy({}, {}));', error: null, text: '{}' },
  { name: 'a function', code: 'callback(null, () => 1);', error: null, text: '' },
  { name: 'a symbol', code: "callback(null, Symbol('s'));", error: null, text: '' },
  {
    name: 'a value without a prototype',
    code: 'callback(null, Object.create(null));',
    error: null,
    text: '{}',
  },
  {
    name: 'a promise that never settles',
    code: 'callback(null, new Promise(() => {}));',
    error: null,
    text: '{}',
  },
  {
    name: 'a body of exactly 4 MB',
    code: `callback(null, Buffer.alloc(${4 * MB}));`,
    error: null,
    check: ({ body }) => assert.equal(body.length, 4 * MB),
  },
  {
    name: 'a body of 4 MB and a byte',
    code: `callback(null, Buffer.alloc(${4 * MB + 1}));`,
    error: 'HS_RESPONSE_TOO_LARGE',
    detail: /4194305 bytes/,
  },
  {
    name: 'a text of 5 MB',
    code: "callback(null, 'x'.repeat(5e6));",
    error: 'HS_RESPONSE_TOO_LARGE',
    detail: /5000000 bytes/,
  },
  {
    name: 'a text of 2 million characters that are 6 MB',
    code: "callback(null, '€'.repeat(2e6));",
    error: 'HS_RESPONSE_TOO_LARGE',
    detail: /6000000 bytes/,
  },
  { name: 'JSON of 5 MB', code: "callback(null, ['x'.repeat(5e6)]);", error: 'HS_RESPONSE_TOO_LARGE' },
  {
    name: 'a Response with 5 MB',
    code: "r.setBody('x'.repeat(5e6)); callback(null, r);",
    error: 'HS_RESPONSE_TOO_LARGE',
  },
  { name: 'an error of 5 MB', code: "callback('x'.repeat(5e6));", error: 'HS_RESPONSE_TOO_LARGE' },
];

const ERRORS_PASSED: readonly ResultRow[] = [
  failed(
    'an Error with a hostile toString',
    "const e = new Error('m'); e.toString = () => { throw 1; }; callback(e);",
    /"message":"m"/,
    /Error: m/,
  ),
  failed(
    'an Error whose members throw',
    "const e = new Error('m'); for (const k of ['stack', 'message', 'name', 'cause', 'toJSON']) Object.defineProperty(e, k, { get() { throw 1; } }); callback(e);",
    /"name":"Error"/,
    /Error/,
  ),
  failed(
    'an Error with a circular cause',
    "const e = new Error('m'); e.cause = e; callback(e);",
    /"message":"m"/,
    /Error: m/,
  ),
  failed(
    'an Error with a message of 10 MB',
    "callback(new Error('m'.repeat(1e7)));",
    /"message":"mmm/,
    /Error: m+/,
  ),
  failed(
    'an Error whose message is no string',
    'const e = new Error(); e.message = { a: 1n }; callback(e);',
    /1n/,
    /Error/,
  ),
  failed(
    'a Proxy around an Error',
    "callback(new Proxy(new Error('m'), { get() { throw 1; }, getPrototypeOf() { throw 1; } }));",
    ERRORS.HS_CALLBACK_ERROR.text,
    /m/,
  ),
  failed(
    'a circular object as error',
    'const a = {}; a.a = a; callback(a);',
    ERRORS.HS_CALLBACK_ERROR.text,
    /circular/,
  ),
  failed('a symbol as error', "callback(Symbol('s'));", ERRORS.HS_CALLBACK_ERROR.text, /Symbol\(s\)/),
  failed('a function as error', 'callback(() => {});', ERRORS.HS_CALLBACK_ERROR.text, /Function/),
  failed('a text as error', "callback('no good');", 'no good', /no good/),
  failed('true as error', "callback(true, 'ignored');", 'true', /true/),
  { name: 'a falsy error', code: "callback(0, 'fine');", error: null, text: 'fine' },
];

const STATUSES: readonly ResultRow[] = [
  ...[
    '99',
    '100',
    '101',
    '199',
    '600',
    '999',
    '1000',
    '0',
    '-1',
    '200.5',
    'NaN',
    'Infinity',
    "'abc'",
    "'2000'",
    "''",
    'null',
    'undefined',
    '{}',
    '[200]',
    'true',
    '200n',
  ].map((status) =>
    invalid(
      `the status ${status}`,
      `r.setStatusCode(${status}); callback(null, r);`,
      /status .* is not an integer from 200 to 599/,
    ),
  ),
  {
    name: 'the status 204 with a body',
    code: "r.setStatusCode(204); r.setBody('body'); callback(null, r);",
    error: null,
    status: 204,
    text: '',
    check: ({ header }) => assert.equal(header('content-length'), undefined),
  },
  {
    name: 'the status 304 with a body',
    code: "r.setStatusCode(304); r.setBody('body'); callback(null, r);",
    error: null,
    status: 304,
    text: '',
  },
  {
    name: 'the status 205 with a body',
    code: "r.setStatusCode(205); r.setBody('body'); callback(null, r);",
    error: null,
    status: 205,
    text: '',
  },
  {
    name: 'the status 599',
    code: 'r.setStatusCode(599); callback(null, r);',
    error: null,
    status: 599,
    text: '',
  },
  {
    name: 'the status 299',
    code: 'r.setStatusCode(299); callback(null, r);',
    error: null,
    status: 299,
    text: '',
  },
];

const HEADERS: readonly ResultRow[] = [
  invalid('an empty header name', withHeader("''", "'v'"), /header name "" is not allowed/),
  invalid('a header name with a blank', withHeader("'a b'", "'v'"), /header name "a b" is not allowed/),
  invalid('a header name with a colon', withHeader("'a:b'", "'v'"), /"a:b"/),
  invalid('a header name with a line break', withHeader("'a\\r\\nb'", "'v'"), /not allowed/),
  invalid('a header name beyond ASCII', withHeader("'é'", "'v'"), /not allowed/),
  invalid(
    'a header value with a line break',
    withHeader("'a'", "'v\\r\\nSet-Cookie: evil=1'"),
    /value of the header a holds a character/,
  ),
  invalid('a header value with a lone line feed', withHeader("'a'", "'v\\nw'"), /value of the header a/),
  invalid('a header value with NUL', withHeader("'a'", "'v\\0'"), /value of the header a/),
  invalid('a header value beyond Latin-1', withHeader("'a'", "'€'"), /value of the header a/),
  invalid(
    'a content type with a line break',
    withHeader("'Content-Type'", "'text/plain\\r\\na: b'"),
    /value of the header Content-Type/,
  ),
  invalid('a cookie with a line break', "r.setCookie('a', 'b\\r\\nc: d'); callback(null, r);", /Set-Cookie/),
  invalid(
    'an invalid value of a header that is dropped',
    withHeader("'Connection'", "'a\\nb'"),
    /Connection/,
  ),
  invalid(
    'a header that is a symbol',
    "r.headers.a = Symbol('s'); callback(null, r);",
    /header 'a' is Symbol/,
  ),
  invalid(
    'a header that is an object',
    'r.headers.a = { b: 1 }; callback(null, r);',
    /header 'a' is \{ b: 1 \}/,
  ),
  invalid('headers that are a text', "r.headers = 'a: b'; callback(null, r);", /headers are 'a: b'/),
  {
    name: 'no headers at all',
    code: "r.headers = null; r.setBody('body'); callback(null, r);",
    error: null,
    text: 'body',
  },
  {
    name: 'a header value in Latin-1',
    code: withHeader("'a'", "'café'"),
    error: null,
    check: ({ header }) => assert.equal(header('a'), 'café'),
  },
  {
    name: 'header lines that are too many',
    code: "for (let i = 0; i < 91; i += 1) r.appendHeader('a' + i, 'b'); callback(null, r);",
    error: 'HS_RESPONSE_HEADERS_TOO_LONG',
    detail: /91 header lines/,
  },
  {
    name: 'a header that is too long',
    code: withHeader("'a'", "'b'.repeat(15360)"),
    error: 'HS_RESPONSE_HEADERS_TOO_LONG',
    detail: /15361 bytes/,
  },
  {
    name: 'cookies that are too long',
    code: "for (let i = 0; i < 20; i += 1) r.setCookie('a' + i, 'b'.repeat(1000)); callback(null, r);",
    error: 'HS_RESPONSE_HEADERS_TOO_LONG',
  },
  {
    name: 'a header of 50 MB',
    code: withHeader("'a'", "'b'.repeat(5e7)"),
    error: 'HS_RESPONSE_HEADERS_TOO_LONG',
  },
  {
    name: '100,000 header lines',
    code: "r.appendHeader('a', Array(100000).fill('b')); callback(null, r);",
    error: 'HS_RESPONSE_HEADERS_TOO_LONG',
  },
  {
    name: '90 header lines',
    code: "r.headers = {}; for (let i = 0; i < 90; i += 1) r.headers['a' + i] = 'b'; callback(null, r);",
    error: null,
    text: '',
  },
  {
    name: 'a header of 15,360 bytes',
    code: withHeader("'a'", "'b'.repeat(15359)"),
    error: null,
    text: 'body',
  },
  {
    name: 'a cookie that lives over a day',
    code: "r.setCookie('a', 'b', ['Max-Age=86401']); callback(null, r);",
    error: 'HS_COOKIE_LIVES_TOO_LONG',
    detail: /"a" lives 86401 s/,
  },
  {
    name: 'a cookie that ends in a year',
    code: "r.setCookie('a', 'b', ['Expires=' + new Date(Date.now() + 3e10).toUTCString()]); callback(null, r);",
    error: 'HS_COOKIE_LIVES_TOO_LONG',
  },
  {
    name: 'a cookie that lives for ever',
    code: "r.setCookie('a', 'b', ['max-age=1e99']); callback(null, r);",
    error: 'HS_COOKIE_LIVES_TOO_LONG',
  },
  {
    name: 'a cookie that lives exactly a day',
    code: "r.setCookie('a', 'b', ['Max-Age=86400']); callback(null, r);",
    error: null,
    check: ({ header }) => assert.equal(header('set-cookie'), 'a=b;Max-Age=86400;HttpOnly;Secure'),
  },
  {
    name: 'a cookie for another domain',
    code: "r.setCookie('a', 'b', ['Domain=example.com']); callback(null, r);",
    error: null,
    check: ({ header }) => assert.equal(header('set-cookie'), 'a=b;HttpOnly;Secure'),
  },
];

/** Two things wrong at once: the first one of the table decides. */
const ORDER: readonly ResultRow[] = [
  invalid(
    'an invalid status before an invalid header',
    "r.setStatusCode(99); r.headers = { 'a b': 'c' }; callback(null, r);",
    /status 99/,
  ),
  invalid(
    'an invalid header before too many',
    "for (let i = 0; i < 91; i += 1) r.appendHeader('a' + i, 'b'); r.appendHeader('a b', 'c'); callback(null, r);",
    /"a b"/,
  ),
  {
    name: 'too long headers before a cookie that lives too long',
    code: "r.setCookie('a', 'b'.repeat(16000), ['Max-Age=90000']); callback(null, r);",
    error: 'HS_RESPONSE_HEADERS_TOO_LONG',
  },
  {
    name: 'too long headers before a too large body',
    code: "r.appendHeader('a', 'b'.repeat(16000)); r.setBody('x'.repeat(5e6)); callback(null, r);",
    error: 'HS_RESPONSE_HEADERS_TOO_LONG',
  },
  {
    name: 'a cookie that lives too long before a too large body',
    code: "r.setCookie('a', 'b', ['Max-Age=90000']); r.setBody('x'.repeat(5e6)); callback(null, r);",
    error: 'HS_COOKIE_LIVES_TOO_LONG',
  },
];

const TABLES = {
  results: RESULTS,
  errors: ERRORS_PASSED,
  statuses: STATUSES,
  headers: HEADERS,
  order: ORDER,
};

/** `callback(null, r)` with each of the headers that an author may not decide. */
const FRAMING: readonly (readonly [string, string])[] = [
  ['Content-Length', '3'],
  ['Content-Length', '1000'],
  ['content-length', 'abc'],
  ['Transfer-Encoding', 'chunked'],
  ['TRANSFER-ENCODING', 'gzip, chunked'],
  ['Connection', 'close'],
  ['Connection', 'upgrade'],
  ['Keep-Alive', 'timeout=1'],
  ['Upgrade', 'h2c'],
  ['TE', 'trailers'],
  ['Trailer', 'Expires'],
  ['Proxy-Authenticate', 'Basic'],
  ['Proxy-Connection', 'close'],
];

/** One Function for each table, which picks its row: `/results?row=3`. */
function filesOf(): Record<string, string> {
  const files: Record<string, string> = {
    'functions/good.js': GOOD,
    'functions/framing.js': `exports.handler = (context, { name, value }, callback) =>
      callback(null, new Twilio.Response().appendHeader(name, value).setBody('0123456789'));`,
  };
  for (const [table, rows] of Object.entries(TABLES)) {
    const handlers = rows.map(({ code }) => `(callback, r) => { ${code} },`).join('\n');
    files[`functions/${table}.js`] = `const rows = [\n${handlers}\n];
      exports.handler = (context, { row }, callback) => rows[row](callback, new Twilio.Response());`;
  }
  return files;
}

describe('the gateway turns into an answer', { concurrency: 4 }, () => {
  let served: Served;
  before(async () => {
    served = await serve(filesOf());
  });
  after(() => served.close());

  for (const [table, rows] of Object.entries(TABLES)) {
    rows.forEach((row, index) => {
      it(`${table}: ${row.name}`, async () => {
        const path = `/${table}?row=${index}`;
        const [response] = await Promise.all([
          request(served.port, { method: 'GET', path }),
          expectGood(served.port),
        ]);
        const record = await recordOf(served, response);
        assert.deepEqual(
          [record.error, record.status, record.resource],
          [row.error, response.status, `functions/${table}.js`],
          record.detail ?? '',
        );
        verify(response, row);
        if (row.detail !== undefined) assert.match(record.detail ?? 'no detail', row.detail);
      });
    });
  }

  for (const [name, value] of FRAMING) {
    it(`${name}: ${value} of an author without harm to what follows on the connection`, async () => {
      const path = `/framing?name=${name}&value=${encodeURIComponent(value)}`;
      const bytes = `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\nGET /good HTTP/1.1\r\nHost: x\r\n\r\n`;
      const { responses } = await converse(served.port, [bytes], { count: 2 });
      assert.deepEqual(
        responses.map((response) => response.text()),
        ['0123456789', 'good'],
      );
      const [first] = responses;
      assert.deepEqual(first?.headers('content-length'), ['10']);
      assert.equal(first?.header('connection'), 'keep-alive');
      for (const dropped of [
        'transfer-encoding',
        'upgrade',
        'te',
        'trailer',
        'proxy-authenticate',
        'proxy-connection',
      ]) {
        assert.equal(first?.header(dropped), undefined);
      }
    });
  }

  it('HEAD with the same checks and without the body', async () => {
    const index = RESULTS.findIndex(({ name }) => name === 'a text of 5 MB');
    const tooLarge = await request(served.port, { method: 'HEAD', path: `/results?row=${index}` });
    assert.deepEqual([tooLarge.status, tooLarge.text()], [502, '']);
    const good = await request(served.port, { method: 'HEAD', path: '/good' });
    assert.deepEqual([good.status, good.text(), good.header('content-length')], [200, '', '4']);
  });
});

function verify(response: RawResponse, row: ResultRow): void {
  const shown = response.text().slice(0, 300);
  const status = row.status ?? (row.error === null ? 200 : ERRORS[row.error].status);
  assert.equal(response.status, status, shown);
  const text = row.text ?? (row.error === null ? /^/ : ERRORS[row.error].text);
  if (typeof text === 'string') assert.equal(response.text(), text);
  else assert.match(shown, text);
  row.check?.(response);
}
