/** Ringing: until one of the dialled parties answers, none is left, nobody answers in time, or the caller hangs up. */
import { type Steps, wait } from '../effects';
import type { DialOutcome, DialStatus } from '../event';
import type { Leg } from '../leg';
import type { DialledLeg } from './dialled-leg';

export type Rung =
  | { readonly type: 'answered'; readonly by: DialledLeg }
  /** `last`: whose outcome it is. */
  | {
      readonly type: 'nobody';
      readonly status: Exclude<DialStatus, 'completed' | 'answered'>;
      readonly last: DialledLeg | null;
    }
  | { readonly type: 'caller hung up' };

export function* ring(legs: readonly DialledLeg[], timeoutMs: number, caller: Leg): Steps<Rung> {
  for (const leg of legs) yield* leg.ring();
  let ringing = [...legs];
  const until = caller.session.now() + timeoutMs;
  for (;;) {
    const remainingMs = until - caller.session.now();
    const parties = ringing.map(({ target }) => target.party);
    const input = yield* wait(remainingMs, { for: 'answer', parties, remainingMs });
    if (input.type === 'elapsed') return yield* nobody(ringing, 'no-answer');
    if (input.type === 'hang up') {
      yield* endAll(ringing, 'canceled');
      return { type: 'caller hung up' };
    }
    if (input.type !== 'outcome') {
      caller.interrupt(input);
      continue;
    }
    const chosen = ringing[input.party] ?? ringing[0];
    if (chosen === undefined) return { type: 'nobody', status: 'failed', last: null };
    ringing = ringing.filter((leg) => leg !== chosen);
    if (input.outcome === 'answered') {
      yield* chosen.answer();
      yield* endAll(ringing, 'canceled');
      return { type: 'answered', by: chosen };
    }
    yield* chosen.end(input.outcome);
    if (ringing.length === 0) return { type: 'nobody', status: input.outcome, last: chosen };
  }
}

function* nobody(ringing: readonly DialledLeg[], status: Exclude<DialOutcome, 'answered'>): Steps<Rung> {
  yield* endAll(ringing, status);
  return { type: 'nobody', status, last: ringing[0] ?? null };
}

function* endAll(legs: readonly DialledLeg[], status: DialOutcome | 'canceled'): Steps<void> {
  for (const leg of legs) yield* leg.end(status === 'answered' ? 'completed' : status);
}
