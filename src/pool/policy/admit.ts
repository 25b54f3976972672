/** Whether a call that arrives may wait, and how long it may. */
import { QUEUE_WAIT_MS } from '../../model/limits';

export interface ArrivalView {
  /** Calls of this Function that wait already. */
  readonly queued: number;
  /** Of the events of all calls that wait in the pool. */
  readonly queuedCharacters: number;
  /** Calls of the pool that wait or run. */
  readonly underWay: number;
  /** How many may. */
  readonly mostUnderWay: number;
  /** How long until it gets another process, because those before it died; 0: they do not. */
  readonly brakeMs: number;
  /** It has an instance that answers calls. */
  readonly answers: boolean;
}

export type Refusal =
  | 'queue-full'
  | 'too-many'
  /** It would wait for a process that is not started so soon, because those before it died. */
  | 'crash-loop';

/** Calls that may wait for one Function. With 5 s as the longest wait, more would be refused anyway. */
const QUEUE_CALLS = 1_000;
/** A flood of large events must not fill the memory of the gateway. */
const QUEUE_CHARACTERS = 64 * 1_048_576;
/** Who calls a Function whose processes keep dying learns it at once, or after a wait of about this. */
const BRAKED_WAIT_MS = 1_000;

/** Hot. */
export function refuse(view: ArrivalView): Refusal | null {
  if (view.queued >= mostWaiting(view)) return view.brakeMs > 0 ? 'crash-loop' : 'queue-full';
  if (view.queuedCharacters >= QUEUE_CHARACTERS) return 'queue-full';
  return view.underWay >= view.mostUnderWay ? 'too-many' : null;
}

/** How many calls of this Function may wait now. */
export function mostWaiting(view: ArrivalView): number {
  // With an instance that lives it is not known whether the next call dies.
  if (view.brakeMs === 0 || view.answers) return QUEUE_CALLS;
  return Math.max(1, Math.floor(BRAKED_WAIT_MS / view.brakeMs));
}

export function hasWaitedTooLong(waitedMs: number): boolean {
  return waitedMs > QUEUE_WAIT_MS;
}
