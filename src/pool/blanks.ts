/**
 * Starts processes, and keeps some ready that know no environment yet: their runtime waits for the first message. They
 * stand behind the spares of all pools, so that the next spare, also that of a build that was just saved, takes 3 ms
 * and not the 50 ms and more of a start.
 */
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Census } from './census';
import { type InstanceLimits, InstanceProcess } from './instance-process';
import type { Reaper } from './reaper';

export interface Stock {
  /** So many are kept ready. */
  readonly count: number;
  /** The start of the next one must not take the cores from what the last one was taken for. */
  readonly pauseMs: number;
  /** No process keeps ours alive. */
  readonly background: boolean;
  /** Modules that most Functions need: loaded before a process is taken. */
  readonly likely: readonly string[];
}

export const USUAL_STOCK: Stock = { count: 1, pauseMs: 500, background: false, likely: [] };

export class Blanks {
  #folder: string | null = null;
  readonly #census = new Census();
  #ready: InstanceProcess[] = [];
  #timer: NodeJS.Timeout | null = null;
  #counter = 0;
  #closed = false;

  constructor(
    private readonly limits: InstanceLimits,
    private readonly reaper: Reaper,
    private readonly stock: Stock = USUAL_STOCK,
  ) {}

  /** The one that is ready, else a new one. Throws what starting a process throws. */
  take(): InstanceProcess {
    const blank = this.#ready.shift() ?? this.#launch();
    this.#prepareSoon();
    return blank;
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
    return Promise.all(this.#ready.splice(0).map(ended)).then(() => {});
  }

  /** One at a time: together they would all be late. */
  #prepareSoon(): void {
    if (this.#closed || this.#ready.length >= this.stock.count) return;
    this.#timer ??= setTimeout(() => this.#prepare(), this.stock.pauseMs).unref();
  }

  #prepare(): void {
    this.#timer = null;
    if (this.#closed) return;
    try {
      this.#keep(this.#launch());
      this.#prepareSoon();
    } catch {
      // Whoever needs one tries again, and tells.
    }
  }

  /** One that dies before it is taken is nobody's loss; the next one is started when one is taken. */
  #keep(blank: InstanceProcess): void {
    this.#ready.push(blank);
    blank.onEnd(() => {
      const at = this.#ready.indexOf(blank);
      if (at === -1) return;
      this.#ready.splice(at, 1);
      blank.release();
    });
  }

  #launch(): InstanceProcess {
    this.#folder ??= this.reaper.makeFolder();
    this.#counter += 1;
    const { background, likely } = this.stock;
    return new InstanceProcess({
      id: this.#counter,
      folder: this.#folder,
      limits: this.limits,
      reaper: this.reaper,
      census: this.#census,
      compileCache: join(this.#folder, 'compiled'),
      background,
      likely,
    });
  }
}

function ended(blank: InstanceProcess): Promise<void> {
  blank.kill();
  return new Promise((resolve) => blank.onEnd(() => resolve()));
}
