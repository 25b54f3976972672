/** How much memory processes and the machine have. */
import { totalmem } from 'node:os';
import { readProcFile } from './proc-file';

const PAGE_BYTES = 4096;
/** What an instance with the SDK, a request and some headroom takes (measured: 22 MB PSS idle). */
const INSTANCE_BYTES = 80 * 1024 * 1024;
const LEAST_INSTANCES = 8;
const MOST_INSTANCES = 256;
/** Resident without any heap of the author's: Node itself. */
const NODE_MB = 48;

/** Resident bytes of a process, or `null` where the system does not tell (not Linux, or the process is gone). */
export function readResidentBytes(pid: number): number | null {
  const resident = readProcFile(`/proc/${pid}/statm`)?.split(' ')[1];
  return resident === undefined ? null : Number(resident) * PAGE_BYTES;
}

/**
 * What V8 may use of the memory of an instance. With all of it, the collector lets garbage grow until the process is
 * over the limit although little of it is in use (measured at 256 MB: 252 MB resident, now 226). With much less, a
 * heap that overruns spends seconds in the collector before it passes any limit.
 */
function heapMb(memoryMb: number): number {
  return Math.round(Math.max(memoryMb - NODE_MB, memoryMb * 0.75));
}

/**
 * Flags for V8. Node 24 lets the space for new objects grow so far that a process with 40 MB in use had 266 MB resident;
 * 16 MB are the default of Node 20.
 */
export function heapFlags(memoryMb: number): readonly string[] {
  return [`--max-old-space-size=${heapMb(memoryMb)}`, '--max-semi-space-size=16'];
}

/** The default of `--max-instances`: what the memory of this machine can hold. */
export function defaultMaxInstances(): number {
  const fits = Math.floor((totalmem() * 0.8) / INSTANCE_BYTES);
  return Math.min(MOST_INSTANCES, Math.max(LEAST_INSTANCES, fits));
}
