/** One request and its response, from the parsed head to the record. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../errors';
import type { ConsoleLine, RequestRecord } from '../model/invocation';
import type { DecodedBody } from './body';
import type { BodyMemory } from './body-memory';
import { RequestHead } from './request-head';
import type { Route } from './router';

export type OnRecord = (record: RequestRecord) => void;

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
  /** The client sends the body only once it is asked to. */
  expectsContinue = false;
  /** Of the requests that a client sent without waiting for answers (`Pipelines`). */
  hasTurn = false;
  /** Of `bodyMemory`, which is `null` for bodies that are not counted. */
  heldBytes = 0;
  bodyMemory: BodyMemory | null = null;

  constructor(
    readonly id: string,
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
    private readonly onRecord: OnRecord,
  ) {
    this.head = new RequestHead(req);
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
    const durationMs = performance.now() - this.#startedAt;
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
    });
  }
}

const EMPTY = Buffer.alloc(0);
const NO_LINES: readonly ConsoleLine[] = Object.freeze([]);
