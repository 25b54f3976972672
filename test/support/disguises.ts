/**
 * Requests in disguise: what another reader of the same bytes could take for something else. In each row a second
 * request, `/hidden`, stands where one reading of the first one ends.
 */

const HOST = 'Host: localhost\r\n';
export const HIDDEN = `GET /hidden HTTP/1.1\r\n${HOST}\r\n`;
/** What follows a request that ends where everybody says. */
const SECOND = `GET /second HTTP/1.1\r\n${HOST}\r\n`;
const LENGTH = `Content-Length: ${HIDDEN.length}\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const CHUNK = `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`;

function post(headers: string, body: string, version = '1.1'): string {
  return `POST /target HTTP/${version}\r\n${HOST}${headers}\r\n${body}`;
}

function get(line: string, headers = HOST, rest = HIDDEN): string {
  return `${line}\r\n${headers}\r\n${rest}`;
}

export interface Disguise {
  readonly name: string;
  /** Characters up to 255. */
  readonly bytes: string;
  readonly statuses: readonly number[];
  /** Of `/target` and `/second`; what was refused ran nothing. */
  readonly runs: number;
}

function refused(name: string, bytes: string, status = 400): Disguise {
  return { name, bytes, statuses: [status], runs: 0 };
}

/** What was hidden is a part of the body, or is never read. */
function runsAlone(name: string, bytes: string, statuses: readonly number[] = [200]): Disguise {
  return { name, bytes, statuses, runs: 1 };
}

/** No reader could see another end: both are served. */
function runsBoth(name: string, bytes: string): Disguise {
  return { name, bytes: bytes.replace(HIDDEN, SECOND), statuses: [200, 200], runs: 2 };
}

const show = JSON.stringify;

const LENGTHS: readonly Disguise[] = [
  refused(
    'a length, and chunks that end before it',
    post(`Content-Length: 6\r\n${CHUNKED}`, `0\r\n\r\n${HIDDEN}`),
  ),
  refused('chunks, and a length that ends before them', post(`${CHUNKED}Content-Length: 4\r\n`, CHUNK)),
  refused('two lengths that agree', post('Content-Length: 5\r\nContent-Length: 5\r\n', `12345${HIDDEN}`)),
  refused('two lengths, the first one of 0', post(`Content-Length: 0\r\n${LENGTH}`, HIDDEN)),
  refused('two lengths, the last one of 0', post(`${LENGTH}Content-Length: 0\r\n`, HIDDEN)),
  ...[
    ...[
      '+5',
      '-5',
      '0x5',
      '5,5',
      '5, 5',
      '5,6',
      '0,5',
      '5;',
      '5.0',
      '5e0',
      '5_0',
      '5 5',
      '5 6',

      '5\0',
    ],
    ...['5\x0b', '\x0b5', '\xa05', '', '18446744073709551616', '18446744073709551621', '"5"', 'five'],
  ].map((value) =>
    refused(`the length ${show(value)}`, post(`Content-Length:${value}\r\n`, `12345${HIDDEN}`)),
  ),
  ...['4294967301', '9223372036854775813', '18446744073709551615'].map((value) =>
    refused(`the length ${value}`, post(`Content-Length: ${value}\r\n`, `12345${HIDDEN}`), 413),
  ),
  ...[' 5', '\t5', '5 ', '05', '00000000000000000000005'].map((value) =>
    runsBoth(`the length ${show(value)}`, post(`Content-Length:${value}\r\n`, `12345${HIDDEN}`)),
  ),
];

const CODINGS = [
  ...['identity', 'chunked, identity', 'identity, chunked', 'chunked, chunked', 'gzip, chunked', 'xchunked'],
  ...[
    'chunkedx',
    'chunked;q=1',
    '"chunked"',
    'chunked,',
    'chunked ,',
    ', chunked',
    'chunked\t',
    'x: chunked',
  ],
  ...['\x0bchunked', 'chunked\x0b', 'chunked\x0c', '\0chunked', 'chunked\0', '\xa0chunked', 'chunked\xa0'],
  ...['chunked\r\n ', '\r\n chunked', '\r\n\tchunked', '', 'cow', 'chun\xe9ked'],
];
const NAMES = [
  ...['Transfer-Encoding ', 'Transfer-Encoding\t', 'Transfer-Encoding\x0b', 'Transfer-Encoding\0'],
  ...['Transfer-Encoding\r', '\0Transfer-Encoding', ' Transfer-Encoding', '\tTransfer-Encoding'],
  ...['Transfer-Encoding\xa0', 'Transfer\xadEncoding', 'X: y\rTransfer-Encoding', 'X: y\nTransfer-Encoding'],
  ...['X\nTransfer-Encoding', 'X: y\r\r\nTransfer-Encoding', 'Transfer-Encoding:x\r', 'Transfer Encoding'],
];
const TRANSFERS: readonly Disguise[] = [
  ...CODINGS.flatMap((value) => [
    refused(`the coding ${show(value)}`, post(`Transfer-Encoding: ${value}\r\n`, CHUNK)),
    refused(
      `the coding ${show(value)}, a request right behind`,
      post(`Transfer-Encoding: ${value}\r\n`, HIDDEN),
    ),
    refused(
      `the coding ${show(value)} beside a length`,
      post(`Content-Length: 5\r\nTransfer-Encoding: ${value}\r\n`, CHUNK),
    ),
  ]),
  ...NAMES.flatMap((name) => [
    refused(`the name ${show(name)}`, post(`${name}: chunked\r\n`, CHUNK)),
    refused(
      `the name ${show(name)} beside a length`,
      post(`Content-Length: ${CHUNK.length}\r\n${name}: chunked\r\n`, CHUNK),
    ),
  ]),
  refused('two codings', post(CHUNKED + CHUNKED, CHUNK)),
  refused('two codings, one of them empty', post(`Transfer-Encoding:\r\n${CHUNKED}`, CHUNK)),
  refused('two codings, one of them identity', post(`${CHUNKED}Transfer-Encoding: identity\r\n`, CHUNK)),
  refused('chunks in HTTP/1.0', post(CHUNKED, CHUNK, '1.0')),
  refused(
    'chunks in HTTP/1.0 that is kept alive',
    post(`Connection: keep-alive\r\n${CHUNKED}`, CHUNK, '1.0'),
  ),
  ...['Transfer_Encoding', 'X-Transfer-Encoding', 'Content-Encoding'].map((name) =>
    runsAlone(
      `the name ${name}, which is another one, beside a length`,
      post(`Content-Length: ${CHUNK.length}\r\n${name}: chunked\r\n`, CHUNK),
    ),
  ),
  ...[' chunked', '\tchunked', 'CHUNKED', 'chunKed'].map((value) =>
    runsAlone(`the coding ${show(value)}`, post(`Transfer-Encoding:${value}\r\n`, CHUNK)),
  ),
];

const CHUNKS: readonly Disguise[] = [
  ...[
    ...['0x5\r\n12345\r\n0\r\n\r\n', '+5\r\n12345\r\n0\r\n\r\n', '-5\r\n12345\r\n0\r\n\r\n'],
    ...['5_0\r\n12345\r\n0\r\n\r\n', '5 \r\n12345\r\n0\r\n\r\n', ' 5\r\n12345\r\n0\r\n\r\n'],
    ...['5\t\r\n12345\r\n0\r\n\r\n', 'g\r\n', '\r\n5\r\n12345\r\n0\r\n\r\n', '5\r\n12345\r\n\r\n'],
    // Overflow: 16 hexadecimal digits fit.
    ...['10000000000000005\r\n12345\r\n0\r\n\r\n', 'f0000000000000005\r\n12345\r\n0\r\n\r\n'],
    // Extensions that hide the end of the line.
    ...['5;\n12345\r\n0\r\n\r\n', '5;a\n12345\r\n0\r\n\r\n', '5;a="\r\n"\r\n12345\r\n0\r\n\r\n'],
    ...['5;\0\r\n12345\r\n0\r\n\r\n', '5;a\r12345\r\n0\r\n\r\n', '5;a=\x01\r\n12345\r\n0\r\n\r\n'],
    // Line ends.
    ...['5\n12345\r\n0\r\n\r\n', '5\r12345\r\n0\r\n\r\n', '5\r\n12345\n0\r\n\r\n', '5\r\n12345\r0\r\n\r\n'],
    ...['5\r\n123450\r\n\r\n', '5\r\n12345XX0\r\n\r\n', '5\r\n12345\r\n0\n\n', '5\r\n12345\r\n0\r\n\n'],
    ...['5\r\n12345\r\n0\r\n', '5\r\n12345\r\n0\r\n\r', '4\r\n12345\r\n0\r\n\r\n', '6\r\n12345\r\n0\r\n\r\n'],
    // Trailers.
    ...[`5\r\n12345\r\n0\r\n${CHUNKED}\r\n`, `5\r\n12345\r\n0\r\n${LENGTH}\r\n`, '0\r\nA: b\n\r\n'],
    ...['0\r\nA: b\r\n c\r\n\r\n', '0\r\nA : b\r\n\r\n', '0\r\n: b\r\n\r\n', '0\r\nA: b\0\r\n\r\n'],
  ].map((body) => refused(show(body), post(CHUNKED, body + HIDDEN))),
  refused(
    'an extension of 20 kB',
    post(CHUNKED, `5;${'a'.repeat(20_000)}\r\n12345\r\n0\r\n\r\n${HIDDEN}`),
    413,
  ),
  ...[
    ...[
      '05\r\n12345\r\n0\r\n\r\n',
      '0000000000000000000005\r\n12345\r\n0\r\n\r\n',
      '5\r\n12345\r\n00\r\n\r\n',
    ],
    ...['5;a=b\r\n12345\r\n0\r\n\r\n', '5;a="b"\r\n12345\r\n0\r\n\r\n', '5\r\n12345\r\n0;x=y\r\n\r\n'],
    ...['5\r\n12345\r\n0\r\nA: b\r\n\r\n', 'A\r\n1234567890\r\n0\r\n\r\n', '0\r\n\r\n'],
  ].map((body) => runsBoth(`${show(body)}, which is allowed`, post(CHUNKED, body + HIDDEN))),
];

const METHODS: readonly Disguise[] = [
  ...['GET', 'OPTIONS', 'PUT', 'PROPFIND', 'QUERY'].flatMap((method) => {
    const status = { GET: 403, OPTIONS: 204 }[method] ?? 405;
    const line = `${method} /target HTTP/1.1`;
    return [
      refused(`${method} with a body`, get(line, HOST + LENGTH), status),
      refused(`${method} with chunks`, get(line, HOST + CHUNKED, CHUNK), status),
    ];
  }),
  refused('CONNECT with a body', get('CONNECT /target HTTP/1.1', HOST + LENGTH), 405),
  refused('CONNECT, and what would go through it', get('CONNECT localhost:80 HTTP/1.1'), 405),
  refused('a POST to nowhere with a body', get('POST /missing HTTP/1.1', HOST + LENGTH), 404),
  refused(
    'a POST to nowhere with a length that is too large',
    get('POST /missing HTTP/1.1', `${HOST}Content-Length: 999\r\n`),
    404,
  ),
];

const CONNECTIONS: readonly Disguise[] = [
  runsAlone('a body that waits for 100 Continue', post(`Expect: 100-continue\r\n${LENGTH}`, HIDDEN)),
  runsAlone(
    'the same, asked for twice',
    post(`Expect: 100-continue\r\nExpect: 100-continue\r\n${LENGTH}`, HIDDEN),
  ),
  refused('an expectation that nobody knows', post(`Expect: 200-ok\r\n${LENGTH}`, HIDDEN)),
  refused(
    'a refused body that waits for 100 Continue',
    get('POST /missing HTTP/1.1', `${HOST}Expect: 100-continue\r\n${LENGTH}`),
    404,
  ),
  runsAlone(
    'Connection naming the length, and close',
    post(`Connection: close, content-length\r\n${LENGTH}`, HIDDEN),
  ),
  runsAlone('Connection naming the length', post(`Connection: content-length\r\n${LENGTH}`, HIDDEN)),
  runsAlone('Connection naming the chunks', post(`Connection: transfer-encoding\r\n${CHUNKED}`, CHUNK)),
  runsAlone('Connection naming Host', post(`Connection: host\r\n${LENGTH}`, HIDDEN)),
  runsAlone('a request behind one that closes', get('GET /target HTTP/1.1', `${HOST}Connection: close\r\n`)),
  runsAlone('a request behind HTTP/1.0', get('GET /target HTTP/1.0')),
  runsAlone('HTTP/1.0 with a length', post(LENGTH, HIDDEN, '1.0')),
  runsAlone('a body that nothing declares', post('', `xx${HIDDEN}`), [200, 400]),
  runsAlone(
    'an offer of h2c, and the preface of HTTP/2',
    get(
      'GET /target HTTP/1.1',
      `${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAAAA\r\n`,
      `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${HIDDEN}`,
    ),
  ),
  runsAlone(
    'an offer to upgrade with a body',
    post(`Connection: Upgrade\r\nUpgrade: websocket\r\n${LENGTH}`, HIDDEN),
  ),
  runsAlone(
    'an offer of a WebSocket, which is not taken: the connection ends',
    get(
      'GET /target HTTP/1.1',
      `${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n`,
    ),
  ),
  refused('the preface of HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${HIDDEN}`),
  refused('an answer instead of a request', `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n${HIDDEN}`),
  // Their own framing is right. They close the connection, so that what follows must not run any more.
  refused('a request without Host, a request right behind', get('GET /target HTTP/1.1', '')),
  refused('two Hosts, a request right behind', get('GET /target HTTP/1.1', HOST + HOST)),
  refused('a Host with a path, a request right behind', get('GET /target HTTP/1.1', 'Host: a/b\r\n')),
  refused(
    'a body that is too large, a request in it',
    post(`Content-Length: ${1_048_576 + HIDDEN.length}\r\n`, 'a'.repeat(1_048_576) + HIDDEN),
    413,
  ),
];

