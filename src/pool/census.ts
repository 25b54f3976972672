/**
 * Which processes carry the tags of instances, wherever they are: those that left their parents too. That means reading
 * all of /proc (8 us a process), so it is done only when processes were started on this machine since the last time.
 */
import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { readProcFile } from './proc-file';
import { type ProcessTag, tagIn } from './process-tag';

const PAUSE_MS = 500;
/** Of a machine with very many processes: a count takes at most this part of the time. */
const SHARE = 0.02;
/** Also where all is so slow that this is a larger part. */
const LONGEST_PAUSE_MS = 2_000;
/** Between two turns of the event loop; half a millisecond. */
const AT_ONCE = 64;

const NONE: readonly number[] = [];

export class Census {
  #pids = new Map<ProcessTag, number[]>();
  #nextAt = 0;
  #newestCounted = readNewestPid();

  /** As of the last count; the instance itself is among them. */
  pidsOf(tag: ProcessTag): readonly number[] {
    return this.#pids.get(tag) ?? NONE;
  }

  /** Starts a count where one is due. */
  refresh(now: number): void {
    if (now < this.#nextAt) return;
    this.#nextAt = now + PAUSE_MS;
    const newest = readNewestPid();
    if (newest === this.#newestCounted) return;
    this.#newestCounted = newest;
    // Until it ends and says when the next may come.
    this.#nextAt = Number.POSITIVE_INFINITY;
    void this.#count(now);
  }

  async #count(startedAt: number): Promise<void> {
    const { pids, workMs } = await countTagged();
    this.#pids = pids;
    this.#nextAt = startedAt + Math.min(LONGEST_PAUSE_MS, Math.max(PAUSE_MS, workMs / SHARE));
  }
}

/** Never fails: what cannot be read is not counted. */
async function countTagged(): Promise<{ readonly pids: Map<ProcessTag, number[]>; readonly workMs: number }> {
  const pids = new Map<ProcessTag, number[]>();
  const numbers = listPids();
  let workMs = 0;
  for (let at = 0; at < numbers.length; at += AT_ONCE) {
    const since = performance.now();
    for (const pid of numbers.slice(at, at + AT_ONCE)) addTagged(pids, pid);
    workMs += performance.now() - since;
    await setImmediate();
  }
  return { pids, workMs };
}

function addTagged(pids: Map<ProcessTag, number[]>, pid: number): void {
  const tag = tagIn(readProcFile(`/proc/${pid}/limits`) ?? '');
  if (tag === null) return;
  const known = pids.get(tag);
  if (known === undefined) pids.set(tag, [pid]);
  else known.push(pid);
}

function listPids(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return NONE;
  }
}

/** `0.20 0.18 0.12 1/147 8710`: the last number is that of the newest process or thread. */
function readNewestPid(): number | null {
  const newest = readProcFile('/proc/loadavg')?.split(' ')[4];
  return newest === undefined ? null : Number(newest);
}
