import type { ClaimFile } from './claim-file';
import type { Invocation } from './invocation';

/**
 * The calls that an instance was asked to give back, and which of them it may still say that it skipped. It comes past
 * calls in the order of their ids, so each one of them is skipped once, or ran.
 */
export class AskedBack {
  #first = 0;
  #last = 0;
  /** The last call that it answered or skipped. */
  #passed = 0;
  /** The last call that was taken and that it has not come past yet; 0: none. */
  #taken = 0;

  constructor(private readonly claims: ClaimFile) {}

  /** There is room for one range of calls that were taken; a second one would let those of the first run. */
  get isOpen(): boolean {
    return this.#taken === 0;
  }

  /** Takes what certainly has not started out of the calls that are there, but for the first `stay` of them. */
  take(pending: Invocation[], stay: number): Invocation[] {
    const first = pending[stay];
    const last = pending.at(-1);
    if (first === undefined || last === undefined || !this.isOpen) return [];
    // Where nothing of a range was taken, it may have skipped some of it all the same and not have said so yet.
    if (this.#passed >= this.#last) this.#first = first.callId;
    this.#last = last.callId;
    const claimed = this.claims.takeBack(first.callId, last.callId);
    const keep = pending.filter(({ callId }) => callId <= Math.max(claimed, first.callId - 1));
    const taken = pending.splice(keep.length);
    if (taken.length > 0) this.#taken = last.callId;
    return taken;
  }

  /** Whether it may come past this call without having run it. */
  covers(callId: number): boolean {
    return callId > this.#passed && callId >= this.#first && callId <= this.#last;
  }

  /** Hot. It has answered or skipped this call. */
  notePassed(callId: number): void {
    this.#passed = callId;
    if (callId === this.#taken) this.#taken = 0;
  }
}
