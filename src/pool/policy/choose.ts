/**
 * What to do for the next waiting call of one Function. Pure, as all of this folder: no clock, no processes, no
 * queues; `Schedule` does what is decided here. All times are milliseconds.
 */

/** What the pool sees at this moment, from the side of one Function. Asked for only as far as it is needed. */
export interface PoolView {
  /** Instances of this Function that are free. */
  readonly idle: number;
  /** Instances of this Function, starting ones included. */
  readonly instances: number;
  /** Those of them that are not held up by a call that takes far longer than usual. */
  readonly moving: number;
  /** Instances of this Function that load it in advance: free as soon as they are done. */
  readonly coming: number;
  /** Calls of this Function that wait, this one included. */
  readonly queued: number;
  /** How long the oldest of them has waited. */
  readonly waitedMs: number;
  /** A busy instance of this Function may be sent another call. */
  readonly ahead: boolean;
  /** Moving average of a call of this Function; `null` before the first one ended. */
  readonly callMs: number | null;
  /** The same without what calls wait for a core; the average where the system does not tell. */
  readonly ownMs: number | null;
  /** How many instances of this Function could keep all cores busy; `null` before that was measured. */
  readonly useful: number | null;
  /** How much of all cores the calls that run now take, going by those before them; 1: all of it. */
  readonly load: number;
  /** Its processes keep dying: it gets no new one now. */
  readonly braked: boolean;
  /** A prepared process without a Function is there. */
  readonly spare: boolean;
  /** How long a new process takes to become ready: a moving average. */
  readonly startMs: number;
  /** Processes of the pool that are starting at this moment, and how many may. */
  readonly startingInPool: number;
  readonly startLimit: number;
  /** Instances of the pool, of whatever Function, that have calls. */
  readonly busyInPool: number;
  readonly cores: number;
  /** The pool has room for another instance of this Function, or can make some: see `room.ts`. */
  readonly room: boolean;
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
/** After that a further instance is tried although the figures say that it is useless. */
const LONG_WAIT_MS = 1_000;
/** … until this many times the useful ones are at work. */
const MOST_TIMES_USEFUL = 2;
/** Calls that take this much of all cores would only take them from each other: the rest is the gateway's. */
const SATURATED_LOAD = 0.8;
/** Beyond one instance for each core a further one pays for waits above this. */
const WORTH_MS = 20;

/** Hot. */
export function choose(view: PoolView): Choice {
  if (view.idle > 0) return isHotEnough(view) && view.ahead ? 'send-ahead' : 'use';
  if (wantsMore(view)) {
    const more = chooseMore(view);
    if (more !== 'wait') return more;
  }
  return mayBeSentAhead(view) && view.ahead ? 'send-ahead' : 'wait';
}

/**
 * Whether a further instance is worth its start. It is when calls wait longer than it takes to be ready. Once there
 * is one at work for each core, whatever Function it belongs to, it pays only for calls that themselves wait for
 * something (a database, an API): they can wait together. Those that need the cores all the time would only get in
 * each other's way; but nobody waits for long while there is room.
 */
export function wantsMore(view: PoolView): boolean {
  if (view.instances === 0) return true;
  const { callMs, ownMs, instances, startMs, waitedMs } = view;
  // Another one would have to load the same first.
  if (view.coming >= view.queued && waitedMs <= LONG_WAIT_MS) return false;
  // Nothing is known of its calls, or not of those that run now: the longer it lasts, the more instances they get.
  if (callMs === null || ownMs === null) return waitedMs > startMs * instances;
  if (waitedMs > startMs * instances && view.moving === 0) return true;
  if (waitedMs > LONG_WAIT_MS) return !isOverload(view);
  const expectedMs = (view.queued * callMs) / instances;
  if (view.busyInPool < view.cores) return expectedMs > startMs || waitedMs > SATURATED_MS;
  if (ownMs < SHORT_MS || (view.useful !== null && instances >= view.useful)) return false;
  if (view.load > SATURATED_LOAD) return false;
  return expectedMs > Math.max(WORTH_MS, Math.min(callMs / 4, startMs));
}

/**
 * Nobody can be helped any more. An overload would start instance after instance, until so many take the cores from
 * each other that all calls run into their time limit.
 */
function isOverload({ useful, instances, busyInPool, load }: PoolView): boolean {
  if (load > SATURATED_LOAD) return true;
  return useful !== null && instances >= useful && busyInPool >= MOST_TIMES_USEFUL * useful;
}

/** From where a further instance comes, if it can. */
function chooseMore(view: PoolView): Choice {
  if (view.braked) return 'wait';
  // A spare that is used up must be started again: for a further instance both cost the same, one is only quicker.
  if (!view.spare && view.startingInPool >= view.startLimit) return 'wait';
  if (!view.room) return 'wait';
  return view.spare ? 'adopt' : 'start';
}

/** As many instances are at work as there are cores, on calls that are over sooner than another one is awake. */
function isHotEnough(view: PoolView): boolean {
  return view.ownMs !== null && view.ownMs < SHORT_MS && view.instances - view.idle >= view.cores;
}

function mayBeSentAhead(view: PoolView): boolean {
  return view.ownMs !== null && view.ownMs < SEND_AHEAD_BELOW_MS;
}
