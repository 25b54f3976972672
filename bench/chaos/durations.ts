/** Each step is so much longer than the one before: the error of a quantile. */
const STEP = 1.03;
const SHORTEST_MS = 0.05;
const STEPS = 600;

/** Times of any number of requests in little memory. */
export class Durations {
  readonly #counts = new Uint32Array(STEPS);
  count = 0;
  maxMs = 0;

  /** Hot. */
  add(ms: number): void {
    const step = ms <= SHORTEST_MS ? 0 : Math.ceil(Math.log(ms / SHORTEST_MS) / Math.log(STEP));
    const at = Math.min(STEPS - 1, step);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.count += 1;
    if (ms > this.maxMs) this.maxMs = ms;
  }

  /** `share` 0.99 for p99. `NaN` where there are none. */
  quantileMs(share: number): number {
    let rest = Math.ceil(this.count * share);
    if (rest === 0) return Number.NaN;
    const at = this.#counts.findIndex((count) => {
      rest -= count;
      return rest <= 0;
    });
    return Math.min(this.maxMs, SHORTEST_MS * STEP ** at);
  }
}
