/** What happens to the gateway from outside: instances are killed, files are saved. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { childrenOf } from '../measure/processes';
import type { Bed, Phase } from './bed';
import { rest } from './callers';
import { KINDS } from './kinds';
import { Random } from './random';
import type { Victim } from './victim';

const KILL_PAUSE_MS = 1_000;
/** Of the kills: one that has just begun a call. Most others sleep. */
const BUSY_SHARE = 0.7;
const TAIL_BYTES = 600;
const SAVE_PAUSE_MS = 7_000;
const SAVE_JITTER_MS = 6_000;

export interface Targets {
  readonly gatewayPid: number;
  readonly runsFile: string;
  readonly victim: Victim;
}

/** Spares too. Those of the victim are left alone: it shows what others do to it. */
export async function killInstances(
  bed: Bed,
  phase: Phase,
  { gatewayPid, runsFile, victim }: Targets,
): Promise<void> {
  const random = new Random(bed.seed, `${phase.name} kills`);
  while (!phase.stop.aborted) {
    await rest(random.pause(KILL_PAUSE_MS), phase.stop);
    const instances = childrenOf(gatewayPid).filter((pid) => isInstance(pid) && !victim.pids.has(pid));
    const busy = random.next() < BUSY_SHARE ? readLastPids(runsFile) : instances;
    const targets = instances.filter((pid) => busy.includes(pid));
    if (targets.length > 0 && !phase.stop.aborted) kill(bed, random.pick(targets));
  }
}

export async function saveFiles(bed: Bed, phase: Phase): Promise<void> {
  const random = new Random(bed.seed, `${phase.name} saves`);
  const rewritten = KINDS.filter(({ isRewritten }) => isRewritten);
  while (!phase.stop.aborted) {
    await rest(SAVE_PAUSE_MS + random.next() * SAVE_JITTER_MS, phase.stop);
    if (phase.stop.aborted) return;
    const kind = random.pick(rewritten);
    bed.builds.write(kind);
    bed.timeline.note('saved', kind.name);
  }
}

function kill({ ledger, timeline }: Bed, pid: number): void {
  const at = performance.now();
  try {
    process.kill(pid, 'SIGKILL');
    ledger.kills.push({ pid, at });
    timeline.note('killed', pid);
  } catch {
    // It ended in between.
  }
}

/** Those that ran a call last. */
function readLastPids(runsFile: string): number[] {
  const fd = openSync(runsFile, 'r');
  const tail = Buffer.alloc(TAIL_BYTES);
  const bytes = readSync(fd, tail, 0, TAIL_BYTES, Math.max(0, fstatSync(fd).size - TAIL_BYTES));
  closeSync(fd);
  const lines = tail.toString('latin1', 0, bytes).split('\n').slice(1, -1);
  return lines.map((line) => Number(line.split(' ')[1]));
}

function isInstance(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('runtime');
  } catch {
    return false;
  }
}
