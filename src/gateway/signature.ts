/**
 * `X-Twilio-Signature`: HMAC-SHA1 over the public URL and, for a form, its fields (functions-behaviour 9).
 *
 * Accepted is what `validateRequest` of the vendor's SDK accepts for the public URL, in its majors 5 and 6: they try
 * different spellings, because the vendor's own products sign different ones. A spelling costs one HMAC, and the
 * one that nearly all senders use is tried first.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'node:querystring';
import { sign, signedFields } from '../protocol/signing';
import type { Form } from './event';

export { sign, signedFields };

export interface SignedRequest {
  /** The account's primary auth token. */
  readonly token: string;
  /** The header's value. */
  readonly signature: string;
  /** `PublicName.base`: no user information, no trailing slash. */
  readonly base: string;
  /** Path and query exactly as they came, one character for each byte. */
  readonly target: string;
  /** The fields of a form, else `null`. */
  readonly form: Form | null;
  /** The body as it was sent. */
  readonly body: Buffer;
  /** The body without its Content-Encoding; the same Buffer where it had none. */
  readonly inflated: Buffer;
}

/** Base64 of 20 bytes. */
const SIGNATURE_CHARACTERS = 28;
const HASH_NAME = 'bodySHA256=';

/** Hot. The time it takes tells nothing about the signature that would be right. */
export function verifySignature(request: SignedRequest): boolean {
  if (request.signature.length !== SIGNATURE_CHARACTERS) return false;
  const fields = request.form === null ? '' : signedFields(request.form);
  const signed =
    isSignatureOf(request, `${request.base}${request.target}${fields}`) ||
    isSpelledDifferently(request, fields);
  return signed && isBodyIntact(request);
}

/** In constant time for texts of the same length; lengths are no secret. */
export function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

function isSignatureOf(request: SignedRequest, data: string): boolean {
  return isSame(request.signature, sign(request.token, data));
}

function isSpelledDifferently(request: SignedRequest, fields: string): boolean {
  const urls = spellings(request.base, request.target);
  if (urls.some((url, at) => at > 0 && isSignatureOf(request, url + fields))) return true;
  // Where the URL holds the hash of the body, a form may be covered by that alone.
  if (fields === '' || bodyHashOf(request.target) === null) return false;
  return urls.some((url) => isSignatureOf(request, url));
}

/** Whenever the URL holds a hash the body must have it: as sent, or as it was before it was compressed on the way. */
export function isBodyIntact(request: SignedRequest): boolean {
  const hash = bodyHashOf(request.target);
  if (hash === null) return true;
  if (isSame(hash, sha256(request.body))) return true;
  return request.inflated !== request.body && isSame(hash, sha256(request.inflated));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The first `bodySHA256` of the query, `null` for none. */
export function bodyHashOf(target: string): string | null {
  let at = target.indexOf('bodySHA256');
  if (at === -1) return null;
  const query = target.indexOf('?');
  for (; at !== -1; at = target.indexOf('bodySHA256', at + 1)) {
    const before = target.charCodeAt(at - 1);
    if (query === -1 || at <= query || (before !== 0x26 && at - 1 !== query)) continue; // & or the ?
    const next = target.indexOf('&', at);
    const field = target.slice(at, next === -1 ? undefined : next);
    if (field === 'bodySHA256') return '';
    if (field.startsWith(HASH_NAME)) return field.slice(HASH_NAME.length);
  }
  return null;
}

/** Cold: every URL that may have been signed for this request, the one as it came first. */
export function spellings(base: string, target: string): readonly string[] {
  const urls = new Set<string>();
  addSpellings(urls, base + target);
  // node:http hands over bytes as characters; a sender that signed text beyond ASCII meant UTF-8.
  const text = Buffer.from(target, 'latin1').toString('utf8');
  if (text !== target && !text.includes('\ufffd')) addSpellings(urls, base + text);
  return [...urls];
}

function addSpellings(urls: Set<string>, url: string): void {
  urls.add(url);
  addPorts(urls, url);
  if (!URL.canParse(url)) return;
  const normal = new URL(url);
  addPorts(urls, normal.href);
  urls.add(withPortOfParts(normal));
  for (const form of [withoutPort(normal.href), withPort(normal.href), withPortOfParts(normal)]) {
    urls.add(withLegacyQuery(form));
    urls.add(withLegacySearch(new URL(form)));
  }
}

function addPorts(urls: Set<string>, url: string): void {
  urls.add(withoutPort(url));
  urls.add(withPort(url));
}

function withoutPort(url: string): string {
  const { host, port, end } = authorityOf(url);
  return port === end ? url : url.slice(0, host) + url.slice(host, port) + url.slice(end);
}

function withPort(url: string): string {
  const { port, end } = authorityOf(url);
  if (port !== end) return url;
  return `${url.slice(0, end)}${url.startsWith('https:') ? ':443' : ':80'}${url.slice(end)}`;
}

/** Offsets of the host, of the `:` of the port (`end` where there is none) and of the end of both. */
function authorityOf(url: string): { readonly host: number; readonly port: number; readonly end: number } {
  const host = url.indexOf('://') + 3;
  let end = host;
  while (end < url.length && !'/?#'.includes(url.charAt(end))) end++;
  // Inside of [] a colon belongs to an IPv6 address.
  const bracket = url.lastIndexOf(']', end - 1);
  const colon = url.indexOf(':', Math.max(host, bracket));
  return { host, port: colon === -1 || colon > end ? end : colon, end };
}

/** Major 5 joins the parts of the URL again, whereby a `?` or `#` with nothing behind it is lost. */
function withPortOfParts(url: URL): string {
  if (url.port !== '') return url.href;
  const port = url.protocol === 'https:' ? ':443' : ':80';
  return `${url.protocol}//${url.host}${port}${url.pathname}${url.search}${url.hash}`;
}

/** Major 6: the query read and written again by `node:querystring`, whose escapes differ from those of `URL`. */
function withLegacyQuery(url: string): string {
  const query = url.indexOf('?');
  if (query === -1 || query === url.length - 1) return url;
  return `${url.slice(0, query)}?${rewriteQuery(url.slice(query + 1))}`;
}

/** Major 5: the same with a fragment, if there is one, before the query. */
function withLegacySearch(url: URL): string {
  const query = url.search.slice(1);
  if (query === '') return url.href;
  url.search = '';
  return `${url.href}?${rewriteQuery(query)}`;
}

function rewriteQuery(query: string): string {
  return stringify(parse(query, '&', '=', { maxKeys: 0 }));
}
