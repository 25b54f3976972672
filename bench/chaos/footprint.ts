/** What a run takes of the machine: the gateway, and everything that it or a Function started. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { pssMb, rssMb, treeOf } from '../measure/processes';
import type { Gateway } from './gateway';
import { RUNS_VARIABLE } from './kind';
import { countLeftFolders, type Grounds } from './project';

export interface Footprint {
  /** The gateway and what descends from it. */
  readonly processes: number;
  /** Processes of Functions that no longer descend from it. */
  readonly strays: number;
  readonly descriptors: number;
  readonly folders: number;
  readonly timers: number;
  /** Whatever else keeps the event loop of the gateway alive. */
  readonly handles: number;
  readonly heapMb: number;
  readonly rssMb: number;
  readonly pssMb: number;
}

export async function measureFootprint(gateway: Gateway, grounds: Grounds): Promise<Footprint> {
  const { pid } = gateway;
  const { heapUsed, external, resources } = await gateway.probe();
  const tree = treeOf(pid);
  const timers = resources.filter((name) => name === 'Timeout' || name === 'Immediate').length;
  return {
    processes: tree.length,
    strays: findProcesses(grounds).filter((one) => !tree.includes(one)).length,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    folders: countLeftFolders(grounds),
    timers,
    handles: resources.length - timers,
    heapMb: (heapUsed + external) / 1_048_576,
    rssMb: rssMb(pid),
    pssMb: pssMb(pid),
  };
}

/**
 * Every process of the run but the gateway, whoever its parent is now: it works in the folder of the run, or was
 * started with the variables of its project.
 */
export function findProcesses({ folder, projectRoot, runsFile }: Grounds): number[] {
  const mark = `${RUNS_VARIABLE}=${runsFile}`;
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && isAlive(pid))
    .filter((pid) => {
      const place = workingFolder(pid);
      if (place === folder) return false;
      return place?.startsWith(projectRoot) || read(`/proc/${pid}/environ`).includes(mark);
    });
}

export function describeProcess(pid: number): string {
  return `${pid} (${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 100)})`;
}

/** Zombies, which only wait for their parent to ask, have ended. */
function isAlive(pid: number): boolean {
  const text = read(`/proc/${pid}/stat`);
  const state = text.slice(text.lastIndexOf(')') + 2).charAt(0);
  return state !== '' && state !== 'Z' && state !== 'X';
}

function workingFolder(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null; // gone, or somebody else's
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
