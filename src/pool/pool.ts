/** The instances and spares of one build: asks `choose` what to do, and does it. */
import { availableParallelism } from 'node:os';
import type { Build } from '../model/build';
import type { ConsoleLevel, LateLine } from '../model/invocation';
import type { Reply } from '../protocol/messages';
import { type Choice, choose } from './choose';
import type { Instance, InstanceEvents } from './instance';
import type { AnsweredCall } from './instance-log';
import { Invocation, type InvocationInput, type Outcome } from './invocation';
import { Lane } from './lane';
import { defaultMaxInstances } from './memory';
import { findEvictable, isNeededElsewhere } from './room';
import { Starter, type StarterOptions } from './starter';
import { Waiting } from './waiting';
import { inspectBusy, inspectIdle, REST_MS, TICK_MS } from './watchdog';

export interface PoolOptions extends StarterOptions {
  readonly timeoutMs: number;
  /** `null`: what the memory of the machine can hold. */
  readonly maxInstances: number | null;
  readonly maxInvocations: number | null;
  readonly isolation: 'function' | 'environment';
}

export type OnInvocationEnd = (outcome: Outcome, invocation: Invocation) => void;

const USAGE_TICKS = 2;

export class Pool {
  readonly #lanes: readonly Lane[];
  readonly #starter: Starter;
  readonly #max: number;
  /** As many processes may start at once: each start keeps a core busy for 50 to 90 ms. */
  readonly #cores = availableParallelism();
  readonly #waiting = new Waiting();
  readonly #arrived: Invocation[] = [];
  /** Instances that have calls to be written. */
  readonly #unsent: Instance[] = [];
  /** While a newer build is being made, new calls end as `superseded`. */
  paused = false;
  #ticker: NodeJS.Timeout | null = null;
  readonly #restTimer = setInterval(() => this.#checkIdle(), REST_MS).unref();
  #ticks = 0;
  #running = 0;
  #draining = false;
  #closed = false;
  #onGone: (() => void) | null = null;

  constructor(
    build: Build,
    private readonly options: PoolOptions,
    private readonly onLate: (line: LateLine) => void,
    private readonly nameOf: (functionIndex: number) => string,
  ) {
    const lanes = options.isolation === 'function' ? build.functions.length : 1;
    this.#lanes = Array.from({ length: Math.max(1, lanes) }, (_, index) => new Lane(index));
    this.#max = options.maxInstances ?? defaultMaxInstances();
    this.#starter = new Starter(build, options, this.#events, (detail) => this.#onStartFailed(detail));
    this.#starter.prepareSpare();
  }

  /** Invocations whose handlers run or are about to. */
  get running(): number {
    return this.#running;
  }

