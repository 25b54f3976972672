/** When a process is started that belongs to no Function yet, and whether it is prepared. */
import { pauseMs } from './pause';

export interface SpareView {
  /** Starts in a row that failed, and spares in a row that ended before anybody took them. */
  readonly failures: number;
  /** Since the last of them. */
  readonly sinceFailureMs: number;
}

/** One may have been killed by somebody. */
const FREE = 1;
/** Of spares that ended while or soon after they loaded what is usually needed, which may be the project's own code. */
const MOST_LOST = 2;

export function startsSpare({ failures, sinceFailureMs }: SpareView): boolean {
  return failures <= FREE || sinceFailureMs >= pauseMs(failures - FREE);
}

/** `lost`: spares in a row that ended although they had started well. */
export function mayPrepare(lost: number): boolean {
  return lost < MOST_LOST;
}
