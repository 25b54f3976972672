/** Figures by name of a kind of Function or client: how many answers, of which status, how fast. */
import { Durations } from './durations';

export class Tally {
  readonly durations = new Durations();
  readonly #statuses = new Map<number, number>();

  /** Hot. `status` 0: there was no answer, and none was expected. */
  add(status: number, tookMs: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    this.durations.add(tookMs);
  }

  get statuses(): readonly (readonly [status: number, count: number])[] {
    return [...this.#statuses].sort(([a], [b]) => a - b);
  }
}

export class Tallies {
  readonly byName = new Map<string, Tally>();
  total = 0;

  /** Hot. */
  add(name: string, status: number, tookMs: number): void {
    this.total += 1;
    const known = this.byName.get(name);
    const tally = known ?? new Tally();
    if (known === undefined) this.byName.set(name, tally);
    tally.add(status, tookMs);
  }
}
