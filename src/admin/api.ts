/**
 * The admin API: what the console and `hookswitch logs`, `show` and `replay` talk to. JSON over HTTP on the console
 * port; every path below needs the session cookie (sent to `/api` alone) or `Authorization: Bearer <token>`, else 401
 * `HS_CONSOLE_DENIED`. What is not a GET needs `Content-Type: application/json` where it has a body, and comes from the console
 * itself. Types only: both sides import them.
 *
 * | Request | Answer |
 * | --- | --- |
 * | `GET /api/project` | `ProjectInfo` |
 * | `GET /api/settings` | `SettingsInfo` |
 * | `GET /api/invocations?limit&before&…InvocationFilter` | `InvocationPage`, newest first |
 * | `DELETE /api/invocations` | 204; forgets all |
 * | `GET /api/invocations/:id` | `InvocationRecord`, or 404 |
 * | `GET /api/invocations/:id/source` | `SourceExcerpt[]`: the author's lines that the error's stack names |
 * | `GET /api/invocations/:id/body?side=request|response` | the kept bytes, as `application/octet-stream` attachment |
 * | `POST /api/tickets` | `TicketAnswer`: a new link that opens the console; with the token only |
 * | `GET /api/events` | Server-Sent Events, one `ConsoleEvent` each (`data:` is JSON) |
 * | `POST /api/call` `CallRequest` | `InvocationRecord` of the call |
 * | `POST /api/invocations/:id/replay` `ReplayRequest` | `ReplayAnswer` |
 * | `POST /api/signature/explain` `ExplainRequest` | `SignatureExplanation` |
 * | `GET /api/phone` | `PhoneState` |
 * | `POST /api/phone/threads` `StartThread` | `ThreadView` |
 * | `POST /api/phone/threads/:id/texts` `TextRequest` | `ThreadView` |
 * | `POST /api/phone/calls` `StartCall` | `CallView` |
 * | `POST /api/phone/calls/:id/input` `CallInput` | `CallView` |
 * | `DELETE /api/phone/:id` | 204 |
 *
 * The types of the phone, and what its requests do, are in `phone-api.ts`. Its events, `text`, `call` and `phone forgot`, come
 * by `GET /api/events` as well: a `ConsoleEvent` may be a `PhoneEvent`.
 *
 * Errors are `ApiError` with a status of 4xx or 5xx.
 */
import type { Visibility } from '../model/build';
import type { ConsoleLevel, ConsoleLine } from '../model/invocation';
import type { InvocationRecord, InvocationSummary } from '../model/record';
import type { PhoneEvent } from './phone-api';

export interface ApiError {
  readonly code: string;
  readonly message: string;
}

export interface TicketAnswer {
  /** Works once, within minutes. */
  readonly url: string;
}

export interface ProjectInfo {
  /** Name of its folder. */
  readonly name: string;
  readonly root: string;
  readonly version: string;
  readonly node: string;
  readonly build: string;
  /** `http://localhost:3000` */
  readonly url: string;
  readonly publicUrl: string | null;
  readonly checkSignatures: boolean;
  readonly hasAuthToken: boolean;
  readonly functions: readonly ResourceInfo[];
  readonly assets: readonly ResourceInfo[];
  readonly problems: readonly { readonly file: string; readonly message: string }[];
}

export interface ResourceInfo {
  readonly path: string;
  /** `functions/sms/reply.protected.js` */
  readonly name: string;
  readonly visibility: Visibility;
  /** `null` for private ones. */
  readonly url: string | null;
}

export interface SettingsInfo {
  readonly options: readonly Setting[];
  /** What Functions see in `process.env`; values masked where secret. */
  readonly variables: readonly Setting[];
}

export interface Setting {
  /** `publicUrl`, `ACCOUNT_SID` */
  readonly name: string;
  /** As people read it; secrets are masked (`AC12…89`). */
  readonly value: string;
  readonly masked: boolean;
  /** `default`, `--port`, `HOOKSWITCH_PORT`, `.twilioserverlessrc: commands.start.port`, `.env:3`, `the host` */
  readonly source: string;
  /** What said something else and is not in force, nearest first. */
  readonly over: readonly { readonly value: string; readonly source: string }[];
  readonly help: string;
}

export type { InvocationFilter } from '../model/record';

export interface InvocationPage {
  readonly invocations: readonly InvocationSummary[];
  /** Pass as `before` for the next page; `null` at the end. */
  readonly next: string | null;
  /** How many are kept, and how many were seen since the start: the `number` of the newest one that was looked at. */
  readonly kept: number;
  readonly seen: number;
}

export type ConsoleEvent =
  | { readonly type: 'invocation'; readonly invocation: InvocationSummary }
  | {
      readonly type: 'late';
      readonly id: string | null;
      readonly resource: string;
      readonly line: ConsoleLine;
      /** Its place in `late` of its record; `null` where it is not kept there. */
      readonly at: number | null;
      /** Only the beginning of its text is told. */
      readonly isCut: boolean;
    }
  | {
      readonly type: 'reloaded';
      readonly build: string;
      readonly problem: string | null;
      /** From the first sign of the save. */
      readonly durationMs: number;
      /** Some of what was saved, relative to the project; and how many files in all. */
      readonly changed: readonly string[];
      readonly changedCount: number;
      /** How many of the Functions get new instances. */
      readonly reached: number;
    }
  | { readonly type: 'notice'; readonly level: ConsoleLevel; readonly message: string }
  | PhoneEvent
  | { readonly type: 'cleared' }
  /** So many invocations, and lines after an answer, were too fast to be told one by one: load the list again. */
  | { readonly type: 'missed'; readonly count: number; readonly lines: number };

export interface SourceExcerpt {
  /** Relative to the project. */
  readonly file: string;
  /** 1-based; `lines[0]` has the number `firstLine`. */
  readonly line: number;
  readonly firstLine: number;
  readonly lines: readonly string[];
}

export interface CallRequest {
  readonly method: 'GET' | 'POST' | 'HEAD' | 'OPTIONS' | string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** `''` for none. */
  readonly body: string;
  /** Adds `X-Twilio-Signature`, made with the auth token of the project. */
  readonly sign: boolean;
}

/** What differs from the recorded request; what is absent stays. It is always signed afresh where it was signed or the path is protected. */
export interface ReplayRequest {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

export interface ReplayAnswer {
  readonly original: InvocationRecord;
  readonly replay: InvocationRecord;
  /** What could not be the same: a body that was cut, a redacted header. */
  readonly warnings: readonly string[];
}

export type ExplainRequest =
  | { readonly id: string }
  | {
      readonly method: string;
      /** The whole URL as the sender called it. */
      readonly url: string;
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly body: string;
    };

export interface SignatureExplanation {
  readonly valid: boolean;
  /** The header as it came, or `null`. */
  readonly signature: string | null;
  /** The exact string that is signed for the URL as it was checked; never the token, never a signature. */
  readonly signedString: string;
  /** Every form that was tried, in order: those that are accepted, then what else was looked for. */
  readonly tried: readonly TriedForm[];
  /** For people: what would match, which proxy header or port is to blame, what to do. */
  readonly lines: readonly string[];
}

export interface TriedForm {
  readonly url: string;
  readonly matches: boolean;
  /** In what it differs from what is accepted, one sentence each; empty for an accepted form. */
  readonly differs: readonly string[];
}
