/**
 * The gateway's part of the event: `{ request: { headers, cookies }, ...query, ...form }` (functions-behaviour 3, 4),
 * as the JSON text that an instance parses. The members of a JSON body travel beside it and go over these.
 */
import { type ParsedUrlQuery, parse } from 'node:querystring';
import { parseCookies, withoutConsoleCookie } from './cookies';
import { parseQuery } from './query';

/** Fields of a form or query by name, without a prototype: `__proto__` and `toString` are ordinary names. */
export type Form = Readonly<ParsedUrlQuery>;

/** All fields arrive however many there are; the body's size is the limit (request-flow, refusals). */
export function parseForm(text: string): Form {
  return parsePlainForm(text) ?? parse(text, '&', '=', { maxKeys: 0 });
}

/** The forms that nearly all senders send, in half the time: no name twice, no broken escape. `null`: not one of these. */
function parsePlainForm(text: string): Form | null {
  const form: Record<string, string> = Object.create(null);
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('&', at);
    const end = next === -1 ? text.length : next;
    if (end > at) {
      const equals = text.indexOf('=', at);
      const nameEnd = equals === -1 || equals > end ? end : equals;
      const name = decodePart(text, at, nameEnd);
      const value = nameEnd === end ? '' : decodePart(text, nameEnd + 1, end);
      if (name === null || value === null || form[name] !== undefined) return null;
      form[name] = value;
    }
    at = end + 1;
  }
  return form;
}

/** `null`: it holds an escape that is none, which Node's own parser has its way with. */
function decodePart(text: string, start: number, end: number): string | null {
  const part = text.slice(start, end);
  const plain = part.includes('+') ? part.replaceAll('+', ' ') : part;
  if (!plain.includes('%')) return plain;
  try {
    return decodeURIComponent(plain);
  } catch {
    return null;
  }
}

/**
 * Hot: once for each invocation. `rawHeaders` as in `node:http`, `query` is what stands after `?` (`''` for none).
 *
 * A name of the form that the query has too stands in the text twice. The reader keeps the place of the first and
 * the value of the last, which is what `{ ...query, ...form }` does: no merged object has to be built here.
 */
export function buildEvent(rawHeaders: readonly string[], query: string, form: Form | null): string {
  let text = `{"request":${requestText(rawHeaders)}`;
  if (query !== '') text = appendMembers(text, JSON.stringify(parseQuery(query)));
  if (form !== null) text += formText(form);
  return `${text}}`;
}

function appendMembers(text: string, object: string): string {
  return object.length === 2 ? text : `${text},${object.slice(1, -1)}`;
}

/** `,"name":"value"` for each field. */
function formText(form: Form): string {
  let text = '';
  for (const name of Object.keys(form)) {
    const value = form[name];
    text += `,${fieldMember(name)}${typeof value === 'string' ? quote(value) : JSON.stringify(value)}`;
  }
  return text;
}

/** `"name":`. A memo of a pure function like `HEADER_NAMES`. */
function fieldMember(name: string): string {
  const known = FIELD_MEMBERS.get(name);
  if (known !== undefined) return known;
  const member = `${JSON.stringify(name)}:`;
  if (name.length > MOST_NAME_CHARACTERS) return member;
  if (FIELD_MEMBERS.size >= HEADER_NAMES_KEPT) FIELD_MEMBERS.clear();
  FIELD_MEMBERS.set(name, member);
  return member;
}

const FIELD_MEMBERS = new Map<string, string>();
const MOST_NAME_CHARACTERS = 64;

function requestText(rawHeaders: readonly string[]): string {
  const names: HeaderName[] = [];
  const values: (string | string[])[] = [];
  let cookies = '';
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = headerName(rawHeaders[at] ?? '');
    if (name.removed) continue;
    let value = rawHeaders[at + 1] ?? '';
    if (name.isCookie) {
      value = withoutConsoleCookie(value);
      cookies = cookies === '' ? value : `${cookies}; ${value}`;
    }
    addHeader(names, values, name, value);
  }
  const cookieText = cookies === '' ? '{}' : JSON.stringify(parseCookies(cookies));
  return `{"headers":${headersText(names, values)},"cookies":${cookieText}}`;
}

/** A repeated header becomes an array in the order of arrival. At most 90 lines: a search is cheaper than a map. */
function addHeader(
  names: HeaderName[],
  values: (string | string[])[],
  name: HeaderName,
  value: string,
): void {
  const known = indexOfName(names, name.text);
  if (known === -1) {
    names.push(name);
    values.push(value);
    return;
  }
  const before = values[known];
  if (typeof before === 'object') before.push(value);
  else values[known] = [before ?? '', value];
}

function indexOfName(names: readonly HeaderName[], text: string): number {
  for (let at = 0; at < names.length; at++) {
    if (names[at]?.text === text) return at;
  }
  return -1;
}

function headersText(names: readonly HeaderName[], values: readonly (string | string[])[]): string {
  let text = '{';
  for (let at = 0; at < names.length; at++) {
    const value = values[at] ?? '';
    if (at > 0) text += ',';
    text += names[at]?.member;
    text += typeof value === 'string' ? quote(value) : JSON.stringify(value);
  }
  return `${text}}`;
}

/** Header values are short and plain: looking is a third faster than `JSON.stringify` for each. */
function quote(value: string): string {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code < 0x20 || code === 0x22 || code === 0x5c || code > 0x7e) return JSON.stringify(value);
  }
  return `"${value}"`;
}

interface HeaderName {
  /** Lower case. */
  readonly text: string;
  /** `"name":` */
  readonly member: string;
  readonly removed: boolean;
  readonly isCookie: boolean;
}

/**
 * Names as they were spelled on the wire. A memo of a pure function: nobody can tell whether a name was in it. It is
 * emptied when full, so that invented names cannot make it grow.
 */
const HEADER_NAMES = new Map<string, HeaderName>();
const HEADER_NAMES_KEPT = 512;

function headerName(spelled: string): HeaderName {
  const known = HEADER_NAMES.get(spelled);
  if (known !== undefined) return known;
  const name = compileHeaderName(spelled.toLowerCase());
  if (HEADER_NAMES.size >= HEADER_NAMES_KEPT) HEADER_NAMES.clear();
  if (spelled.length <= MOST_NAME_CHARACTERS) HEADER_NAMES.set(spelled, name);
  return name;
}

/** The list of the documentation and that of the emulator together (functions-behaviour 4.4). */
const REMOVED_NAMES: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'host',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'referer',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-real-ip',
]);
const REMOVED_PREFIXES = ['i-t-', 'i-twilio-', 'ot-', 'x-accel-', 'x-amz', 'x-forwarded-'] as const;

function compileHeaderName(text: string): HeaderName {
  return {
    text,
    member: `${JSON.stringify(text)}:`,
    removed: REMOVED_NAMES.has(text) || REMOVED_PREFIXES.some((prefix) => text.startsWith(prefix)),
    isCookie: text === 'cookie',
  };
}
