/** A request whose signature somebody asks about: one that came, or one that is given by hand. */
import type { IncomingHttpHeaders } from 'node:http';
import { CodedError } from '../errors';

export type HeaderLines = readonly (readonly [name: string, value: string])[];

export interface SignatureQuestion {
  readonly method: string;
  /** Path and query as they reached the gateway, one character for each byte. */
  readonly target: string;
  readonly headers: HeaderLines;
  readonly body: Buffer;
  /** Only the beginning of the body is known. */
  readonly bodyIsCut: boolean;
  /** Of whoever sent it to the gateway: a proxy, where there is one. */
  readonly remoteAddress: string | undefined;
  /** The URL at the sender, where somebody says so; else `null`. */
  readonly calledUrl: string | null;
}

export interface RequestByHand {
  readonly method: string;
  /** The whole URL as the sender called it. */
  readonly url: string;
  readonly headers: HeaderLines;
  readonly body: string | Buffer;
  /** Of the proxy in front; this machine where nobody says. */
  readonly remoteAddress?: string;
}

const THIS_MACHINE = '127.0.0.1';

/**
 * What would reach the gateway if this request were sent: a proxy in front removes the path of the public URL. Throws
 * `CodedError` (HS_USAGE) where the URL is none.
 */
export function questionOfUrl(request: RequestByHand, publicUrl: URL | null): SignatureQuestion {
  const calledUrl = readCalledUrl(request.url);
  const target = targetOf(calledUrl, publicUrl);
  return {
    method: request.method,
    target: Buffer.from(target, 'utf8').toString('latin1'),
    headers: request.headers,
    body: Buffer.from(request.body),
    bodyIsCut: false,
    remoteAddress: request.remoteAddress ?? THIS_MACHINE,
    calledUrl,
  };
}

/** As typed, but for user information (the vendor signs without it) and a fragment (nobody sends it). */
export function readCalledUrl(text: string): string {
  const [, scheme = '', authority = '', rest = ''] =
    /^(https?:\/\/)(?:[^/?#]*@)?([^/?#]+)([^#]*)/i.exec(text.trim()) ?? [];
  const url = scheme.toLowerCase() + authority + (rest.startsWith('/') ? rest : `/${rest}`);
  if (scheme === '' || !URL.canParse(url)) {
    throw new CodedError('HS_USAGE', `${JSON.stringify(text.slice(0, 200))} is not an http or https URL`);
  }
  return url;
}

export function headersOf(lines: HeaderLines): IncomingHttpHeaders {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    const before = headers[key];
    // As `node:http`: of these the first counts, the others are joined.
    if (before === undefined) headers[key] = value;
    else if (!SINGLE.includes(key)) headers[key] = `${before}, ${value}`;
  }
  return headers;
}

const SINGLE = ['host', 'content-type', 'x-twilio-signature'];

function targetOf(calledUrl: string, publicUrl: URL | null): string {
  const target = calledUrl.slice(calledUrl.indexOf('/', calledUrl.indexOf('://') + 3));
  const prefix = publicUrl === null ? '' : publicUrl.pathname.replace(/\/+$/, '');
  if (prefix === '' || !target.startsWith(prefix)) return target;
  const rest = target.slice(prefix.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : target;
}
