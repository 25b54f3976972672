/** The instances that were started in advance (`--min-instances`), and how that went. */
import type { Lane } from './lane';
import type { Lanes } from './lanes';
import { type Callables, callableOf, failuresAfterEnd, startsInAdvance } from './policy/advance';
import type { PoolInstance } from './pool-instance';

const NOT_YET = null;

export interface InAdvanceEffects {
  /** A process for this Function; `null`: there is no room, or the machine does not let us start one. */
  adopt(lane: Lane): PoolInstance | null;
  /** Something is to be written to this instance. */
  sent(instance: PoolInstance): void;
}

export class InAdvance {
  /** Those that had instances before something was saved, the one that was used last first. */
  #toWarm: readonly Lane[] = [];
  /** When each of them was loaded. */
  readonly #loadedAt = new Map<PoolInstance, number | typeof NOT_YET>();
  /** Those that ended although they were loaded, before anybody called them, and are not gone yet. */
  readonly #lost = new Set<PoolInstance>();

  constructor(
    private readonly options: Callables,
    private readonly lanes: Lanes,
    private readonly effects: InAdvanceEffects,
  ) {}

  /** These Functions are to have instances before their next call; `start` is to follow. */
  warm(functionIndexes: readonly number[]): void {
    const lanes = new Set(functionIndexes.map((index) => this.lanes.of(index)));
    for (const lane of lanes) lane.warms = true;
    if (this.options.shared) for (const index of functionIndexes) this.lanes.of(index).called.add(index);
    this.#toWarm = [...lanes];
  }

  start(): void {
    for (const lane of this.#toWarm) this.#startFor(lane);
    // One each before anybody gets a second one.
    for (let round = 0; round < this.options.minInstances; round++) {
      for (const lane of this.lanes.all) if (lane.instances.length <= round) this.#startFor(lane);
    }
  }

  /** Every Function has the instances that it should always have, loaded, or an attempt has failed. */
  get isPrepared(): boolean {
    return this.lanes.all.every((lane) => this.#isPrepared(lane));
  }

  isLoading(instance: PoolInstance): boolean {
    return this.#loadedAt.get(instance) === NOT_YET;
  }

  noteLoaded(instance: PoolInstance): void {
    const { now } = this.lanes.figures;
    if (this.isLoading(instance)) this.#loadedAt.set(instance, now);
  }

  /** It is about to end. */
  noteEnd(instance: PoolInstance, lane: Lane, now: number): void {
    const loadedAt = this.#loadedAt.get(instance);
    if (loadedAt === undefined) return;
    this.#loadedAt.delete(instance);
    const { served, pending } = instance;
    const loadedForMs = loadedAt === NOT_YET ? null : now - loadedAt;
    noteFailures(lane, failuresAfterEnd(lane.failedInAdvance, { loadedForMs, served }), now);
    if (loadedAt !== NOT_YET && lane.failedInAdvance > 0 && pending.length === 0) this.#lost.add(instance);
  }

  /** It ends because we want it to, which is no failure. */
  noteDismissed(instance: PoolInstance): void {
    if (instance.served === 0) this.#loadedAt.delete(instance);
  }

  /** It is gone. Whether it was loaded and ended before anybody called it. */
  takeLost(instance: PoolInstance): boolean {
    return this.#lost.delete(instance);
  }

  #startFor(lane: Lane): void {
    if (!startsInAdvance(this.lanes.viewOf(lane))) return;
    const instance = this.effects.adopt(lane);
    if (instance === null) return noteFailures(lane, lane.failedInAdvance + 1, this.lanes.figures.now);
    this.#loadedAt.set(instance, NOT_YET);
    instance.load(this.#loadsOf(lane));
    this.effects.sent(instance);
  }

  #loadsOf(lane: Lane): readonly number[] {
    if (!this.options.shared) return [lane.index];
    return lane.least > 0 ? callableOf(this.options) : [...lane.called];
  }

  #isPrepared(lane: Lane): boolean {
    const loaded = lane.instances.filter((instance) => !this.isLoading(instance));
    return loaded.length >= lane.least || lane.failedInAdvance > 0;
  }
}

function noteFailures(lane: Lane, failures: number, now: number): void {
  lane.failedInAdvance = failures;
  lane.failedInAdvanceAt = now;
}
