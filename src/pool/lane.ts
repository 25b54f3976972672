import type { CallCost } from '../protocol/messages';
import type { Invocation } from './invocation';
import { mostAtOnce } from './policy/ahead';
import { type Debt, NO_DEBT } from './policy/brake';
import { isSlow } from './policy/slow';
import type { PoolInstance } from './pool-instance';

const AVERAGE_WEIGHT = 0.1;
const LONG_FIRST_MS = 250;
const MOST_TIMES_AVERAGE = 4;
const LEAST_OUTLIER_MS = 5;
const FASTEST_WEIGHT = 0.0001;

/** What the pool knows of one Function, or of all together where they share instances. */
export class Lane {
  readonly queue: Invocation[] = [];
  readonly instances: PoolInstance[] = [];
  /** The one at the end was used last: few hot instances beat many lukewarm ones. */
  readonly idle: PoolInstance[] = [];
  /** Moving average of a call, ms; `null` before one was measured. */
  callMs: number | null = null;
  debt: Debt = NO_DEBT;
  /** It is to have an instance before its next call, because it had one before something was saved. */
  warms = false;
  /** Of those that share this lane: the Functions that were called. */
  readonly called = new Set<number>();
  /** Attempts in a row to have an instance in advance that failed; and when the last one ended. */
  failedInAdvance = 0;
  failedInAdvanceAt = 0;
  /** Of the cores, for a call. */
  #cpuMs: number | null = null;
  /** Of a call, without its waiting for a core. */
  #ownMs: number | null = null;
  #fastestMs = Number.MAX_SAFE_INTEGER;

  constructor(
    readonly index: number,
    /** Instances that are kept whatever happens. */
    readonly least: number,
  ) {}

  /** Its code is another one from now on: what was learned of it says nothing any more. */
  forget(): void {
    this.callMs = null;
    this.debt = NO_DEBT;
    this.failedInAdvance = 0;
    this.#cpuMs = null;
    this.#ownMs = null;
    this.#fastestMs = Number.MAX_SAFE_INTEGER;
  }

  /** When the oldest call that waits arrived. */
  get waitingSince(): number {
    return this.queue[0]?.queuedAt ?? Number.POSITIVE_INFINITY;
  }

  /** First calls load what they touch first, so they say nothing, unless they are so long that this does not matter. */
  measure(instance: PoolInstance, now: number, { cpuUs, ownUs }: CallCost): void {
    const callMs = now - instance.resultSince;
    if (instance.served <= 1 && callMs < LONG_FIRST_MS) return;
    this.callMs = this.callMs === null ? callMs : averageCall(this.callMs, callMs);
    // Slowly upwards, so that it follows a Function whose calls become longer.
    this.#fastestMs = Math.min(callMs, this.#fastestMs + (callMs - this.#fastestMs) * FASTEST_WEIGHT);
    if (cpuUs === 0) return;
    this.#cpuMs = averageOf(this.#cpuMs, cpuUs / 1000);
    // Where the system does not tell, the fastest calls do.
    this.#ownMs = averageOf(
      this.#ownMs,
      ownUs === 0 ? Math.max(cpuUs / 1000, this.#fastestMs) : ownUs / 1000,
    );
  }

  /**
   * How long a call takes when nothing is in its way: on a busy machine the average of what passes would make work that
   * waits for a core look like work that waits for something else, and more instances would make it worse.
   */
  get ownMs(): number | null {
    return this.#ownMs ?? this.callMs;
  }

  /** How many instances could keep all cores busy. */
  usefulInstances(cores: number): number | null {
    if (this.#cpuMs === null || this.#ownMs === null) return null;
    return Math.ceil((cores * this.#ownMs) / this.#cpuMs);
  }

  /** How many cores its running calls take, if they are like those before them. */
  get busyCores(): number {
    if (this.#cpuMs === null || this.#ownMs === null) return 0;
    return (this.instances.length - this.idle.length) * Math.min(1, this.#cpuMs / this.#ownMs);
  }

  /** The warm instance at work with the fewest calls that may take one more ahead; an idle one is used, not sent ahead to. */
  leastBusy(now: number): PoolInstance | null {
    const most = mostAtOnce(this.ownMs);
    let best: PoolInstance | null = null;
    for (const instance of this.instances) {
      if (instance.retiring || instance.served === 0 || !instance.mayGiveBack) continue;
      const calls = instance.pending.length;
      if (calls === 0 || calls >= most || this.#isHeldUp(instance, now)) continue;
      if (best === null || calls < best.pending.length) best = instance;
    }
    return best;
  }

  /** Instances whose running call does not take far longer than usual. */
  countMoving(now: number): number {
    let count = 0;
    for (const instance of this.instances) if (!this.#isHeldUp(instance, now)) count += 1;
    return count;
  }

  /** Those that have no call and are not idle yet: they load in advance. */
  countComing(): number {
    let count = 0;
    for (const { pending, retiring } of this.instances) if (pending.length === 0 && !retiring) count += 1;
    return count - this.idle.length;
  }

  #isHeldUp({ phase, since }: PoolInstance, now: number): boolean {
    return phase === 'running' && isSlow(now - since, this.callMs ?? 0);
  }

  remove(instance: PoolInstance): void {
    remove(this.instances, instance);
    remove(this.idle, instance);
  }
}

/** A single call that takes seconds must not make a Function of short calls look like one of long calls. */
function averageCall(before: number, callMs: number): number {
  return average(before, Math.min(callMs, MOST_TIMES_AVERAGE * before + LEAST_OUTLIER_MS));
}

function averageOf(before: number | null, value: number): number {
  return before === null ? value : average(before, value);
}

export function average(before: number, value: number): number {
  return before + (value - before) * AVERAGE_WEIGHT;
}

function remove<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at !== -1) list.splice(at, 1);
}
