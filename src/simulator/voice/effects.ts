/**
 * What a verb does is written as a generator that yields effects and gets their results: it decides, the call acts.
 * So verbs know neither sockets nor timers, and time can jump.
 */
import type { Reply, Webhook } from '../http/webhook';
import type { DialOutcome, LegName, Waiting } from './event';

export type Effect =
  /** -> `Reply` */
  | { readonly type: 'send'; readonly webhook: Webhook }
  /** -> nothing: a callback, which nobody waits for; sent after `delayMs`, in order. */
  | { readonly type: 'notify'; readonly webhook: Webhook; readonly delayMs: number }
  /** -> `Input`: what comes first */
  | {
      readonly type: 'wait';
      readonly ms: number;
      /** What is listened for; `null`: only that somebody hangs up. */
      readonly waiting: Waiting | null;
      /** Time passes by itself: the call speaks, and does not wait for anybody. */
      readonly passes: boolean;
    };

export type Input =
  | { readonly type: 'elapsed' }
  | { readonly type: 'digit'; readonly leg: LegName; readonly digit: string }
  | {
      readonly type: 'speech';
      readonly leg: LegName;
      readonly text: string;
      readonly confidence: number;
    }
  | { readonly type: 'hang up'; readonly leg: LegName }
  /** Of a party that is dialled; for a queue or a conference: somebody takes the call, joins. */
  | { readonly type: 'outcome'; readonly outcome: DialOutcome; readonly party: number };

export type Steps<T> = Generator<Effect, T, Reply | Input | undefined>;

/** Thrown out of a verb by an input that it does not handle itself. */
export class Interruption {
  constructor(readonly input: Exclude<Input, { readonly type: 'elapsed' }>) {}
}

export function* send(webhook: Webhook): Steps<Reply> {
  // The call answers a `send` with a Reply, and a `wait` with an Input.
  return (yield { type: 'send', webhook }) as Reply;
}

export function* notify(webhook: Webhook, delayMs = 0): Steps<void> {
  yield { type: 'notify', webhook, delayMs };
}

export function* wait(ms: number, waiting: Waiting | null, passes = false): Steps<Input> {
  return (yield { type: 'wait', ms, waiting, passes }) as Input;
}
