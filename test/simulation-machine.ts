/** A machine with a clock of its own and a few cores that everything shares evenly; and chance that repeats itself. */

/** Work for the cores that has not ended. */
export interface Job {
  restMs: number;
  readonly then: () => void;
}

interface Alarm {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const ALMOST_NOTHING_MS = 1e-9;

export class Machine {
  now = 0;
  readonly #jobs = new Set<Job>();
  /** A binary heap: the next one first. */
  readonly #alarms: Alarm[] = [];
  #order = 0;

  constructor(readonly cores: number) {}

  at(delayMs: number, run: () => void): void {
    this.#order += 1;
    push(this.#alarms, { at: this.now + delayMs, order: this.#order, run });
  }

  /** Needs the cores for this long; takes longer where others need them too. */
  work(cpuMs: number, then: () => void): Job {
    const job = { restMs: cpuMs, then };
    this.#jobs.add(job);
    return job;
  }

  cancel(job: Job): void {
    this.#jobs.delete(job);
  }

  /** Until nothing happens any more, or this time has come. */
  run(untilMs: number): void {
    while (true) {
      const job = this.#shortest();
      const speed = Math.min(1, this.cores / this.#jobs.size);
      const jobAt = job === null ? Number.POSITIVE_INFINITY : this.now + job.restMs / speed;
      const alarmAt = this.#alarms[0]?.at ?? Number.POSITIVE_INFINITY;
      const next = Math.min(jobAt, alarmAt, untilMs);
      const workedMs = (next - this.now) * speed;
      if (workedMs > 0) for (const each of this.#jobs) each.restMs -= workedMs;
      this.now = next;
      if (job !== null && jobAt <= next) this.#end(job);
      else if (alarmAt <= next) pop(this.#alarms)?.run();
      if (next >= untilMs || (job === null && alarmAt === Number.POSITIVE_INFINITY)) return;
    }
  }

  #shortest(): Job | null {
    let shortest: Job | null = null;
    for (const job of this.#jobs) if (shortest === null || job.restMs < shortest.restMs) shortest = job;
    return shortest;
  }

  #end(job: Job): void {
    if (job.restMs > ALMOST_NOTHING_MS) job.restMs = 0;
    this.#jobs.delete(job);
    job.then();
  }
}

/** Numbers from 0 to 1, the same ones for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The time until the next one of independent events that come this often. */
export function pauseMs(perSecond: number, random: () => number): number {
  return (-Math.log(1 - random()) / perSecond) * 1000;
}

function isBefore(one: Alarm, other: Alarm): boolean {
  return one.at === other.at ? one.order < other.order : one.at < other.at;
}

function push(heap: Alarm[], alarm: Alarm): void {
  let at = heap.push(alarm) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(alarm, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = alarm;
}

function pop(heap: Alarm[]): Alarm | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let at = 0;
  while (true) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (left === undefined) break;
    const isRight = right !== undefined && isBefore(right, left);
    const child = isRight ? right : left;
    if (!isBefore(child, last)) break;
    heap[at] = child;
    at = 2 * at + (isRight ? 2 : 1);
  }
  heap[at] = last;
  return first;
}
