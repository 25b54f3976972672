/**
 * The invocation record: what is known of one request once it is over, as the console, `hookswitch logs`, files of
 * records and tests see it. OpenWhisk's activation record is the model. JSON throughout; secrets are redacted.
 */
import type { ErrorCode } from '../errors';
import type { Visibility } from './build';
import type { ConsoleLine } from './invocation';

/** A list shows these; `InvocationRecord` has them too. */
export interface InvocationSummary {
  /** `RQ` and 32 hex digits; the client got it as `Twilio-Request-Id`. */
  readonly id: string;
  /** Since the start of the gateway, from 1 on, in the order in which they came to their end. */
  readonly number: number;
  /** When request line and headers had arrived: UTC, ISO 8601 with milliseconds. */
  readonly time: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** File of the Function or Asset (`functions/sms/reply.js`), or `null` where none was reached. */
  readonly resource: string | null;
  readonly kind: 'function' | 'asset' | null;
  readonly status: number;
  readonly contentType: string | null;
  readonly error: ErrorCode | null;
  /** From the headers of the request to the end of the response. */
  readonly durationMs: number;
  /** `CA…` or `SM…`/`MM…` of the request, or `null`. */
  readonly callSid: string | null;
  readonly messageSid: string | null;
  /** `From` and `To` of the request, or `null`. */
  readonly from: string | null;
  readonly to: string | null;
  /** Lines that the Function wrote: how many, and the loudest of them. */
  readonly consoleLines: number;
  readonly loudest: ConsoleLine['level'] | null;
  /** Id of the invocation that this one repeats, or `null`. */
  readonly replayOf: string | null;
}

export interface InvocationRecord extends InvocationSummary {
  readonly visibility: Visibility | null;
  /** Id of the build that was live, or `null` where none was asked. */
  readonly build: string | null;
  /** What the client was told; `null` where nothing failed. */
  readonly reason: string | null;
  /** Cause, for the author; `null` where the code says it all or nothing failed. May have several lines. */
  readonly detail: string | null;
  readonly fix: string | null;
  /** Code that the vendor's debugger shows for the same event. */
  readonly vendorCode: number | null;
  /** `null` where no Function ran. */
  readonly timing: Timing | null;
  readonly remoteAddress: string | null;
  readonly request: RecordedMessage;
  readonly response: RecordedMessage;
  /** Query and form or JSON members as the Function saw them, without `request`; `null` where none was made or it is too large. */
  readonly parameters: Readonly<Record<string, unknown>> | null;
  readonly console: readonly ConsoleLine[];
  readonly consoleDroppedBytes: number;
  /** Written after the answer by what the call left behind. */
  readonly late: readonly ConsoleLine[];
}

/** Where the time went, ms; the parts add up to `durationMs`, give or take 1 ms. */
export interface Timing {
  /** From the headers to the last byte of the request, and what was decided about it. */
  readonly receiveMs: number;
  /** From the last byte of the request to when an instance took the call. */
  readonly waitMs: number;
  /** Start of the process and load of the module; 0 where it was warm. */
  readonly startMs: number;
  /** The handler, from its start to `callback`. */
  readonly runMs: number;
  /** Until the response was handed to the system. */
  readonly sendMs: number;
}

export interface RecordedMessage {
  /** As on the wire, in order, but for `Date`, `Connection` and `Keep-Alive` of responses; values of secrets are `***`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: RecordedBody | null;
}

export interface RecordedBody {
  /** Where all that is kept is valid UTF-8, else `null`. */
  readonly text: string | null;
  /** Where it is not text, else `null`. */
  readonly base64: string | null;
  /** Of the whole body, also where less is kept. */
  readonly bytes: number;
  readonly truncated: boolean;
}

/** Each member narrows; absent or empty ones do not. */
export interface InvocationFilter {
  /** `200`, `4xx`, `5xx`, `error` (any that failed), `ok` */
  readonly status?: string;
  /** Part of the file name or path. */
  readonly function?: string;
  readonly method?: string;
  /** `CA…`, `SM…`, `MM…`, `RQ…`, or a phone number. */
  readonly sid?: string;
  /** Text anywhere: target, console lines, error, parameters, bodies. Case does not matter. */
  readonly q?: string;
  /** Not before: ISO 8601. */
  readonly since?: string;
}
