/**
 * How often Functions are loaded in advance after a save. A module that writes into its project while it is loaded
 * would else save, be loaded, and save again for ever, although nobody calls it.
 */
const MOST_AT_ONCE = 10;
const EARNED_EACH_MS = 2_000;

export class WarmBrake {
  #left = MOST_AT_ONCE;
  #at = Number.NEGATIVE_INFINITY;

  /** Asked once for each save. */
  allows(now: number): boolean {
    this.#left = Math.min(MOST_AT_ONCE, this.#left + (now - this.#at) / EARNED_EACH_MS);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
