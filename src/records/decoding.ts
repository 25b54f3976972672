/** The bytes of a record -> the record, as `layout.ts` has them. */
import type { CallTiming, ConsoleLine, KeptBody, RequestRecord, Traffic } from '../model/invocation';
import {
  ADDRESS,
  BUILD,
  CODES,
  CONSOLE,
  DETAIL,
  DROPPED,
  DURATION,
  ERROR,
  FLAGS,
  HAS_TIMING,
  HAS_TRAFFIC,
  HEAD_BYTES,
  ID,
  IS_WIDE,
  KIND_SHIFT,
  KINDS,
  LEVELS,
  LINE_BYTES,
  METHOD,
  NONE,
  OTHER_TEXT,
  PORT,
  REPLAY,
  REQUEST_BYTES,
  REQUEST_KEPT,
  REQUEST_LINES,
  RESOURCE,
  RESPONSE_BYTES,
  RESPONSE_KEPT,
  RESPONSE_LINES,
  RUNNING,
  STARTED_AT,
  STATUS,
  TARGET,
  TIMING,
  TYPE,
  VISIBILITIES,
  VISIBILITY_SHIFT,
  WIRE_TEXT,
} from './layout';

export function idIn(bytes: Buffer): string {
  const head = headOf(bytes);
  const start = textsStart(head);
  return bytes.toString('latin1', start, start + head.getUint32(ID));
}

export function replayIn(bytes: Buffer): string | null {
  return otherTextsIn(bytes).replayOf;
}

/** Nothing in it is a view: the bytes are written over when their time has come. */
export function recordIn(bytes: Buffer): RequestRecord {
  const head = headOf(bytes);
  const texts = wireTextsIn(bytes, head);
  const { resource, detail, build, console } = otherTextsIn(bytes);
  return {
    id: texts.id,
    startedAt: head.getFloat64(STARTED_AT),
    durationMs: head.getFloat64(DURATION),
    method: texts.method,
    target: texts.target,
    status: head.getUint16(STATUS),
    contentType: texts.contentType,
    resource,
    error: CODES[head.getUint16(ERROR)] ?? null,
    detail,
    console,
    consoleDropped: head.getFloat64(DROPPED),
    traffic: (head.getUint16(FLAGS) & HAS_TRAFFIC) === 0 ? null : trafficIn(bytes, head, texts, build),
  };
}

interface WireTexts {
  readonly id: string;
  readonly method: string;
  readonly target: string;
  readonly contentType: string | null;
  readonly remoteAddress: string | null;
  readonly headers: readonly string[];
}

function headOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function headersStart(head: DataView): number {
  return HEAD_BYTES + LINE_BYTES * head.getUint32(CONSOLE);
}

function textsStart(head: DataView): number {
  const lines = head.getUint32(REQUEST_LINES) + head.getUint32(RESPONSE_LINES);
  return headersStart(head) + LINE_BYTES * lines;
}

function wireTextsIn(bytes: Buffer, head: DataView): WireTexts {
  const start = textsStart(head);
  const reader = new TextReader(bytes.toString('latin1', start, start + head.getUint32(WIRE_TEXT)));
  const id = reader.take(head.getUint32(ID)) ?? '';
  const method = reader.take(head.getUint32(METHOD)) ?? '';
  const target = reader.take(head.getUint32(TARGET)) ?? '';
  const contentType = reader.take(head.getUint32(TYPE));
  if ((head.getUint16(FLAGS) & HAS_TRAFFIC) === 0) {
    return { id, method, target, contentType, remoteAddress: null, headers: [] };
  }
  const remoteAddress = reader.take(head.getUint32(ADDRESS));
  const headers: string[] = [];
  for (let at = headersStart(head); at < start; at += LINE_BYTES) {
    headers.push(reader.take(head.getUint32(at)) ?? '');
  }
  return { id, method, target, contentType, remoteAddress, headers };
}

function trafficIn(bytes: Buffer, head: DataView, texts: WireTexts, build: string | null): Traffic {
  const flags = head.getUint16(FLAGS);
  const requestLines = head.getUint32(REQUEST_LINES);
  const running = head.getUint32(RUNNING);
  const end = bytes.length - head.getUint32(RESPONSE_KEPT);
  return {
    remoteAddress: texts.remoteAddress,
    remotePort: head.getUint16(PORT),
    kind: KINDS[(flags >> KIND_SHIFT) & 3] ?? null,
    visibility: VISIBILITIES[(flags >> VISIBILITY_SHIFT) & 3] ?? null,
    build,
    requestHeaders: texts.headers.slice(0, requestLines),
    requestBody: bodyIn(head.getFloat64(REQUEST_BYTES), bytes, end - head.getUint32(REQUEST_KEPT), end),
    responseHeaders: texts.headers.slice(requestLines),
    running: running === NONE ? null : running,
    responseBody: bodyIn(head.getFloat64(RESPONSE_BYTES), bytes, end, bytes.length),
    timing: (flags & HAS_TIMING) === 0 ? null : timingIn(head),
  };
}

function bodyIn(length: number, bytes: Buffer, start: number, end: number): KeptBody | null {
  return length === -1 ? null : { content: Buffer.from(bytes.subarray(start, end)), bytes: length };
}

function timingIn(head: DataView): CallTiming {
  return {
    queuedAt: head.getFloat64(TIMING),
    takenAt: head.getFloat64(TIMING + 8),
    startedAt: head.getFloat64(TIMING + 16),
    answeredAt: head.getFloat64(TIMING + 24),
    sentAt: head.getFloat64(TIMING + 32),
  };
}

interface OtherTexts {
  readonly resource: string | null;
  readonly build: string | null;
  readonly replayOf: string | null;
  readonly detail: string | null;
  readonly console: readonly ConsoleLine[];
}

function otherTextsIn(bytes: Buffer): OtherTexts {
  const head = headOf(bytes);
  const flags = head.getUint16(FLAGS);
  const lines = head.getUint32(CONSOLE);
  const start = textsStart(head) + head.getUint32(WIRE_TEXT);
  const length = head.getUint32(OTHER_TEXT);
  const text =
    (flags & IS_WIDE) === 0
      ? bytes.toString('latin1', start, start + length)
      : bytes.toString('ucs2', start, start + 2 * length);
  const reader = new TextReader(text);
  const resource = reader.take(head.getUint32(RESOURCE));
  const build = (flags & HAS_TRAFFIC) === 0 ? null : reader.take(head.getUint32(BUILD));
  const replayOf = reader.take(head.getUint32(REPLAY));
  const detail = reader.take(head.getUint32(DETAIL));
  return { resource, build, replayOf, detail, console: linesIn(head, lines, reader) };
}

function linesIn(head: DataView, count: number, reader: TextReader): readonly ConsoleLine[] {
  return Array.from({ length: count }, (_, line) => {
    const number = head.getUint32(HEAD_BYTES + LINE_BYTES * line);
    const text = reader.take(Math.floor(number / LEVELS.length)) ?? '';
    return { level: LEVELS[number % LEVELS.length] ?? 'info', text };
  });
}

/** Texts one behind the other, each of a known length. */
class TextReader {
  #at = 0;

  constructor(private readonly text: string) {}

  take(length: number): string | null {
    if (length === NONE) return null;
    const start = this.#at;
    this.#at = start + length;
    return this.text.slice(start, start + length);
  }
}
