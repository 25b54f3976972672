/** What is not HTTP, or not unambiguous HTTP: refused by the parser or right after it, before anything is looked up. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type BadRow, expectGood, GOOD, verifyRefused } from './support/bad-row';
import { converse, exchange, request } from './support/raw-http';
import { type Served, serve } from './support/serve';

const HOST = 'Host: localhost\r\n';
const CHUNKED = 'Transfer-Encoding: chunked\r\n';

function get(target: string, headers = HOST): string {
  return `GET ${target} HTTP/1.1\r\n${headers}\r\n`;
}

function post(headers: string, body: string): string {
  return `POST /never HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
}

/** `parser` is what the detail must name. */
function framing(name: string, send: BadRow['send'], parser: RegExp): BadRow {
  return { name, send, error: 'HS_BAD_REQUEST', detail: parser };
}

const LENGTH = /HPE_(INVALID|UNEXPECTED)_CONTENT_LENGTH/;
const ROWS: readonly BadRow[] = [
  framing('a line that is no request', 'hello\r\n\r\n', /HPE_INVALID/),
  framing('the first bytes of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', /HPE_INVALID/),
  framing('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /HPE_PAUSED_H2_UPGRADE/),
  framing('a method that nobody knows', `FOO /never HTTP/1.1\r\n${HOST}\r\n`, /HPE_INVALID_METHOD/),
  framing('a method in lower case', `get /never HTTP/1.1\r\n${HOST}\r\n`, /HPE_INVALID_METHOD/),
  framing('a method alone', `GET\r\n${HOST}\r\n`, /HPE_INVALID/),
  framing('a version that does not exist', `GET /never HTTP/3.7\r\n${HOST}\r\n`, /HPE_INVALID_VERSION/),
  framing('another protocol', `GET /never SMTP/1.0\r\n${HOST}\r\n`, /HPE_INVALID/),
  framing('a request without a version', 'GET /never\r\n\r\n', /HTTP.0.9 is not spoken/),
  framing('line ends without a carriage return', 'GET /never HTTP/1.1\nHost: x\n\n', /HPE_/),
  framing('a target without a slash', get('never'), /HPE_INVALID_URL/),
  framing('an empty target', `GET  HTTP/1.1\r\n${HOST}\r\n`, /HPE_INVALID/),
  framing('a blank in the target', get('/ne ver'), /HPE_INVALID/),
  framing('a NUL byte in the path', get('/never\0'), /HPE_INVALID_URL/),
  framing('a NUL byte in the query', get('/never?a=\0'), /HPE_INVALID_URL/),
  framing('a control character in the path', get('/never\x01'), /HPE_INVALID_URL/),
  framing('a byte beyond ASCII in the path', get('/never\xff'), /HPE_INVALID_URL/),
  framing('a byte beyond ASCII in the query', get('/never?a=\xff'), /HPE_INVALID_URL/),
  framing('a header line without a colon', get('/never', `${HOST}Broken\r\n`), /HPE_INVALID_HEADER_TOKEN/),
  framing('a header without a name', get('/never', `${HOST}: value\r\n`), /HPE_INVALID_HEADER_TOKEN/),
  framing('a blank before the colon', get('/never', `${HOST}A : b\r\n`), /HPE_INVALID_HEADER_TOKEN/),
  framing('a header name with a bracket', get('/never', `${HOST}A[]: b\r\n`), /HPE_INVALID_HEADER_TOKEN/),
  framing('a folded header line', get('/never', `${HOST}A: b\r\n c\r\n`), /HPE_INVALID_HEADER_TOKEN/),
  framing('a NUL byte in a header', get('/never', `${HOST}A: b\0c\r\n`), /HPE_INVALID_HEADER_TOKEN/),
  framing('a bare carriage return in a header', get('/never', `${HOST}A: b\rc\r\n`), /HPE_/),
  framing('two lengths that agree', post('Content-Length: 3\r\nContent-Length: 3\r\n', 'abc'), LENGTH),
  framing('two lengths that differ', post('Content-Length: 3\r\nContent-Length: 4\r\n', 'abcd'), LENGTH),
  framing('a list of lengths', post('Content-Length: 3, 3\r\n', 'abc'), LENGTH),
  framing('an empty length', post('Content-Length: \r\n', ''), LENGTH),
  framing('a negative length', post('Content-Length: -1\r\n', 'abc'), LENGTH),
  framing('a length with a sign', post('Content-Length: +3\r\n', 'abc'), LENGTH),
  framing('a hexadecimal length', post('Content-Length: 0x3\r\n', 'abc'), LENGTH),
  framing('a length with an exponent', post('Content-Length: 1e3\r\n', 'abc'), LENGTH),
  framing('a length in words', post('Content-Length: three\r\n', 'abc'), LENGTH),
  framing('a length beyond 64 bits', post('Content-Length: 99999999999999999999999\r\n', 'abc'), LENGTH),
  framing('a length beside chunks', post(`Content-Length: 3\r\n${CHUNKED}`, '0\r\n\r\n'), /HPE_/),
  framing('chunks beside a length', post(`${CHUNKED}Content-Length: 3\r\n`, '0\r\n\r\n'), /HPE_/),
  framing('a length of 0 beside chunks', post(`Content-Length: 0\r\n${CHUNKED}`, '0\r\n\r\n'), /HPE_/),
  framing('chunks named twice', post(CHUNKED + CHUNKED, '0\r\n\r\n'), /TRANSFER_ENCODING|not supported/),
  framing(
    'chunks named twice in a line',
    post('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n'),
    /TRANSFER_ENCODING|not supported/,
  ),
  framing(
    'chunks that are not last',
    post('Transfer-Encoding: chunked, gzip\r\n', '0\r\n\r\n'),
    /TRANSFER_ENCODING|not supported/,
  ),
  framing(
    'compressed chunks',
    post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'),
    /"gzip, chunked" is not supported/,
  ),
  framing(
    'a transfer coding that nobody knows',
    post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'),
    /TRANSFER_ENCODING|not supported/,
  ),
  framing(
    'the transfer coding identity',
    post('Transfer-Encoding: identity\r\n', 'abc'),
    /"identity" is not supported/,
  ),
  framing(
    'a chunk size that is no number',
    post(CHUNKED, 'zz\r\nabc\r\n0\r\n\r\n'),
    /HPE_INVALID_CHUNK_SIZE/,
  ),
  framing('a negative chunk size', post(CHUNKED, '-1\r\nabc\r\n0\r\n\r\n'), /HPE_INVALID_CHUNK_SIZE/),
  framing(
    'a chunk size beyond 64 bits',
    post(CHUNKED, 'fffffffffffffffff\r\nabc\r\n'),
    /HPE_INVALID_CHUNK_SIZE/,
  ),
  framing('a chunk longer than its size', post(CHUNKED, '3\r\nabcdef\r\n0\r\n\r\n'), /HPE_/),
  framing('a trailer without a colon', post(CHUNKED, '0\r\nbroken\r\n\r\n'), /HPE_INVALID_HEADER_TOKEN/),
  framing('a request without a Host', get('/never', ''), /there is no Host header/),
  framing('two Host headers', get('/never', 'Host: a\r\nHost: b\r\n'), /several Host headers/),
  framing('two equal Host headers', get('/never', 'Host: a\r\nhost: a\r\n'), /several Host headers/),
  framing('a Host with a path', get('/never', 'Host: localhost/evil\r\n'), /the Host header is invalid/),
  framing(
    'a Host with user information',
    get('/never', 'Host: user@localhost\r\n'),
    /the Host header is invalid/,
  ),
  framing('a Host with a blank', get('/never', 'Host: local host\r\n'), /the Host header is invalid/),
  framing(
    'a Host of 300 characters',
    get('/never', `Host: ${'a'.repeat(300)}\r\n`),
    /the Host header is invalid/,
  ),
  framing(
    'an expectation that nobody knows',
    post('Expect: 200-maybe\r\nContent-Length: 3\r\n', 'abc'),
    /expectation/,
  ),
  {
    name: 'a header of 100 kB',
    send: get('/never', `${HOST}A: ${'a'.repeat(100_000)}\r\n`),
    error: 'HS_REQUEST_HEADERS_TOO_LONG',
    detail: /HPE_HEADER_OVERFLOW/,
  },
  {
    name: '20,000 header lines',
    send: get('/never', HOST + 'Abc: def\r\n'.repeat(20_000)),
    error: 'HS_REQUEST_HEADERS_TOO_LONG',
    detail: /HPE_HEADER_OVERFLOW/,
  },
  {
    name: '100 kB of cookies',
    send: get('/never', `${HOST}Cookie: ${'a=b; '.repeat(20_000)}c=d\r\n`),
    error: 'HS_REQUEST_HEADERS_TOO_LONG',
    detail: /HPE_HEADER_OVERFLOW/,
  },
  {
    name: '100 kB of trailers',
    send: post(CHUNKED, `0\r\n${'Abcdefgh: ijklmnop\r\n'.repeat(5_000)}\r\n`),
    error: 'HS_REQUEST_HEADERS_TOO_LONG',
    detail: /HPE_HEADER_OVERFLOW/,
  },
  {
    name: 'chunk extensions of 20 kB',
    send: post(CHUNKED, `1;${'a'.repeat(20_000)}\r\nb\r\n0\r\n\r\n`),
    error: 'HS_REQUEST_TOO_LARGE',
    detail: /HPE_CHUNK_EXTENSIONS_OVERFLOW/,
  },
];

describe('the gateway refuses', () => {
  let served: Served;
  before(async () => {
    served = await serve({
      'functions/good.js': GOOD,
      'functions/never.js':
        "exports.handler = (context, event, callback) => { console.log('ran'); callback(); };",
      'functions/slow.js':
        "exports.handler = (context, event, callback) => setTimeout(callback, 150, null, 'slow');",
      'functions/body.js':
        'exports.handler = (context, { request, ...body }, callback) => callback(null, body);',
    });
  });
  after(() => served.close());

  for (const row of ROWS) {
    it(row.name, () => verifyRefused(served, row));
  }

  it('a body without end, when the client ends the connection', async () => {
    for (const [headers, body] of [
      ['Content-Length: 30\r\n', 'abc'],
      [CHUNKED, '5\r\nabcde\r\n'],
      [CHUNKED, '5\r\nab'],
    ] as const) {
      const count = served.records.length;
      const { responses, end } = await converse(served.port, [post(headers, body)], { halfClose: true });
      assert.deepEqual([responses.map(({ status }) => status), end], [[400], 'closed']);
      assert.deepEqual(
        served.records.slice(count).map(({ target, status, error }) => [target, status, error]),
        [['/never', 400, 'HS_BAD_REQUEST']],
      );
      await expectGood(served.port);
    }
  });

  it('a head without end, when the client ends the connection', async () => {
    const { responses, end } = await converse(served.port, ['GET /never HTTP/1.1\r\nHost: x\r\n'], {
      halfClose: true,
    });
    assert.deepEqual([responses.map(({ status }) => status), end], [[400], 'closed']);
    await expectGood(served.port);
  });

  it('nothing of a connection on which nothing is sent', async () => {
    const count = served.records.length;
    const { responses, end } = await converse(served.port, [], { halfClose: true });
    assert.deepEqual([responses, end, served.records.length], [[], 'closed', count]);
  });

  it('what follows a body that is longer than declared, after the request itself has its answer', async () => {
    const headers = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n';
    const bytes = `POST /body HTTP/1.1\r\n${HOST}${headers}\r\na=1&b=2&c=3`;
    const count = served.records.length;
    const { responses, end } = await converse(served.port, [bytes]);
    assert.deepEqual(
      [responses.map((response) => [response.status, response.text()]), end],
      [
        [
          [200, '{"a":"1"}'],
          [400, 'Bad Request'],
        ],
        'closed',
      ],
    );
    const codes = served.records.slice(count).map(({ error }) => error);
    assert.deepEqual(codes.sort(), ['HS_BAD_REQUEST', null]);
  });

  it('garbage after pipelined requests, once all of them have their answers', async () => {
    const bytes = `${get('/slow')}${get('/good')}${get('/missing')}garbage\r\n\r\n`;
    const { responses, end } = await converse(served.port, [bytes]);
    assert.deepEqual(
      responses.map((response) => response.text()),
      ['slow', 'good', 'Not Found', 'Bad Request'],
    );
    assert.equal(end, 'closed');
  });

  it('a broken body behind a pipelined request, in its turn', async () => {
    const bytes = `${get('/slow')}${post(CHUNKED, 'zz\r\n')}`;
    const { responses } = await converse(served.port, [bytes]);
    assert.deepEqual(
      responses.map((response) => response.text()),
      ['slow', 'Bad Request'],
    );
  });

  it('a header flood so that 20 of 20 clients see why', async () => {
    const flood = [
      Buffer.from(`GET /never HTTP/1.1\r\n${HOST}A: `),
      ...Array(40).fill(Buffer.alloc(25_000, 'a')),
    ];
    const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(served.port, flood)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(20).fill(431),
    );
  });

  it('none of the forms that HTTP allows', async () => {
    const good: readonly (readonly [string, string])[] = [
      ['HTTP/1.0 without a Host', 'GET /good HTTP/1.0\r\n\r\n'],
      ['an empty Host', get('/good', 'Host:\r\n')],
      ['a Host with a port', get('/good', 'Host: localhost:3000\r\n')],
      ['a Host that is an IPv6 address', get('/good', 'Host: [::1]:3000\r\n')],
      ['an absolute target', get('http://localhost/good')],
      ['an absolute target in capitals', get('HTTP://LOCALHOST/good')],
      ['an empty line before the request', `\r\n${get('/good')}`],
      ['an offer to upgrade', get('/good', `${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n`)],
      ['header values beyond ASCII', get('/good', `${HOST}A: caf\xe9\r\n`)],
      [
        'a chunked body in many pieces',
        `POST /good HTTP/1.1\r\n${HOST}${CHUNKED}\r\n${'1\r\na\r\n'.repeat(5_000)}0\r\n\r\n`,
      ],
      [
        'chunk extensions and trailers',
        `POST /good HTTP/1.1\r\n${HOST}${CHUNKED}\r\n1;a=b\r\nc\r\n0\r\nD: e\r\n\r\n`,
      ],
      ['a length with leading zeros', `POST /good HTTP/1.1\r\n${HOST}Content-Length: 003\r\n\r\nabc`],
    ];
    for (const [name, bytes] of good) {
      const response = await exchange(served.port, [Buffer.from(bytes, 'latin1')]);
      assert.equal(`${response.status} ${response.text()}`, '200 good', name);
    }
  });

  it('without ever having run the Function that the bad requests named', async () => {
    const never = served.records.filter(({ target }) => target.startsWith('/never'));
    assert.ok(never.length > 10);
    assert.ok(never.every(({ status }) => status >= 400));
    const first = await request(served.port, { method: 'POST', path: '/never' });
    assert.equal(first.status, 200);
    assert.equal((await served.record('/never')).console.length, 1);
  });
});
