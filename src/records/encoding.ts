/** A record -> its bytes, as `layout.ts` has them. */
import type { CallTiming, ConsoleLine, KeptBody, RequestRecord, Traffic } from '../model/invocation';
import {
  ADDRESS,
  BUILD,
  CODE_NUMBERS,
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
  NO_ERROR,
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

/**
 * Hot. Writes a record from `start` on, and returns where it ends. Beyond the end of `into` it did not fit: what stands there
 * is of no use then. `head`: a view of `into`.
 */
export function writeRecord(
  record: RequestRecord,
  replayOf: string | null,
  into: Buffer,
  head: DataView,
  start: number,
): number {
  const { traffic, console } = record;
  const lines = console.length + (traffic === null ? 0 : linesOf(traffic));
  const wireAt = start + HEAD_BYTES + LINE_BYTES * lines;
  const wire = wireText(record);
  const other = otherText(record, replayOf);
  const otherAt = wireAt + wire.length;
  const isWide = hasWideText(record, replayOf);
  // One call to native code where one is enough.
  const requestAt = isWide
    ? writeWide(into, writeText(into, wireAt, wire), other)
    : writeText(into, wireAt, wire + other);
  const responseAt = traffic === null ? requestAt : writeBody(into, requestAt, traffic.requestBody);
  const end = traffic === null ? responseAt : writeBody(into, responseAt, traffic.responseBody);
  if (end > into.length) return end;
  writeHead(head, start, record, replayOf);
  const headersAt = writeLines(head, start, console);
  head.setUint32(start + WIRE_TEXT, otherAt - wireAt);
  head.setUint32(start + OTHER_TEXT, isWide ? (requestAt - otherAt) / 2 : requestAt - otherAt);
  head.setUint32(start + REQUEST_KEPT, responseAt - requestAt);
  head.setUint32(start + RESPONSE_KEPT, end - responseAt);
  head.setUint16(start + FLAGS, flagsOf(traffic) | (isWide ? IS_WIDE : 0));
  if (traffic !== null) {
    writeTraffic(head, start, traffic);
    writeLengths(head, writeLengths(head, headersAt, traffic.requestHeaders), traffic.responseHeaders);
  }
  return end;
}

function writeHead(head: DataView, start: number, record: RequestRecord, replayOf: string | null): void {
  head.setFloat64(start + STARTED_AT, record.startedAt);
  head.setFloat64(start + DURATION, record.durationMs);
  head.setFloat64(start + DROPPED, record.consoleDropped);
  head.setUint32(start + ID, record.id.length);
  head.setUint32(start + METHOD, record.method.length);
  head.setUint32(start + TARGET, record.target.length);
  head.setUint32(start + TYPE, lengthOf(record.contentType));
  head.setUint32(start + RESOURCE, lengthOf(record.resource));
  head.setUint32(start + REPLAY, lengthOf(replayOf));
  head.setUint32(start + DETAIL, lengthOf(record.detail));
  head.setUint16(start + STATUS, record.status);
  head.setUint32(start + REQUEST_LINES, record.traffic === null ? 0 : record.traffic.requestHeaders.length);
  head.setUint32(start + RESPONSE_LINES, record.traffic === null ? 0 : record.traffic.responseHeaders.length);
  const error = record.error === null ? NO_ERROR : (CODE_NUMBERS.get(record.error) ?? NO_ERROR);
  head.setUint16(start + ERROR, error);
}

function linesOf({ requestHeaders, responseHeaders }: Traffic): number {
  return requestHeaders.length + responseHeaders.length;
}

/** What `+` makes is joined only once, when it is written. Each length stands in the head. */
function wireText({ id, method, target, contentType, traffic }: RequestRecord): string {
  let text = id + method + target + (contentType ?? '');
  if (traffic === null) return text;
  text += traffic.remoteAddress ?? '';
  for (const header of traffic.requestHeaders) text += header;
  for (const header of traffic.responseHeaders) text += header;
  return text;
}

function otherText({ resource, detail, console, traffic }: RequestRecord, replayOf: string | null): string {
  let text = (resource ?? '') + (traffic?.build ?? '') + (replayOf ?? '') + (detail ?? '');
  for (const line of console) text += line.text;
  return text;
}

/** One byte for each letter. */
function writeText(into: Buffer, start: number, text: string): number {
  const end = start + text.length;
  if (end <= into.length) into.write(text, start, text.length, 'latin1');
  return end;
}

/** Two bytes for each letter. */
function writeWide(into: Buffer, start: number, text: string): number {
  const end = start + 2 * text.length;
  if (end <= into.length) into.write(text, start, 'ucs2');
  return end;
}

function writeBody(into: Buffer, start: number, body: KeptBody | null): number {
  if (body === null) return start;
  const { content } = body;
  if (typeof content === 'string') return writeText(into, start, content);
  const end = start + content.length;
  if (end <= into.length) into.set(content, start);
  return end;
}

function hasWideText(
  { resource, detail, console, traffic }: RequestRecord,
  replayOf: string | null,
): boolean {
  if (isWide(resource ?? '') || isWide(traffic?.build ?? '')) return true;
  if (isWide(replayOf ?? '') || isWide(detail ?? '')) return true;
  for (const { text } of console) if (isWide(text)) return true;
  return false;
}

function isWide(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xff) return true;
  return false;
}

function lengthOf(text: string | null): number {
  return text === null ? NONE : text.length;
}

function flagsOf(traffic: Traffic | null): number {
  if (traffic === null) return 0;
  const kind = KINDS.indexOf(traffic.kind) << KIND_SHIFT;
  const visibility = VISIBILITIES.indexOf(traffic.visibility) << VISIBILITY_SHIFT;
  return HAS_TRAFFIC | (traffic.timing === null ? 0 : HAS_TIMING) | kind | visibility;
}

/** Where there is none, nobody reads these. */
function writeTraffic(head: DataView, start: number, traffic: Traffic): void {
  head.setFloat64(start + REQUEST_BYTES, traffic.requestBody === null ? -1 : traffic.requestBody.bytes);
  head.setFloat64(start + RESPONSE_BYTES, traffic.responseBody === null ? -1 : traffic.responseBody.bytes);
  head.setUint32(start + ADDRESS, lengthOf(traffic.remoteAddress));
  head.setUint32(start + BUILD, lengthOf(traffic.build));
  head.setUint32(start + RUNNING, traffic.running ?? NONE);
  head.setUint16(start + PORT, traffic.remotePort);
  if (traffic.timing !== null) writeTiming(head, start, traffic.timing);
}

function writeTiming(head: DataView, start: number, timing: CallTiming): void {
  head.setFloat64(start + TIMING, timing.queuedAt);
  head.setFloat64(start + TIMING + 8, timing.takenAt);
  head.setFloat64(start + TIMING + 16, timing.startedAt);
  head.setFloat64(start + TIMING + 24, timing.answeredAt);
  head.setFloat64(start + TIMING + 32, timing.sentAt);
}

/** Length and level of each. Returns where they end. */
function writeLines(head: DataView, start: number, lines: readonly ConsoleLine[]): number {
  head.setUint32(start + CONSOLE, lines.length);
  let at = start + HEAD_BYTES;
  for (const { level, text } of lines) {
    head.setUint32(at, text.length * LEVELS.length + LEVELS.indexOf(level));
    at += LINE_BYTES;
  }
  return at;
}

function writeLengths(head: DataView, start: number, texts: readonly string[]): number {
  let at = start;
  for (const { length } of texts) {
    head.setUint32(at, length);
    at += LINE_BYTES;
  }
  return at;
}
