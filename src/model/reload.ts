/** What became of a save. */
export interface Reload {
  /** From its first sign until it was live, or was known to be broken. */
  readonly durationMs: number;
  /** What was saved, relative to the project, in the order in which it was told. */
  readonly changed: readonly string[];
  /** How many Functions get new instances. */
  readonly reached: number;
}