  /**
   * Hot. `onEnd` is called exactly once. Calls that arrive in one turn of the event loop are given out together at
   * its end: then one write carries them, and whatever the system told in the same turn (a saved file) is known.
   */
  invoke(input: InvocationInput, onEnd: OnInvocationEnd): void {
    const invocation = new Invocation(input, performance.now(), onEnd);
    if (this.#arrived.push(invocation) === 1) setImmediate(this.#giveOut);
  }

  /** Takes no new calls; resolves when the last one has ended and every process is gone. Repeatable. */
  drain(): Promise<void> {
    this.#draining = true;
    this.#starter.stop();
    for (const lane of this.#lanes) {
      for (const instance of [...lane.idle]) this.#dismiss(instance, 'the pool is closing');
    }
    return this.#whenEmpty();
  }

  /** Kills what runs; calls that are in the pool end with `HS_STOPPING`. */
  close(): Promise<void> {
    this.#draining = true;
    this.#closed = true;
    for (const invocation of this.#arrived.splice(0)) invocation.fail('HS_STOPPING', 'the gateway stopped');
    for (const lane of this.#lanes) {
      this.#waiting.failAll(lane, 'HS_STOPPING', 'the gateway stopped');
    }
    this.#starter.stop();
    for (const instance of this.#starter.all) instance.kill('HS_STOPPING', 'the gateway stopped');
    return this.#whenEmpty();
  }

  /** For the end of our process, which waits for nothing: kills everything and deletes the folder, in this turn. */
  abandon(): void {
    this.#draining = true;
    this.#starter.abandon();
  }

  // --- waiting calls

  /** Hot. */
  readonly #giveOut = (): void => {
    const now = performance.now();
    for (const invocation of this.#arrived.splice(0)) {
      const lane = this.#laneOf(invocation.functionIndex);
      if (this.paused) {
        invocation.end({ type: 'superseded' });
      } else if (!this.#waiting.hasRoom(lane)) {
        invocation.fail('HS_TOO_MANY_REQUESTS', `${lane.queue.length} calls are waiting already`);
      } else if (
        this.#running + this.#waiting.count >=
        (this.options.maxInvocations ?? Number.POSITIVE_INFINITY)
      ) {
        invocation.fail('HS_TOO_MANY_REQUESTS', `${this.options.maxInvocations} calls are under way already`);
      } else {
        this.#waiting.add(lane, invocation);
        if (lane.idle.length > 0) this.#serve(lane, now);
      }
    }
    for (const lane of this.#lanes) if (lane.queue.length > 0) this.#serve(lane, now);
    this.#flush();
  };

  readonly #flush = (): void => {
    for (const instance of this.#unsent.splice(0)) instance.flush();
  };

  #laneOf(functionIndex: number): Lane {
    const lane = this.#lanes[this.options.isolation === 'function' ? functionIndex : 0];
    if (lane === undefined) throw new RangeError(`no Function ${functionIndex}`);
    return lane;
  }

  /** Hot. Gives waiting calls of one Function to instances as long as the policy finds something. */
  #serve(lane: Lane, now: number): void {
    while (lane.queue.length > 0) {
      if (!this.#act(this.#chooseFor(lane, now), lane)) return;
    }
  }

  #chooseFor(lane: Lane, now: number): Choice {
    if (lane.idle.length === lane.instances.length && lane.idle.length > 0) return 'use';
    const total = this.#starter.countOwned();
    return choose({
      idle: lane.idle.length,
      instances: lane.instances.length,
      queued: lane.queue.length,
      waitedMs: now - (lane.queue[0]?.queuedAt ?? now),
      room: lane.leastBusy() !== null,
      callMs: lane.callMs,
      spare: this.#starter.hasReadySpare,
      startMs: this.#starter.startMs,
      useful: lane.usefulInstances(this.#cores),
      total,
      max: this.#max,
      startingInPool: this.#starter.countBooting(),
      startLimit: this.#cores,
      evictable: total >= this.#max && findEvictable(this.#lanes, lane) !== null,
      busyInPool: this.#starter.countBusy(),
      cores: this.#cores,
    });
  }

  /** Returns `false` where nothing more can be done for this lane now. */
  #act(choice: Choice, lane: Lane): boolean {
    switch (choice) {
      case 'use':
        return this.#send(lane.idle.pop() ?? null, lane);
      case 'send-ahead':
        return this.#send(lane.leastBusy(), lane);
      case 'adopt':
      case 'start':
        return this.#send(this.#adopt(lane), lane);
      case 'wait':
        this.#tick();
        return false;
    }
  }

  #send(instance: Instance | null, lane: Lane): boolean {
    const invocation = instance === null ? undefined : this.#waiting.take(lane);
    if (instance === null || invocation === undefined) return false;
    this.#running += 1;
    instance.send(invocation);
    if (this.#unsent.push(instance) === 1) setImmediate(this.#flush);
    this.#tick();
    return true;
  }

  // --- instances

  #adopt(lane: Lane): Instance | null {
    const instance = this.#makeRoom(lane) ? this.#starter.take() : null;
    if (instance === null) return null;
    instance.functionIndex = lane.index;
    lane.instances.push(instance);
    // The next spare waits a little: the call that is about to run needs the cores now.
    setTimeout(() => this.#starter.prepareSpare(), TICK_MS).unref();
    return instance;
  }

  #isFull(): boolean {
    return this.#starter.countOwned() >= this.#max;
  }

  #makeRoom(lane: Lane): boolean {
    if (!this.#isFull()) return true;
    const victim = findEvictable(this.#lanes, lane);
    if (victim === null) return false;
    this.#dismiss(victim, 'another Function needs the room');
    return true;
  }

  #onStartFailed(detail: string): void {
    for (const lane of this.#lanes) {
      if (lane.instances.length > 0) continue;
      this.#waiting.failAll(lane, 'HS_START_FAILED', detail);
    }
  }

