/** Whose turn it is when several Functions want what there is too little of: processes that start, and room. */

export interface Need {
  /** Instances that the Function has. */
  readonly instances: number;
  /** When the oldest of its calls that wait arrived. */
  readonly waitingSince: number;
}

/** An instance that has become free, in a pool without room. */
export interface Holding extends Need {
  /** How long it has belonged to its Function. */
  readonly heldMs: number;
  /** Instances that the Function keeps whatever happens. */
  readonly least: number;
}

/** Starting a process for a Function that has one turn, and another one for the next, must not be all that is done. */
const TURN_MS = 150;

/** The Function with the fewest instances goes first: more of the same is worth less. Among equals, who waits longest. */
export function goesBefore(one: Need, other: Need): boolean {
  if (one.instances !== other.instances) return one.instances < other.instances;
  return one.waitingSince < other.waitingSince;
}

/** Who goes before all others; `null`: there is nobody. */
export function firstInTurn<T extends Need>(needs: readonly T[]): T | null {
  let first: T | null = null;
  for (const need of needs) if (first === null || goesBefore(need, first)) first = need;
  return first;
}

/**
 * Whether a Function that has calls of its own gives an instance up for one that needs it more. Never back and forth:
 * either it has no fewer than the other one afterwards, or both have the room in turn.
 */
export function givesWay(holding: Holding, needy: Need): boolean {
  if (holding.instances <= holding.least) return false;
  if (holding.instances - needy.instances >= 2) return true;
  const isLast = holding.instances === 1 && needy.instances === 0;
  return isLast && holding.heldMs > TURN_MS && needy.waitingSince < holding.waitingSince;
}
