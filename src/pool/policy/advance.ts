/** `--min-instances`: what is started and loaded before anybody calls it, and again after it died. */
import { pauseMs, REAL_LIFE_MS } from './pause';

export interface AdvanceView {
  /** Instances of the Function, starting ones included, and how many it should have. */
  readonly instances: number;
  readonly least: number;
  /** Attempts in a row that were of no use: see `failuresAfterEnd`. */
  readonly failures: number;
  /** Since the last of them. */
  readonly sinceFailureMs: number;
  /** Its processes keep dying: it gets no new one now. */
  readonly braked: boolean;
  /** Processes of the pool, and how many there may be. */
  readonly total: number;
  readonly max: number;
  /** Processes of the pool that are starting at this moment, and how many may. */
  readonly startingInPool: number;
  readonly startLimit: number;
}

export function startsInAdvance(view: AdvanceView): boolean {
  if (view.instances >= view.least || view.braked || view.total >= view.max) return false;
  return view.startingInPool < view.startLimit && view.sinceFailureMs >= pauseMs(view.failures);
}

/** An instance that was started in advance and ended. `null`: it was not loaded yet. */
export interface EndedInstance {
  readonly loadedForMs: number | null;
  /** Calls that it answered. */
  readonly served: number;
}

/** One that answered a call, or stood ready for a while, was worth its start; else the next one would end as well. */
export function failuresAfterEnd(failures: number, { loadedForMs, served }: EndedInstance): number {
  return served > 0 || (loadedForMs ?? 0) >= REAL_LIFE_MS ? 0 : failures + 1;
}

/** Which Functions there are. */
export interface Callables {
  readonly functions: number;
  readonly shared: boolean;
  readonly minInstances: number;
  readonly uncallable: ReadonlySet<number>;
}

/** How many instances a Function should always have; where all share them, the one list of instances has that many. */
export function leastOf({ shared, uncallable, minInstances }: Callables, index: number): number {
  return !shared && uncallable.has(index) ? 0 : minInstances;
}

export function callableOf({ functions, uncallable }: Callables): readonly number[] {
  return [...Array(functions).keys()].filter((index) => !uncallable.has(index));
}
