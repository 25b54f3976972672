/** Two parties talk. Nothing is heard of it; it ends when one hangs up, by the star key, or at the time limit. */
import { type Steps, wait } from '../effects';
import type { Party } from '../event';
import type { Leg } from '../leg';

export type BridgeEnd = 'caller hung up' | 'callee hung up' | 'star' | 'time limit';

export interface Bridge {
  readonly party: Party;
  readonly timeLimitMs: number;
  readonly hangupOnStar: boolean;
}

export function* bridge({ party, timeLimitMs, hangupOnStar }: Bridge, caller: Leg): Steps<BridgeEnd> {
  caller.emit({ type: 'connected', party });
  const until = caller.session.now() + timeLimitMs;
  for (;;) {
    const remainingMs = until - caller.session.now();
    const waiting =
      party.kind === 'conference'
        ? ({ for: 'conference', conference: party.address, alone: false, remainingMs } as const)
        : ({ for: 'conversation', party, remainingMs } as const);
    const input = yield* wait(remainingMs, waiting);
    switch (input.type) {
      case 'elapsed':
        return 'time limit';
      case 'hang up':
        return input.leg === 'caller' ? 'caller hung up' : 'callee hung up';
      case 'digit':
        // "hangupOnStar lets the calling party hang up on the called party."
        if (hangupOnStar && input.leg === 'caller' && input.digit === '*') return 'star';
        break;
      default: // What they say to each other, and who else joins.
    }
  }
}
