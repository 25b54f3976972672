/** What is kept of a request -> the record that people and tools see. Made when somebody looks; nothing secret is in it. */
import { isUtf8 } from 'node:buffer';
import { gunzipSync, inflateSync } from 'node:zlib';
import { ERRORS } from '../errors';
import { classifyBody } from '../gateway/body';
import { parseForm } from '../gateway/event';
import { parseQuery } from '../gateway/query';
import { answerHeaders } from '../model/answer-headers';
import type {
  CallTiming,
  ConsoleLine,
  KeptBody,
  LateLine,
  RequestRecord,
  Traffic,
} from '../model/invocation';
import { REQUEST_BYTES } from '../model/limits';
import type {
  InvocationRecord,
  InvocationSummary,
  RecordedBody,
  RecordedMessage,
  Timing,
} from '../model/record';
import { isNestedDeeper } from './nesting';
import type { Kept } from './records';
import type { Redactor } from './redact';

const LEVELS: readonly ConsoleLine['level'][] = ['debug', 'info', 'warn', 'error'];
/** Parameters of larger bodies are not shown a second time. */
const MOST_PARAMETER_CHARACTERS = 262_144;
const NO_LINES: readonly ConsoleLine[] = Object.freeze([]);

export function summaryOf(kept: Kept, redactor: Redactor): InvocationSummary {
  return summaryWith(kept, redactor, rawParametersOf(kept.record.target, kept.record.traffic));
}

export function recordOf(kept: Kept, redactor: Redactor): InvocationRecord {
  const { record } = kept;
  const { traffic } = record;
  const parameters = rawParametersOf(record.target, traffic);
  const row = record.error === null ? null : ERRORS[record.error];
  return {
    ...summaryWith(kept, redactor, parameters),
    visibility: traffic?.visibility ?? null,
    build: traffic?.build ?? null,
    reason: row?.text ?? null,
    detail: record.detail === null ? null : redactor.text(record.detail),
    fix: row?.fix ?? null,
    vendorCode: row?.vendor ?? null,
    timing: traffic?.timing ? timingOf(traffic.timing) : null,
    remoteAddress: traffic?.remoteAddress ?? null,
    request: messageOf(traffic?.requestHeaders ?? [], traffic?.requestBody ?? null, redactor),
    response: messageOf(responseHeadersOf(record), traffic?.responseBody ?? null, redactor),
    parameters: parameters === null ? null : redactor.members(parameters),
    console: linesOf(record.console, redactor),
    consoleDroppedBytes: record.consoleDropped,
    late: linesOf(kept.late ?? NO_LINES, redactor),
  };
}

/** A late line as programs get it: in a file of records, in the stream of events, by `logs --tail -o json`. */
export function lateObject({ requestId, resource, level, text }: LateLine) {
  return { type: 'late', id: requestId, resource, line: { level, text } } as const;
}

/** As they were sent, but for those that Node adds. */
function responseHeadersOf({ id, status, contentType, traffic }: RequestRecord): readonly string[] {
  if (traffic === null) return [];
  const { responseHeaders, running, responseBody } = traffic;
  if (running === null) return responseHeaders;
  return answerHeaders(responseHeaders, {
    id,
    status,
    contentType,
    bytes: responseBody?.bytes ?? 0,
    running,
  });
}

/** Of header lines: name, value, name, value, … */
export function headerOf(headers: readonly string[], name: string): string | null {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() === name) return headers[at + 1] ?? null;
  }
  return null;
}

export function bytesOf({ content }: KeptBody): Buffer {
  if (typeof content === 'string') return Buffer.from(content, 'latin1');
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}

/** Far more than anybody means; hiding secrets and writing JSON recurse. */
const MOST_NESTING = 100;

type Parameters = Readonly<Record<string, unknown>>;

function summaryWith(kept: Kept, redactor: Redactor, parameters: Parameters | null): InvocationSummary {
  const { record, number, late } = kept;
  const lines = late === null ? record.console : [...record.console, ...late];
  const field = (...names: readonly string[]): string | null => {
    const value = names.map((name) => parameters?.[name]).find((candidate) => typeof candidate === 'string');
    return typeof value === 'string' && value !== '' ? redactor.text(value).slice(0, 200) : null;
  };
  return {
    id: record.id,
    number,
    time: new Date(record.startedAt).toISOString(),
    method: record.method,
    target: redactor.target(record.target),
    resource: record.resource,
    kind: record.traffic?.kind ?? null,
    status: record.status,
    contentType: record.contentType,
    error: record.error,
    durationMs: rounded(record.durationMs),
    callSid: field('CallSid'),
    messageSid: field('MessageSid', 'SmsMessageSid', 'SmsSid'),
    from: field('From'),
    to: field('To'),
    consoleLines: lines.length,
    loudest: loudestOf(lines),
    replayOf: kept.replayOf,
  };
}

