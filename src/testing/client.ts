/** Sends a request to the project under test, signed as the vendor signs. */
import { createHash } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { stringify } from 'node:querystring';
import { CodedError } from '../errors';
import { sign, signedFields } from '../protocol/signing';

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Signed requests are the rule for protected paths; this says otherwise, for any path. */
  readonly signed?: boolean;
}

export interface PostOptions extends RequestOptions {
  readonly form?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly json?: unknown;
  /** As it is; name its type in the headers. */
  readonly body?: string | Uint8Array;
}

export interface Outgoing {
  readonly method: string;
  /** With a query or without one. */
  readonly path: string;
  readonly options: PostOptions;
  /** `null`: not signed. */
  readonly token: string | null;
}

export interface Incoming {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface Place {
  readonly port: number;
  /** What signatures cover, without a trailing slash. */
  readonly base: string;
  /** Nothing takes longer: the platform has limits of its own for all that it does. */
  readonly limitMs: number;
}

/** Rejects with `CodedError` (HS_TEST_USAGE) where there is no answer. */
export function send(place: Place, outgoing: Outgoing): Promise<Incoming> {
  const { content, type } = contentOf(outgoing.options);
  const target = targetOf(outgoing, content);
  const headers: Record<string, string | number> = {
    host: new URL(place.base).host,
    'user-agent': 'hookswitch-testing',
  };
  if (type !== null) headers['content-type'] = type;
  if (outgoing.method === 'POST') headers['content-length'] = content.length;
  if (outgoing.token !== null) headers['x-twilio-signature'] = signatureOf(place.base + target, outgoing);
  for (const [name, value] of Object.entries(outgoing.options.headers ?? {}))
    headers[name.toLowerCase()] = value;
  return exchange(place, { method: outgoing.method, target, headers, content });
}

interface Message {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly content: Buffer;
}

function exchange(
  { port, limitMs }: Place,
  { method, target, headers, content }: Message,
): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const settings = {
      host: '127.0.0.1',
      port,
      method,
      path: target,
      headers,
      agent: false,
      timeout: limitMs,
    };
    const request = requestHttp(settings, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          rawHeaders: response.rawHeaders,
          body: Buffer.concat(chunks),
        });
      });
    });
    const fail = (cause: Error): void => {
      reject(
        new CodedError('HS_TEST_USAGE', `${method} ${target} got no answer: ${cause.message}`, { cause }),
      );
    };
    request.on('timeout', () => request.destroy(new Error(`nothing came within ${limitMs} ms`)));
    request.on('error', fail);
    request.end(content);
  });
}

interface Content {
  readonly content: Buffer;
  readonly type: string | null;
}

function contentOf({ form, json, body }: PostOptions): Content {
  if (form !== undefined) {
    const content = Buffer.from(stringify(plain(form)));
    return { content, type: 'application/x-www-form-urlencoded; charset=UTF-8' };
  }
  if (json !== undefined) return { content: Buffer.from(JSON.stringify(json)), type: 'application/json' };
  return { content: Buffer.from((body ?? '') as string), type: null };
}

/** The hash of a body that is no form goes into the query, where the signature covers it. */
function targetOf({ path, options, token }: Outgoing, content: Buffer): string {
  const { query = {}, form } = options;
  const fields = Object.entries(plain(query)).length === 0 ? [] : [stringify(plain(query))];
  if (token !== null && form === undefined && content.length > 0) {
    fields.push(`bodySHA256=${createHash('sha256').update(content).digest('hex')}`);
  }
  if (fields.length === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${fields.join('&')}`;
}

function signatureOf(url: string, { options, token }: Outgoing): string {
  const fields = options.form === undefined ? '' : signedFields(plain(options.form));
  return sign(token ?? '', url + fields);
}

function plain(fields: NonNullable<PostOptions['form']>): Record<string, string | string[]> {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(String) : String(value),
  ]);
  return Object.fromEntries(entries) as Record<string, string | string[]>;
}
