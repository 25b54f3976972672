/** What becomes of the calls that were at an instance which is gone. */
import type { Reason } from './explain-end';
import type { Invocation } from './invocation';

/** How often a call may lose its instance before it started, until the pool stops trying. */
const MOST_LOST_STARTS = 3;

export interface EndOfCalls {
  /** Id of the last call that may have begun. */
  readonly lastStarted: number;
  readonly reason: Reason;
  /** It did not run there, and may run elsewhere. */
  readonly returned: (invocation: Invocation) => void;
  readonly failed: (invocation: Invocation) => void;
}

export function settleCalls(calls: readonly Invocation[], end: EndOfCalls): void {
  const { lastStarted, reason } = end;
  for (const invocation of calls) {
    const started = invocation.callId <= lastStarted;
    if (!started) invocation.lostStarts += 1;
    if (!started && !invocation.ended && invocation.lostStarts < MOST_LOST_STARTS) {
      end.returned(invocation);
      continue;
    }
    invocation.fail(started ? reason.code : 'HS_START_FAILED', reason.detail);
    end.failed(invocation);
  }
}
