/** `--min-instances`: what is started and loaded before anybody calls it, and again after it died. */
export interface AdvanceView {
  /** Instances of the Function, starting ones included, and how many it should have. */
  readonly instances: number;
  readonly least: number;
  /** Of its instances that were started in advance and died before they were loaded, in a row. */
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

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export function startsInAdvance(view: AdvanceView): boolean {
  if (view.instances >= view.least || view.braked || view.total >= view.max) return false;
  return view.startingInPool < view.startLimit && view.sinceFailureMs >= pauseMs(view.failures);
}

function pauseMs(failures: number): number {
  return failures === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
}
