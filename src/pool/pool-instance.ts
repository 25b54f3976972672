/** What scheduling needs of instances and of whoever starts them. The simulation of the policy has its own. */
import type { ErrorCode } from '../errors';
import type { Invocation } from './invocation';

/** What an instance is doing, or its first call. Each phase has a clock of its own, started at `since`. */
export type Phase = 'booting' | 'preparing' | 'idle' | 'loading' | 'running';

/** All times are milliseconds. */
export interface PoolInstance {
  /** Index of the Function that it belongs to; -1: a spare. */
  functionIndex: number;
  /** Since when. */
  ownedSince: number;
  readonly phase: Phase;
  /** When the current phase began. */
  readonly since: number;
  readonly readyAt: number | null;
  /** When the call that was answered last had begun. */
  readonly resultSince: number;
  /** Calls that were answered. */
  readonly served: number;
  /** Calls that are here, in order; the first one runs. */
  readonly pending: readonly Invocation[];
  readonly dead: boolean;
  /** Must not get another call. */
  readonly retiring: boolean;
  /** What is sent ahead can be taken back. */
  readonly mayGiveBack: boolean;
  send(invocation: Invocation): void;
  /** Loads these Functions before anybody calls them. */
  load(functionIndexes: readonly number[]): void;
  /** What was sent ahead and certainly has not started. */
  takeBack(): Invocation[];
  /** While it loads its module: what has not begun; the call that it loads for comes back as well, once it has. */
  withdraw(): Invocation[];
  isFrozen(): boolean;
  kill(code: ErrorCode, detail: string): void;
}

/** Whoever starts processes for a pool. */
export interface Processes {
  readonly startMs: number;
  readonly hasReadySpare: boolean;
  /** Instances that belong to a Function; those about to end no longer count. */
  countOwned(): number;
  countBusy(): number;
  countBooting(): number;
  prepareSpare(): void;
  /** The spare, booting or ready, else a new process; `null` where the machine does not let us. */
  take(): PoolInstance | null;
}
