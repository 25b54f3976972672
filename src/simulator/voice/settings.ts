import type { ConversationOptions } from '../options';
import type { CallEvent, DialOutcome } from './event';

export interface CallOptions extends ConversationOptions {
  /**
   * `inbound`: the person calls the project. `outbound-api`: the project calls the person (`from` is then still the
   * person), who answers unless `answer` says otherwise.
   */
  readonly direction?: 'inbound' | 'outbound-api';
  readonly answer?: DialOutcome;
  readonly callerName?: string;
  readonly forwardedFrom?: string;
  readonly statusCallback?: string;
  readonly statusCallbackMethod?: 'GET' | 'POST';
  /** Of `initiated`, `ringing`, `answered`, `completed`. Default: `completed`, as for the calls of a number. */
  readonly statusCallbackEvent?: readonly string[];
  /**
   * With a virtual clock. `turns`: the call goes on until somebody has to do something. `steps`: it stops after each
   * thing that is heard, so that one can interrupt; `step()` goes on.
   */
  readonly pace?: 'turns' | 'steps';
  /** Told of everything at once, while it happens. */
  readonly onEvent?: (event: CallEvent) => void;
}

/** twilio.com/docs/voice/api/call-resource, TimeLimit: 4 hours. */
export const LONGEST_CALL_MS = 4 * 60 * 60 * 1_000;
/** Ours: a call that asks for more is in a loop. */
export const MOST_DOCUMENTS = 250;
/** Ours: documents one after the other without anything that takes time. */
export const MOST_DOCUMENTS_AT_ONCE = 50;
export const MOST_EVENTS = 10_000;
