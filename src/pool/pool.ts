/** The instances and spares of one build: tells the schedule what happens, watches limits, and ends what has to end. */
import { availableParallelism } from 'node:os';
import type { Build } from '../model/build';
import type { ConsoleLevel } from '../model/invocation';
import { QUEUE_WAIT_MS } from '../model/limits';
import type { Failure } from '../protocol/messages';
import { checkFit, uncallableOf } from './fit';
import { CALLS_WAIT, inspectorNotice } from './inspector-words';
import type { Instance } from './instance';
import type { InstanceEvents } from './instance-events';
import type { AnsweredCall } from './instance-log';
import { Invocation, type InvocationInput } from './invocation';
import { defaultMaxInstances } from './memory';
import { lostText, startFailedText, unpreparedText } from './notices';
import type { OnInvocationEnd, PoolEvents, PoolOptions } from './pool-options';
import { Schedule } from './schedule';
import { Starter } from './starter';
import { inspectBusy, inspectIdle, REST_MS, TICK_MS } from './watchdog';

export type { OnInvocationEnd, PoolEvents, PoolOptions } from './pool-options';

const USAGE_TICKS = 2;
/** What lasts is told again so often. */
const TELL_AGAIN_MS = 60_000;

export class Pool {
  readonly #starter: Starter;
  readonly #schedule: Schedule;
  readonly #arrived: Invocation[] = [];
  /** Instances that something is to be written to. */
  readonly #unsent: Instance[] = [];
  /** While a newer build is being made, and once it is live elsewhere, new calls end as `superseded`. */
  #paused = false;
  #build: Build;
  #ticker: NodeJS.Timeout | null = null;
  readonly #restTimer: NodeJS.Timeout;
  #ticks = 0;
  #draining = false;
  #closed = false;
  #onGone: (() => void) | null = null;
  #onPrepared: (() => void)[] = [];
  /** Since when there are calls that wait, as far as it was not told; `null`: there are none. */
  #waitingSince: number | null = null;
  #toldThatStartsFailAt = Number.NEGATIVE_INFINITY;
  /** Names of Functions whose instances did not stay. */
  readonly #toldThatLost = new Set<string>();

