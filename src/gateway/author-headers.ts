/** What becomes of the headers that an author set: request-flow ("what the author's headers may not do"), 6.3, HC-lim. */
import type { ErrorCode } from '../errors';
import { COOKIE_LIFE_SECONDS, HEADER_BYTES, HEADER_LINES } from '../model/limits';
import { lowerCaseName } from './header-names';

export interface AuthorHeaders {
  /** Name, value, name, value, … ready for `writeHead`; without the content type. */
  readonly lines: readonly string[];
  readonly contentType: string | null;
}

export interface HeaderRefusal {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** These belong to the connection; `Content-Length` is computed. Dropped silently, as are names with `proxy-`. */
const DROPPED = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Tab, printable ASCII and the upper half of Latin-1 (RFC 9110, 5.5). */
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** `headers`: name, value, … one pair for each line. `now`: ms since the epoch, for cookies that name a date. */
export function checkAuthorHeaders(headers: readonly string[], now: number): AuthorHeaders | HeaderRefusal {
  const lines: string[] = [];
  let contentType: string | null = null;
  let bytes = 0;
  let count = 0;
  let tooLong: string | null = null;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const value = headers[i + 1] ?? '';
    const lower = lowerCaseName(name);
    const invalid = explainInvalid(name, value);
    if (invalid !== null) return { code: 'HS_RESULT_INVALID', detail: invalid };
    if (DROPPED.has(lower) || lower.startsWith('proxy-')) continue;
    bytes += name.length + value.length;
    count += 1;
    // Still to be checked, but no longer to be kept.
    if (bytes > HEADER_BYTES || count > HEADER_LINES) continue;
    if (lower === 'content-type') {
      contentType = value;
      continue;
    }
    if (lower !== 'set-cookie') {
      lines.push(name, value);
      continue;
    }
    tooLong ??= explainCookieLife(value, now);
    lines.push(name, secureCookie(value));
  }
  if (bytes > HEADER_BYTES || count > HEADER_LINES) {
    const detail = `${count} header lines with ${bytes} bytes; ${HEADER_LINES} lines and ${HEADER_BYTES} bytes are allowed`;
    return { code: 'HS_RESPONSE_HEADERS_TOO_LONG', detail };
  }
  if (tooLong !== null) return { code: 'HS_COOKIE_LIVES_TOO_LONG', detail: tooLong };
  return { lines, contentType };
}

function explainInvalid(name: string, value: string): string | null {
  if (!NAME.test(name)) return `the header name ${JSON.stringify(name)} is not allowed in HTTP`;
  if (!NOT_IN_VALUE.test(value)) return null;
  const shown = JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
  return `the value of the header ${name} holds a character that is not allowed in HTTP: ${shown}`;
}

/** Adds `HttpOnly` and `Secure` unless they are there, and binds the cookie to the Function's own host. */
function secureCookie(cookie: string): string {
  const [pair = '', ...attributes] = cookie.split(';');
  const kept = attributes.filter((attribute) => attributeName(attribute) !== 'domain');
  const names = new Set(kept.map(attributeName));
  if (!names.has('httponly')) kept.push('HttpOnly');
  if (!names.has('secure')) kept.push('Secure');
  return [pair, ...kept].join(';');
}

/** `Max-Age` wins over `Expires`; exactly a day is allowed. */
function explainCookieLife(cookie: string, now: number): string | null {
  const [pair = '', ...attributes] = cookie.split(';');
  const maxAge = findAttribute(attributes, 'max-age');
  const expires = findAttribute(attributes, 'expires');
  const seconds =
    maxAge !== null ? Number(maxAge) : expires !== null ? (Date.parse(expires) - now) / 1000 : 0;
  if (!(seconds > COOKIE_LIFE_SECONDS)) return null;
  const name = pair.split('=')[0]?.trim() ?? '';
  return `the cookie ${JSON.stringify(name)} lives ${Math.round(seconds)} s; ${COOKIE_LIFE_SECONDS} s are allowed`;
}

function attributeName(attribute: string): string {
  return attribute.split('=', 1)[0]?.trim().toLowerCase() ?? '';
}

function findAttribute(attributes: readonly string[], name: string): string | null {
  const found = attributes.findLast((attribute) => attributeName(attribute) === name);
  if (found === undefined) return null;
  const mark = found.indexOf('=');
  return mark === -1 ? null : found.slice(mark + 1).trim();
}
