/** Names the file that the probe writes to. */
export const PROBE_VARIABLE = 'CHAOS_PROBE';

/** What the probe tells of the gateway, after a collection of garbage. */
export interface Probed {
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  /** `Timeout`, `PipeWrap`, …: one for each that keeps the event loop alive. */
  readonly resources: readonly string[];
}
