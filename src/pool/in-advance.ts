/** The instances that were started in advance (`--min-instances`), and how that went. */
import type { Lane } from './lane';
import { failuresAfterEnd } from './policy/advance';
import type { PoolInstance } from './pool-instance';

const NOT_YET = null;

export class InAdvance {
  /** When each of them was loaded. */
  readonly #loadedAt = new Map<PoolInstance, number | typeof NOT_YET>();
  /** Those that ended although they were loaded, before anybody called them, and are not gone yet. */
  readonly #lost = new Set<PoolInstance>();

  isLoading(instance: PoolInstance): boolean {
    return this.#loadedAt.get(instance) === NOT_YET;
  }

  /** This Function has those that it should have, or an attempt has failed. */
  isPrepared(lane: Lane): boolean {
    const loaded = lane.instances.filter((instance) => !this.isLoading(instance));
    return loaded.length >= lane.least || lane.failedInAdvance > 0;
  }

  /** `null`: the machine did not let us start one. */
  noteStarted(instance: PoolInstance | null, lane: Lane, now: number): void {
    if (instance !== null) this.#loadedAt.set(instance, NOT_YET);
    else noteFailures(lane, lane.failedInAdvance + 1, now);
  }

  noteLoaded(instance: PoolInstance, now: number): void {
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
}

function noteFailures(lane: Lane, failures: number, now: number): void {
  lane.failedInAdvance = failures;
  lane.failedInAdvanceAt = now;
}
