import { constants } from 'node:buffer';
import { types } from 'node:util';
import { ERRORS, type ErrorCode } from '../errors';
import { RESPONSE_BODY_BYTES } from '../model/limits';
import type { BodyKind, Failure, Reply } from '../protocol/messages';
import { describeError, failureOf, InvalidResult, isError, limit } from './failure';
import { headerLinesOf, isResponse, type ResponseFields, statusOf } from './response';
import type { Sdk } from './sdk';

/** Taken while the runtime starts: author's code may replace what hangs on the global object. */
const { stringify } = JSON;

/**
 * What `callback(null, value)` answers (functions-behaviour 6.4 and 7.1). Hot. Never throws: values may be circular,
 * have getters that throw, be Proxies; what cannot become a response is a reply of its own that says why.
 */
export function replyOf(value: unknown, sdk: Sdk): Reply {
  try {
    if (typeof value === 'string') return success(textContent('text', value));
    if (typeof value !== 'object') return success(jsonContent(value));
    if (value === null) return success(NOTHING);
    if (isResponse(value)) return replyOfResponse(value, sdk);
    return success(contentOf(value, sdk));
  } catch (error) {
    return invalidResult(error);
  }
}

/**
 * What `callback(error)`, a throw or a rejection answers (functions-behaviour 7.2). Never throws.
 *
 * @param production leaves the stack out of what the client gets; the log has it either way
 */
export function replyOfError(error: unknown, code: ErrorCode, production: boolean): Reply {
  const failure = failureOf(error, code);
  try {
    return reply(500, contentOfError(error, failure, production), NO_HEADERS, failure);
  } catch (cause) {
    const message = limit(`${failure.message} (${describeError(cause).message})`, 8_192);
    return reply(500, fallbackContent(code), NO_HEADERS, { ...failure, message });
  }
}

interface Content {
  readonly kind: BodyKind;
  readonly bytes: Buffer;
  readonly oversize: number;
}

const NO_BYTES = Buffer.alloc(0);
const NOTHING: Content = Object.freeze({ kind: 'none', bytes: NO_BYTES, oversize: 0 });
const NO_HEADERS: readonly string[] = Object.freeze([]);
const BODYLESS: ReadonlySet<number> = new Set([204, 205, 304]);

function success(content: Content): Reply {
  return reply(200, content, NO_HEADERS, null);
}

/** One shape for every reply: the loop and the encoder are hot. */
function reply(status: number, content: Content, headers: readonly string[], failure: Failure | null): Reply {
  const { kind, bytes, oversize } = content;
  // What it keeps open stays open: no later call would fare better.
  const retire = failure?.code === 'HS_TOO_MANY_OPEN_FILES';
  return { status, kind, headers, body: bytes, failure, oversize, retire };
}

function replyOfResponse({ statusCode, headers, body }: ResponseFields, sdk: Sdk): Reply {
  const status = statusOf(statusCode);
  const content = BODYLESS.has(status) ? NOTHING : contentOfBody(body, sdk);
  return reply(status, content, headerLinesOf(headers), null);
}

/** A string in a Response has no type of its own on the hosted platform (Q7), unlike one that is passed alone. */
function contentOfBody(body: unknown, sdk: Sdk): Content {
  switch (typeof body) {
    case 'string':
      return textContent('binary', body);
    case 'number':
      return textContent('text', String(body));
    case 'object':
      return body === null ? NOTHING : contentOf(body, sdk);
    default:
      return jsonContent(body);
  }
}

/** TwiML also as the body of a Response: as JSON, as the emulator has it, it is circular and answers 500. */
function contentOf(value: object, sdk: Sdk): Content {
  if (sdk.isTwiml(value)) return textContent('xml', String(value));
  return bytesContent(value) ?? jsonContent(value);
}

function textContent(kind: BodyKind, text: string): Content {
  // No UTF-16 unit takes more than 3 bytes of UTF-8.
  if (3 * text.length <= RESPONSE_BODY_BYTES) return { kind, bytes: Buffer.from(text), oversize: 0 };
  const size = sizeOf(text);
  if (size > RESPONSE_BODY_BYTES) return { kind, bytes: NO_BYTES, oversize: size };
  return { kind, bytes: Buffer.from(text), oversize: 0 };
}

/** Measuring a text can copy it; of one that is far too large, the number of characters says enough. */
function sizeOf(text: string): number {
  return text.length > 8 * RESPONSE_BODY_BYTES ? text.length : Buffer.byteLength(text);
}

function bytesContent(value: object): Content | null {
  const bytes = bytesOf(value);
  if (bytes === null) return null;
  if (bytes.length <= RESPONSE_BODY_BYTES) return { kind: 'binary', bytes, oversize: 0 };
  return { kind: 'binary', bytes: NO_BYTES, oversize: bytes.length };
}

