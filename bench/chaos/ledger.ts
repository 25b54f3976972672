/** What was asked and what came of it: everything that the checks at the end need to know. */
import type { Runs } from './kind';

/** An answer that is only right if the instance was killed from outside meanwhile. Times are of `performance.now`. */
export interface Suspect {
  readonly id: number;
  readonly what: string;
  readonly sentAt: number;
  readonly answeredAt: number;
}

export interface Kill {
  readonly pid: number;
  readonly at: number;
}

/** Something that must not happen. */
export interface Wrong {
  /** Of the request; 0: it belongs to none. */
  readonly id: number;
  readonly what: string;
}

const RUNS: readonly Runs[] = ['never', 'once', 'at most once'];
const INITIAL_IDS = 1 << 16;

export class Ledger {
  readonly suspects: Suspect[] = [];
  readonly kills: Kill[] = [];
  readonly wrong: Wrong[] = [];
  /** Index into `RUNS`, by id. */
  #allowed = new Uint8Array(INITIAL_IDS);
  #last = 0;

  /** Ids count from 1. */
  get lastId(): number {
    return this.#last;
  }

  /** A new request, whose handler may run as often as this. */
  open(runs: Runs): number {
    this.#last += 1;
    if (this.#last >= this.#allowed.length) this.#grow();
    this.#allowed[this.#last] = RUNS.indexOf(runs);
    return this.#last;
  }

  allowedRuns(id: number): Runs {
    return RUNS[this.#allowed[id] ?? 0] ?? 'never';
  }

  /** Nobody knows any more whether it ran. */
  allowNone(id: number): void {
    if (this.allowedRuns(id) === 'once') this.#allowed[id] = RUNS.indexOf('at most once');
  }

  blame(id: number, what: string): void {
    this.wrong.push({ id, what });
  }

  #grow(): void {
    const grown = new Uint8Array(2 * this.#allowed.length);
    grown.set(this.#allowed);
    this.#allowed = grown;
  }
}