  readonly #events: InstanceEvents = {
    ready: (instance) => this.#onReady(instance),
    result: (instance, invocation, reply, cpuUs) => this.#onResult(instance, invocation, reply, cpuUs),
    returned: (instance, invocation) => this.#onReturned(instance, invocation),
    failed: () => {
      this.#running -= 1;
    },
    retiring: (instance) => this.#leave(instance),
    late: (instance, call, level, text) => this.#onLate(instance, call, level, text),
    gone: (instance) => this.#onInstanceGone(instance),
  };

  #onReady(instance: Instance): void {
    this.#starter.noteReady(instance);
    for (const lane of this.#lanes) if (lane.queue.length > 0) this.#serve(lane, performance.now());
  }

  /** Hot. */
  #onResult(instance: Instance, invocation: Invocation, reply: Reply, cpuUs: number): void {
    const lane = this.#laneOf(invocation.functionIndex);
    const now = instance.since;
    this.#running -= 1;
    lane.measure(instance, now, cpuUs);
    invocation.end({ type: 'reply', reply });
    this.#onFree(instance, lane, now);
  }

  /** An instance may take another call, or is done for good. */
  #onFree(instance: Instance, lane: Lane, now: number): void {
    if (instance.retiring) this.#giveBack(instance);
    if (instance.pending.length === 0) {
      if (instance.retiring || (this.#draining && lane.queue.length === 0)) this.#dismiss(instance, 'done');
      else if (this.#isFull() && isNeededElsewhere(this.#lanes, lane))
        this.#dismiss(instance, 'another Function waited longer');
      else lane.idle.push(instance);
    }
    this.#serve(lane, now);
  }

  #onReturned(instance: Instance, invocation: Invocation): void {
    const lane = this.#laneOf(invocation.functionIndex);
    this.#running -= 1;
    if (this.#closed) invocation.fail('HS_STOPPING', 'the gateway stopped');
    // One whose client was told already (a process that did not boot in time) must not run any more.
    if (!invocation.ended) this.#waiting.addFirst(lane, invocation);
    if (!instance.dead && instance.pending.length === 0) this.#onFree(instance, lane, performance.now());
    else this.#serve(lane, performance.now());
  }

  #onLate(instance: Instance, call: AnsweredCall | null, level: ConsoleLevel, text: string): void {
    const resource = this.nameOf(call?.functionIndex ?? instance.functionIndex);
    this.onLate({ requestId: call?.requestId ?? null, resource, level, text });
  }

  /** What was sent ahead to an instance that must not run it goes to the front of its queue. */
  #giveBack(instance: Instance): void {
    for (const invocation of instance.takeBack().reverse()) this.#onReturned(instance, invocation);
  }

  #dismiss(instance: Instance, why: string): void {
    this.#leave(instance);
    instance.kill('HS_STOPPING', why);
  }

  #leave(instance: Instance): void {
    this.#lanes[instance.functionIndex]?.remove(instance);
  }

  #onInstanceGone(instance: Instance): void {
    this.#leave(instance);
    this.#starter.noteGone(instance);
    for (const lane of this.#lanes) if (lane.queue.length > 0) this.#serve(lane, performance.now());
    this.#endIfEmpty();
  }

  // --- time

  #tick(): void {
    this.#ticker ??= setInterval(() => this.#onTick(), TICK_MS);
  }

  #onTick(): void {
    const now = performance.now();
    this.#ticks += 1;
    let busy = false;
    for (const instance of this.#starter.all) {
      // One that was answered may go on for a moment.
      if (instance.pending.length === 0 && instance.isFrozen()) continue;
      busy = true;
      this.#checkBusy(instance, now);
    }
    for (const lane of this.#lanes) {
      if (lane.queue.length === 0) continue;
      busy = true;
      this.#waiting.refuseOverdue(lane, now);
      this.#serve(lane, now);
    }
    if (!busy && this.#ticker !== null) {
      clearInterval(this.#ticker);
      this.#ticker = null;
    }
  }

  #checkBusy(instance: Instance, now: number): void {
    const finding = inspectBusy(instance, now, {
      timeoutMs: this.options.timeoutMs,
      usualMs: this.#lanes[instance.functionIndex]?.callMs ?? 0,
      looksAtUsage: this.#ticks % USAGE_TICKS === 0,
    });
    switch (finding.type) {
      case 'fine':
        return;
      case 'slow':
        return this.#giveBack(instance);
      case 'broken':
        if (instance.pending.length === 0 || !instance.firstHasStarted())
          this.#onLate(instance, null, 'warn', finding.detail);
        return instance.kill(finding.code, finding.detail);
      case 'overdue':
        instance.kill(finding.code, finding.detail);
        // The client is told now; the process is gone a few ms later.
        instance.pending[0]?.fail(finding.code, finding.detail);
    }
  }

  #checkIdle(): void {
    const now = performance.now();
    for (const instance of this.#lanes.flatMap(({ idle }) => idle)) {
      const finding = inspectIdle(instance, now);
      if (finding === null) continue;
      if (finding.told) this.#onLate(instance, null, 'warn', finding.why);
      this.#dismiss(instance, finding.why);
    }
  }

  // --- the end

  #whenEmpty(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#onGone;
      this.#onGone = () => {
        before?.();
        resolve();
      };
      this.#endIfEmpty();
    });
  }

  #endIfEmpty(): void {
    if (!this.#draining || this.#starter.all.size > 0 || this.#waiting.count > 0 || this.#arrived.length > 0)
      return;
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#ticker = null;
    clearInterval(this.#restTimer);
    const onGone = this.#onGone;
    this.#onGone = null;
    if (onGone !== null) this.#starter.removeFolder(onGone);
  }
}
