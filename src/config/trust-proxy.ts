import { isIP } from 'node:net';

/** Names of address ranges, as Express knows them; the gateway knows what lies in them. */
const RANGES = ['loopback', 'linklocal', 'uniquelocal'] as const;

export const TRUST_PROXY_ALLOWED =
  'true, false, or a list of addresses, ranges such as 10.0.0.0/8, loopback, linklocal and uniquelocal';

/** `true`: every address that cannot be on the internet. */
export function readTrustProxy(text: string): readonly string[] | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'true') return RANGES;
  if (word === 'false') return [];
  const entries = word.split(',').map((entry) => entry.trim());
  return entries.every(isAddressOrRange) ? entries : undefined;
}

function isAddressOrRange(entry: string): boolean {
  if (RANGES.some((name) => name === entry)) return true;
  const [address = '', prefix, ...rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}
