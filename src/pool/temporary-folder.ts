/**
 * The names of the temporary folders: `hookswitch-PID-BIRTH-RANDOM-…`. The birth tells a process from a later one with
 * the same number, so that whoever finds a folder knows whether its owner still lives.
 */
import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { readProcStat } from './proc-file';

/** Field 22 of `/proc/PID/stat`, counted from the third, which is the first here. */
const START_FIELD = 19;
const NAME = /^hookswitch-([1-9]\d{0,9})-([0-9a-z]+)\.([0-9a-z]+)-/;

export interface Owner {
  readonly pid: number;
  /** Number of the PID namespace (a container has one of its own), base 36; `0` where the system has none. */
  readonly namespace: string;
  /** Ticks since the machine started, base 36; `0` where the system does not tell. */
  readonly birth: string;
}

/** The beginning of the names of one platform; what follows is its own choice. */
export function folderPrefix(): string {
  const { pid, namespace, birth } = ownProcess();
  return `hookswitch-${pid}-${namespace}.${birth}-${randomBytes(4).toString('hex')}-`;
}

/** `null` for a name of anything else. */
export function ownerOf(name: string): Owner | null {
  const [, pid, namespace, birth] = NAME.exec(name) ?? [];
  if (pid === undefined || namespace === undefined || birth === undefined) return null;
  return { pid: Number(pid), namespace, birth };
}

export function ownProcess(): Owner {
  return { pid: process.pid, namespace: readNamespace(), birth: readBirth('self') ?? '0' };
}

/** Whether this very process runs, not another one with its number. Only for those of our own PID namespace. */
export function isRunning({ pid, birth }: Owner): boolean {
  if (birth === '0') return mayBeRunning(pid);
  return readBirth(pid) === birth;
}

/** `null` also for one that has ended and that its parent has not asked for yet. */
function readBirth(pid: number | 'self'): string | null {
  const fields = readProcStat(pid);
  const ticks = fields?.[START_FIELD];
  if (ticks === undefined || fields?.[0] === 'Z' || fields?.[0] === 'X') return null;
  return Number(ticks).toString(36);
}

function readNamespace(): string {
  try {
    const [number] = /\d+/.exec(readlinkSync('/proc/self/ns/pid')) ?? [];
    return Number(number ?? 0).toString(36);
  } catch {
    return '0';
  }
}

function mayBeRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