const LINES: readonly Disguise[] = [
  ...['GET\t/target HTTP/1.1', 'GET /target\tHTTP/1.1', ' GET /target HTTP/1.1', 'GET /target HTTP/1.1 '].map(
    (line) => refused(show(line), get(line)),
  ),
  ...['GET /target HTTP/1.10', 'GET /target HTTP/1.2', 'GET /target HTTP/2.0', 'GET /target HTTP/0.9'].map(
    (line) => refused(show(line), get(line)),
  ),
  ...['GET /target HTTP/1', 'GET /target http/1.1', 'GET /target', 'GET /target HTTP/1.1\r', 'GET'].map(
    (line) => refused(show(line), get(line)),
  ),
  ...[
    'GET /tar\0get HTTP/1.1',
    'GET /target\xff HTTP/1.1',
    'GET /target\x0b HTTP/1.1',
    'G\0ET /target HTTP/1.1',
  ].map((line) => refused(show(line), get(line))),
  refused('a bare line feed after the request line', `GET /target HTTP/1.1\n${HOST}\r\n${HIDDEN}`),
  refused('a bare carriage return after the request line', `GET /target HTTP/1.1\r${HOST}\r\n${HIDDEN}`),
  refused('bare line feeds at the end of the head', `GET /target HTTP/1.1\r\nHost: x\n\n${HIDDEN}`),
  refused('a bare line feed at the end of the head', `GET /target HTTP/1.1\r\n${HOST}\n${HIDDEN}`),
  refused('a head of carriage returns', `GET /target HTTP/1.1\rHost: x\r\r${HIDDEN}`),
  refused('a bare line feed in a header', get('GET /target HTTP/1.1', `${HOST}A: b\nC: d\r\n`)),
  refused('a bare carriage return in a header', get('GET /target HTTP/1.1', `${HOST}A: b\rC: d\r\n`)),
  refused('a carriage return too many', get('GET /target HTTP/1.1', `${HOST}A: b\r\r\n`)),
  refused('a first header that is folded', get('GET /target HTTP/1.1', ` ${HOST}`)),
  refused('a folded header', get('GET /target HTTP/1.1', `${HOST}A: b\r\n\tc\r\n`)),
  ...['A\0B: c', 'A\xe9: c', 'A\x7f: c', 'A(: c', 'A: \x01', 'A: \x7f', 'A: b\0', ': c', 'A', 'A;: b'].map(
    (line) => refused(`the header line ${show(line)}`, get('GET /target HTTP/1.1', `${HOST}${line}\r\n`)),
  ),
  ...['\xe9', '\xff\xfe', 'caf\xc3\xa9'].map((value) =>
    runsBoth(`the header value ${show(value)}`, get('GET /target HTTP/1.1', `${HOST}A: ${value}\r\n`)),
  ),
];

