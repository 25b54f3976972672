import { RUN_MS } from '../model/limits';

/** What Voice and Messaging wait for a webhook; a Function that is still running then answers nobody. */
export const CALLER_WAITS_MS = 15_000;

const SHORTEST_MS = 10;
const LONGEST_MS = 3_600_000;

/** The limit of the hosted platform: exactly 10 s (request-flow F12). */
export const TIMEOUT = {
  initial: RUN_MS,
  initialText: `${RUN_MS / 1_000} s`,
  allowed: 'seconds from 0.01 to 3600, as in 10, 2.5, 10s or 500ms',
} as const;

/** Reads `10`, `2.5`, `10s` and `500ms`; a bare number is seconds. */
export function readTimeout(text: string): number | undefined {
  const parts = /^(\d{1,9}(?:\.\d{1,6})?)\s*(s|ms)?$/.exec(text.trim());
  if (parts === null) return undefined;
  const milliseconds = Math.round(Number(parts[1]) * (parts[2] === 'ms' ? 1 : 1_000));
  return milliseconds >= SHORTEST_MS && milliseconds <= LONGEST_MS ? milliseconds : undefined;
}

export function warnOfTimeout(milliseconds: number): string | null {
  if (milliseconds <= CALLER_WAITS_MS) return null;
  return `--timeout ${milliseconds / 1_000}: the caller of a voice or messaging webhook waits ${CALLER_WAITS_MS / 1_000} s only; what a Function answers later reaches nobody`;
}
