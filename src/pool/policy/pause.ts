/** How long nothing is tried again after something has failed so many times in a row, ms. */
export function pauseMs(failures: number): number {
  return failures <= 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
}

/** What has lived so long without a failure did not fail because of how it was started, ms. */
export const REAL_LIFE_MS = 5_000;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
