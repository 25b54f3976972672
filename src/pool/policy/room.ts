/** Who gets the room when all of it is taken. */
import type { Instance } from './instance';
import type { Lane } from './lane';

/**
 * The idle instance of another Function that was used least recently. Only one that sleeps: what its last call still
 * writes to the log after the answer would be lost.
 */
export function findEvictable(lanes: readonly Lane[], lane: Lane): Instance | null {
  let oldest: Instance | null = null;
  for (const other of lanes) {
    const candidate = other.idle[0];
    if (other === lane || candidate === undefined) continue;
    if ((oldest === null || candidate.since < oldest.since) && candidate.isFrozen()) oldest = candidate;
  }
  return oldest;
}

/** A Function without any instance has waited longer than what waits here: a busy one must not starve it. */
export function isNeededElsewhere(lanes: readonly Lane[], lane: Lane): boolean {
  const waitingSince = lane.queue[0]?.queuedAt ?? Number.POSITIVE_INFINITY;
  return lanes.some((other) => {
    const first = other.queue[0];
    return first !== undefined && other.instances.length === 0 && first.queuedAt < waitingSince;
  });
}