/** A view of what the value really holds: own `length` or `byteLength` members of a Buffer may say anything. */
function bytesOf(value: object): Buffer | null {
  if (types.isUint8Array(value)) {
    const { buffer, byteOffset, byteLength } = viewOf(value);
    return Buffer.from(buffer, byteOffset, byteLength);
  }
  return types.isAnyArrayBuffer(value) ? Buffer.from(value) : null;
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const readBuffer = getterOf<ArrayBufferLike>(typedArray, 'buffer');
const readByteOffset = getterOf<number>(typedArray, 'byteOffset');
const readByteLength = getterOf<number>(typedArray, 'byteLength');

function viewOf(value: Uint8Array): { buffer: ArrayBufferLike; byteOffset: number; byteLength: number } {
  return { buffer: readBuffer(value), byteOffset: readByteOffset(value), byteLength: readByteLength(value) };
}

function getterOf<T>(prototype: object, key: string): (holder: object) => T {
  const getter = Object.getOwnPropertyDescriptor(prototype, key)?.get;
  return (holder) => Reflect.apply(getter as () => T, holder, []);
}

/** Functions, symbols and what `toJSON` turns into `undefined` are no JSON: an empty answer, as for `undefined`. */
function jsonContent(value: unknown): Content {
  try {
    const text = stringify(value) as string | undefined;
    return text === undefined ? NOTHING : textContent('json', text);
  } catch (error) {
    if (isTooLong(error)) return { kind: 'json', bytes: NO_BYTES, oversize: constants.MAX_STRING_LENGTH };
    throw new InvalidResult(whyNoJson(value, error), { cause: error });
  }
}

function isTooLong(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Invalid string length';
}

function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
}

/** Cold: goes through the value once more, as `JSON.stringify` does, and notes where it is. */
function whyNoJson(value: unknown, error: unknown): string {
  if (isTooDeep(error)) return 'the result is nested too deeply to become JSON';
  const trail = new Trail();
  try {
    stringify(value, function (this: object, key: string, member: unknown) {
      return trail.step(this, key, member);
    });
  } catch (found) {
    if (found instanceof InvalidResult) return found.message;
  }
  return `the result cannot become JSON: ${describeError(error).message}${trail.place(' (after reading ', ')')}`;
}

/** The way from the value to the member that `JSON.stringify` is looking at. */
class Trail {
  readonly #open: { readonly holder: unknown; readonly name: string }[] = [];
  #last = '';

  step(holder: object, key: string, member: unknown): unknown {
    while (this.#open.length > 0 && this.#open.at(-1)?.holder !== holder) this.#open.pop();
    const name = this.#open.length === 0 ? '' : nameOf(holder, key);
    this.#last = this.#open.map((one) => one.name).join('') + name;
    if (typeof member === 'bigint') throw new InvalidResult(`a BigInt cannot become JSON${this.place()}`);
    if (typeof member !== 'object' || member === null) return member;
    if (this.#open.some((one) => one.holder === member)) {
      throw new InvalidResult(`the result holds a circular reference${this.place()}`);
    }
    this.#open.push({ holder: member, name });
    return member;
  }

  place(before = ' at ', after = ''): string {
    return this.#last === '' ? '' : `${before}${limit(this.#last, 200)}${after}`;
  }
}

function nameOf(holder: object, key: string): string {
  if (Array.isArray(holder)) return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${stringify(key)}]`;
}

/** The stack of the failure ends where the author called `callback`. */
function invalidResult(error: unknown): Reply {
  const failure = failureOf(error instanceof InvalidResult ? error : unreadable(error), 'HS_RESULT_INVALID');
  return reply(500, fallbackContent(failure.code), NO_HEADERS, failure);
}

function unreadable(cause: unknown): InvalidResult {
  return new InvalidResult(`the result could not be read: ${describeError(cause).message}`, { cause });
}

function contentOfError(error: unknown, failure: Failure, production: boolean): Content {
  if (isError(error)) return errorContent(failure, production);
  switch (typeof error) {
    case 'string':
      return error === '' ? fallbackContent(failure.code) : textContent('text', error);
    case 'number':
    case 'bigint':
    case 'boolean':
      return textContent('text', String(error));
    case 'object':
      return error === null ? fallbackContent(failure.code) : objectContent(error);
    default:
      return fallbackContent(failure.code);
  }
}

/** The emulator's three members in its order; nothing else that hangs on the error leaves the process. */
function errorContent({ message, name, stack }: Failure, production: boolean): Content {
  return jsonContent(production || stack === null ? { message, name } : { message, name, stack });
}

function objectContent(error: object): Content {
  if (!isResponse(error)) return bytesContent(error) ?? jsonContent(error);
  const { body, statusCode, headers } = error;
  return jsonContent({ body, statusCode, headers });
}

function fallbackContent(code: ErrorCode): Content {
  return textContent('text', ERRORS[code].text);
}

/** Nothing is left that could call `callback`. */
export function neverAnswers(): Reply {
  const { status, text, when } = ERRORS.HS_NEVER_ANSWERS;
  const failure = { code: 'HS_NEVER_ANSWERS', name: '', message: when, stack: null } as const;
  return {
    status,
    kind: 'text',
    headers: [],
    body: Buffer.from(text),
    failure,
    oversize: 0,
    retire: false,
  };
}
