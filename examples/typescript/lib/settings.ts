import type { OpeningHours } from '@lib/opening-hours';

export interface Settings {
  readonly name: string;
  readonly hours: OpeningHours;
}

/** As if it came from a database: whoever imports this waits for it once, when the Function is loaded. */
async function readSettings(): Promise<Settings> {
  return { name: 'Owl & Sons', hours: { from: 9, to: 17 } };
}

export const settings = await readSettings();
