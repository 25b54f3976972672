/**
 * Starts processes, and keeps one ready that knows no environment yet: its runtime waits for the first message. It
 * stands behind the spares of all pools, so that the next spare, also that of a build that was just saved, takes 3 ms
 * and not the 50 ms and more of a start.
 */
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Census } from './census';
import { type InstanceLimits, InstanceProcess } from './instance-process';
import type { Reaper } from './reaper';

/** The start of the next one must not take the cores from what the last one was taken for. */
const PAUSE_MS = 500;

export class Blanks {
  #folder: string | null = null;
  readonly #census = new Census();
  #ready: InstanceProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #counter = 0;
  #closed = false;

  constructor(
    private readonly limits: InstanceLimits,
    private readonly reaper: Reaper,
  ) {}

  /** The one that is ready, else a new one. Throws what starting a process throws. */
  take(): InstanceProcess {
    this.#timer ??= setTimeout(() => this.#prepare(), PAUSE_MS).unref();
    const ready = this.#ready;
    this.#ready = null;
    return ready ?? this.#launch();
  }

  /** Once no pool needs processes any more. Resolves when the last process and the temporary folders are gone. */
  async close(): Promise<void> {
    await this.#stop();
    if (this.#folder === null) return;
    // What cannot be deleted now is swept at the next start.
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
  }

  /** The same for the end of our process, which waits for nothing. */
  abandon(): void {
    void this.#stop();
    if (this.#folder === null) return;
    try {
      rmSync(this.#folder, { recursive: true, force: true });
    } catch {
      // A process that is dying may still have written into it: nobody waits for that any more.
    }
  }

  #stop(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const ready = this.#ready;
    if (ready === null) return Promise.resolve();
    ready.kill();
    return new Promise((resolve) => ready.onEnd(() => resolve()));
  }

  #prepare(): void {
    this.#timer = null;
    if (this.#closed || this.#ready !== null) return;
    try {
      this.#keep(this.#launch());
    } catch {
      // Whoever needs one tries again, and tells.
    }
  }

  /** One that dies before it is taken is nobody's loss; the next one is started when one is taken. */
  #keep(blank: InstanceProcess): void {
    this.#ready = blank;
    blank.onEnd(() => {
      if (this.#ready !== blank) return;
      this.#ready = null;
      blank.release();
    });
  }

  #launch(): InstanceProcess {
    this.#folder ??= this.reaper.makeFolder();
    this.#counter += 1;
    return new InstanceProcess({
      id: this.#counter,
      folder: this.#folder,
      limits: this.limits,
      reaper: this.reaper,
      census: this.#census,
      compileCache: join(this.#folder, 'compiled'),
    });
  }
}
