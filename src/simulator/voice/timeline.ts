/**
 * The time of one call, in ms since it began. Virtual: it stands still until somebody lets it pass. Real: as the clock
 * on the wall.
 */
export class Timeline {
  readonly isVirtual: boolean;
  readonly #started = performance.now();
  #virtualNow = 0;

  constructor(isVirtual: boolean) {
    this.isVirtual = isVirtual;
  }

  now(): number {
    return this.isVirtual ? this.#virtualNow : Math.round(performance.now() - this.#started);
  }

  /** Without effect on real time. */
  moveTo(now: number): void {
    this.#virtualNow = Math.max(this.#virtualNow, now);
  }
}
