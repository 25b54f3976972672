/** How much memory processes and the machine have. */
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

const PAGE_BYTES = 4096;
/** What an instance with the SDK, a request and some headroom takes (measured: 22 MB PSS idle). */
const INSTANCE_BYTES = 80 * 1024 * 1024;
const LEAST_INSTANCES = 8;
const MOST_INSTANCES = 256;

/** Resident bytes of a process, or `null` where the system does not tell (not Linux, or the process is gone). */
export function readResidentBytes(pid: number): number | null {
  try {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return resident === undefined ? null : Number(resident) * PAGE_BYTES;
  } catch {
    return null;
  }
}

/** The default of `--max-instances`: what the memory of this machine can hold. */
export function defaultMaxInstances(): number {
  const fits = Math.floor((totalmem() * 0.8) / INSTANCE_BYTES);
  return Math.min(MOST_INSTANCES, Math.max(LEAST_INSTANCES, fits));
}
