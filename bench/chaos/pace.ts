/** How many of the callers that never rest may ask at a time: as many as the machine has time for. */
import { median } from '../measure/median';

const LOOK_MS = 250;
/** Half of the answers may take longer, until fewer ask. */
const QUICK_MS = 15;
const LEAST = 2;

export class Pace {
  active = LEAST;
  readonly #timer = setInterval(() => this.#look(), LOOK_MS);
  #tookMs: number[] = [];

  constructor(private readonly most: number) {}

  /** Hot. */
  note(tookMs: number): void {
    this.#tookMs.push(tookMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    // No answer at all: the machine is busy.
    const isQuick = median(this.#tookMs) < QUICK_MS;
    this.active = isQuick ? Math.min(this.most, this.active + 1) : Math.max(LEAST, this.active - 2);
    this.#tookMs = [];
  }
}
