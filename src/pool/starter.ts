/** Makes instances of processes for a pool, and keeps a spare: one that is ready but belongs to no Function yet. */
import type { Build } from '../model/build';
import { encodeBoot, type Reading } from '../protocol/messages';
import type { Blanks } from './blanks';
import { bootOf } from './boot';
import { Instance, type InstanceEvents } from './instance';
import { average } from './lane';

export interface StarterOptions {
  readonly production: boolean;
  readonly reading: Reading;
  readonly blanks: Blanks;
}

/** Before anything was measured. */
const FIRST_GUESS_MS = 60;
/** After so many failures in a row nothing is started in advance any more, until a start succeeds. */
const MOST_FAILURES = 2;

export class Starter {
  /** Every process that is not gone yet. */
  readonly all = new Set<Instance>();
  /** How long a process takes to become ready: a moving average. */
  startMs = FIRST_GUESS_MS;
  #spare: Instance | null = null;
  #failures = 0;
  #closed = false;

  constructor(
    private readonly build: Build,
    private readonly options: StarterOptions,
    private readonly events: InstanceEvents,
    /** The machine did not let us start a process. */
    private readonly onFailure: (detail: string) => void,
  ) {}

  get hasReadySpare(): boolean {
    return this.#spare !== null && this.#spare.phase === 'idle';
  }

  /** Instances that belong to a Function; those about to end no longer count. */
  countOwned(): number {
    let count = 0;
    for (const instance of this.all) if (instance !== this.#spare && !instance.retiring) count += 1;
    return count;
  }

  countBusy(): number {
    let count = 0;
    for (const instance of this.all) if (instance.pending.length > 0) count += 1;
    return count;
  }

  countBooting(): number {
    let count = 0;
    for (const instance of this.all) if (instance.phase === 'booting') count += 1;
    return count;
  }

  prepareSpare(): void {
    if (this.#spare === null && !this.#closed && this.#failures <= MOST_FAILURES) this.#spare = this.#start();
  }

  /** The spare, booting or ready, else a new process; `null` where the machine does not let us. */
  take(): Instance | null {
    const instance = this.#spare ?? this.#start();
    this.#spare = null;
    return instance;
  }

  /** Nothing is started in advance any more. */
  stop(): void {
    this.#closed = true;
    this.#spare?.kill('HS_STOPPING', 'the pool is closing');
  }

  noteReady(instance: Instance): void {
    this.#failures = 0;
    if (instance.startMs !== null) this.startMs = average(this.startMs, instance.startMs);
    if (instance === this.#spare) instance.prepare();
  }

  noteGone(instance: Instance): void {
    this.all.delete(instance);
    if (this.#spare === instance) this.#spare = null;
    if (instance.readyAt === null && !this.#closed) this.#failures += 1;
    this.prepareSpare();
  }

  abandon(): void {
    this.#closed = true;
    for (const instance of this.all) instance.kill('HS_STOPPING', 'the gateway ended');
  }

  #start(): Instance | null {
    try {
      const { blanks, production, reading } = this.options;
      const process = blanks.take();
      const instance = new Instance(process, () => performance.now(), this.events);
      this.all.add(instance);
      instance.boot(encodeBoot(bootOf(this.build, production, reading, process.temporaryFolder)));
      return instance;
    } catch (error) {
      this.#failures += 1;
      this.onFailure(error instanceof Error ? error.message : String(error));
      return null;
    }
  }
}
