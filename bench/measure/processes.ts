/** CPU time and memory of processes, as Linux tells them under /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** `getconf CLK_TCK`, which is 100 on every Linux that Node runs on. */
export const TICK_MS = 10;

/** A process and everything that it started, whatever group or session that is in. */
export function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

export function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) => numbersIn(read(`/proc/${pid}/task/${thread}/children`)));
}

/**
 * User and system time of a process and everything that it started, ms. That of children which have ended is
 * counted by the one who waited for them.
 */
export function treeCpuMs(pid: number): number {
  return treeOf(pid).reduce((sum, one) => sum + ownCpuMs(one), 0);
}

/** Time of one process and of its ended children, ms; 0 when it is gone. */
export function ownCpuMs(pid: number): number {
  const text = read(`/proc/${pid}/stat`);
  // The second field is the name, in parentheses; it may hold blanks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks * TICK_MS;
}

/** Proportional set size, MB: pages that processes share are divided among them, so sums are true. */
export function pssMb(pid: number): number {
  const line = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`));
  return Number(line?.[1] ?? 0) / 1024;
}

export function rssMb(pid: number): number {
  const line = /^Rss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`));
  return Number(line?.[1] ?? 0) / 1024;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function numbersIn(text: string): number[] {
  return text.split(' ').filter(Boolean).map(Number);
}

/** `''` for a process that is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
