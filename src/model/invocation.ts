import type { ErrorCode } from '../errors';

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
}

/** Console output or an error of a call that had already been answered. */
export interface LateLine {
  /** The request that left it behind, or `null` where that is not known. */
  readonly requestId: string | null;
  readonly resource: string;
  readonly level: ConsoleLevel;
  readonly text: string;
}
