/** A running call that takes this many times the average gives back what was sent behind it. */
const SLOW_FACTOR = 10;
const LEAST_SLOW_MS = 20;

/** `usualMs`: average of a call of this Function; 0 where it is not known. */
export function isSlow(elapsedMs: number, usualMs: number): boolean {
  return elapsedMs > LEAST_SLOW_MS && elapsedMs > SLOW_FACTOR * usualMs;
}