  /** Throws `CodedError` (HS_USAGE) where the instances that should always be there do not fit. */
  constructor(
    build: Build,
    private readonly options: PoolOptions,
    private readonly events: PoolEvents,
  ) {
    this.#build = build;
    const maxInstances = options.maxInstances ?? defaultMaxInstances();
    const shared = options.isolation === 'environment';
    const functions = build.functions.length;
    const uncallable = uncallableOf(build);
    checkFit(options.minInstances, shared ? 1 : functions - uncallable.size, maxInstances);
    this.#starter = new Starter(build, options, this.#instanceEvents, {
      failed: (detail) => this.#onStartFailed(detail),
      portFree: () => this.#onPortFree(),
      unprepared: (detail) => this.events.notice('warn', unpreparedText(detail)),
    });
    const { minInstances, maxInvocations } = options;
    const cores = availableParallelism();
    this.#schedule = new Schedule(
      { functions, uncallable, shared, maxInstances, minInstances, maxInvocations, cores },
      this.#starter,
      {
        sent: (instance) => this.#onSent(instance as Instance),
        waits: () => this.#tick(),
        taken: () => this.#onTaken(),
        lost: (instance) => this.#onLost(instance as Instance),
      },
    );
    this.#restTimer = setInterval(() => this.#checkIdle(), REST_MS).unref();
    this.#schedule.startInAdvance(performance.now());
    this.#starter.prepareSpare();
  }

  /** Invocations whose handlers run or are about to. */
  get running(): number {
    return this.#schedule.running;
  }

  /**
   * Hot. `onEnd` is called exactly once. Calls that arrive in one turn of the event loop are given out together at
   * its end: then one write carries them, and whatever the system told in the same turn (a saved file) is known.
   */
  invoke(input: InvocationInput, onEnd: OnInvocationEnd): void {
    const invocation = new Invocation(input, performance.now(), onEnd);
    if (this.#arrived.push(invocation) === 1) setImmediate(this.#giveOut);
  }

  /** Indexes of the Functions that have instances, the one that was used last first. */
  get used(): readonly number[] {
    return this.#schedule.used();
  }

  /** Something is being saved. What has not begun is superseded: nothing is loaded for it while files change. */
  pause(): void {
    this.#paused = true;
    this.#schedule.supersede(performance.now());
  }

  /** What was saved is live, here or nowhere. */
  resume(): void {
    this.#paused = false;
  }

  /** These Functions get instances before their next call. */
  warm(functionIndexes: readonly number[]): void {
    this.#schedule.warm(functionIndexes, performance.now());
    this.#flush();
  }

  /** Goes on for a newer build of which processes were told nothing new: these Functions get new instances. */
  renew(build: Build, functionIndexes: readonly number[]): void {
    this.#build = build;
    this.#toldThatLost.clear();
    this.#starter.renew(build);
    this.#schedule.renew(functionIndexes, performance.now());
    this.#flush();
  }

  /** Takes no new calls, and gives away those that wait; resolves when the last one has ended and every process is gone. Repeatable. */
  drain(): Promise<void> {
    this.#draining = true;
    this.pause();
    this.#starter.stop();
    this.#schedule.drain();
    this.#endPreparing();
    return this.#whenEmpty();
  }

  /** Kills what runs; calls that are in the pool end with `HS_STOPPING`. */
  close(): Promise<void> {
    this.#draining = true;
    this.#closed = true;
    for (const invocation of this.#arrived.splice(0)) invocation.fail('HS_STOPPING', 'the gateway stopped');
    this.#schedule.failAll('HS_STOPPING', 'the gateway stopped');
    this.#starter.stop();
    this.#schedule.drain();
    this.#endPreparing();
    for (const instance of this.#starter.all) instance.kill('HS_STOPPING', 'the gateway stopped');
    return this.#whenEmpty();
  }

  /** For the end of our process, which waits for nothing: kills everything and deletes the folder, in this turn. */
  abandon(): void {
    this.#draining = true;
    this.#starter.abandon();
  }

  /** Resolves once what should be loaded in advance is, or could not be. */
  whenPrepared(): Promise<void> {
    return new Promise((resolve) => {
      this.#onPrepared.push(resolve);
      // Nothing else may be there that keeps the process alive until this is settled.
      this.#restTimer.ref();
      this.#checkPrepared();
    });
  }

  // --- calls

  /** Hot. */
  readonly #giveOut = (): void => {
    const now = performance.now();
    for (const invocation of this.#arrived.splice(0)) {
      if (this.#paused && invocation.mayRestart) invocation.end({ type: 'superseded' });
      else this.#schedule.offer(invocation, now);
    }
    this.#schedule.serveAll(now);
    this.#flush();
  };

  #onSent(instance: Instance): void {
    if (this.#unsent.push(instance) === 1) setImmediate(this.#flush);
    this.#tick();
  }

  readonly #flush = (): void => {
    for (const instance of this.#unsent.splice(0)) instance.flush();
  };

  // --- instances

  readonly #instanceEvents: InstanceEvents = {
    inspecting: (instance, url) => this.#onInspecting(instance, url),
    ready: (instance) => this.#onReady(instance),
    loaded: (instance, functionIndex, failure) => this.#onLoaded(instance, functionIndex, failure),
    input: (instance, file) => this.#onInput(instance, file),
    // Hot.
    result: (instance, invocation, reply, cost) =>
      this.#schedule.noteResult(instance, invocation, { type: 'reply', reply }, cost),
    returned: (instance, invocation) => {
      if (this.#closed) invocation.fail('HS_STOPPING', 'the gateway stopped');
      else if (this.#paused && invocation.mayRestart) invocation.end({ type: 'superseded' });
      this.#schedule.noteReturned(instance, invocation, performance.now());
    },
    failed: (instance, invocation) => this.#schedule.noteFailed(instance, invocation, performance.now()),
    retiring: (instance) => this.#schedule.leave(instance, performance.now()),
    late: (instance, call, level, text) => this.#onLate(instance, call, level, text),
    gone: (instance) => this.#onInstanceGone(instance),
  };

  #onInspecting({ inspector }: Instance, url: string | null): void {
    if (url === null && this.#wasJustToldThatStartsFail()) return;
    this.events.notice(...inspectorNotice(inspector, url));
  }

  #wasJustToldThatStartsFail(): boolean {
    const now = performance.now();
    const wasTold = now - this.#toldThatStartsFailAt < TELL_AGAIN_MS;
    if (!wasTold) this.#toldThatStartsFailAt = now;
    return wasTold;
  }

  #onReady(instance: Instance): void {
    this.#starter.noteReady(instance);
    this.#schedule.noteReady(performance.now());
    if (instance.phase === 'preparing') this.#tick();
  }

  #onPortFree(): void {
    this.#starter.prepareSpare();
    this.#schedule.serveAll(performance.now());
    this.#flush();
  }

  #onStartFailed(detail: string): void {
    this.#schedule.failWithoutInstance(detail);
    if (!this.#wasJustToldThatStartsFail()) this.events.notice('error', startFailedText(detail));
  }

  /** The next spare waits a little: the call that is about to run needs the cores now. A test may be over by then. */
  #onTaken(): void {
    if (this.options.shortLived === true) return;
    setTimeout(() => this.#starter.prepareSpare(), TICK_MS).unref();
  }

  #onLost(instance: Instance): void {
    const isShared = this.options.isolation === 'environment';
    const { name } = (isShared ? null : this.#build.functions[instance.functionIndex]) ?? ANY;
    if (this.#draining || this.#toldThatLost.has(name)) return;
    this.#toldThatLost.add(name);
    this.events.notice('warn', lostText(name, instance.endedBecause));
  }

  #onLoaded(instance: Instance, functionIndex: number, failure: Failure | null): void {
    if (failure !== null && !this.#draining) this.events.loadFailed(this.#build, functionIndex, failure);
    if (instance.phase !== 'loading' && !instance.retiring) {
      this.#schedule.noteLoaded(instance, performance.now());
      this.#checkPrepared();
    }
  }

  #onInput({ functionIndex }: Instance, file: string): void {
    if (functionIndex >= 0 && !this.#draining) this.events.input(functionIndex, file);
  }

  #onInstanceGone(instance: Instance): void {
    this.#starter.noteGone(instance);
    this.#schedule.noteGone(instance, performance.now());
    this.#checkPrepared();
    this.#endIfEmpty();
  }

  #checkPrepared(): void {
    if (this.#schedule.isPrepared) this.#endPreparing();
  }

  #endPreparing(): void {
    this.#restTimer.unref();
    for (const resolve of this.#onPrepared.splice(0)) resolve();
  }

  #onLate(instance: Instance, call: AnsweredCall | null, level: ConsoleLevel, text: string): void {
    const { name } = this.#build.functions[call?.functionIndex ?? instance.functionIndex] ?? SPARE;
    this.events.late({ requestId: call?.requestId ?? null, resource: name, level, text });
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
      const rests = instance.pending.length === 0 && instance.isFrozen() && !isStarting(instance);
      if (rests && !this.#schedule.isLoadingInAdvance(instance)) continue;
      busy = true;
      this.#checkBusy(instance, now);
    }
    busy = this.#schedule.tick(now, this.#isInspected) || busy;
    if (!busy && this.#ticker !== null) {
      clearInterval(this.#ticker);
      this.#ticker = null;
    }
  }

  #checkBusy(instance: Instance, now: number): void {
    const finding = inspectBusy(instance, now, {
      timeoutMs: this.options.timeoutMs,
      usualMs: this.#schedule.usualMs(instance),
      looksAtUsage: this.#ticks % USAGE_TICKS === 0,
    });
    switch (finding.type) {
      case 'fine':
        return;
      case 'slow':
        return this.#schedule.giveBack(instance, now);
      case 'broken':
        // It may take a moment to die.
        if (instance.killed) return;
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
    // A debugger may be attached to what has rested for long.
    if (!this.#isInspected) this.#schedule.rest(now);
    this.#checkPrepared();
    this.#starter.prepareSpare();
    if (this.#starter.isStartingSpare) this.#tick();
    if (this.#isInspected) this.#tellThatCallsWait(now);
    for (const instance of this.#starter.all) {
      const isIdle = instance.phase === 'idle' && instance.functionIndex >= 0 && !instance.retiring;
      const why = isIdle ? inspectIdle(instance, now) : null;
      if (why === null) continue;
      this.#onLate(instance, null, 'warn', why);
      this.#schedule.leave(instance, now);
      instance.kill('HS_STOPPING', why);
    }
  }

  get #isInspected(): boolean {
    return this.options.inspectorPorts !== null;
  }

  /** Where they are not refused for it: once, until none waits. */
  #tellThatCallsWait(now: number): void {
    if (this.#schedule.waiting === 0) this.#waitingSince = null;
    else this.#waitingSince ??= now;
    if (this.#waitingSince === null || now - this.#waitingSince < QUEUE_WAIT_MS) return;
    this.#waitingSince = Number.POSITIVE_INFINITY;
    this.events.notice('warn', CALLS_WAIT);
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
    if (
      !this.#draining ||
      this.#starter.all.size > 0 ||
      this.#schedule.waiting > 0 ||
      this.#arrived.length > 0
    )
      return;
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#ticker = null;
    clearInterval(this.#restTimer);
    const onGone = this.#onGone;
    this.#onGone = null;
    onGone?.();
  }
}

const SPARE = { name: 'a spare process' };
const ANY = { name: 'every Function' };

function isStarting({ phase }: Instance): boolean {
  return phase === 'booting' || phase === 'preparing';
}
