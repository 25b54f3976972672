/**
 * A Function whose processes die as soon as they get a call must not keep the cores busy with starting new ones. Each
 * such death is a debt, which time and answers pay off; while there is too much of it, no process is started for it.
 */
export interface Debt {
  /** Processes. */
  readonly owed: number;
  /** When that was so. */
  readonly at: number;
}

export const NO_DEBT: Debt = { owed: 0, at: 0 };

/** So many may die in quick succession before it is braked: a deploy that kills its calls, a burst of bad input. */
const FREE = 10;
/** A burst of calls that all die is not held against it for longer than it takes to pay this off. */
const MOST = 2 * FREE;
/** Starting a process takes a core for `startMs`: at one in four times that, it has at most a quarter of one. */
const SHARE = 4;
/** Answers pay for a start in the end: a Function that crashes at every tenth call is served at full speed. */
const PER_ANSWER = 0.25;
/** One that lived for so many times what its start took has earned it. */
const SHORT_LIFE = 5;

export interface Moment {
  readonly now: number;
  /** How long a new process takes to become ready. */
  readonly startMs: number;
}

/** `livedMs`: since it was the Function's and ready; 0 where it never was. */
export function afterDeath(debt: Debt, livedMs: number, moment: Moment): Debt {
  if (livedMs > SHORT_LIFE * moment.startMs) return debt;
  return { owed: Math.min(MOST, owedNow(debt, moment) + 1), at: moment.now };
}

/** Hot. */
export function afterAnswer(debt: Debt): Debt {
  return debt.owed === 0 ? debt : { owed: Math.max(0, debt.owed - PER_ANSWER), at: debt.at };
}

/** How long until a process may be started, and for as many behind it each; 0: now. */
export function brakeMs(debt: Debt, moment: Moment): number {
  if (debt.owed < FREE) return 0;
  const tooMany = owedNow(debt, moment) - FREE;
  return tooMany < 0 ? 0 : (tooMany + 1) * SHARE * moment.startMs;
}

function owedNow({ owed, at }: Debt, { now, startMs }: Moment): number {
  return Math.max(0, owed - (now - at) / (SHARE * startMs));
}
