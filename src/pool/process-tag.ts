/**
 * A number that every process has which an instance started, however it was started: the limit of file locks, which
 * Linux keeps for each process, passes on to children and has ignored since 2.4. A child that left its group and its
 * parents is still known by it; an ordinary user can lower it, but not set it back.
 */
import { randomInt } from 'node:crypto';

/** 15 digits, like no other number in `/proc/PID/limits`; the reaper takes nothing else. */
const LEAST = 100_000_000_000_000;
const MOST_RANGE = 2 ** 48 - 1;

export type ProcessTag = string;

export function createTag(): ProcessTag {
  return String(LEAST + randomInt(MOST_RANGE));
}

/** Of the text of `/proc/PID/limits`. */
export function tagIn(limits: string): ProcessTag | null {
  return /^Max file locks +(\d{15}) /m.exec(limits)?.[1] ?? null;
}
