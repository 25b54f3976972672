/**
 * The real schedule and the real policy of the pool, with instances that are simulated: thousands of calls in a
 * moment, and the same ones each time. What the processes do, and how fast, is made up; what is decided is not.
 */
import assert from 'node:assert/strict';
import type { ErrorCode } from '../src/errors';
import { Invocation } from '../src/pool/invocation';
import { average } from '../src/pool/lane';
import { isSlow } from '../src/pool/policy/slow';
import type { Phase, PoolInstance, Processes } from '../src/pool/pool-instance';
import { Schedule } from '../src/pool/schedule';
import { type Job, Machine, pauseMs, seeded } from './simulation-machine';

/** What one call does: it waits for something, then needs the cores. Milliseconds. */
export interface Work {
  readonly waitMs: number;
  readonly cpuMs: number;
  /** It ends the process instead of answering. */
  readonly dies?: boolean;
}

/** One Function: what its next call does. */
export type SimulatedFunction = (random: () => number, now: number) => Work;

export interface SimulationOptions {
  readonly functions: readonly SimulatedFunction[];
  readonly cores?: number;
  readonly maxInstances?: number;
  readonly minInstances?: number;
  readonly seed?: number;
  /** Loading a module needs the cores for this long. */
  readonly loadMs?: number;
  readonly timeoutMs?: number;
}

/** How a call ended. */
export interface End {
  readonly functionIndex: number;
  readonly arrivedAt: number;
  readonly tookMs: number;
  readonly outcome: 'ok' | ErrorCode;
}

/** Of many calls. */
export interface Summary {
  readonly ok: number;
  readonly outcomes: Readonly<Partial<Record<End['outcome'], number>>>;
  /** Of those that were answered. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** Of the others. */
  readonly longestFailureMs: number;
}

/** There is no reply to look at. */
const ANSWERED = { type: 'superseded' } as const;
const START_CPU_MS = 60;
/** What a call costs beside its own work. */
const CALL_CPU_MS = 0.05;
const KILL_MS = 5;
const TICK_MS = 25;
const REST_MS = 1_000;

export class Simulation {
  readonly machine: Machine;
  readonly random: () => number;
  readonly ends: End[] = [];
  readonly schedule: Schedule;
  readonly processes: SimulatedProcesses;
  /** Most calls that waited at a time. */
  mostWaiting = 0;
  readonly #works = new Map<Invocation, Work>();
  readonly #timeoutMs: number;
  #offered = 0;
  #isTicking = false;

  constructor(private readonly options: SimulationOptions) {
    const { functions, cores = 2, maxInstances = 100, minInstances = 0, seed = 1, loadMs = 5 } = options;
    this.machine = new Machine(cores);
    this.random = seeded(seed);
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.processes = new SimulatedProcesses(this, loadMs, maxInstances);
    const limits = {
      functions: functions.length,
      shared: false,
      uncallable: new Set<number>(),
      maxInstances,
      minInstances,
      cores,
    };
    this.schedule = new Schedule({ ...limits, maxInvocations: null }, this.processes, {
      sent: () => this.#tick(),
      waits: () => this.#tick(),
      taken: () => this.machine.at(TICK_MS, () => this.processes.prepareSpare()),
      lost: () => {},
    });
    this.schedule.startInAdvance(0);
    this.processes.prepareSpare();
    this.#rest();
    this.machine.run(1_000);
  }

  get now(): number {
    return this.machine.now;
  }

  /** Calls that come independently of one another, this many each second on average. */
  arrive(functionIndex: number, perSecond: number, forMs: number): void {
    const until = this.now + forMs;
    const next = (): void => {
      if (this.now >= until) return;
      this.call(functionIndex);
      this.machine.at(pauseMs(perSecond, this.random), next);
    };
    this.machine.at(pauseMs(perSecond, this.random), next);
  }

  /** So many clients, each of which calls again as soon as it has its answer. */
  keepCalling(functionIndex: number, clients: number, forMs: number): void {
    const until = this.now + forMs;
    const next = (): void => {
      if (this.now < until)
        this.call(functionIndex, (outcome) => this.machine.at(outcome === 'ok' ? 0 : 10, next));
    };
    for (let client = 0; client < clients; client++) this.machine.at(0, next);
  }

  call(functionIndex: number, then?: (outcome: End['outcome']) => void): void {
    this.#offered += 1;
    const input = { requestId: '', functionIndex, domainName: '', event: '{}', body: '', mayRestart: true };
    const invocation = new Invocation(input, this.now, (outcome) => {
      const code = outcome.type === 'failed' ? outcome.code : 'ok';
      const { queuedAt } = invocation;
      this.ends.push({ functionIndex, arrivedAt: queuedAt, tookMs: this.now - queuedAt, outcome: code });
      then?.(code);
    });
    const work = this.options.functions[functionIndex]?.(this.random, this.now);
    assert.ok(work, `there is a Function ${functionIndex}`);
    this.#works.set(invocation, work);
    this.schedule.offer(invocation, this.now);
    this.schedule.serveAll(this.now);
    this.mostWaiting = Math.max(this.mostWaiting, this.schedule.waiting);
  }

