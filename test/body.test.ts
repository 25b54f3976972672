import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { type BodyProblem, classifyBody, type DecodedBody, decodeBody } from '../src/gateway/body';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

interface Outcome {
  readonly error: BodyProblem | null;
  readonly body: DecodedBody | null;
}

function decode(body: string | Buffer, type: string | undefined, encoding?: string): Promise<Outcome> {
  const raw = typeof body === 'string' ? Buffer.from(body) : body;
  return new Promise((done) =>
    decodeBody(raw, type, encoding, (error, decoded) => done({ error, body: decoded })),
  );
}

test('only forms and application/json are understood', () => {
  for (const [type, expected] of [
    [FORM, 'form'],
    [`${FORM}; charset=UTF-8`, 'form'],
    [`${FORM};charset=utf-8`, 'form'],
    ['Application/X-WWW-Form-URLEncoded ; a=b', 'form'],
    [JSON_TYPE, 'json'],
    ['application/json; charset=utf-8', 'json'],
    ['APPLICATION/JSON', 'json'],
    ['application/vnd.api+json', 'ignored'],
    ['text/json', 'ignored'],
    ['application/jsonx', 'ignored'],
    ['application/json, text/plain', 'ignored'],
    ['text/plain', 'ignored'],
    ['text/xml', 'ignored'],
    ['multipart/form-data; boundary=x', 'ignored'],
    ['', 'ignored'],
    [undefined, 'ignored'],
  ] as const) {
    assert.equal(classifyBody(type), expected, type);
  }
});

test('a body that needs no inflating is decoded at once', () => {
  for (const [type, body] of [
    [FORM, 'a=1'],
    [JSON_TYPE, '{"a":1}'],
    ['text/plain', 'a'],
  ] as const) {
    let calls = 0;
    decodeBody(Buffer.from(body), type, undefined, (error) => {
      calls++;
      assert.equal(error, null);
    });
    assert.equal(calls, 1);
  }
});

test('a form becomes its fields', async () => {
  const raw = Buffer.from('a=1&a=2&b=%C3%BC+x');
  const { body } = await decode(raw, `${FORM}; charset=UTF-8`);
  assert.ok(body?.kind === 'form');
  assert.deepEqual({ ...body.form }, { a: ['1', '2'], b: 'ü x' });
  assert.equal(body.bytes, raw);
});

test('JSON is handed on as the text that was checked', async () => {
  const nested = '['.repeat(10_000) + ']'.repeat(10_000);
  for (const text of [
    '{}',
    '[]',
    ' \r\n\t{"a":[1,null,{"b":"\\u00fc"}]}\n',
    '[10,{"k":1}]',
    '{"__proto__":{"p":1}}',
    nested,
  ]) {
    const { error, body } = await decode(text, JSON_TYPE);
    assert.equal(error, null);
    assert.ok(body?.kind === 'json');
    assert.equal(body.text, text);
  }
});

test('an empty JSON body has no members', async () => {
  for (const [raw, encoding] of [
    ['', undefined],
    ['\ufeff', undefined],
    ['', 'gzip'],
    [gzipSync(''), 'gzip'],
  ] as const) {
    const { body } = await decode(raw, JSON_TYPE, encoding);
    assert.ok(body?.kind === 'json');
    assert.equal(body.text, '');
  }
});

test('JSON that is invalid or no object is refused, and the detail says why', async () => {
  for (const [text, detail] of [
    ['5', /begins with "5"/],
    ['"str"', /object/],
    ['true', /object/],
    ['null', /object/],
    ['  ', /blanks/],
    ['{bad', /cannot be parsed/],
    ['{"a":1,}', /cannot be parsed/],
    ['[1', /cannot be parsed/],
    ['{}x', /cannot be parsed/],
    ['\u00a0{}', /object/],
  ] as const) {
    const { error, body } = await decode(text, JSON_TYPE);
    assert.equal(error?.code, 'HS_INVALID_JSON', text);
    assert.match(error.detail, detail);
    assert.equal(body, null);
  }
});

test('the detail of invalid JSON shows at most a short piece of it', async () => {
  const secret = `hunter2${'x'.repeat(200)}`;
  const { error } = await decode(`{"password":"${secret}","b":tru}`, JSON_TYPE);
  assert.ok(error !== null && error.detail.length < 250);
  assert.doesNotMatch(error.detail, /hunter2/);
});

