/** The recorded exchanges of `data/wire.ndjson`: all their files in one project, each request over a raw socket. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type RawResponse, request } from './support/raw-http';
import { type Served, serve } from './support/serve';

interface Vector {
  readonly id: string;
  readonly req: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
    readonly body: string | { readonly gzipOf: string } | null;
  };
  readonly file: string;
  readonly fn: string;
  readonly also?: Readonly<Record<string, string>>;
  readonly note?: string;
  readonly expect: Expectation;
}

interface Expectation {
  readonly status?: number;
  readonly statusClass?: number;
  readonly type?: string;
  readonly body?: string;
  readonly bodyHex?: string;
  readonly bodyIncludes?: string;
  readonly json?: unknown;
  readonly jsonSubset?: Readonly<Record<string, unknown>>;
  readonly jsonAt?: Readonly<Record<string, unknown>>;
  readonly jsonMissing?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly absent?: readonly string[];
  readonly raw?: Readonly<Record<string, readonly string[]>>;
  readonly cookies?: Readonly<Record<string, string>>;
}

const DATA = join(__dirname, '..', '..', 'test', 'data', 'wire.ndjson');
const VECTORS = readFileSync(DATA, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);
const PUBLIC_URL = new URL('https://demo-1234-dev.twil.io');
const VARIABLES = {
  MY_VAR: 'v1',
  ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
};
/** Needs a project without credentials. */
const WITHOUT_CREDENTIALS = new Set(['C26']);

describe('the recorded exchanges', { concurrency: 8 }, () => {
  let served: Served;
  let anonymous: Served;

  before(async () => {
    served = await serve({ ...filesOf(VECTORS), '.env': envOf(VARIABLES) }, { publicUrl: PUBLIC_URL });
    anonymous = await serve(filesOf(VECTORS), { publicUrl: PUBLIC_URL });
  });
  after(async () => {
    await Promise.all([served.close(), anonymous.close()]);
  });

  for (const vector of VECTORS) {
    const { method, path } = vector.req;
    it(`${vector.id}: ${method} ${path.slice(0, 60)}${vector.note === undefined ? '' : ` (${vector.note})`}`, async () => {
      const { port } = WITHOUT_CREDENTIALS.has(vector.id) ? anonymous : served;
      verify(await send(port, vector), vector.expect);
    });
  }
});

function filesOf(vectors: readonly Vector[]): Record<string, string> {
  return Object.assign({}, ...vectors.map(({ file, fn, also }) => ({ [file]: fn, ...also })));
}

function envOf(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

async function send(port: number, { req }: Vector): Promise<RawResponse> {
  const given = Array.isArray(req.headers)
    ? (req.headers as readonly (readonly [string, string])[])
    : Object.entries(req.headers as Record<string, string>);
  const headers: [string, string][] = [];
  for (const [name, value] of given) headers.push([name, await expand(port, req.path, value)]);
  const body = req.body === null || typeof req.body === 'string' ? req.body : gzipSync(req.body.gzipOf);
  return request(port, { method: req.method, path: req.path, headers, body });
}

/** `<N x>` is N times that character; `@etag` the ETag of an earlier GET. */
async function expand(port: number, path: string, value: string): Promise<string> {
  if (value === '@etag') return (await request(port, { method: 'GET', path })).header('etag') ?? '';
  return value.replace(/<(\d+) (.)>/g, (_, count: string, character: string) =>
    character.repeat(Number(count)),
  );
}

function verify(response: RawResponse, expect: Expectation): void {
  const text = response.text();
  if (expect.status !== undefined) assert.equal(response.status, expect.status, text.slice(0, 500));
  if (expect.statusClass !== undefined) assert.equal(Math.floor(response.status / 100), expect.statusClass);
  if (expect.type !== undefined) assert.equal(response.header('content-type')?.split(';')[0], expect.type);
  if (expect.body !== undefined) assert.equal(text, expect.body);
  if (expect.bodyHex !== undefined) assert.equal(response.body.toString('hex'), expect.bodyHex);
  if (expect.bodyIncludes !== undefined) assert.ok(text.includes(expect.bodyIncludes), text.slice(0, 500));
  if ('json' in expect) assert.deepEqual(JSON.parse(text), expect.json);
  for (const [name, value] of Object.entries(expect.jsonSubset ?? {}))
    assert.deepEqual(JSON.parse(text)[name], value);
  for (const [path, value] of Object.entries(expect.jsonAt ?? {}))
    assert.deepEqual(at(JSON.parse(text), path), value);
  for (const path of expect.jsonMissing ?? []) assert.equal(at(JSON.parse(text), path), undefined, path);
  for (const [name, value] of Object.entries(expect.headers ?? {}))
    assert.equal(response.header(name), value);
  for (const name of expect.absent ?? []) assert.equal(response.header(name), undefined);
  for (const [name, values] of Object.entries(expect.raw ?? {}))
    assert.deepEqual(response.headers(name), values);
  for (const [name, pattern] of Object.entries(expect.cookies ?? {})) verifyCookie(response, name, pattern);
}

function verifyCookie(response: RawResponse, name: string, pattern: string): void {
  const cookie = response.headers('set-cookie').find((line) => line.startsWith(`${name}=`));
  assert.match(cookie?.slice(name.length + 1) ?? `no cookie ${name}`, new RegExp(pattern));
}

/** A dotted path; what follows `headers.` is one literal name. */
function at(value: unknown, path: string): unknown {
  const parts = path.startsWith('headers.') ? ['headers', path.slice(8)] : path.split('.');
  return parts.reduce<unknown>(
    (inner, part) => (inner as Record<string, unknown> | undefined)?.[part],
    value,
  );
}
