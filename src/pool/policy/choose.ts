/**
 * The pool's policy, without clock, processes or queues: what to do for the next waiting call of one Function.
 * All times are milliseconds.
 */

/** What the pool sees at this moment, from the side of one Function. */
export interface PoolView {
  /** Instances of this Function that are free. */
  readonly idle: number;
  /** Instances of this Function, starting ones included. */
  readonly instances: number;
  /** Calls of this Function that wait, this one included. */
  readonly queued: number;
  /** How long the oldest of them has waited. */
  readonly waitedMs: number;
  /** A busy instance of this Function may be sent another call. */
  readonly room: boolean;
  /** Moving average of a call of this Function; `null` before the first one ended. */
  readonly callMs: number | null;
  /** How many instances of this Function could keep all cores busy; `null` before that was measured. */
  readonly useful: number | null;
  /** A prepared process without a Function is there. */
  readonly spare: boolean;
  /** How long a new process takes to become ready: a moving average. */
  readonly startMs: number;
  /** Processes of the pool that author's code runs in or will; spares are not counted. */
  readonly total: number;
  readonly max: number;
  /** Processes of the pool that are starting at this moment, and how many may. */
  readonly startingInPool: number;
  readonly startLimit: number;
  /** An idle instance of another Function could make room. */
  readonly evictable: boolean;
  /** Instances of the pool, of whatever Function, that have calls. */
  readonly busyInPool: number;
  readonly cores: number;
}

export type Choice =
  /** Run on the idle instance that was used last. */
  | 'use'
  /** Put it into the socket of a busy instance: it starts there without a wake-up when the running call ends. */
  | 'send-ahead'
  /** Let the spare become an instance of this Function. */
  | 'adopt'
  | 'start'
  | 'wait';

/** Calls shorter than this on average may be sent ahead: what is queued behind one of them is not held up for long. */
export const SEND_AHEAD_BELOW_MS = 5;
/** Waking a process costs as much as such a call: few hot instances beat many lukewarm ones. */
const SHORT_MS = 2;
/** A queue that lasts this long although calls are short means that one instance is not enough. */
const SATURATED_MS = 100;
/** After that a further instance is tried whatever the figures say. */
const LONG_WAIT_MS = 1_000;
/** Beyond one instance for each core a further one pays for waits above this. */
const WORTH_MS = 20;

export function choose(view: PoolView): Choice {
  if (view.idle > 0 && !(isHotEnough(view) && view.room)) return 'use';
  const more = view.idle > 0 ? 'wait' : chooseMore(view);
  if (more !== 'wait') return more;
  return view.room && mayBeSentAhead(view) ? 'send-ahead' : 'wait';
}

/** As many instances are at work as there are cores, on calls that are over sooner than another one is awake. */
function isHotEnough(view: PoolView): boolean {
  return view.callMs !== null && view.callMs < SHORT_MS && view.instances - view.idle >= view.cores;
}

/** Whether a further instance is worth its start, and from where. */
function chooseMore(view: PoolView): Choice {
  if (view.total >= view.max && !view.evictable) return 'wait';
  // A spare that is used up must be started again: for a further instance both cost the same, one is only quicker.
  if (view.instances > 0 && !isWorth(view)) return 'wait';
  if (view.spare) return 'adopt';
  return view.startingInPool < view.startLimit ? 'start' : 'wait';
}

/**
 * A further instance pays when calls wait longer than it takes to be ready. Once there is one at work for each core,
 * whatever Function it belongs to, it pays only for
 * calls that themselves wait for something (a database, an API): they can wait together. Those that need the cores
 * all the time would only get in each other's way; but nobody waits for long while there is room.
 */
function isWorth(view: PoolView): boolean {
  const { callMs, instances, startMs, waitedMs } = view;
  if (waitedMs > LONG_WAIT_MS) return true;
  // Nothing is known yet: the longer the calls turn out to be, the more instances they get.
  if (callMs === null) return waitedMs > startMs * instances;
  const expectedMs = (view.queued * callMs) / instances;
  if (view.busyInPool < view.cores) return expectedMs > startMs || waitedMs > SATURATED_MS;
  if (callMs < SHORT_MS || (view.useful !== null && instances >= view.useful)) return false;
  return expectedMs > Math.max(WORTH_MS, Math.min(callMs / 2, startMs));
}

function mayBeSentAhead(view: PoolView): boolean {
  return view.callMs !== null && view.callMs < SEND_AHEAD_BELOW_MS;
}
