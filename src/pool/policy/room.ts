/** Who gets the room when all of it is taken: no Function keeps another one out. */

export interface RoomView {
  /** Processes of the pool that author's code runs in or will; spares are not counted. */
  readonly total: number;
  readonly max: number;
  /** Instances of the Function that wants one more. */
  readonly instances: number;
  /** Functions that have none. */
  readonly without: number;
  /** An idle instance of another Function may go for it: see `findVictim`. */
  readonly victim: boolean;
}

/** An instance that nobody uses just now. */
export interface Resting {
  /** Since when. */
  readonly since: number;
  /** It sleeps. What the last call of one that does not may still write to the log would be lost. */
  isFrozen(): boolean;
}

export interface Owner<T extends Resting> {
  readonly instances: readonly unknown[];
  /** The one at the end was used last. */
  readonly idle: readonly T[];
  /** Instances that it keeps whatever happens. */
  readonly least: number;
}

/** A small pool is too small to keep anything free. */
const SMALL = 4;
/** Of the pool, so that a Function that needs all of it (each call waits for seconds) leaves room for others. */
const RESERVED_SHARE = 1 / 8;
/** The only instance of a Function that was used within this time is in use: it has calls now and then. */
const IN_USE_MS = 5_000;

export function hasRoom(view: RoomView): boolean {
  const kept = view.instances === 0 ? 0 : reservedOf(view);
  return view.total + kept < view.max || view.victim;
}

/** What only Functions that have no instance yet may take. */
function reservedOf({ max, without }: RoomView): number {
  return max < SMALL ? 0 : Math.min(without, Math.max(1, Math.floor(max * RESERVED_SHARE)));
}

/**
 * The idle instance of another Function that was used least recently. For a further instance no other Function loses
 * its only one, unless that is out of use: else a slow Function would take it between two calls of a fast one.
 */
export function findVictim<T extends Resting>(
  owners: readonly Owner<T>[],
  wanting: Owner<T>,
  now: number,
): T | null {
  let oldest: T | null = null;
  for (const owner of owners) {
    const candidate = owner.idle[0];
    if (owner === wanting || candidate === undefined || owner.instances.length <= owner.least) continue;
    if (wanting.instances.length > 0 && owner.instances.length === 1 && now - candidate.since < IN_USE_MS)
      continue;
    if ((oldest === null || candidate.since < oldest.since) && candidate.isFrozen()) oldest = candidate;
  }
  return oldest;
}
