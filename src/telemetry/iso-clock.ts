/** Prints times as ISO 8601. Nearly all lines of a busy second share all but the milliseconds: those are printed once. */
export class IsoClock {
  #second = Number.NaN;
  #prefix = '';

  /** Hot. `at` is milliseconds since the epoch; a fraction is cut off. */
  text(at: number): string {
    const second = Math.floor(at / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#prefix = new Date(second * 1_000).toISOString().slice(0, -4);
    }
    const milliseconds = Math.floor(at - second * 1_000);
    if (milliseconds >= 100) return `${this.#prefix}${milliseconds}Z`;
    return `${this.#prefix}${milliseconds >= 10 ? '0' : '00'}${milliseconds}Z`;
  }
}
