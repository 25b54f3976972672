import type { Instance } from './instance';
import type { Invocation } from './invocation';

/** Calls at one instance, the running one included. */
const AHEAD = 8;
const AVERAGE_WEIGHT = 0.1;

/** What the pool knows of one Function, or of all together where they share instances. */
export class Lane {
  readonly queue: Invocation[] = [];
  readonly instances: Instance[] = [];
  /** The one at the end was used last: few hot instances beat many lukewarm ones. */
  readonly idle: Instance[] = [];
  /** Moving average of a call, ms; `null` before one was measured. */
  callMs: number | null = null;

  constructor(readonly index: number) {}

  /** First calls are left out: they hold the loading of the module. */
  measure(instance: Instance, now: number): void {
    if (instance.served <= 1) return;
    const callMs = now - instance.resultSince;
    this.callMs = this.callMs === null ? callMs : average(this.callMs, callMs);
  }

  /** The warm instance with the fewest calls that may take one more ahead. */
  leastBusy(): Instance | null {
    let best: Instance | null = null;
    for (const instance of this.instances) {
      if (instance.retiring || instance.served === 0 || instance.pending.length >= AHEAD) continue;
      if (best === null || instance.pending.length < best.pending.length) best = instance;
    }
    return best;
  }

  /** Instances that have not answered yet. */
  countStarting(): number {
    let count = 0;
    for (const instance of this.instances) if (instance.served === 0) count += 1;
    return count;
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