function loudestOf(lines: readonly ConsoleLine[]): ConsoleLine['level'] | null {
  return LEVELS.findLast((level) => lines.some((line) => line.level === level)) ?? null;
}

function linesOf(lines: readonly ConsoleLine[], redactor: Redactor): readonly ConsoleLine[] {
  return lines.map(({ level, text }) => ({ level, text: redactor.text(text) }));
}

function timingOf(timing: CallTiming): Timing {
  const { queuedAt, sentAt } = timing;
  const answeredAt = timing.answeredAt || sentAt;
  // A call that no process took has only waited; one whose handler did not begin has not run.
  const takenAt = timing.takenAt || answeredAt;
  const startedAt = timing.startedAt || answeredAt;
  return {
    receiveMs: elapsed(0, queuedAt),
    waitMs: elapsed(queuedAt, takenAt),
    startMs: elapsed(takenAt, startedAt),
    runMs: elapsed(startedAt, answeredAt),
    sendMs: elapsed(answeredAt, sentAt),
  };
}

function elapsed(from: number, to: number): number {
  return rounded(Math.max(0, to - from) / 1_000);
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}

function messageOf(headers: readonly string[], body: KeptBody | null, redactor: Redactor): RecordedMessage {
  const shown: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    shown.push([name, redactor.header(name, headers[at + 1] ?? '')]);
  }
  return {
    headers: shown,
    body: body === null ? null : bodyOf(body, headerOf(headers, 'content-type'), redactor),
  };
}

function bodyOf(body: KeptBody, contentType: string | null, redactor: Redactor): RecordedBody {
  const kept = bytesOf(body);
  const truncated = kept.length < body.bytes;
  const text = textOf(truncated ? withoutCutCharacter(kept) : kept);
  if (text === null) {
    const latin1 = redactor.text(kept.toString('latin1'));
    return {
      text: null,
      base64: Buffer.from(latin1, 'latin1').toString('base64'),
      bytes: body.bytes,
      truncated,
    };
  }
  const shown = redactor.body(text, contentType);
  return { text: truncated ? redactor.cut(shown) : shown, base64: null, bytes: body.bytes, truncated };
}

function textOf(bytes: Buffer): string | null {
  return isUtf8(bytes) ? bytes.toString('utf8') : null;
}

/** Where the last character was cut in two, without its beginning. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let cut = 0; cut < 4; cut++) {
    const shorter = bytes.subarray(0, bytes.length - cut);
    if (isUtf8(shorter)) return shorter;
  }
  return bytes;
}

// --- parameters

/** As the Function saw them, secrets included. `null`: there are none to be had. */
function rawParametersOf(target: string, traffic: Traffic | null): Parameters | null {
  const question = target.indexOf('?');
  const query = question === -1 ? {} : parseQuery(target.slice(question + 1));
  const body = traffic === null ? {} : bodyParametersOf(traffic);
  return body === null ? null : { ...query, ...body };
}

function bodyParametersOf({ requestHeaders, requestBody }: Traffic): Parameters | null {
  const kind = classifyBody(headerOf(requestHeaders, 'content-type') ?? undefined);
  if (requestBody === null || kind === 'ignored') return {};
  const isWhole = requestBody.content.length === requestBody.bytes;
  if (!isWhole || requestBody.bytes > MOST_PARAMETER_CHARACTERS) return null;
  const text = inflated(bytesOf(requestBody), headerOf(requestHeaders, 'content-encoding'));
  if (text === null || text.length > MOST_PARAMETER_CHARACTERS) return null;
  return kind === 'form' ? parseForm(text) : objectOf(text);
}

function inflated(bytes: Buffer, encoding: string | null): string | null {
  try {
    switch ((encoding ?? '').trim().toLowerCase()) {
      case '':
      case 'identity':
        return bytes.toString('utf8');
      case 'gzip':
        return gunzipSync(bytes, { maxOutputLength: REQUEST_BYTES }).toString('utf8');
      case 'deflate':
        return inflateSync(bytes, { maxOutputLength: REQUEST_BYTES }).toString('utf8');
      default:
        return null;
    }
  } catch {
    // It was refused for that; the record says so.
    return null;
  }
}

function objectOf(text: string): Parameters | null {
  if (isNestedDeeper(text, MOST_NESTING)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Parameters) : null;
  } catch {
    return null;
  }
}
