/** What an instance and all that it started use of the machine, and whether that is too much. */
import type { Census } from './census';
import { readDescendants } from './descendants';
import type { Reason } from './explain-end';
import { FolderSize } from './folder-size';
import { readResidentBytes } from './memory';
import type { ProcessTag } from './process-tag';

export interface ResourceLimits {
  readonly memoryMb: number;
  /** Processes that an instance may have started and that run at a time. */
  readonly maxProcesses: number;
  readonly temporaryMb: number;
}

export interface Usage {
  readonly residentBytes: number;
  /** Beside the instance itself. */
  readonly processes: number;
  readonly temporaryBytes: number;
}

const MB = 1_048_576;

/** Of one instance. Where the system does not tell (not Linux), it uses nothing. */
export class UsageMeter {
  readonly #folder: FolderSize;

  constructor(
    private readonly pid: number,
    private readonly tag: ProcessTag,
    folder: string,
    private readonly limits: ResourceLimits,
    private readonly census: Census,
  ) {
    this.#folder = new FolderSize(folder, limits.temporaryMb * MB);
  }

  /** Costs about 10 us for an instance without children. */
  findExcess(now: number): Reason | null {
    return excessOf(this.#read(now), this.limits);
  }

  /** Of one that should be at rest. Workers and children that Node knows of, the runtime tells: these are others. */
  findLeftover(now: number): string | null {
    const { processes } = this.#read(now);
    return processes === 0 ? null : `${nameOf(processes)} that it started still ran after the answer`;
  }

  #read(now: number): Usage {
    this.census.refresh(now);
    this.#folder.refresh(now);
    const pids = new Set(readDescendants(this.pid, this.limits.maxProcesses));
    for (const pid of this.census.pidsOf(this.tag)) pids.add(pid);
    pids.delete(this.pid);
    let residentBytes = readResidentBytes(this.pid) ?? 0;
    let processes = 0;
    for (const pid of pids) {
      const bytes = readResidentBytes(pid);
      // Gone since the census.
      if (bytes === null) continue;
      residentBytes += bytes;
      processes += 1;
    }
    return { residentBytes, processes, temporaryBytes: this.#folder.bytes };
  }
}

/** The first limit that is passed. */
export function excessOf(usage: Usage, limits: ResourceLimits): Reason | null {
  const { residentBytes, processes, temporaryBytes } = usage;
  if (processes > limits.maxProcesses) {
    const detail = `${nameOf(processes)} that it started ran, the limit is ${limits.maxProcesses} (--max-processes)`;
    return { code: 'HS_TOO_MANY_PROCESSES', detail };
  }
  if (residentBytes > limits.memoryMb * MB) {
    const whose = processes === 0 ? 'it' : `it and ${nameOf(processes)} that it started`;
    const detail = `${whose} used ${toMb(residentBytes)} MB, the limit is ${limits.memoryMb} MB (--memory)`;
    return { code: 'HS_OUT_OF_MEMORY', detail };
  }
  if (temporaryBytes > limits.temporaryMb * MB) {
    const detail = `it had ${toMb(temporaryBytes)} MB in its temporary folder, the limit is ${limits.temporaryMb} MB (--temporary-space)`;
    return { code: 'HS_TEMPORARY_FOLDER_FULL', detail };
  }
  return null;
}

function nameOf(processes: number): string {
  return processes === 1 ? 'a process' : `${processes} processes`;
}

function toMb(bytes: number): number {
  return Math.round(bytes / MB);
}
