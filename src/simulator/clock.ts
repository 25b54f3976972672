/** What time it is for the simulator. Calls have a timeline of their own that starts at `now()`: see `voice/timeline.ts`. */
export interface Clock {
  /** `virtual`: nobody waits, time jumps to what happens next. `real`: a second is a second. */
  readonly kind: 'virtual' | 'real';
  /** ms since 1970 */
  now(): number;
  /** A call that began at some time has come so far. Without effect on a real clock, and never backwards. */
  reach(now: number): void;
}

/** For tests and scripts. `advance` lets cookies and opt-outs grow old. */
export class VirtualClock implements Clock {
  readonly kind = 'virtual';
  #now: number;

  constructor(startMs = Date.UTC(2026, 0, 1, 9)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  reach(now: number): void {
    this.#now = Math.max(this.#now, now);
  }

  advance(ms: number): void {
    this.#now += Math.max(0, ms);
  }
}

export const REAL_CLOCK: Clock = { kind: 'real', now: () => Date.now(), reach: () => {} };
