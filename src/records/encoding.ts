/**
 * One record as bytes: a head of numbers, one for each console line, then the texts, then the bodies. Texts that came over the
 * wire have one byte for each character. Others (what an author wrote, names of files) have two where one is not enough.
 */
import { ERRORS, type ErrorCode } from '../errors';
import type { Visibility } from '../model/build';
import type {
  CallTiming,
  ConsoleLevel,
  ConsoleLine,
  KeptBody,
  RequestRecord,
  Traffic,
} from '../model/invocation';

/** Where each number of the head stands. Those of 8 bytes first. */
const STARTED_AT = 0;
const DURATION = 8;
const DROPPED = 16;
const REQUEST_BYTES = 24;
const RESPONSE_BYTES = 32;
const TIMING = 40;
const ID = 80;
const METHOD = 84;
const TARGET = 88;
const TYPE = 92;
const ADDRESS = 96;
const RESOURCE = 100;
const BUILD = 104;
const REPLAY = 108;
const DETAIL = 112;
const REQUEST_LINES = 116;
const RESPONSE_LINES = 120;
const WIRE_TEXT = 124;
const OTHER_TEXT = 128;
const REQUEST_KEPT = 132;
const RESPONSE_KEPT = 136;
const CONSOLE = 140;
const STATUS = 144;
const PORT = 146;
const ERROR = 148;
const FLAGS = 150;
const HEAD_BYTES = 152;
const LINE_BYTES = 4;
/** The length of a text that is not there, the number of an error that there was not. */
const NONE = 0xffff_ffff;
const NO_ERROR = 0xffff;
/** No header, target or method can hold it. */
const SEPARATOR = '\n';

const HAS_TRAFFIC = 1;
const HAS_TIMING = 2;
const IS_WIDE = 4;
const KIND_SHIFT = 3;
const VISIBILITY_SHIFT = 5;

const KINDS: readonly Traffic['kind'][] = [null, 'function', 'asset'];
const VISIBILITIES: readonly (Visibility | null)[] = [null, 'public', 'protected', 'private'];
const LEVELS: readonly ConsoleLevel[] = ['debug', 'info', 'warn', 'error'];
const CODES = Object.keys(ERRORS) as readonly ErrorCode[];
const CODE_NUMBERS: ReadonlyMap<string, number> = new Map(CODES.map((code, at) => [code, at]));

/** Hot: made for each record that is kept, and let go of at once. Bodies are copied when it is written, not before. */
export class EncodedRecord {
  readonly id: string;
  readonly size: number;
  /** Ends with what `#other` is, unless that is wide: one text is made and written at less cost than two. */
  readonly #wire: string;
  readonly #other: string;
  readonly #isWide: boolean;
  readonly #requestKept: number;
  readonly #responseKept: number;

