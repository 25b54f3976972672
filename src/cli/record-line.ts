/** A line of a file of records, which anybody may have written. */
import { ERRORS } from '../errors';
import type { InvocationRecord } from '../model/record';

const LEVELS: readonly unknown[] = ['debug', 'info', 'warn', 'error'];
const PARTS_OF_TIME = ['receiveMs', 'waitMs', 'startMs', 'runMs', 'sendMs'];
const TEXTS = [
  'resource',
  'contentType',
  'callSid',
  'messageSid',
  'from',
  'to',
  'replayOf',
  'visibility',
  'build',
  'reason',
  'detail',
  'fix',
  'remoteAddress',
];

/** `null`: a line of another kind, of another version, or one that was cut when the gateway ended. */
export function readRecordLine(line: string): InvocationRecord | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? (value as unknown as InvocationRecord) : null;
  } catch {
    return null;
  }
}

type Members = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Members {
  return (
    isObject(value) &&
    typeof value.id === 'string' &&
    // It is printed as it is.
    /^[\w-]{1,64}$/.test(value.id) &&
    typeof value.time === 'string' &&
    !Number.isNaN(Date.parse(value.time)) &&
    [value.method, value.target].every((text) => typeof text === 'string') &&
    [value.status, value.durationMs, value.consoleDroppedBytes].every((count) => typeof count === 'number') &&
    TEXTS.every((name) => isTextOrNull(value[name])) &&
    isError(value) &&
    (value.timing === null || isTiming(value.timing)) &&
    (value.parameters === null || isObject(value.parameters)) &&
    [value.request, value.response].every(isMessage) &&
    [value.console, value.late].every((lines) => isListOf(lines, isConsoleLine))
  );
}

function isError({ error, vendorCode }: Members): boolean {
  const isKnown = error === null || (typeof error === 'string' && Object.hasOwn(ERRORS, error));
  return isKnown && (vendorCode === null || typeof vendorCode === 'number');
}

function isTiming(value: unknown): boolean {
  return isObject(value) && PARTS_OF_TIME.every((part) => typeof value[part] === 'number');
}

function isMessage(value: unknown): boolean {
  return isObject(value) && isListOf(value.headers, isPair) && (value.body === null || isBody(value.body));
}

function isPair(value: unknown): boolean {
  return isListOf(value, (text) => typeof text === 'string') && (value as readonly unknown[]).length === 2;
}

function isBody(value: unknown): boolean {
  return (
    isObject(value) &&
    isTextOrNull(value.text) &&
    isTextOrNull(value.base64) &&
    typeof value.bytes === 'number' &&
    typeof value.truncated === 'boolean'
  );
}

function isConsoleLine(value: unknown): boolean {
  return isObject(value) && LEVELS.includes(value.level) && typeof value.text === 'string';
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
