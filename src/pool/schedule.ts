/**
 * Which call goes to which instance: the queues and instances of all Functions, and what the policy decides about
 * them, done. Without clock and timers: `Pool` says what happens and when, and so does the simulation.
 */
import type { ErrorCode } from '../errors';
import type { CallCost } from '../protocol/messages';
import { InAdvance } from './in-advance';
import type { Invocation, Outcome } from './invocation';
import type { Lane } from './lane';
import type { LaneView, PoolFigures } from './lane-view';
import { Lanes } from './lanes';
import { refuse } from './policy/admit';
import type { Callables } from './policy/advance';
import { afterAnswer, afterDeath } from './policy/brake';
import { type Choice, choose } from './policy/choose';
import { hasRestedEnough } from './policy/rest';
import { findVictim } from './policy/room';
import { firstInTurn, givesWay } from './policy/turn';
import type { PoolInstance, Processes } from './pool-instance';
import { failRefused, Waiting } from './waiting';

export interface ScheduleOptions extends Callables {
  readonly maxInstances: number;
  readonly maxInvocations: number | null;
  readonly cores: number;
}

export interface ScheduleEffects {
  /** Something is to be written to this instance. */
  sent(instance: PoolInstance): void;
  /** `tick` is to be called from now on. */
  waits(): void;
  /** A process was given to a Function. */
  taken(): void;
  /** An instance is gone that was loaded in advance and ended soon, before anybody called it. */
  lost(instance: PoolInstance): void;
}

export class Schedule {
  readonly #lanes: Lanes;
  readonly #figures: PoolFigures;
  readonly #waiting = new Waiting();
  readonly #inAdvance: InAdvance;
  readonly #givenUp = new Set<PoolInstance>();
  /** Whom a full pool keeps waiting most, as of the last tick. */
  #needy: LaneView | null = null;
  #draining = false;