  run(forMs: number): void {
    this.machine.run(this.now + forMs);
  }

  /** Until every call has ended; each of them exactly once. */
  finish(): void {
    this.run(30_000);
    assert.equal(this.ends.length, this.#offered, 'every call has ended');
    assert.equal(this.schedule.running, 0);
    assert.equal(this.schedule.waiting, 0);
  }

  /** Of the calls of one Function (all: `null`) that arrived from one time to another. */
  summary(functionIndex: number | null, fromMs = 0, toMs = Number.POSITIVE_INFINITY): Summary {
    const ends = this.ends.filter(
      (end) =>
        (functionIndex === null || end.functionIndex === functionIndex) &&
        end.arrivedAt >= fromMs &&
        end.arrivedAt < toMs,
    );
    const isOk = ({ outcome }: End): boolean => outcome === 'ok';
    const times = ends
      .filter(isOk)
      .map(({ tookMs }) => tookMs)
      .sort((a, b) => a - b);
    const outcomes: Partial<Record<End['outcome'], number>> = {};
    for (const { outcome } of ends) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
    const failures = ends.filter((end) => !isOk(end)).map(({ tookMs }) => tookMs);
    const longestFailureMs = Math.max(0, ...failures);
    return {
      ok: times.length,
      outcomes,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      longestMs: at(1),
      longestFailureMs,
    };
  }

  /** A call runs at most once: who asks for its work, runs it. */
  takeWork(invocation: Invocation): Work {
    const work = this.#works.get(invocation);
    assert.ok(work, 'no call runs twice');
    this.#works.delete(invocation);
    return work;
  }

  #tick(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.machine.at(TICK_MS, () => this.#onTick());
  }

  #rest(): void {
    this.machine.at(REST_MS, () => this.#rest());
    this.schedule.rest(this.now);
  }

  #onTick(): void {
    this.#isTicking = false;
    let busy = false;
    for (const instance of this.processes.all) {
      if (instance.pending.length === 0) continue;
      busy = true;
      this.#check(instance);
    }
    if (this.schedule.tick(this.now) || busy) this.#tick();
  }

  #check(instance: SimulatedInstance): void {
    if (instance.phase !== 'running') return;
    const elapsedMs = this.now - instance.since;
    if (elapsedMs > this.#timeoutMs) {
      instance.kill('HS_RUN_TIMEOUT');
      instance.pending[0]?.fail('HS_RUN_TIMEOUT', '');
    } else if (instance.pending.length > 1 && isSlow(elapsedMs, this.schedule.usualMs(instance))) {
      this.schedule.giveBack(instance, this.now);
    }
  }
}

/** Keeps a spare, as `Starter` does. */
export class SimulatedProcesses implements Processes {
  readonly all = new Set<SimulatedInstance>();
  startMs = START_CPU_MS;
  /** Ever. */
  started = 0;
  /** Most instances at a time that belonged to a Function. */
  most = 0;
  #spare: SimulatedInstance | null = null;

  constructor(
    private readonly simulation: Simulation,
    readonly loadMs: number,
    private readonly max: number,
  ) {}

  get hasReadySpare(): boolean {
    return this.#spare?.phase === 'idle';
  }

  countOwned(): number {
    return this.#count((instance) => instance !== this.#spare && !instance.retiring);
  }

  countBusy(): number {
    return this.#count(({ pending }) => pending.length > 0);
  }

  countBooting(): number {
    return this.#count(({ phase }) => phase === 'booting');
  }

  /** Instances of one Function. */
  countOf(functionIndex: number): number {
    return this.#count((instance) => instance.functionIndex === functionIndex && !instance.retiring);
  }

  prepareSpare(): void {
    this.#spare ??= this.#start();
  }

  take(): SimulatedInstance {
    const instance = this.#spare ?? this.#start();
    this.#spare = null;
    const owned = this.countOwned();
    assert.ok(owned <= this.max, `${owned} instances, ${this.max} are allowed`);
    this.most = Math.max(this.most, owned);
    return instance;
  }

  noteReady(instance: SimulatedInstance): void {
    this.startMs = average(this.startMs, this.simulation.now - instance.startedAt);
    this.simulation.schedule.noteReady(this.simulation.now);
  }

