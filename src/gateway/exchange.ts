/** One request and its response, from the parsed head to the record. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../errors';
import type { CallTiming, ConsoleLine, KeptBody, RequestRecord, Traffic } from '../model/invocation';
import type { Invocation } from '../pool/invocation';
import type { DecodedBody } from './body';
import type { BodyMemory } from './body-memory';
import { RequestHead } from './request-head';
import type { Route } from './router';

export type OnRecord = (record: RequestRecord) => void;

/** What is kept of a body; the rest is counted. A request can be repeated only where it was kept whole. */
export const KEPT_REQUEST_BYTES = 256 * 1024;
export const KEPT_RESPONSE_BYTES = 64 * 1024;

/** Hot: one for each request, always the same shape. */
export class Exchange {
  readonly head: RequestHead;
  readonly #startedAt = performance.now();
  route: Route | null = null;
  /** As sent; empty until it is read. */
  raw: Buffer = EMPTY;
  /** `null` until it is decoded, and for methods that have none. */
  body: DecodedBody | null = null;
  /** Why it failed; `null` while it has not. */
  error: ErrorCode | null = null;
  detail: string | null = null;
  console: readonly ConsoleLine[] = NO_LINES;
  consoleDropped = 0;
  ended = false;
  /** A newer build was made before its call began. */
  isRestarted = false;
  /** The client sends the body only once it is asked to. */
  expectsContinue = false;
  /** Of the requests that a client sent without waiting for answers (`Pipelines`). */
  hasTurn = false;
  /** Of `bodyMemory`, which is `null` for bodies that are not counted. */
  heldBytes = 0;
  bodyMemory: BodyMemory | null = null;
  /** Whether the record is to have its `Traffic`. */
  keepsTraffic = false;
  /** Id of the build that decided, for the record. */
  build: string | null = null;
  invocation: Invocation | null = null;
  answeredAt = 0;
  /** As `Traffic` has them. */
  responseHeaders: readonly string[] = NO_HEADERS;
  running: number | null = null;
  responseBody: KeptBody | null = null;

  constructor(
    readonly id: string,
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
    private readonly onRecord: OnRecord,
  ) {
    this.head = new RequestHead(req);
  }

  get ageMs(): number {
    return performance.now() - this.#startedAt;
  }

  get isHead(): boolean {
    return this.head.method === 'HEAD';
  }

  fail(error: ErrorCode, detail: string | null): void {
    this.error = error;
    this.detail = detail;
  }

  /** After the response was handed to the socket, or when nobody is left to send one to. Only the first call counts. */
  end(status: number, contentType: string | null): void {
    if (this.ended) return;
    this.ended = true;
    if (this.bodyMemory !== null) this.bodyMemory.release(this.heldBytes);
    const now = performance.now();
    const durationMs = now - this.#startedAt;
    this.onRecord({
      id: this.id,
      startedAt: Date.now() - durationMs,
      durationMs,
      method: this.head.method,
      target: this.head.target,
      status,
      contentType,
      resource: this.route === null ? null : this.route.name,
      error: this.error,
      detail: this.detail,
      console: this.console,
      consoleDropped: this.consoleDropped,
      traffic: this.keepsTraffic ? this.#traffic(now) : null,
    });
  }

  /** Hot. */
  #traffic(now: number): Traffic {
    const { req, head, route, raw } = this;
    const { remoteAddress, remotePort } = req.socket;
    return {
      remoteAddress: remoteAddress ?? null,
      remotePort: remotePort ?? 0,
      kind: route === null ? null : route.kind,
      visibility: route === null ? null : route.visibility,
      build: this.build,
      requestHeaders: head.rawHeaders,
      requestBody: raw.length === 0 ? unreadBody(head) : keepBody(raw, KEPT_REQUEST_BYTES),
      responseHeaders: this.responseHeaders,
      running: this.running,
      responseBody: this.isHead ? null : this.responseBody,
      timing: this.invocation === null ? null : this.#timing(this.invocation, now),
    };
  }

  #timing({ queuedAt, takenAt, startedAt }: Invocation, now: number): CallTiming {
    return {
      queuedAt: this.#since(queuedAt),
      takenAt: this.#since(takenAt),
      startedAt: this.#since(startedAt),
      answeredAt: this.#since(this.answeredAt),
      sentAt: this.#since(now),
    };
  }

  /** Whole microseconds. */
  #since(at: number): number {
    return at === 0 ? 0 : Math.max(1, Math.round((at - this.#startedAt) * 1_000));
  }
}

/** Of what was no request, so that nothing of it was read. */
export function unreadTraffic(socket: Duplex | null): Traffic {
  const { remoteAddress, remotePort } = socket instanceof Socket ? socket : NOBODY;
  return {
    remoteAddress: remoteAddress ?? null,
    remotePort: remotePort ?? 0,
    kind: null,
    visibility: null,
    build: null,
    requestHeaders: NO_HEADERS,
    requestBody: null,
    responseHeaders: NO_HEADERS,
    running: null,
    responseBody: null,
    timing: null,
  };
}

const NOBODY = { remoteAddress: undefined, remotePort: undefined };

/** It was refused before its body was read, or the client left: only how long that was to be is known. */
function unreadBody({ contentLength }: RequestHead): KeptBody | null {
  return contentLength === null || contentLength === 0 ? null : { content: '', bytes: contentLength };
}

/** No copy: whoever keeps it makes one. */
export function keepBody(bytes: Buffer, limit: number): KeptBody {
  return { content: bytes.length > limit ? bytes.subarray(0, limit) : bytes, bytes: bytes.length };
}

const EMPTY = Buffer.alloc(0);
const NO_LINES: readonly ConsoleLine[] = Object.freeze([]);
export const NO_HEADERS: readonly string[] = Object.freeze([]);
