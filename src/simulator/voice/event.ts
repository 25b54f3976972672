/** What happens in a simulated call, in the order in which it happens, and what it waits for. Public. */
import type { Exchange } from '../http/exchange';
import type { Problem } from '../problem';

/** Whose ear and keypad: the one who called, or the party that was dialled. */
export type LegName = 'caller' | 'callee';

export type CallStatus =
  | 'queued'
  | 'initiated'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'failed'
  | 'no-answer'
  | 'canceled';

export type EndReason =
  | 'caller hung up'
  | 'no more verbs'
  | 'Hangup'
  | 'Reject'
  | 'not answered'
  | 'error'
  | 'too many documents'
  | 'time limit'
  | 'closed';

/** Who is dialled. */
export interface Party {
  readonly kind: 'number' | 'client' | 'sip' | 'queue' | 'conference' | 'application';
  /** `+14155550100`, `jenny`, `sip:jack@example.com`, the name of a queue or conference. */
  readonly address: string;
  readonly callSid: string;
}

export type DialOutcome = 'answered' | 'busy' | 'no-answer' | 'failed';
export type DialStatus = 'completed' | 'answered' | 'busy' | 'no-answer' | 'failed' | 'canceled';

/** Common to all events. */
interface When {
  /** ms since the call began. */
  readonly at: number;
  readonly leg: LegName;
}

export type CallEvent = When & CallEventBody;

export type CallEventBody =
  | { readonly type: 'status'; readonly status: CallStatus; readonly sid: string }
  | { readonly type: 'request'; readonly exchange: Exchange }
  | {
      readonly type: 'said';
      readonly text: string;
      readonly voice: string | null;
      readonly language: string | null;
      /** How often; 0: until the call ends. */
      readonly times: number;
      /** All times together; 0 where it does not end. */
      readonly durationMs: number;
    }
  | { readonly type: 'played'; readonly url: string; readonly times: number; readonly durationMs: number }
  | { readonly type: 'tones'; readonly digits: string; readonly durationMs: number }
  | { readonly type: 'paused'; readonly durationMs: number }
  | {
      readonly type: 'gathering';
      readonly input: readonly ('dtmf' | 'speech')[];
      readonly numDigits: number | null;
      readonly finishOnKey: string;
      readonly timeoutMs: number;
      readonly hints: readonly string[];
    }
  | {
      readonly type: 'gathered';
      readonly digits: string;
      readonly speech: string | null;
      readonly confidence: number | null;
      readonly why: 'finish key' | 'number of digits' | 'timeout' | 'speech' | 'nothing';
    }
  | {
      readonly type: 'recording';
      readonly maxLengthMs: number;
      readonly timeoutMs: number;
      readonly finishOnKey: string;
      readonly beep: boolean;
    }
  | {
      readonly type: 'recorded';
      readonly sid: string;
      readonly url: string;
      readonly durationMs: number;
      /** What was spoken meanwhile: what a transcription makes of it. */
      readonly text: string;
      readonly why: 'finish key' | 'silence' | 'maximum length' | 'hang up' | 'end of the call';
    }
  | {
      readonly type: 'dialling';
      readonly parties: readonly Party[];
      readonly callerId: string;
      readonly timeoutMs: number;
    }
  | { readonly type: 'connected'; readonly party: Party }
  | {
      readonly type: 'dialled';
      readonly party: Party | null;
      readonly status: DialStatus;
      readonly durationMs: number;
    }
  | { readonly type: 'queued'; readonly queue: string }
  | {
      readonly type: 'left queue';
      readonly queue: string;
      readonly result: string;
      readonly durationMs: number;
    }
  | { readonly type: 'joined conference'; readonly conference: string }
  | { readonly type: 'left conference'; readonly conference: string; readonly durationMs: number }
  | { readonly type: 'pressed'; readonly digits: string }
  | { readonly type: 'spoke'; readonly text: string }
  /** Keys or words that nobody listened to. */
  | { readonly type: 'ignored'; readonly input: string }
  | { readonly type: 'hung up' }
  /** A verb that is only marked, not carried out: `Pay`, `Connect`, `Stream`, … */
  | { readonly type: 'stand-in'; readonly verb: string; readonly text: string }
  | { readonly type: 'problem'; readonly problem: Problem }
  | {
      readonly type: 'ended';
      readonly reason: EndReason;
      readonly status: CallStatus;
      readonly durationMs: number;
    };

export type CallEventType = CallEventBody['type'];

/** What has to happen before the call goes on; with a virtual clock time stands still meanwhile. */
export type Waiting =
  | {
      readonly for: 'input';
      readonly leg: LegName;
      readonly input: readonly ('dtmf' | 'speech')[];
      /** Keys that were pressed so far. */
      readonly digits: string;
      readonly remainingMs: number;
    }
  | { readonly for: 'recording'; readonly leg: LegName; readonly remainingMs: number }
  | { readonly for: 'answer'; readonly parties: readonly Party[]; readonly remainingMs: number }
  /** Two parties talk: until one hangs up, or the time limit. */
  | { readonly for: 'conversation'; readonly party: Party; readonly remainingMs: number }
  /** What is said or played has no end. */
  | { readonly for: 'hang up' }
  /** In a queue until somebody takes the call, or in a conference: `alone` until somebody joins, then until it ends. */
  | { readonly for: 'agent'; readonly queue: string }
  | {
      readonly for: 'conference';
      readonly conference: string;
      readonly alone: boolean;
      readonly remainingMs: number;
    };
