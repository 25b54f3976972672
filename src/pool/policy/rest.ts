/** Instances that nobody has used for this long are ended: their memory is for others. */
const IDLE_MS = 300_000;

/** `least`: instances that the Function keeps whatever happens. */
export function hasRestedEnough(restedMs: number, instances: number, least: number): boolean {
  return restedMs > IDLE_MS && instances > least;
}
