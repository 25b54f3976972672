/**
 * Everything that crosses between the gateway and an instance: one frame per message,
 *
 *     u32 length of the rest | u8 type | u32 call id | payload          (little endian)
 *
 * over a socket pair of its own (descriptor 3 of the instance). The gateway never trusts what arrives: the
 * decoder throws `ProtocolError` on everything that is not exactly a message, and the pool then kills the instance.
 */
import { ERRORS, type ErrorCode } from '../errors';
import type { ConsoleLevel } from '../model/invocation';
import { INPUT_PATH_BYTES, RESPONSE_BODY_BYTES } from '../model/limits';
import type { Boot } from './boot';
import {
  frameOf,
  HEAD_BYTES,
  isRecord,
  isStrings,
  jsonFrame,
  need,
  ProtocolError,
  parse,
  parseJson,
  parseText,
  stringify,
} from './encoding';
import { decodeInspectorUrl } from './inspector';

export type { Boot, BootFunction, BootModule, BootResource, Reading } from './boot';

/** Descriptor of the messages inside an instance. */
export const CHANNEL_FD = 3;
/**
 * Descriptor of the claim file, four words: the id of the call that the instance started last (written by it before
 * author's code runs for the call), the first and the last id of the calls that the gateway took back, the id of
 * the call after which the instance froze last. For a claim each side writes its own word and then reads the
 * other's, so exactly one of them has a call that was sent ahead.
 */
export const CLAIM_FD = 4;
export const CLAIM_BYTES = 16;

/** The largest payload that an instance may send: a full response body, its headers, an error with its stack. */
export const MAX_PAYLOAD_BYTES = RESPONSE_BODY_BYTES + 1_048_576;

/** One invocation, as it is sent to an instance. */
export interface Call {
  /** Counts up within an instance, from 1. */
  readonly id: number;
  /** Index into `Boot.functions`. */
  readonly functionIndex: number;
  readonly domainName: string;
  /** JSON text of an object: `request`, query and form. */
  readonly event: string;
  /** JSON text of an object or array whose members go over those of `event`; `''` for none. */
  readonly body: string;
}

/** Where the content type comes from when the author set none. */
export const BODY_KINDS = ['none', 'text', 'json', 'xml', 'binary'] as const;
export type BodyKind = (typeof BODY_KINDS)[number];

/** Why there is no ordinary answer; `message` and `stack` are for the log and for the error page. */
export interface Failure {
  readonly code: ErrorCode;
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
}

/** The result of an invocation, ready to become a response; made inside the instance, checked by the gateway. */
export interface Reply {
  readonly status: number;
  readonly kind: BodyKind;
  /** Author's headers: name, value, name, value, … one pair for each line. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly failure: Failure | null;
  /** Bytes of a body that was too large to be sent (and is therefore empty here), else 0. */
  readonly oversize: number;
  /** The instance must not be used again. */
  readonly retire: boolean;
}

/** What a call took of late, on average, microseconds. */
export interface CallCost {
  /** Of the cores; 0: not measured this time. */
  readonly cpuUs: number;
  /** In all, without the waiting for a core; 0: not measured, or the system does not tell. */
  readonly ownUs: number;
}

