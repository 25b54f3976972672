/** Makes instances of processes for a pool, and keeps a spare: one that is ready but belongs to no Function yet. */

import type { Build } from '../model/build';
import { findNewModules } from '../model/build-difference';
import type { InspectorSettings } from '../protocol/inspector';
import { encodeBoot, type Reading } from '../protocol/messages';
import type { OutboundHook } from '../protocol/outbound';
import type { Blanks } from './blanks';
import { bootOf } from './boot';
import type { InspectorPorts } from './inspector-ports';
import { Instance } from './instance';
import type { InstanceEvents } from './instance-events';
import { average } from './lane';
import { REAL_LIFE_MS } from './policy/pause';
import { mayPrepare, startsSpare } from './policy/spare';

export interface StarterOptions {
  readonly production: boolean;
  readonly reading: Reading;
  /** Newer builds may come, and a part of the instances go on with them. */
  readonly live: boolean;
  readonly blanks: Blanks;
  /** In tests. */
  readonly outbound?: OutboundHook | undefined;
  /** Every process is debugged, and needs one of these; `null`: none is. */
  readonly inspectorPorts: InspectorPorts | null;
}

export interface StarterEvents {
  /** The machine did not let us start a process. */
  failed(detail: string): void;
  /** A process may be started again: one that was debugged is gone. */
  portFree(): void;
  /** Spares keep ending while or after they are prepared: from now on they are not. Told once. */
  unprepared(detail: string): void;
}

/** Before anything was measured. */
const FIRST_GUESS_MS = 60;

export class Starter {
  /** Every process that is not gone yet. */
  readonly all = new Set<Instance>();
  /** How long a process takes to become ready: a moving average. */
  startMs = FIRST_GUESS_MS;
  #build: Build;
  #spare: Instance | null = null;
  /** Starts that failed, in a row. */
  #failedStarts = 0;
  /** Spares in a row that had started well and soon ended, before they were prepared or anybody took them. */
  #lostSpares = 0;
  /** When the last of either was. */
  #failedAt = 0;
  #prepares = true;
  /** Spares that end because we want them to, which is no failure. */
  readonly #dismissed = new Set<Instance>();
  #closed = false;

  constructor(
    build: Build,
    private readonly options: StarterOptions,
    private readonly instanceEvents: InstanceEvents,
    private readonly events: StarterEvents,
  ) {
    this.#build = build;
  }

  get hasReadySpare(): boolean {
    return this.#spare !== null && (this.#spare.phase === 'idle' || this.#spare.phase === 'preparing');
  }

  get isStartingSpare(): boolean {
    return this.#spare !== null && (this.#spare.phase === 'booting' || this.#spare.phase === 'preparing');
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
    if (this.#spare !== null || this.#closed) return;
    const failures = this.#failedStarts + this.#lostSpares;
    const sinceFailureMs = performance.now() - this.#failedAt;
    if (startsSpare({ failures, sinceFailureMs })) this.#spare = this.#start();
  }

  /**
   * The spare, else a new process; `null` where the machine does not let us. A spare that boots or is being prepared is
   * ready sooner than a new process would be: the call waits its turn.
   */
  take(): Instance | null {
    const spare = this.#spare;
    this.#spare = null;
    if (spare?.phase === 'idle') this.#lostSpares = 0;
    return spare ?? this.#start();
  }

  /** What is started from now on is told of this build; a spare that was told of compiled files that are older goes. */
  renew(build: Build): void {
    const spare = this.#spare;
    const isTheSame = findNewModules(this.#build, build).length === 0;
    this.#build = build;
    if (spare === null || isTheSame) return;
    this.#spare = null;
    this.#dismissed.add(spare);
    spare.kill('HS_STOPPING', 'a newer build is live');
    this.prepareSpare();
  }

  /** Nothing is started in advance any more. */
  stop(): void {
    this.#closed = true;
    this.#spare?.kill('HS_STOPPING', 'the pool is closing');
  }

  noteReady(instance: Instance): void {
    this.#failedStarts = 0;
    if (instance.startMs !== null) this.startMs = average(this.startMs, instance.startMs);
    if (instance === this.#spare && this.#prepares) instance.prepare();
  }

  noteGone(instance: Instance): void {
    this.all.delete(instance);
    if (instance.inspector !== null) this.options.inspectorPorts?.giveBack(instance.inspector);
    if (!this.#dismissed.delete(instance) && !this.#closed) this.#noteEnd(instance, performance.now());
    if (this.#spare === instance) this.#spare = null;
    this.prepareSpare();
  }

  abandon(): void {
    this.#closed = true;
    for (const instance of this.all) instance.kill('HS_STOPPING', 'the gateway ended');
  }

  #noteEnd(instance: Instance, now: number): void {
    if (instance.readyAt === null) {
      this.#failedStarts += 1;
      this.#failedAt = now;
    } else if (instance === this.#spare || instance.phase === 'preparing') {
      this.#noteLostSpare(instance, now - instance.readyAt, now);
    }
  }

  #noteLostSpare(spare: Instance, livedMs: number, now: number): void {
    this.#lostSpares = livedMs < REAL_LIFE_MS ? this.#lostSpares + 1 : 0;
    this.#failedAt = now;
    if (!this.#prepares || mayPrepare(this.#lostSpares)) return;
    this.#prepares = false;
    this.events.unprepared(spare.endedBecause);
  }

  #start(): Instance | null {
    const { inspectorPorts } = this.options;
    const inspector = inspectorPorts?.take(this.events.portFree) ?? null;
    if (inspectorPorts !== null && inspector === null) return null;
    try {
      return this.#startWith(inspector);
    } catch (error) {
      if (inspector !== null) inspectorPorts?.giveBack(inspector);
      this.#failedStarts += 1;
      this.#failedAt = performance.now();
      this.events.failed(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  #startWith(inspector: InspectorSettings | null): Instance {
    const { blanks, production, reading, live, outbound } = this.options;
    const process = blanks.take();
    const instance = new Instance(process, () => performance.now(), this.instanceEvents);
    instance.inspector = inspector;
    this.all.add(instance);
    const { temporaryFolder } = process;
    const boot = bootOf(this.#build, {
      production,
      reading,
      inspector,
      temporaryFolder,
      tellsInputs: live,
      outbound,
    });
    instance.boot(encodeBoot(boot));
    return instance;
  }
}
