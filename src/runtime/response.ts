import { InvalidResult, show } from './failure';

/** What `appendHeader` and `setHeaders` take; anything may be found in `headers`, which authors also write to directly. */
export type HeaderValue = string | number | readonly (string | number)[];

export interface ResponseOptions {
  readonly statusCode?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, HeaderValue>>;
}

const COOKIES = 'Set-Cookie';

/**
 * `Twilio.Response` and the global `Response` (functions-behaviour 6.3). Its three fields are public, in this
 * order: authors read them, write them and send them through `JSON.stringify`.
 */
export class Response {
  body: unknown = null;
  statusCode = 200;
  headers: Record<string, unknown> = {};

  constructor(options?: ResponseOptions) {
    if (options?.statusCode) this.statusCode = options.statusCode;
    if (options?.body) this.body = options.body;
    // A copy: in a warm instance a constant of the module would otherwise collect the cookies of every call.
    if (options?.headers) this.headers = copyOf(options.headers);
    if (!(COOKIES in this.headers)) this.headers[COOKIES] = [];
    const cookies = this.headers[COOKIES];
    if (!Array.isArray(cookies) && cookies !== undefined) this.headers[COOKIES] = [cookies];
  }

  setStatusCode(statusCode: number): this {
    this.statusCode = statusCode;
    return this;
  }

  setBody(body: unknown): this {
    this.body = body;
    return this;
  }

  /** Replaces all headers; an argument that is not an object is ignored. */
  setHeaders(headers: Readonly<Record<string, HeaderValue>>): this {
    if (typeof headers !== 'object') return this;
    this.headers = {};
    for (const name of Object.keys(headers ?? {})) this.appendHeader(name, headers[name]);
    return this;
  }

  /** A second value for a name of the same case makes a list; names that differ in case stand beside each other. */
  appendHeader(name: string, value: HeaderValue | undefined): this {
    if (typeof value === 'object' && !Array.isArray(value))
      throw new Error('Header value cannot be an object');
    this.headers = this.headers || {};
    const isCookie = name.toLowerCase() === 'set-cookie';
    const key = isCookie ? COOKIES : name;
    const existing = Object.hasOwn(this.headers, key) ? this.headers[key] : undefined;
    if (existing) this.headers[key] = [existing, value].flat();
    else this.headers[key] = isCookie && !Array.isArray(value) ? [value] : value;
    if (!(COOKIES in this.headers)) this.headers[COOKIES] = [];
    return this;
  }

  setCookie(name: string, value: string, attributes: readonly string[] = []): this {
    return this.appendHeader(COOKIES, [`${name}=${value}`, ...attributes].join(';'));
  }

  /** Drops what `setCookie` added under this name and tells the browser to forget what it has. */
  removeCookie(name: string): this {
    const cookies = [this.headers[COOKIES]].flat();
    const others = cookies.filter((cookie) => typeof cookie === 'string' && !cookie.startsWith(`${name}=`));
    this.headers[COOKIES] = [...others, `${name}=;Max-Age=0`];
    return this;
  }
}

/** The three fields, whatever their values: an author may have put anything there. */
export interface ResponseFields {
  readonly statusCode: unknown;
  readonly headers: unknown;
  readonly body: unknown;
}

/**
 * Ours, and what looks exactly like it: a project may bring the class of another copy (the package
 * `@twilio/runtime-handler`, a test double), which no `instanceof` knows.
 */
export function isResponse(value: object): value is ResponseFields {
  return value instanceof Response || (hasFields(value) && value.constructor?.name === 'Response');
}

/** Digits in a string are taken (`'404'`), as the vendor's emulator does. Throws `InvalidResult`. */
export function statusOf(value: unknown): number {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new InvalidResult(`status ${show(value)} is not an integer from 200 to 599`);
}

/**
 * Headers as name, value, name, value, …: one pair for each line. A list becomes repeated lines; `undefined` and
 * `null` no line, as in the emulator, where JSON loses them. Throws `InvalidResult`.
 */
export function headerLinesOf(headers: unknown): readonly string[] {
  if (headers === undefined || headers === null) return [];
  if (typeof headers !== 'object' || Array.isArray(headers)) {
    throw new InvalidResult(`headers are ${show(headers)} and not an object`);
  }
  const lines = new HeaderLines();
  for (const [name, value] of Object.entries(headers)) lines.add(name, value, 0);
  return lines.list;
}

/**
 * The gateway refuses more than 90 lines or 15,360 bytes. What is far beyond is not even collected, so that the
 * message to the gateway stays small and the author still gets that answer.
 */
const MOST_LINES = 1_000;
const MOST_CHARACTERS = 65_536;
const DEEPEST_LIST = 8;

class HeaderLines {
  readonly list: string[] = [];
  #characters = 0;

  add(name: string, value: unknown, depth: number): void {
    if (this.list.length >= 2 * MOST_LINES || this.#characters > MOST_CHARACTERS) return;
    if (value === undefined || value === null) return;
    if (Array.isArray(value) && depth < DEEPEST_LIST) {
      for (const item of value) this.add(name, item, depth + 1);
    } else this.#line(name.slice(0, MOST_CHARACTERS), textOf(name, value).slice(0, MOST_CHARACTERS));
  }

  #line(name: string, text: string): void {
    this.list.push(name, text);
    this.#characters += name.length + text.length;
  }
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  throw new InvalidResult(`header ${show(name)} is ${show(value)} and not a string`);
}

function hasFields(value: object): boolean {
  return (
    Object.hasOwn(value, 'statusCode') && Object.hasOwn(value, 'headers') && Object.hasOwn(value, 'body')
  );
}

/** What is no object stays what it is: the `in` of the constructor then throws, as in the emulator. */
function copyOf(headers: Readonly<Record<string, HeaderValue>>): Record<string, unknown> {
  return typeof headers === 'object' ? { ...headers } : headers;
}