  constructor(
    private readonly options: ScheduleOptions,
    private readonly processes: Processes,
    private readonly effects: ScheduleEffects,
  ) {
    this.#lanes = new Lanes(options, {
      now: 0,
      running: 0,
      waiting: this.#waiting,
      processes,
      max: options.maxInstances,
      mostUnderWay: options.maxInvocations ?? Number.POSITIVE_INFINITY,
      cores: options.cores,
    });
    this.#figures = this.#lanes.figures;
    this.#inAdvance = new InAdvance(options, this.#lanes, {
      adopt: (lane) => this.#adopt(lane),
      sent: (instance) => effects.sent(instance),
    });
  }

  /** Calls whose handlers run or are about to. */
  get running(): number {
    return this.#figures.running;
  }

  get waiting(): number {
    return this.#waiting.count;
  }

  // --- calls

  /** Hot. A call that arrived waits, runs or is refused. `serveAll` is to follow. */
  offer(invocation: Invocation, now: number): void {
    this.#figures.now = now;
    const lane = this.#lanes.of(invocation.functionIndex);
    const view = this.#lanes.viewOf(lane);
    const refusal = refuse(view);
    if (refusal !== null) return failRefused(invocation, refusal, view);
    this.#waiting.add(lane, invocation);
    if (lane.idle.length > 0) this.#serve(lane);
  }

  /** Hot. Gives calls to instances as far as the policy finds something. */
  serveAll(now: number): void {
    this.#figures.now = now;
    let wanting: LaneView[] | null = null;
    for (const lane of this.#lanes.all) {
      if (lane.queue.length === 0 || !this.#useOwn(lane)) continue;
      const view = this.#lanes.viewOf(lane);
      if (wanting === null) wanting = [view];
      else wanting.push(view);
    }
    if (wanting !== null) this.#startFor(wanting);
  }

  /** Hot. The first call of the instance ends with this, now that the instance has its next phase. */
  noteResult(instance: PoolInstance, invocation: Invocation, outcome: Outcome, cost: CallCost): void {
    this.#figures.now = instance.since;
    this.#figures.running -= 1;
    const lane = this.#lanes.of(invocation.functionIndex);
    lane.measure(instance, instance.since, cost);
    lane.debt = afterAnswer(lane.debt);
    invocation.end(outcome);
    this.#onFree(instance, lane);
  }

  /** A call that was sent did not run there, and will not. One whose client was told already must not run any more. */
  noteReturned(instance: PoolInstance, invocation: Invocation, now: number): void {
    this.#figures.now = now;
    const lane = this.#lanes.of(invocation.functionIndex);
    this.#putBack(lane, invocation);
    if (!instance.dead && instance.pending.length === 0) this.#onFree(instance, lane);
    else this.#serve(lane);
  }

  /** A call ended because its instance did. */
  noteFailed(instance: PoolInstance, { functionIndex }: Invocation, now: number): void {
    this.#figures.now = now;
    this.#figures.running -= 1;
    const lane = this.#lanes.of(functionIndex);
    const { readyAt, ownedSince } = instance;
    const livedMs = readyAt === null ? 0 : now - Math.max(readyAt, ownedSince);
    lane.debt = afterDeath(lane.debt, livedMs, this.#lanes.viewOf(lane));
  }

  /** What was sent ahead to an instance goes back to the front of its queue. */
  giveBack(instance: PoolInstance, now: number): void {
    this.#figures.now = now;
    const taken = instance.takeBack();
    for (const invocation of taken.reverse()) {
      this.#putBack(this.#lanes.of(invocation.functionIndex), invocation);
    }
    const [first] = taken;
    if (first !== undefined) this.#serve(this.#lanes.of(first.functionIndex));
  }

  failAll(code: ErrorCode, detail: string): void {
    this.#lanes.failAll(code, detail);
  }

  // --- instances

  /** Average of a call of the Function that the instance belongs to, ms; 0 where it is not known. */
  usualMs({ functionIndex }: PoolInstance): number {
    return this.#lanes.all[functionIndex]?.callMs ?? 0;
  }

  noteReady(now: number): void {
    this.startInAdvance(now);
    this.serveAll(now);
  }

  /** It is about to end, and gets no more calls. */
  leave(instance: PoolInstance, now: number): void {
    const lane = this.#lanes.all[instance.functionIndex];
    if (lane === undefined) return;
    lane.remove(instance);
    this.#inAdvance.noteEnd(instance, lane, now);
  }

  noteGone(instance: PoolInstance, now: number): void {
    this.#figures.now = now;
    this.leave(instance, now);
    this.#givenUp.delete(instance);
    if (this.#inAdvance.takeLost(instance)) this.effects.lost(instance);
    this.startInAdvance(now);
    this.serveAll(now);
  }

  /** Those that wait for no call end at once, the others once their calls have ended. */
  drain(): void {
    this.#draining = true;
    const free = this.#lanes.all
      .flatMap(({ instances }) => instances)
      .filter(({ pending }) => pending.length === 0);
    for (const instance of free) this.#dismiss(instance, 'the pool is closing');
  }

  /** Processes could not be started: what has no other to wait for fails. */
  failWithoutInstance(detail: string): void {
    for (const lane of this.#lanes.all) {
      if (lane.instances.length === 0) this.#waiting.failAll(lane, 'HS_START_FAILED', detail);
    }
  }

  // --- newer builds

  /** Something is being saved: what waits, and what waits for a module to be loaded, goes to the build that is made of it. */
  supersede(now: number): void {
    this.#figures.now = now;
    this.#lanes.supersede();
  }

  /** Indexes of the Functions that have instances, the one that was used last first. */
  used(): readonly number[] {
    return this.#lanes.used();
  }

  /** These Functions get instances before their next call. */
  warm(functionIndexes: readonly number[], now: number): void {
    this.#inAdvance.warm(functionIndexes);
    this.startInAdvance(now);
  }

  /** The code of these Functions is another one: their instances get no more calls, and end once they have none. */
  renew(functionIndexes: readonly number[], now: number): void {
    this.#figures.now = now;
    for (const lane of new Set(functionIndexes.map((index) => this.#lanes.of(index)))) {
      for (const instance of [...lane.instances]) this.#replace(instance);
      lane.forget();
    }
    this.serveAll(now);
  }

  // --- in advance

  /** Every Function has the instances that it should always have, loaded, or an attempt has failed. */
  get isPrepared(): boolean {
    return this.#inAdvance.isPrepared;
  }

  isLoadingInAdvance(instance: PoolInstance): boolean {
    return this.#inAdvance.isLoading(instance);
  }

  startInAdvance(now: number): void {
    if (this.#draining) return;
    this.#figures.now = now;
    this.#inAdvance.start();
  }

  noteLoaded(instance: PoolInstance, now: number): void {
    this.#figures.now = now;
    this.#inAdvance.noteLoaded(instance);
    const lane = this.#lanes.all[instance.functionIndex];
    if (lane !== undefined && instance.pending.length === 0) this.#onFree(instance, lane);
    this.startInAdvance(now);
  }

  // --- time

  /** Refuses what waited too long unless it is `patient`, starts what has become worth it. `false`: nothing waits. */
  tick(now: number, patient = false): boolean {
    this.#figures.now = now;
    if (!patient)
      for (const lane of this.#lanes.all) this.#waiting.refuseOverdue(lane, this.#lanes.viewOf(lane));
    this.serveAll(now);
    this.#needy = this.#lanes.findNeedy();
    return this.#waiting.count > 0;
  }

  /** Ends what nobody has used for long. */
  rest(now: number): void {
    this.startInAdvance(now);
    for (const lane of this.#lanes.all) {
      for (const instance of [...lane.idle]) {
        if (hasRestedEnough(now - instance.since, lane.instances.length, lane.least)) {
          this.#dismiss(instance, 'idle');
        }
      }
    }
  }

  // --- below

  /** Who needs a process most gets the next one. */
  #startFor(wanting: LaneView[]): void {
    for (let view = firstInTurn(wanting); view !== null; view = firstInTurn(wanting)) {
      const { lane } = view;
      const started = this.#act(this.#chooseFor(lane), lane);
      if (!started || !this.#useOwn(lane)) wanting.splice(wanting.indexOf(view), 1);
    }
  }

  /** Hot. Gives waiting calls of one Function to instances as long as the policy finds something. */
  #serve(lane: Lane): void {
    while (lane.queue.length > 0) {
      if (!this.#act(this.#chooseFor(lane), lane)) return;
    }
  }

  /** The same without a new process; `true`: it wants one. */
  #useOwn(lane: Lane): boolean {
    while (lane.queue.length > 0) {
      const choice = this.#chooseFor(lane);
      if (choice === 'adopt' || choice === 'start') return true;
      if (!this.#act(choice, lane)) return false;
    }
    return false;
  }

  /** Hot. */
  #chooseFor(lane: Lane): Choice {
    if (lane.idle.length === lane.instances.length && lane.idle.length > 0) return 'use';
    return choose(this.#lanes.viewOf(lane));
  }

  /** Returns `false` where nothing more can be done for this lane now. */
  #act(choice: Choice, lane: Lane): boolean {
    switch (choice) {
      case 'use':
        return this.#send(lane.idle.pop() ?? null, lane);
      case 'send-ahead':
        return this.#send(lane.leastBusy(this.#figures.now), lane);
      case 'adopt':
      case 'start':
        return this.#send(this.#adopt(lane), lane);
      case 'wait':
        this.effects.waits();
        return false;
    }
  }

  #send(instance: PoolInstance | null, lane: Lane): boolean {
    const invocation = instance === null ? undefined : this.#waiting.take(lane);
    if (instance === null || invocation === undefined) return false;
    this.#figures.running += 1;
    this.#lanes.noteSent(lane, invocation);
    instance.send(invocation);
    this.effects.sent(instance);
    return true;
  }

  #adopt(lane: Lane): PoolInstance | null {
    const instance = this.#makeRoom(lane) ? this.processes.take() : null;
    if (instance === null) return null;
    instance.functionIndex = lane.index;
    instance.ownedSince = this.#figures.now;
    lane.instances.push(instance);
    lane.warms = false;
    this.effects.taken();
    return instance;
  }

  #makeRoom(lane: Lane): boolean {
    if (this.processes.countOwned() < this.options.maxInstances) return true;
    const victim = findVictim(this.#lanes.all, lane, this.#figures.now);
    if (victim === null) return false;
    this.#dismiss(victim, 'another Function needs the room');
    return true;
  }

  #putBack(lane: Lane, invocation: Invocation): void {
    this.#figures.running -= 1;
    if (!invocation.ended) this.#waiting.addFirst(lane, invocation);
  }

  #replace(instance: PoolInstance): void {
    if (instance.pending.length === 0) return this.#dismiss(instance, 'its files were saved');
    this.#giveUp(instance);
    for (const invocation of instance.takeBack().reverse()) {
      this.#putBack(this.#lanes.of(invocation.functionIndex), invocation);
    }
  }

  /** Hot. An instance may take another call, or is done for good. */
  #onFree(instance: PoolInstance, lane: Lane): void {
    if (this.#needy !== null && this.#givesWay(instance, lane, this.#needy)) this.#giveUp(instance);
    if (instance.retiring || this.#givenUp.has(instance)) this.giveBack(instance, this.#figures.now);
    if (instance.pending.length > 0) return this.#serve(lane);
    if (this.#givenUp.has(instance)) {
      this.#dismiss(instance, 'another Function needs it more');
      return this.serveAll(this.#figures.now);
    }
    if (instance.retiring || (this.#draining && lane.queue.length === 0)) this.#dismiss(instance, 'done');
    else lane.idle.push(instance);
    this.#serve(lane);
  }

  /** It gets no more calls, and ends once what it has begun has ended. */
  #giveUp(instance: PoolInstance): void {
    this.#needy = null;
    this.#givenUp.add(instance);
    this.#inAdvance.noteDismissed(instance);
    this.leave(instance, this.#figures.now);
  }

  #givesWay(instance: PoolInstance, lane: Lane, needy: LaneView): boolean {
    const view = this.#lanes.viewOf(lane);
    if (needy === view || needy.queued === 0 || needy.room) return false;
    view.free = instance;
    return givesWay(view, needy);
  }

  #dismiss(instance: PoolInstance, why: string): void {
    this.#inAdvance.noteDismissed(instance);
    this.leave(instance, this.#figures.now);
    instance.kill('HS_STOPPING', why);
  }
}
