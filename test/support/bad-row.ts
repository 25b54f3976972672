/** One row of the tables of bad input: what is sent, what the client must get, what the record must say. */
import assert from 'node:assert/strict';
import { ERRORS, type ErrorCode } from '../../src/errors';
import type { RequestRecord } from '../../src/model/invocation';
import { exchange, type RawRequest, type RawResponse, request, requestBytes } from './raw-http';
import { eventually, type Served } from './serve';

export interface BadRow {
  /** Reads on from "it refuses". */
  readonly name: string;
  /** A request, or exactly these bytes (characters up to 255). */
  readonly send: RawRequest | string | readonly (string | Buffer)[];
  readonly error: ErrorCode;
  /** What the record must say, beside the code. */
  readonly detail?: RegExp;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Every project that is served for these tables has a Function `/good`, which answers `good`. */
export const GOOD = "exports.handler = (context, event, callback) => callback(null, 'good');";

/** The client gets status and text of the code; a request at the same time and one after it are unharmed. */
export async function verifyRefused(served: Served, row: BadRow): Promise<void> {
  const { port, records } = served;
  const before = records.length;
  const beside = expectGood(port);
  const response = await exchange(port, bytesOf(row.send), {
    isHead: typeof row.send === 'object' && 'method' in row.send && row.send.method === 'HEAD',
  });
  verifyAnswer(response, row);
  await beside;
  const failed = () => records.slice(before).filter(({ error }) => error !== null);
  const record = await eventually(() => failed()[0]);
  verifyRecord(record, row);
  await expectGood(port);
  assert.equal(failed().length, 1, 'one request, one record');
}

export async function expectGood(port: number): Promise<void> {
  const response = await request(port, { method: 'GET', path: '/good' });
  assert.equal(`${response.status} ${response.text()}`, '200 good');
}

/** The record of the request that got this response. */
export function recordOf({ records }: Served, response: RawResponse): Promise<RequestRecord> {
  const id = response.header('twilio-request-id');
  assert.match(id ?? 'no Twilio-Request-Id', /^RQ[0-9a-f]{32}$/);
  return eventually(() => records.find((record) => record.id === id));
}

function bytesOf(send: BadRow['send']): readonly (string | Buffer)[] {
  if (typeof send === 'string') return [Buffer.from(send, 'latin1')];
  if ('method' in send) return [requestBytes(send)];
  return send;
}

function verifyAnswer(response: RawResponse, { send, error, headers = {} }: BadRow): void {
  const { status, text } = ERRORS[error];
  const isHead = typeof send === 'object' && 'method' in send && send.method === 'HEAD';
  assert.equal(response.status, status, response.text().slice(0, 300));
  assert.equal(response.text(), isHead ? '' : text);
  assert.equal(response.header('content-type'), 'text/plain; charset=utf8');
  for (const [name, value] of Object.entries(headers)) assert.equal(response.header(name), value, name);
}

function verifyRecord(record: RequestRecord, { error, detail }: BadRow): void {
  assert.equal(record.error, error, record.detail ?? '');
  assert.equal(record.status, ERRORS[error].status);
  if (detail !== undefined) assert.match(record.detail ?? 'no detail', detail);
  assert.deepEqual(record.console, [], 'no code of the author ran');
}
