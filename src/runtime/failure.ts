import { dirname, sep } from 'node:path';
import { inspect, types } from 'node:util';
import type { ErrorCode } from '../errors';
import type { Failure } from '../protocol/messages';

/** Thrown while a result becomes a reply; its message names the value and is for the author's log. */
export class InvalidResult extends Error {}

export interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  /** `null` where the value has no stack: it is not an `Error`, or its stack is gone. */
  readonly stack: string | null;
}

const MESSAGE_CHARACTERS = 8_192;
const STACK_CHARACTERS = 65_536;
const DEEPEST_CAUSE = 4;
/** Stack frames of Hookswitch itself lie below this folder. */
const OWN_CODE = dirname(__dirname) + sep;
/** Of our loop and of Node: how a call is started and told apart from others. */
const NOT_AUTHORS: readonly string[] = [OWN_CODE, 'node:internal/', 'node:async_hooks:'];

/** Never throws and never returns much, whatever was thrown. */
export function describeError(error: unknown): ErrorDescription {
  if (!isError(error))
    return { name: 'NonError', message: limit(textOf(error), MESSAGE_CHARACTERS), stack: null };
  const name = limit(stringIn(error, 'name') ?? 'Error', 200);
  const message = limit(messageOf(error), MESSAGE_CHARACTERS);
  const stack = stringIn(error, 'stack');
  return { name, message, stack: stack === null ? null : limit(stackOf(error, stack, 0), STACK_CHARACTERS) };
}

export function failureOf(error: unknown, code: ErrorCode): Failure {
  const { name, message, stack } = describeError(error);
  return { code: isOutOfFiles(error) ? 'HS_TOO_MANY_OPEN_FILES' : code, name, message, stack };
}

/** Also as the cause: `fetch failed`. */
function isOutOfFiles(error: unknown): boolean {
  if (!isError(error)) return false;
  const cause = read(error, 'cause');
  return read(error, 'code') === 'EMFILE' || (isError(cause) && read(cause, 'code') === 'EMFILE');
}

/** Also errors of another realm (`node:vm`), which no `instanceof` knows. */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false; // a Proxy that refuses to name its prototype
  }
}

/** A value in one short line, for a message: `undefined`, `'abc'`, `{ a: 1 }`. */
export function show(value: unknown): string {
  return limit(inspectSafely(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY }), 120);
}

export function limit(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : inspectSafely(value, { depth: 2 });
}

function inspectSafely(value: unknown, options: { depth: number; breakLength?: number }): string {
  try {
    return inspect(value, { ...options, maxStringLength: 1_000, maxArrayLength: 20 });
  } catch {
    return 'a value that cannot be shown';
  }
}

function messageOf(error: Error): string {
  const message = read(error, 'message');
  return message === undefined ? '' : textOf(message);
}

function stringIn(error: object, key: string): string | null {
  const value = read(error, key);
  return typeof value === 'string' ? value : null;
}

/** A member of a value that may do anything when it is read. */
function read(holder: object, key: string): unknown {
  try {
    return Reflect.get(holder, key);
  } catch {
    return undefined;
  }
}

/** The stack with what caused the error: `fetch failed` alone tells nobody which host refused. */
function stackOf(error: Error, stack: string, depth: number): string {
  const cause = read(error, 'cause');
  const own = cleanStack(stack);
  if (!isError(cause) || depth >= DEEPEST_CAUSE) return own;
  const causeStack = stringIn(cause, 'stack') ?? messageOf(cause);
  return `${own}\n  [cause]: ${stackOf(cause, causeStack, depth + 1)}`;
}

/** Only the author's frames, as the emulator does, and with its variable for all of them (functions-behaviour 7.2). */
function cleanStack(stack: string): string {
  const framesAt = stack.indexOf('\n    at ');
  if (framesAt === -1) return limit(stack, MESSAGE_CHARACTERS);
  const head = limit(stack.slice(0, framesAt), MESSAGE_CHARACTERS);
  const frames = stack.slice(framesAt + 1, framesAt + 1 + STACK_CHARACTERS).split('\n');
  return [head, ...frames.filter(isAuthors)].join('\n');
}

function isAuthors(frame: string): boolean {
  if (process.env.TWILIO_SERVERLESS_FULL_ERRORS !== undefined) return true;
  return !(frame.startsWith('    at ') && NOT_AUTHORS.some((place) => frame.includes(place)));
}
