import type { Instance } from './instance';
import type { Invocation } from './invocation';

/** Calls at one instance, the running one included. */
const AHEAD = 8;
const AVERAGE_WEIGHT = 0.1;
const LONG_FIRST_MS = 250;
const FASTEST_WEIGHT = 0.0001;

/** What the pool knows of one Function, or of all together where they share instances. */
export class Lane {
  readonly queue: Invocation[] = [];
  readonly instances: Instance[] = [];
  /** The one at the end was used last: few hot instances beat many lukewarm ones. */
  readonly idle: Instance[] = [];
  /** Moving average of a call, ms; `null` before one was measured. */
  callMs: number | null = null;
  /** Of the cores, for a call. */
  #cpuMs: number | null = null;
  #fastestMs = Number.MAX_SAFE_INTEGER;

  constructor(readonly index: number) {}

  /**
   * First calls load what they touch first, so they say nothing, unless they are so long that this does not matter.
   * `cpuUs`: 0 where it was not measured.
   */
  measure(instance: Instance, now: number, cpuUs: number): void {
    const callMs = now - instance.resultSince;
    if (instance.served <= 1 && callMs < LONG_FIRST_MS) return;
    this.callMs = this.callMs === null ? callMs : average(this.callMs, callMs);
    // Slowly upwards, so that it follows a Function whose calls become longer.
    this.#fastestMs = Math.min(callMs, this.#fastestMs + (callMs - this.#fastestMs) * FASTEST_WEIGHT);
    if (cpuUs > 0) this.#cpuMs = this.#cpuMs === null ? cpuUs / 1000 : average(this.#cpuMs, cpuUs / 1000);
  }

  /**
   * How many instances could keep all cores busy. The fastest calls tell how long one takes when nothing is in its
   * way; on a busy machine the average would make work that needs the cores look like work that waits.
   */
  usefulInstances(cores: number): number | null {
    if (this.#cpuMs === null || this.callMs === null) return null;
    return Math.ceil((cores * this.#fastestMs) / this.#cpuMs);
  }

  /** The warm instance with the fewest calls that may take one more ahead. */
  leastBusy(): Instance | null {
    let best: Instance | null = null;
    for (const instance of this.instances) {
      if (instance.retiring || instance.served === 0 || !instance.mayGiveBack) continue;
      if (instance.pending.length >= AHEAD) continue;
      if (best === null || instance.pending.length < best.pending.length) best = instance;
    }
    return best;
  }

  remove(instance: Instance): void {
    remove(this.instances, instance);
    remove(this.idle, instance);
  }
}

export function average(before: number, value: number): number {
  return before + (value - before) * AVERAGE_WEIGHT;
}

function remove<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at !== -1) list.splice(at, 1);
}
