/** What the admin API is sent: JSON, of a bounded size, checked member by member. */
import type { IncomingMessage } from 'node:http';
import { CodedError } from '../errors';
import type { CallRequest, ReplayRequest } from './api';

/** A body of 1 MB, which JSON may write four times as long. */
const MOST_BYTES = 4 * 1_048_576 + 65_536;

/** Throws `CodedError` (HS_CONSOLE_BAD_REQUEST). */
export async function readJson(req: IncomingMessage): Promise<unknown> {
  const type = (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw bad('the Content-Type has to be application/json');
  if (Number(req.headers['content-length'] ?? 0) > MOST_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks, bytes).toString('utf8')) as unknown;
  } catch (error) {
    throw bad(`the body is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function readCallRequest(value: unknown): CallRequest {
  const members = objectOf(value);
  return {
    method: textOf(members, 'method'),
    target: textOf(members, 'target'),
    headers: headersOf(members.headers),
    body: textOf(members, 'body'),
    sign: members.sign === true,
  };
}

export function readReplayRequest(value: unknown): ReplayRequest {
  const members = objectOf(value);
  return {
    ...(members.method === undefined ? {} : { method: textOf(members, 'method') }),
    ...(members.target === undefined ? {} : { target: textOf(members, 'target') }),
    ...(members.headers === undefined ? {} : { headers: headersOf(members.headers) }),
    ...(members.body === undefined ? {} : { body: textOf(members, 'body') }),
  };
}

export function bad(detail: string): CodedError {
  return new CodedError('HS_CONSOLE_BAD_REQUEST', detail);
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw bad('the body has to be an object');
}

export function textOf(members: Readonly<Record<string, unknown>>, name: string): string {
  const value = members[name];
  if (typeof value === 'string') return value;
  throw bad(`${name} has to be a string`);
}

export function headersOf(value: unknown): readonly (readonly [string, string])[] {
  if (!Array.isArray(value)) throw bad('headers has to be a list of pairs');
  return value.map((pair: unknown) => {
    const [name, text] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    if (typeof name === 'string' && typeof text === 'string') return [name, text] as const;
    throw bad('each of headers has to be a pair of strings');
  });
}

function tooLarge(): CodedError {
  return bad(`the body is over ${MOST_BYTES} bytes`);
}