export type FromInstance =
  /** While it boots: where a debugger can attach; `null`: the port could not be opened. */
  | { readonly type: 'inspecting'; readonly url: string | null }
  /** Booted: may become any Function's. */
  | { readonly type: 'ready' }
  /** What `prepare` asked for is done, as far as it could be. */
  | { readonly type: 'prepared' }
  /** What `load` asked for: `null`, or why it failed; the first call then tries again. */
  | { readonly type: 'loaded'; readonly functionIndex: number; readonly failure: Failure | null }
  /** The module is loaded and the handler starts now; only sent by the call that loaded it. */
  | { readonly type: 'started'; readonly id: number }
  | { readonly type: 'result'; readonly id: number; readonly reply: Reply; readonly cost: CallCost }
  /** The call was taken back before it started; it did not run here. */
  | { readonly type: 'skipped'; readonly id: number }
  /**
   * Something of the author's is about to load this file (absolute, no installed package); each is told once, and
   * before it is loaded. `''`: there are too many to tell.
   */
  | { readonly type: 'input'; readonly file: string }
  | { readonly type: 'console'; readonly id: number; readonly level: ConsoleLevel; readonly text: string }
  /** The Function calls `process.exit` while its call has no answer. */
  | { readonly type: 'exiting'; readonly id: number; readonly exitCode: number }
  /** I end now: something that a call or a module left behind does not freeze, or failed. Said once. */
  | { readonly type: 'retire'; readonly id: number; readonly reason: string };

export type ToInstance =
  | { readonly type: 'boot'; readonly boot: Boot }
  /** Load in advance what calls usually need: classes of the SDK, which may be the project's own. */
  | { readonly type: 'prepare' }
  /** Load the module of a Function before anybody calls it. */
  | { readonly type: 'load'; readonly functionIndex: number }
  | { readonly type: 'call'; readonly call: Call };

const TYPE = {
  boot: 1,
  call: 2,
  load: 3,
  prepare: 4,
  ready: 16,
  started: 17,
  result: 18,
  console: 19,
  exiting: 20,
  retire: 21,
  skipped: 22,
  loaded: 23,
  prepared: 24,
  inspecting: 25,
  input: 26,
} as const;
const LEVELS: readonly ConsoleLevel[] = ['debug', 'info', 'warn', 'error'];
const NO_HEADERS: readonly string[] = Object.freeze([]);
const EMPTY = Buffer.alloc(0);
const RESULT_HEAD_BYTES = 16;
const NO_COST: CallCost = Object.freeze({ cpuUs: 0, ownUs: 0 });

// --- gateway -> instance

export function encodeBoot(boot: Boot): Buffer {
  return jsonFrame(TYPE.boot, 0, boot);
}

export function encodePrepare(): Buffer {
  return frameOf(TYPE.prepare, 0, 0);
}

/** Hot: once for each invocation. Payload: u16 function | u16 domain length | u32 event length | domain | event | body. */
export function encodeCall(call: Call): Buffer {
  const domain = Buffer.byteLength(call.domainName);
  const event = Buffer.byteLength(call.event);
  const body = call.body === '' ? 0 : Buffer.byteLength(call.body);
  const frame = frameOf(TYPE.call, call.id, 8 + domain + event + body);
  frame.writeUInt16LE(call.functionIndex, HEAD_BYTES);
  frame.writeUInt16LE(domain, HEAD_BYTES + 2);
  frame.writeUInt32LE(event, HEAD_BYTES + 4);
  let at = HEAD_BYTES + 8;
  at += frame.write(call.domainName, at, domain, 'utf8');
  at += frame.write(call.event, at, event, 'utf8');
  if (body > 0) frame.write(call.body, at, body, 'utf8');
  return frame;
}

export function encodeLoad(functionIndex: number): Buffer {
  return jsonFrame(TYPE.load, 0, functionIndex);
}

/** Inside the instance. The gateway is trusted: a message it did not make is a defect. */
export function decodeToInstance(type: number, id: number, payload: Buffer): ToInstance {
  switch (type) {
    case TYPE.boot:
      return { type: 'boot', boot: parseJson(payload.toString('utf8')) as Boot };
    case TYPE.prepare:
      return { type: 'prepare' };
    case TYPE.call:
      return { type: 'call', call: decodeCall(id, payload) };
    case TYPE.load:
      return { type: 'load', functionIndex: parseJson(payload.toString('utf8')) as number };
    default:
      throw new ProtocolError(`unknown message type ${type}`);
  }
}

