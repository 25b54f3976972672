/** What is found when an instance is looked at: limits that were passed, and code that does not freeze. */
import type { ErrorCode } from '../errors';
import type { Instance } from './instance';
import { isSlow } from './policy/slow';

/** Deadlines are looked at this often, so they are met within 25 ms; there is no timer for each call. */
export const TICK_MS = 25;
/** How often idle instances are looked at. */
export const REST_MS = 1_000;

/** A process that has not said `ready` by then is broken or the machine is far too busy. */
const BOOT_MS = 15_000;
/**
 * A spare loads the TwiML classes of the SDK, which may be the project's own, in 20 to 60 ms. A call may wait for it,
 * and must still have time to go elsewhere.
 */
const PREPARE_MS = 3_000;
/** An instance freezes right after its answer; one that has not by then is busy with what the call left behind. */
const STUCK_MS = 1_000;
/** How long after its last call an instance is still looked at: what it left is counted by then. */
const SETTLED_MS = 5 * REST_MS;

const NOT_PREPARED = `loading the TwiML classes of the package twilio took over ${PREPARE_MS / 1000} s`;
const STILL_BUSY = 'it was still busy with what an answered call left behind';

export type Finding =
  | { readonly type: 'fine' }
  /** To be killed, and its running call told so at once. */
  | { readonly type: 'overdue'; readonly code: ErrorCode; readonly detail: string }
  /** To be killed; its calls are settled when it is gone. */
  | { readonly type: 'broken'; readonly code: ErrorCode; readonly detail: string }
  /** What was sent ahead waits too long behind the running call. */
  | { readonly type: 'slow' };

export interface WatchLimits {
  readonly timeoutMs: number;
  /** Average of a call of this Function, ms. */
  readonly usualMs: number;
  /** Whether memory, processes and files are looked at this time (it costs 10 us an instance). */
  readonly looksAtUsage: boolean;
}

const FINE: Finding = { type: 'fine' };
const SLOW: Finding = { type: 'slow' };

/** Of an instance that starts, has calls, or has not frozen yet after the last one. */
export function inspectBusy(instance: Instance, now: number, limits: WatchLimits): Finding {
  const elapsed = now - instance.since;
  const failure = instance.inspector === null ? findFailure(instance, elapsed, limits.timeoutMs) : null;
  if (failure !== null) return failure;
  const excess = limits.looksAtUsage ? instance.findExcess() : null;
  if (excess !== null) return { type: 'broken', ...excess };
  if (instance.phase !== 'running') return FINE;
  return instance.pending.length > 1 && isSlow(elapsed, limits.usualMs) ? SLOW : FINE;
}

/** Of the clock; a debugger may hold an instance for as long as it likes, so there it has no say. */
function findFailure(instance: Instance, elapsed: number, timeoutMs: number): Finding | null {
  if (isStuck(instance, elapsed, timeoutMs)) {
    return { type: 'broken', code: 'HS_CRASHED', detail: STILL_BUSY };
  }
  if (instance.phase === 'preparing' && elapsed > PREPARE_MS) {
    return { type: 'broken', code: 'HS_START_FAILED', detail: NOT_PREPARED };
  }
  const overdue = overdueCode(instance, elapsed, timeoutMs);
  if (overdue === null) return null;
  return { type: 'overdue', code: overdue, detail: `it was stopped after ${Math.round(elapsed)} ms` };
}

/** Of an instance that waits for its next call: why it should end, or `null`. How long it may rest is policy. */
export function inspectIdle(instance: Instance, now: number): string | null {
  const restedMs = now - instance.since;
  const mayBePaused = instance.inspector !== null;
  const isBusy = restedMs > STUCK_MS && !instance.isFrozen() && !mayBePaused;
  // What is frozen does not change.
  if (!isBusy && restedMs > SETTLED_MS) return null;
  // A limit that is passed says more than that something goes on.
  const excess = instance.findExcess();
  if (excess === null && isBusy) return `${STILL_BUSY}, and was ended`;
  const why = excess?.detail ?? instance.findLeftover();
  return why === null ? null : `${why}; it was ended`;
}

/** What does not start was not slow itself: asked before its time limit, which may be the shorter one. */
function isStuck(instance: Instance, elapsed: number, timeoutMs: number): boolean {
  return (
    instance.phase === 'running' && elapsed > Math.min(STUCK_MS, timeoutMs) && !instance.firstHasStarted()
  );
}

/** Boot, load and run have clocks of their own. */
function overdueCode(instance: Instance, elapsed: number, timeoutMs: number): ErrorCode | null {
  switch (instance.phase) {
    case 'booting':
      return elapsed > BOOT_MS ? 'HS_START_FAILED' : null;
    case 'loading':
      return elapsed > timeoutMs ? 'HS_LOAD_TIMEOUT' : null;
    case 'running':
      return elapsed > timeoutMs ? 'HS_RUN_TIMEOUT' : null;
    case 'preparing':
    case 'idle':
      return null;
  }
}
