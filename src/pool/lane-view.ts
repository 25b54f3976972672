import type { Lane } from './lane';
import type { ArrivalView } from './policy/admit';
import type { AdvanceView } from './policy/advance';
import { brakeMs } from './policy/brake';
import type { PoolView } from './policy/choose';
import { findVictim, hasRoom, type RoomView } from './policy/room';
import type { Holding } from './policy/turn';
import type { PoolInstance, Processes } from './pool-instance';
import type { Waiting } from './waiting';

/** What is the same for all Functions of a pool. */
export interface PoolFigures {
  /** The moment that is decided about, ms. */
  now: number;
  /** Calls at instances. */
  running: number;
  readonly waiting: Waiting;
  readonly lanes: readonly Lane[];
  readonly processes: Processes;
  readonly max: number;
  readonly mostUnderWay: number;
  readonly cores: number;
}

/** What the policy is told of one Function. Made once; a figure costs something only where it is asked for. */
export class LaneView implements PoolView, ArrivalView, RoomView, AdvanceView, Holding {
  /** The instance that became free. */
  free: PoolInstance | null = null;

  constructor(
    readonly lane: Lane,
    private readonly pool: PoolFigures,
  ) {}

  get idle(): number {
    return this.lane.idle.length;
  }

  get instances(): number {
    return this.lane.instances.length;
  }

  get least(): number {
    return Math.max(this.lane.least, this.lane.warms ? 1 : 0);
  }

  get moving(): number {
    return this.lane.countMoving(this.pool.now);
  }

  get coming(): number {
    return this.lane.countComing();
  }

  get answers(): boolean {
    return this.lane.instances.some(({ served }) => served > 0);
  }

  get queued(): number {
    return this.lane.queue.length;
  }

  get waitingSince(): number {
    return this.lane.waitingSince;
  }

  get waitedMs(): number {
    return Math.max(0, this.pool.now - this.lane.waitingSince);
  }

  get ahead(): boolean {
    return this.lane.leastBusy(this.pool.now) !== null;
  }

  get callMs(): number | null {
    return this.lane.callMs;
  }

  get ownMs(): number | null {
    return this.lane.ownMs;
  }

  get useful(): number | null {
    return this.lane.usefulInstances(this.pool.cores);
  }

  get load(): number {
    let busyCores = 0;
    for (const lane of this.pool.lanes) busyCores += lane.busyCores;
    return busyCores / this.pool.cores;
  }

  get brakeMs(): number {
    return brakeMs(this.lane.debt, this);
  }

  get braked(): boolean {
    return this.brakeMs > 0;
  }

  get failures(): number {
    return this.lane.failedInAdvance;
  }

  get sinceFailureMs(): number {
    return this.pool.now - this.lane.failedInAdvanceAt;
  }

  get heldMs(): number {
    return this.pool.now - (this.free?.ownedSince ?? this.pool.now);
  }

  get queuedCharacters(): number {
    return this.pool.waiting.characters;
  }

  get underWay(): number {
    return this.pool.running + this.pool.waiting.count;
  }

  get mostUnderWay(): number {
    return this.pool.mostUnderWay;
  }

  get now(): number {
    return this.pool.now;
  }

  get spare(): boolean {
    return this.pool.processes.hasReadySpare;
  }

  get startMs(): number {
    return this.pool.processes.startMs;
  }

  get startingInPool(): number {
    return this.pool.processes.countBooting();
  }

  /** Each start keeps a core busy for 50 to 90 ms. */
  get startLimit(): number {
    return this.pool.cores;
  }

  get busyInPool(): number {
    return this.pool.processes.countBusy();
  }

  get cores(): number {
    return this.pool.cores;
  }

  get total(): number {
    return this.pool.processes.countOwned();
  }

  get max(): number {
    return this.pool.max;
  }

  get room(): boolean {
    return hasRoom(this);
  }

  get without(): number {
    let count = 0;
    for (const { instances } of this.pool.lanes) if (instances.length === 0) count += 1;
    return count;
  }

  get victim(): boolean {
    return findVictim(this.pool.lanes, this.lane, this.pool.now) !== null;
  }
}
