/** What the machine is, and whether others are using it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { TICK_MS, treeCpuMs } from './processes';

/** A run during which others took more than this share of one core is thrown away. */
export const LOUD = 0.15;
const LOOK_MS = 300;
const PATIENCE_MS = 6_000;

export function describeMachine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const gib = Math.round(totalmem() / 1024 ** 3);
  const parts = [
    `${availableParallelism()} cores (${model})`,
    `${gib} GiB`,
    `Linux ${release()}`,
    `Node ${process.version}`,
    wrkVersion(),
    new Date().toISOString().slice(0, 10),
  ];
  return parts.join(', ');
}

/** Runs something and tells what share of a core others took meanwhile: neither we, nor what we started. */
export async function withOthersLoad<T>(work: () => Promise<T>): Promise<{ result: T; others: number }> {
  const before = othersBusyMs();
  const startedAt = performance.now();
  const result = await work();
  const elapsedMs = performance.now() - startedAt;
  return { result, others: Math.max(0, othersBusyMs() - before) / elapsedMs };
}

/** Waits until neither others nor what an earlier run left behind keep the machine busy, but not for ever. */
export async function waitForQuiet(): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const before = machineBusyMs();
    await sleep(LOOK_MS);
    if ((machineBusyMs() - before) / LOOK_MS < LOUD) return;
  }
}

function othersBusyMs(): number {
  return machineBusyMs() - treeCpuMs(process.pid);
}

/** Everything but idling and waiting for disks; stolen time counts as others'. */
function machineBusyMs(): number {
  const [line = ''] = readFileSync('/proc/stat', 'latin1').split('\n', 1);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK_MS;
}

function wrkVersion(): string {
  try {
    // wrk ends with 1 after telling its version.
    execFileSync('wrk', ['-v'], { stdio: ['ignore', 'pipe', 'ignore'] });
    return 'wrk';
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    return /^wrk \S+/.exec(output)?.[0] ?? 'wrk not installed';
  }
}
