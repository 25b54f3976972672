/**
 * What a call waits for at the moment, and how that comes to its end: somebody does something, its time passes, or the
 * call is closed. With virtual time the only place where time passes.
 */
import type { Callbacks } from './callbacks';
import type { Effect, Input } from './effects';
import type { LegName, Waiting } from './event';
import { LONGEST_CALL_MS } from './settings';
import type { Timeline } from './timeline';

export type WaitEffect = Extract<Effect, { readonly type: 'wait' }>;

interface Pending {
  readonly wait: WaitEffect;
  /** When its time is over. */
  readonly until: number;
  readonly resolve: (input: Input | 'closed') => void;
}

export class Waits {
  readonly #timeline: Timeline;
  readonly #callbacks: Callbacks;
  /** Nothing passes by itself. */
  readonly #inSteps: boolean;
  #pending: Pending | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Who hung up while the call was busy. */
  #hangUps: LegName[] = [];
  /** How much virtual time may still pass. */
  #budgetMs = 0;
  #settled: (() => void)[] = [];

  constructor(parts: {
    readonly timeline: Timeline;
    readonly callbacks: Callbacks;
    readonly inSteps: boolean;
  }) {
    this.#timeline = parts.timeline;
    this.#callbacks = parts.callbacks;
    this.#inSteps = parts.inSteps;
  }

  /** `null` while the call is busy, or only speaks. */
  get waiting(): Waiting | null {
    return this.#pending?.wait.waiting ?? null;
  }

  /** Of what it waits for; 0 for nothing. */
  get remainingMs(): number {
    return this.#pending === null ? 0 : this.#pending.until - this.#timeline.now();
  }

  /** Somebody has to act before the call goes on. */
  get isParked(): boolean {
    return this.#pending !== null && this.#parks(this.#pending.wait);
  }

  async begin(wait: WaitEffect): Promise<Input | 'closed'> {
    const leg = this.#hangUps.shift();
    if (leg !== undefined) return { type: 'hang up', leg };
    const until = this.#timeline.now() + Math.min(wait.ms, LONGEST_CALL_MS + 1);
    const given = new Promise<Input | 'closed'>((resolve) => {
      this.#pending = { wait, until, resolve };
    });
    if (!this.#timeline.isVirtual) {
      this.#timer = setTimeout(
        () => this.#take()?.resolve({ type: 'elapsed' }),
        Math.max(0, this.remainingMs),
      );
    } else if (!this.#parks(wait)) {
      await this.#elapse();
    } else if (this.#budgetMs > 0) {
      await this.#spendBudget();
    }
    if (this.isParked) this.flush();
    return given;
  }

  /** Whether somebody took it: while nobody is listened to, keys and words are lost. */
  give(input: Input): boolean {
    if (this.#pending === null || this.#pending.wait.waiting === null) return false;
    this.#take()?.resolve(input);
    return true;
  }

  /** It is always heard, once the call is not busy any more. */
  hangUp(leg: LegName): void {
    const pending = this.#take();
    if (pending === null) this.#hangUps.push(leg);
    else pending.resolve({ type: 'hang up', leg });
  }

  /** Virtual time passes, through all that the call waits for meanwhile. */
  async pass(ms: number, settled: () => Promise<void>): Promise<void> {
    this.#budgetMs = ms;
    await this.#spendBudget();
    await settled();
    this.#budgetMs = 0;
  }

  close(): void {
    this.#take()?.resolve('closed');
  }

  /** Resolves at the next `flush`. */
  untilParked(): Promise<void> {
    return new Promise((resolve) => this.#settled.push(resolve));
  }

  flush(): void {
    const settled = this.#settled;
    this.#settled = [];
    for (const resolve of settled) resolve();
  }

  #parks(wait: WaitEffect): boolean {
    if (!this.#timeline.isVirtual) return wait.waiting !== null && !wait.passes;
    return !wait.passes || this.#inSteps;
  }

  /** The time of the pending wait passes. */
  async #elapse(): Promise<void> {
    const pending = this.#pending;
    if (pending === null) return;
    this.#budgetMs = Math.max(0, this.#budgetMs - this.remainingMs);
    await this.#callbacks.runUntil(pending.until);
    this.#timeline.moveTo(pending.until);
    if (this.#pending === pending) this.#take()?.resolve({ type: 'elapsed' });
  }

  /** As much of the pending wait as the budget allows. */
  async #spendBudget(): Promise<void> {
    if (this.#pending === null) return;
    if (this.remainingMs <= this.#budgetMs) return this.#elapse();
    const now = this.#timeline.now() + this.#budgetMs;
    this.#budgetMs = 0;
    await this.#callbacks.runUntil(now);
    this.#timeline.moveTo(now);
  }

  #take(): Pending | null {
    const pending = this.#pending;
    this.#pending = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    return pending;
  }
}
