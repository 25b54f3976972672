/** `--since`: so long ago, or a time. */
import { CodedError } from '../errors';

export const SINCE_ALLOWED = 'a time as in 2026-11-24T08:00Z, or how long ago: 30s, 10m, 2h, 1d';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** ISO 8601, UTC. Throws `CodedError` (HS_USAGE). */
export function readSince(text: string, nowMs: number): string {
  const [, count, unit = ''] = /^(\d{1,6})\s*([smhd])$/i.exec(text.trim()) ?? [];
  const at =
    count === undefined ? Date.parse(text) : nowMs - Number(count) * (UNITS[unit.toLowerCase()] ?? 0);
  if (Number.isNaN(at) || at < 0) {
    throw new CodedError('HS_USAGE', `--since: ${JSON.stringify(text)} is not allowed: use ${SINCE_ALLOWED}`);
  }
  return new Date(at).toISOString();
}
