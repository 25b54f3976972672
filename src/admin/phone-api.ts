/**
 * The phone of the console: texts and calls to the project, played by the simulator inside of the gateway's program, in
 * real time. Types only: both sides import them. The same rules as for the rest of the admin API (`api.ts`) hold.
 *
 * | Request | Answer |
 * | --- | --- |
 * | `GET /api/phone` | `PhoneState`: all conversations |
 * | `POST /api/phone/threads` `StartThread` | `ThreadView`, empty |
 * | `POST /api/phone/threads/:id/texts` `TextRequest` | `ThreadView`; what comes of the text is told as events |
 * | `POST /api/phone/calls` `StartCall` | `CallView`; the call goes on by itself |
 * | `POST /api/phone/calls/:id/input` `CallInput` | `CallView` |
 * | `DELETE /api/phone/:id` | 204; hangs up, forgets the conversation |
 *
 * While it happens, `GET /api/events` tells `PhoneEvent`s.
 */
import type { FaultRule } from '../simulator/http/faults';
import type { DeliveryOutcome } from '../simulator/messaging/delivery';
import type { MessageEvent } from '../simulator/messaging/event';
import type { CallEvent, CallStatus, LegName, Waiting } from '../simulator/voice/event';

export type { CallEvent, CallStatus, DeliveryOutcome, FaultRule, LegName, MessageEvent, Waiting };

export interface PhoneState {
  /** What is suggested: numbers, and for texts and calls a path of the project, `null` where none can be told. */
  readonly defaults: PhoneDefaults;
  /** Paths that a webhook may have: Functions and Assets that can be reached. */
  readonly paths: readonly string[];
  readonly threads: readonly ThreadView[];
  readonly calls: readonly CallView[];
}

export interface PhoneDefaults {
  readonly from: string;
  readonly to: string;
  readonly smsPath: string | null;
  readonly voicePath: string | null;
}

export interface StartThread {
  /** Of the person. */
  readonly from: string;
  /** Of the project. */
  readonly to: string;
  /** A path of the project or a whole URL. */
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly fallbackUrl?: string;
  readonly faults?: readonly FaultRule[];
}

export interface TextRequest {
  readonly body: string;
  /** URLs. */
  readonly media?: readonly string[];
  readonly delivery?: DeliveryOutcome;
}

export interface ThreadView {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly url: string;
  /** Something is still under way. */
  readonly busy: boolean;
  /** In order; `at` is ms since 1970. The oldest are forgotten. */
  readonly events: readonly MessageEvent[];
}

export interface StartCall extends StartThread {
  readonly callerName?: string;
}

export interface CallView {
  /** The SID of the call. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly callerName: string | null;
  /** What goes wrong on purpose. */
  readonly faults: readonly FaultRule[];
  /** Asked where the webhook fails; `null`: nothing is. */
  readonly fallbackUrl: string | null;
  /** ms since 1970; `at` of events counts from here. */
  readonly startedAt: number;
  readonly status: CallStatus;
  readonly over: boolean;
  readonly waiting: Waiting | null;
  readonly events: readonly CallEvent[];
}

/** What somebody does. `leg`: who, the caller where it is absent. */
export type CallInput =
  | { readonly type: 'press'; readonly keys: string; readonly leg?: LegName }
  | { readonly type: 'speak'; readonly text: string; readonly leg?: LegName }
  | { readonly type: 'hang up'; readonly leg?: LegName }
  /** The dialled party; counted from 0. */
  | { readonly type: 'answer' | 'busy' | 'no answer' | 'fail'; readonly party?: number };

export type PhoneEvent =
  | {
      readonly type: 'text';
      readonly thread: Omit<ThreadView, 'events'>;
      readonly event: MessageEvent | null;
    }
  | { readonly type: 'call'; readonly call: Omit<CallView, 'events'>; readonly event: CallEvent | null }
  | { readonly type: 'phone forgot'; readonly id: string };
