import type { ErrorCode } from '../errors';
import type { Visibility } from './build';

export type ConsoleLevel = 'debug' | 'info' | 'warn' | 'error';

export interface ConsoleLine {
  readonly level: ConsoleLevel;
  /** As written by the Function: may hold line breaks and control characters; whoever prints it escapes them. */
  readonly text: string;
}

/** What happened to one request; made after the response was handed to the socket. */
export interface RequestRecord {
  /** `RQ` and 32 hex digits; also sent as the header `Twilio-Request-Id`. */
  readonly id: string;
  /** When the request line and headers had arrived, ms since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly method: string;
  /** Request target as sent (path and query), untrusted. */
  readonly target: string;
  readonly status: number;
  /** Media type of the response with its parameters, or `null`. */
  readonly contentType: string | null;
  /** File of the Function or Asset (`functions/sms/reply.js`), or `null` where none was reached. */
  readonly resource: string | null;
  readonly error: ErrorCode | null;
  /** Cause and what to do, for the author; may have several lines; may hold untrusted text. */
  readonly detail: string | null;
  readonly console: readonly ConsoleLine[];
  /** Bytes of console output that were dropped because they were over the limit. */
  readonly consoleDropped: number;
  /** `null` where records are not kept. */
  readonly traffic: Traffic | null;
}

/**
 * What went over the wire, for whoever wants to keep it (`records/`): references only, nothing is copied or joined to be told.
 * Bodies may be views into larger buffers. One shape.
 */
export interface Traffic {
  readonly remoteAddress: string | null;
  readonly remotePort: number;
  readonly kind: 'function' | 'asset' | null;
  readonly visibility: Visibility | null;
  readonly build: string | null;
  /** Name, value, name, value, … */
  readonly requestHeaders: readonly string[];
  readonly requestBody: KeptBody | null;
  /** Where `running` is told, only those that the Function set: the others are made from the record (`answerHeaders`). */
  readonly responseHeaders: readonly string[];
  /** Invocations when a Function answered; `null`: `responseHeaders` has all of them. */
  readonly running: number | null;
  readonly responseBody: KeptBody | null;
  readonly timing: CallTiming | null;
}

export interface KeptBody {
  /** Text has one character for each byte. The beginning of the body where that is longer than what is kept. */
  readonly content: Uint8Array | string;
  /** Of the whole body. */
  readonly bytes: number;
}

/** Of a call, whole microseconds since request line and headers were there; 0: it did not come to that. */
export interface CallTiming {
  /** The body too, and the call was given to the pool. */
  readonly queuedAt: number;
  /** A process took it, which may have had to start or to load the module. */
  readonly takenAt: number;
  /** The handler began. */
  readonly startedAt: number;
  /** The answer of the process was there, or its end. */
  readonly answeredAt: number;
  /** The response was handed to the system. */
  readonly sentAt: number;
}

/** Console output or an error of a call that had already been answered. */
export interface LateLine {
  /** The request that left it behind, or `null` where that is not known. */
  readonly requestId: string | null;
  readonly resource: string;
  readonly level: ConsoleLevel;
  readonly text: string;
}