function decodeCall(id: number, payload: Buffer): Call {
  const domain = payload.readUInt16LE(2);
  const event = payload.readUInt32LE(4);
  const eventAt = 8 + domain;
  return {
    id,
    functionIndex: payload.readUInt16LE(0),
    domainName: payload.toString('utf8', 8, eventAt),
    event: payload.toString('utf8', eventAt, eventAt + event),
    body: payload.toString('utf8', eventAt + event),
  };
}

// --- instance -> gateway

/** What a `Reply` holds beside status, kind and body; absent in the common case, so that it costs no JSON. */
interface ReplyExtras {
  readonly headers?: readonly string[];
  readonly failure?: Failure;
  readonly oversize?: number;
}

/** Hot. Payload: u16 status | u8 kind | u8 retire | u32 cpu | u32 own time | u32 length of the extras | extras as JSON | body. */
export function encodeResult(id: number, reply: Reply, cost: CallCost | null = null): Buffer {
  const extras = encodeExtras(reply);
  const extrasBytes = Buffer.byteLength(extras);
  const frame = frameOf(TYPE.result, id, RESULT_HEAD_BYTES + extrasBytes + reply.body.length);
  frame.writeUInt16LE(reply.status, HEAD_BYTES);
  frame.writeUInt8(BODY_KINDS.indexOf(reply.kind), HEAD_BYTES + 2);
  frame.writeUInt8(reply.retire ? 1 : 0, HEAD_BYTES + 3);
  frame.writeUInt32LE(cost === null ? 0 : cost.cpuUs, HEAD_BYTES + 4);
  frame.writeUInt32LE(cost === null ? 0 : cost.ownUs, HEAD_BYTES + 8);
  frame.writeUInt32LE(extrasBytes, HEAD_BYTES + 12);
  const extrasAt = HEAD_BYTES + RESULT_HEAD_BYTES;
  if (extrasBytes > 0) frame.write(extras, extrasAt, extrasBytes, 'utf8');
  frame.set(reply.body, extrasAt + extrasBytes);
  return frame;
}

function encodeExtras(reply: Reply): string {
  if (reply.headers.length === 0 && reply.failure === null && reply.oversize === 0) return '';
  const extras: ReplyExtras = {
    headers: reply.headers,
    ...(reply.failure === null ? {} : { failure: reply.failure }),
    ...(reply.oversize === 0 ? {} : { oversize: reply.oversize }),
  };
  return stringify(extras);
}

export function encodeReady(): Buffer {
  return frameOf(TYPE.ready, 0, 0);
}

export function encodeInspecting(url: string | null): Buffer {
  return jsonFrame(TYPE.inspecting, 0, url);
}

export function encodePrepared(): Buffer {
  return frameOf(TYPE.prepared, 0, 0);
}

export function encodeLoaded(functionIndex: number, failure: Failure | null): Buffer {
  return jsonFrame(TYPE.loaded, 0, { functionIndex, failure });
}

export function encodeStarted(id: number): Buffer {
  return frameOf(TYPE.started, id, 0);
}

export function encodeSkipped(id: number): Buffer {
  return frameOf(TYPE.skipped, id, 0);
}

export function encodeInput(file: string): Buffer {
  return jsonFrame(TYPE.input, 0, file);
}

export function encodeConsole(id: number, level: ConsoleLevel, text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const frame = frameOf(TYPE.console, id, 1 + bytes);
  frame.writeUInt8(LEVELS.indexOf(level), HEAD_BYTES);
  frame.write(text, HEAD_BYTES + 1, bytes, 'utf8');
  return frame;
}

export function encodeExiting(id: number, exitCode: number): Buffer {
  const frame = frameOf(TYPE.exiting, id, 4);
  frame.writeInt32LE(exitCode | 0, HEAD_BYTES);
  return frame;
}

export function encodeRetire(id: number, reason: string): Buffer {
  return jsonFrame(TYPE.retire, id, reason);
}

