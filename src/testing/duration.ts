import { CodedError } from '../errors';

/** `'5 s'`, `'500 ms'`, `'2 min'`, or milliseconds. Throws `CodedError` (HS_TEST_USAGE). */
export function durationMs(duration: string | number): number {
  const [, amount, unit = 'ms'] = /^(\d+(?:\.\d+)?) *(ms|s|min)?$/.exec(String(duration).trim()) ?? [];
  if (amount !== undefined) return Number(amount) * (UNITS[unit] ?? 1);
  throw new CodedError(
    'HS_TEST_USAGE',
    `${JSON.stringify(duration)} is no time: write '5 s', '500 ms' or '2 min'`,
  );
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000 };