  constructor(
    private readonly record: RequestRecord,
    private readonly replayOf: string | null,
  ) {
    const { traffic, console } = record;
    this.id = record.id;
    this.#other = otherText(record, replayOf);
    this.#isWide = isWide(this.#other);
    this.#wire = wireText(record, this.#isWide ? null : this.#other);
    this.#requestKept = traffic === null ? 0 : keptOf(traffic.requestBody);
    this.#responseKept = traffic === null ? 0 : keptOf(traffic.responseBody);
    this.size =
      HEAD_BYTES +
      LINE_BYTES * console.length +
      this.#wire.length +
      (this.#isWide ? 2 * this.#other.length : 0) +
      this.#requestKept +
      this.#responseKept;
  }

  /** There are `size` bytes from `start` on, of which `head` is a view. */
  write(into: Buffer, head: DataView, start: number): void {
    const { record } = this;
    this.#writeHead(head, start);
    if (record.traffic !== null) writeTraffic(head, start, record.traffic);
    let at = writeLines(head, start, record.console);
    at += this.#writeTexts(into, at);
    if (this.#requestKept > 0) writeBody(into, at, record.traffic?.requestBody);
    if (this.#responseKept > 0) writeBody(into, at + this.#requestKept, record.traffic?.responseBody);
  }

  #writeTexts(into: Buffer, at: number): number {
    const bytes = into.write(this.#wire, at, this.#wire.length, 'latin1');
    if (!this.#isWide) return bytes;
    return bytes + into.write(this.#other, at + bytes, 2 * this.#other.length, 'ucs2');
  }

  #writeHead(head: DataView, start: number): void {
    const { record } = this;
    head.setFloat64(start + STARTED_AT, record.startedAt);
    head.setFloat64(start + DURATION, record.durationMs);
    head.setFloat64(start + DROPPED, record.consoleDropped);
    head.setUint32(start + ID, record.id.length);
    head.setUint32(start + METHOD, record.method.length);
    head.setUint32(start + TARGET, record.target.length);
    head.setUint32(start + TYPE, lengthOf(record.contentType));
    head.setUint32(start + RESOURCE, lengthOf(record.resource));
    head.setUint32(start + REPLAY, lengthOf(this.replayOf));
    head.setUint32(start + DETAIL, lengthOf(record.detail));
    head.setUint32(start + WIRE_TEXT, this.#wire.length - (this.#isWide ? 0 : this.#other.length));
    head.setUint32(start + OTHER_TEXT, this.#other.length);
    head.setUint32(start + REQUEST_KEPT, this.#requestKept);
    head.setUint32(start + RESPONSE_KEPT, this.#responseKept);
    head.setUint16(start + STATUS, record.status);
    head.setUint16(
      start + ERROR,
      record.error === null ? NO_ERROR : (CODE_NUMBERS.get(record.error) ?? NO_ERROR),
    );
    head.setUint16(start + FLAGS, flagsOf(record.traffic) | (this.#isWide ? IS_WIDE : 0));
  }
}

/** Hot. Header lines are joined only once, together with everything else. */
function wireText(record: RequestRecord, other: string | null): string {
  const { id, method, target, contentType, traffic } = record;
  const texts = [id, method, target, contentType ?? ''];
  if (traffic !== null) {
    texts.push(traffic.remoteAddress ?? '');
    for (const text of traffic.requestHeaders) texts.push(text);
    for (const text of traffic.responseHeaders) texts.push(text);
  }
  if (other !== null) texts.push(other);
  return texts.join(SEPARATOR);
}

/** Hot. Without separators: each length stands in the head. */
function otherText({ resource, detail, console, traffic }: RequestRecord, replayOf: string | null): string {
  let text = (resource ?? '') + (traffic?.build ?? '');
  if (replayOf !== null) text += replayOf;
  if (detail !== null) text += detail;
  for (const line of console) text += line.text;
  return text;
}

function isWide(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xff) return true;
  return false;
}

function lengthOf(text: string | null): number {
  return text === null ? NONE : text.length;
}

function keptOf(body: KeptBody | null): number {
  return body === null ? 0 : body.content.length;
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
  head.setUint32(start + REQUEST_LINES, traffic.requestHeaders.length);
  head.setUint32(start + RESPONSE_LINES, traffic.responseHeaders.length);
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

/** Length and level of each; returns where the texts begin. */
function writeLines(head: DataView, start: number, lines: readonly ConsoleLine[]): number {
  head.setUint32(start + CONSOLE, lines.length);
  let at = start + HEAD_BYTES;
  for (const { level, text } of lines) {
    head.setUint32(at, text.length * LEVELS.length + LEVELS.indexOf(level));
    at += LINE_BYTES;
  }
  return at;
}

function writeBody(into: Buffer, at: number, body: KeptBody | null | undefined): void {
  const content = body?.content ?? '';
  if (typeof content === 'string') into.write(content, at, content.length, 'latin1');
  else into.set(content, at);
}

// --- reading

export function idIn(bytes: Buffer): string {
  const head = headOf(bytes);
  const start = HEAD_BYTES + LINE_BYTES * head.getUint32(CONSOLE);
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

function wireTextsIn(bytes: Buffer, head: DataView): WireTexts {
  const start = HEAD_BYTES + LINE_BYTES * head.getUint32(CONSOLE);
  // Without the separator before what comes behind.
  const behind = (head.getUint16(FLAGS) & IS_WIDE) === 0 ? SEPARATOR.length : 0;
  const text = bytes.toString('latin1', start, start + head.getUint32(WIRE_TEXT) - behind);
  const reader = new TextReader(text, SEPARATOR);
  const id = reader.take(head.getUint32(ID)) ?? '';
  const method = reader.take(head.getUint32(METHOD)) ?? '';
  const target = reader.take(head.getUint32(TARGET)) ?? '';
  const contentType = reader.takeSeparated(head.getUint32(TYPE));
  if ((head.getUint16(FLAGS) & HAS_TRAFFIC) === 0) {
    return { id, method, target, contentType, remoteAddress: null, headers: [] };
  }
  const remoteAddress = reader.takeSeparated(head.getUint32(ADDRESS));
  const count = head.getUint32(REQUEST_LINES) + head.getUint32(RESPONSE_LINES);
  return { id, method, target, contentType, remoteAddress, headers: count === 0 ? [] : reader.rest() };
}

function trafficIn(bytes: Buffer, head: DataView, texts: WireTexts, build: string | null): Traffic {
  const flags = head.getUint16(FLAGS);
  const requestLines = head.getUint32(REQUEST_LINES);
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
  const start = HEAD_BYTES + LINE_BYTES * lines + head.getUint32(WIRE_TEXT);
  const length = head.getUint32(OTHER_TEXT);
  const text =
    (flags & IS_WIDE) === 0
      ? bytes.toString('latin1', start, start + length)
      : bytes.toString('ucs2', start, start + 2 * length);
  const reader = new TextReader(text, '');
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

  constructor(
    private readonly text: string,
    private readonly separator: string,
  ) {}

  take(length: number): string | null {
    if (length === NONE) return null;
    const start = this.#at;
    this.#at = start + length + this.separator.length;
    return this.text.slice(start, start + length);
  }

  /** One that is not there has a separator nevertheless. */
  takeSeparated(length: number): string | null {
    if (length === NONE) this.#at += this.separator.length;
    return this.take(length);
  }

  rest(): readonly string[] {
    return this.text.slice(this.#at).split(this.separator);
  }
}
