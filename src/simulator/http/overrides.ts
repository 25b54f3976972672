/**
 * What the fragment of a webhook's URL changes for its connection: `#rc=2&rp=5xx&ct=100`.
 * twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */

export interface ConnectionLimits {
  /** Until the TCP connection stands. */
  readonly connectMs: number;
  /** Until the first byte, and between two. */
  readonly readMs: number;
  /** For all attempts together. */
  readonly totalMs: number;
  readonly serverName: boolean;
}

export type RetryPolicy = '4xx' | '5xx' | 'ct' | 'rt' | 'all';

export interface Overrides extends ConnectionLimits {
  /** How often it is tried again: 0 to 5. */
  readonly retries: number;
  /** What counts as a failure that is worth it. */
  readonly policies: readonly RetryPolicy[];
  /** Parts that are not understood. */
  readonly ignored: readonly string[];
}

export const DEFAULT_OVERRIDES: Overrides = {
  connectMs: 5_000,
  readMs: 15_000,
  totalMs: 15_000,
  serverName: true,
  retries: 1,
  policies: ['ct'],
  ignored: [],
};

const POLICIES: readonly RetryPolicy[] = ['4xx', '5xx', 'ct', 'rt', 'all'];

/** `fragment` is what follows `#`, `''` for none. A value that is not allowed is ignored, as if it were not there. */
export function readOverrides(fragment: string): Overrides {
  let overrides = DEFAULT_OVERRIDES;
  for (const pair of fragment.split('&')) {
    if (pair === '') continue;
    const [name = '', value = ''] = pair.split('=');
    const changed = changeOf(name, value);
    overrides =
      changed === null
        ? { ...overrides, ignored: [...overrides.ignored, pair] }
        : { ...overrides, ...changed };
  }
  return overrides;
}

function changeOf(name: string, value: string): Partial<Overrides> | null {
  switch (name) {
    case 'ct':
      return within(value, 100, 10_000, (connectMs) => ({ connectMs }));
    case 'rt':
      return within(value, 100, 15_000, (readMs) => ({ readMs }));
    case 'tt':
      return within(value, 100, 15_000, (totalMs) => ({ totalMs }));
    case 'rc':
      return within(value, 0, 5, (retries) => ({ retries }));
    case 'rp':
      return policiesOf(value);
    case 'sni':
      return value === 'y' || value === 'n' ? { serverName: value === 'y' } : null;
    case 'e': // the edge that it leaves from: here there is one
      return {};
    default:
      return null;
  }
}

function within(
  value: string,
  least: number,
  most: number,
  change: (value: number) => Partial<Overrides>,
): Partial<Overrides> | null {
  const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  return number >= least && number <= most ? change(number) : null;
}

function policiesOf(value: string): Partial<Overrides> | null {
  const policies = value
    .split(',')
    .filter((word): word is RetryPolicy => POLICIES.some((policy) => policy === word));
  return policies.length === 0 ? null : { policies };
}