  noteGone(instance: SimulatedInstance): void {
    this.all.delete(instance);
    if (this.#spare === instance) this.#spare = null;
    this.prepareSpare();
    this.simulation.schedule.noteGone(instance, this.simulation.now);
  }

  #start(): SimulatedInstance {
    this.started += 1;
    const instance = new SimulatedInstance(this.simulation, this);
    this.all.add(instance);
    return instance;
  }

  #count(matches: (instance: SimulatedInstance) => boolean): number {
    let count = 0;
    for (const instance of this.all) if (matches(instance)) count += 1;
    return count;
  }
}

class SimulatedInstance implements PoolInstance {
  functionIndex = -1;
  ownedSince = 0;
  phase: Phase = 'booting';
  since: number;
  readonly startedAt: number;
  readyAt: number | null = null;
  resultSince = 0;
  served = 0;
  readonly pending: Invocation[] = [];
  dead = false;
  retiring = false;
  mayGiveBack = true;
  readonly #simulation: Simulation;
  readonly #processes: SimulatedProcesses;
  #isLoaded = false;
  #isToLoad = false;
  /** Whether its first call has begun. */
  #hasBegun = false;
  #job: Job | null = null;

  constructor(simulation: Simulation, processes: SimulatedProcesses) {
    this.#simulation = simulation;
    this.#processes = processes;
    this.startedAt = simulation.now;
    this.since = simulation.now;
    this.#work(START_CPU_MS, () => this.#onReady());
  }

  send(invocation: Invocation): void {
    this.pending.push(invocation);
    if (this.phase === 'idle') this.#begin();
  }

  load(): void {
    this.#isToLoad = true;
    if (this.phase === 'idle') this.#load(() => this.#onLoaded());
  }

  takeBack(): Invocation[] {
    if (this.dead || !this.mayGiveBack || this.pending.length < 2) return [];
    this.mayGiveBack = false;
    return this.pending.splice(1);
  }

  withdraw(): Invocation[] {
    return [];
  }

  isFrozen(): boolean {
    return true;
  }

  kill(code: ErrorCode): void {
    if (this.retiring) return;
    this.retiring = true;
    this.#simulation.schedule.leave(this, this.#simulation.now);
    if (this.#job !== null) this.#simulation.machine.cancel(this.#job);
    this.#simulation.machine.at(KILL_MS, () => this.#onGone(code));
  }

  #onReady(): void {
    this.readyAt = this.#simulation.now;
    this.#enter('idle');
    if (this.#isToLoad) this.#load(() => this.#onLoaded());
    else if (this.pending.length > 0) this.#begin();
    this.#processes.noteReady(this);
  }

  #load(then: () => void): void {
    this.#enter('loading');
    this.#work(this.#processes.loadMs, () => {
      this.#isLoaded = true;
      then();
    });
  }

  #onLoaded(): void {
    this.#enter('idle');
    if (this.pending.length > 0) this.#begin();
    this.#simulation.schedule.noteLoaded(this, this.#simulation.now);
  }

  #begin(): void {
    if (!this.#isLoaded) return this.#load(() => this.#begin());
    const [invocation] = this.pending;
    assert.ok(invocation);
    this.#hasBegun = true;
    this.#enter('running');
    const { waitMs, cpuMs, dies = false } = this.#simulation.takeWork(invocation);
    const compute = (): void => {
      this.#work(cpuMs + CALL_CPU_MS, () => (dies ? this.kill('HS_CRASHED') : this.#answer(cpuMs, waitMs)));
    };
    if (waitMs === 0) compute();
    else this.#simulation.machine.at(waitMs, () => this.retiring || compute());
  }

  #answer(cpuMs: number, waitMs: number): void {
    const invocation = this.pending.shift();
    assert.ok(invocation);
    this.resultSince = this.since;
    this.served += 1;
    this.mayGiveBack = true;
    this.#hasBegun = false;
    this.#enter('idle');
    if (this.pending.length > 0) this.#begin();
    const cpuUs = (cpuMs + CALL_CPU_MS) * 1000;
    this.#simulation.schedule.noteResult(this, invocation, ANSWERED, { cpuUs, ownUs: cpuUs + waitMs * 1000 });
  }

  #onGone(code: ErrorCode): void {
    this.dead = true;
    const { schedule, now } = this.#simulation;
    for (const [index, invocation] of this.pending.splice(0).entries()) {
      if (index === 0 && this.#hasBegun) {
        invocation.fail(code, '');
        schedule.noteFailed(this, invocation, now);
      } else schedule.noteReturned(this, invocation, now);
    }
    this.#processes.noteGone(this);
  }

  #enter(phase: Phase): void {
    this.phase = phase;
    this.since = this.#simulation.now;
  }

  #work(cpuMs: number, then: () => void): void {
    this.#job = this.#simulation.machine.work(cpuMs, () => {
      this.#job = null;
      then();
    });
  }
}