/** In the gateway: the boundary to code that may be hostile. Throws `ProtocolError`. */
export function decodeFromInstance(type: number, id: number, payload: Buffer): FromInstance {
  switch (type) {
    case TYPE.ready:
      return { type: 'ready' };
    case TYPE.prepared:
      return { type: 'prepared' };
    case TYPE.inspecting:
      return { type: 'inspecting', url: decodeInspectorUrl(payload) };
    case TYPE.loaded:
      return decodeLoaded(parse(payload.toString('utf8')));
    case TYPE.started:
      return { type: 'started', id };
    case TYPE.skipped:
      return { type: 'skipped', id };
    case TYPE.result:
      return { type: 'result', id, reply: decodeReply(payload), cost: decodeCost(payload) };
    case TYPE.input:
      need(payload.length <= INPUT_PATH_BYTES, 'input');
      return { type: 'input', file: parseText(payload) };
    case TYPE.console:
      return { type: 'console', id, level: levelOf(payload), text: payload.toString('utf8', 1) };
    case TYPE.exiting:
      need(payload.length === 4, 'exiting');
      return { type: 'exiting', id, exitCode: payload.readInt32LE(0) };
    case TYPE.retire:
      return { type: 'retire', id, reason: parseText(payload) };
    default:
      throw new ProtocolError(`unknown message type ${type}`);
  }
}

function decodeLoaded(message: unknown): FromInstance {
  need(isRecord(message), 'loaded');
  const { functionIndex, failure } = message;
  need(typeof functionIndex === 'number', 'loaded function');
  return { type: 'loaded', functionIndex, failure: failure === null ? null : decodeFailure(failure) };
}

/** Hot. */
function decodeReply(payload: Buffer): Reply {
  need(payload.length >= RESULT_HEAD_BYTES, 'result head');
  const kind = BODY_KINDS[payload.readUInt8(2)];
  need(kind !== undefined, 'result kind');
  const extrasBytes = payload.readUInt32LE(12);
  const bodyAt = RESULT_HEAD_BYTES + extrasBytes;
  need(payload.length >= bodyAt, 'result extras');
  const status = payload.readUInt16LE(0);
  const retire = payload.readUInt8(3) === 1;
  const body = bodyAt === payload.length ? EMPTY : payload.subarray(bodyAt);
  if (extrasBytes === 0) {
    return { status, kind, headers: NO_HEADERS, body, failure: null, oversize: 0, retire };
  }
  const extras = decodeExtras(payload.toString('utf8', RESULT_HEAD_BYTES, bodyAt));
  return { status, kind, body, retire, ...extras };
}

function decodeCost(payload: Buffer): CallCost {
  const cpuUs = payload.readUInt32LE(4);
  return cpuUs === 0 ? NO_COST : { cpuUs, ownUs: payload.readUInt32LE(8) };
}

function decodeExtras(text: string): Pick<Reply, 'headers' | 'failure' | 'oversize'> {
  const extras = parse(text);
  need(isRecord(extras), 'result extras');
  const { headers = NO_HEADERS, failure = null, oversize = 0 } = extras;
  need(isStrings(headers) && headers.length % 2 === 0, 'result headers');
  need(typeof oversize === 'number' && oversize >= 0, 'result oversize');
  return { headers, oversize, failure: failure === null ? null : decodeFailure(failure) };
}

function decodeFailure(value: unknown): Failure {
  need(isRecord(value), 'failure');
  const { code, name, message, stack } = value;
  need(typeof code === 'string' && Object.hasOwn(ERRORS, code), 'failure code');
  need(typeof name === 'string' && typeof message === 'string', 'failure text');
  need(stack === null || typeof stack === 'string', 'failure stack');
  return { code: code as ErrorCode, name, message, stack };
}

function levelOf(payload: Buffer): ConsoleLevel {
  need(payload.length >= 1, 'console');
  const level = LEVELS[payload.readUInt8(0)];
  need(level !== undefined, 'console level');
  return level;
}