const TARGETS: readonly Disguise[] = [
  runsBoth('the absolute form', get('GET http://localhost/target HTTP/1.1')),
  runsBoth('the absolute form with a query alone', get('GET http://localhost/target?a HTTP/1.1')),
  refused('the absolute form without a path', get('GET http://localhost HTTP/1.1', HOST, ''), 404),
  refused('the absolute form without Host', get('GET http://localhost/target HTTP/1.1', '')),
  refused('the absolute form with user information', get('GET http://a@localhost/target HTTP/1.1')),
  refused('the absolute form with a host that is none', get('GET http://a,b/target HTTP/1.1')),
  refused('the absolute form of another scheme', get('GET ftp://localhost/target HTTP/1.1', HOST, ''), 404),
  refused('the authority form', get('GET localhost:80 HTTP/1.1')),
  refused('the asterisk form', get('GET * HTTP/1.1', HOST, ''), 404),
  refused('the asterisk form of OPTIONS', get('OPTIONS * HTTP/1.1', HOST, ''), 404),
  refused('a path without its slash', get('GET target HTTP/1.1')),
  refused('a backslash', get('GET \\target HTTP/1.1')),
  refused('a fragment', get('GET /target#/hidden HTTP/1.1', HOST, ''), 404),
  refused('an encoded line end and a header', get('GET /target%0d%0aHost:%20x HTTP/1.1', HOST, ''), 404),
];

export const DISGUISES: Readonly<Record<string, readonly Disguise[]>> = {
  lengths: LENGTHS,
  transfers: TRANSFERS,
  chunks: CHUNKS,
  methods: METHODS,
  connections: CONNECTIONS,
  lines: LINES,
  targets: TARGETS,
};