test('the charset decides how a body is read', async () => {
  const text = '{"a":"ü"}';
  const little = Buffer.from(text, 'utf16le');
  const big = Buffer.from(little).swap16();
  for (const [raw, type, expected] of [
    [Buffer.from(text), 'application/json; charset=utf-8', text],
    [Buffer.from(text), 'application/json; charset="UTF-8"', text],
    [Buffer.from(text), 'application/json; charset=utf8', text],
    [Buffer.from(`\ufeff${text}`), JSON_TYPE, text],
    [little, 'application/json; charset=utf-16le', text],
    [big, 'application/json; charset=utf-16be', text],
    [little, 'application/json; charset=UTF-16', text],
    [big, 'application/json; charset=utf-16', text],
    [Buffer.concat([Buffer.from([0xff, 0xfe]), little]), 'application/json; charset=utf-16', text],
    [Buffer.concat([Buffer.from([0xfe, 0xff]), big]), 'application/json; charset=utf-16', text],
  ] as const) {
    const { body } = await decode(raw, type);
    assert.ok(body?.kind === 'json', type);
    assert.equal(body.text, expected, type);
  }
  const { body } = await decode('\ufeffa=1', FORM);
  assert.deepEqual(body?.kind === 'form' && { ...body.form }, { a: '1' });
});

test('another charset is refused', async () => {
  for (const type of [
    `${FORM}; charset=ISO-8859-1`,
    `${FORM}; charset=UTF-16`,
    `${FORM}; x=y; CharSet="latin1"`,
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf-32',
  ]) {
    const { error } = await decode('[]', type);
    assert.equal(error?.code, 'HS_UNSUPPORTED_CHARSET', type);
  }
});

test('a compressed body is inflated', async () => {
  for (const [raw, encoding] of [
    [gzipSync('a=1'), 'gzip'],
    [deflateSync('a=1'), 'deflate'],
    [gzipSync('a=1'), ' GZIP '],
    [Buffer.from('a=1'), 'identity'],
    [Buffer.from('a=1'), ''],
  ] as const) {
    const { body } = await decode(raw, FORM, encoding);
    assert.ok(body?.kind === 'form', encoding);
    assert.deepEqual({ ...body.form }, { a: '1' });
    assert.equal(body.bytes.toString(), 'a=1');
  }
});

test('an encoding that is not supported is refused, but only where the body is read', async () => {
  for (const encoding of ['br', 'zstd', 'compress', 'gzip, gzip', 'x']) {
    assert.equal((await decode('a=1', FORM, encoding)).error?.code, 'HS_UNSUPPORTED_ENCODING', encoding);
  }
  assert.equal((await decode('a=1', 'text/plain', 'br')).body?.kind, 'ignored');
});

test('the limit holds for the inflated body too', async () => {
  const full = await decode(gzipSync(Buffer.alloc(1_048_576, 'a')), FORM, 'gzip');
  assert.equal(full.error, null);
  for (const method of ['gzip', 'deflate'] as const) {
    const bomb = (method === 'gzip' ? gzipSync : deflateSync)(Buffer.alloc(1_048_577, 'a'));
    assert.equal((await decode(bomb, FORM, method)).error?.code, 'HS_REQUEST_TOO_LARGE');
  }
  const large = gzipSync(Buffer.alloc(200_000_000));
  assert.equal((await decode(large, JSON_TYPE, 'gzip')).error?.code, 'HS_REQUEST_TOO_LARGE');
});

test('a damaged or cut compressed body is refused', async () => {
  const good = gzipSync('a=1&b=2&c=3');
  const damaged = Buffer.from(good);
  damaged.writeUInt32LE(0xdeadbeef, damaged.length - 8);
  for (const raw of [good.subarray(0, 12), good.subarray(0, -1), damaged, Buffer.from('a=1')]) {
    const { error } = await decode(raw, FORM, 'gzip');
    assert.equal(error?.code, 'HS_BODY_UNREADABLE');
  }
});

test('any other body is ignored as it is', async () => {
  for (const type of [undefined, 'text/xml', 'multipart/form-data; boundary=x', 'application/vnd.api+json']) {
    const { error, body } = await decode('<a/>', type, 'gzip');
    assert.equal(error, null);
    assert.equal(body?.kind, 'ignored');
  }
});
