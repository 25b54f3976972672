/** The process of an instance, and what goes with it: a temporary folder, a claim file, what watches what it uses. */
import { mkdirSync, rm } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Census } from './census';
import { ClaimFile } from './claim-file';
import { killGroup, type LaunchedProcess, launch } from './launch';
import { createTag } from './process-tag';
import type { Reaper } from './reaper';
import { type ResourceLimits, UsageMeter } from './usage';

export interface InstanceLimits extends ResourceLimits {
  readonly maxOpenFiles: number;
}

export interface ProcessSettings {
  readonly id: number;
  /** That of the process lies in it. */
  readonly folder: string;
  readonly limits: InstanceLimits;
  readonly reaper: Reaper;
  readonly census: Census;
  /** Where the runtime may keep what Node compiled; other processes find it there. */
  readonly compileCache: string;
  /** It does not keep our process alive. */
  readonly background?: boolean;
  /** Loaded before it knows what it runs; files and built-in modules. */
  readonly likely?: readonly string[];
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class InstanceProcess {
  readonly id: number;
  readonly memoryMb: number;
  readonly launchedAt = performance.now();
  readonly temporaryFolder: string;
  readonly claims: ClaimFile;
  readonly usage: UsageMeter;
  /** `null` while it lives. */
  exit: ExitStatus | null = null;
  readonly #launched: LaunchedProcess;

  /** Throws what starting a process throws. */
  constructor({ id, folder, limits, reaper, census, ...rest }: ProcessSettings) {
    this.id = id;
    this.memoryMb = limits.memoryMb;
    this.temporaryFolder = join(folder, `instance-${id}`);
    // Recursive: a cleaner of old temporary files may have taken the folder above.
    mkdirSync(this.temporaryFolder, { recursive: true, mode: 0o700 });
    this.claims = new ClaimFile(folder, `claims-${id}`);
    const tag = createTag();
    try {
      this.#launched = launch({ ...limits, ...rest, tag, claimFd: this.claims.fd });
    } catch (error) {
      this.release();
      throw error;
    }
    // Of one that waits to be used nobody else listens, and an error without a listener would end the gateway.
    for (const stream of [this.channel, this.stdout, this.stderr]) stream.on('error', () => stream.destroy());
    this.usage = new UsageMeter(this.pid, tag, this.temporaryFolder, limits, census);
    if (this.pid !== 0) reaper.add(this.pid, tag);
    this.#launched.child.on('exit', (code, signal) => {
      this.exit = { code, signal };
      killGroup(this.#launched.child);
      reaper.remove(this.pid);
    });
    this.#launched.child.on('error', () => {
      // It did not start at all; one that runs could only not be sent a signal.
      if (this.pid === 0) this.exit ??= { code: null, signal: null };
    });
  }

  /** 0: it did not start. */
  get pid(): number {
    return this.#launched.child.pid ?? 0;
  }

  get channel(): Socket {
    return this.#launched.channel;
  }

  get stdout(): Readable {
    return this.#launched.stdout;
  }

  get stderr(): Readable {
    return this.#launched.stderr;
  }

  /** Calls back when it is gone; `failure` where it did not start. */
  onEnd(listener: (failure: Error | null) => void): void {
    const { child } = this.#launched;
    child.once('exit', () => listener(null));
    child.once('error', (error) => {
      if (this.pid === 0) listener(error);
    });
  }

  /** SIGKILL to the whole group. */
  kill(): void {
    // Once it is gone, its id may be another process's.
    if (this.exit === null) killGroup(this.#launched.child);
  }

  /** Once it is gone. */
  release(): void {
    this.claims.close();
    // Children may write until the reaper has found them.
    rm(this.temporaryFolder, { recursive: true, force: true, maxRetries: 5 }, () => {});
  }
}
