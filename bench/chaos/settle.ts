/** Compares what was asked with what ran. Pure: all evidence is an argument. */
import type { Runs } from './kind';
import type { Kill, Suspect, Wrong } from './ledger';

export interface Evidence {
  readonly lastId: number;
  readonly allowedRuns: (id: number) => Runs;
  /** Lines of the file of runs: `id pid`. */
  readonly runs: Iterable<string>;
  readonly suspects: readonly Suspect[];
  readonly kills: readonly Kill[];
}

export interface Settled {
  readonly wrong: readonly Wrong[];
  /** Handlers that began. */
  readonly runs: number;
  readonly twice: number;
  /** Answered 500 because their instance was killed while their handler ran. */
  readonly killedRunning: number;
  /** The same between the claim of the call and the first line of the handler: it might have started. */
  readonly killedStarting: number;
}

/** Between the death of an instance and the answer to its call; a busy machine takes its time. */
const CLOCKS_DIFFER_MS = 5;

export function settle(evidence: Evidence): Settled {
  const found = countRuns(evidence);
  const excuses = new Excuses(evidence.kills);
  const wrong: Wrong[] = [...found.wrong];
  const excused = new Set<number>();
  let killedRunning = 0;
  let killedStarting = 0;
  // Those that ran name their process; the rest gets what is left of the kills.
  const ran = ({ id }: Suspect) => (found.counts[id] ?? 0) > 0;
  for (const suspect of evidence.suspects.filter(ran)) {
    if (excuses.take(suspect, found.pids[suspect.id] ?? 0)) killedRunning += 1;
    else wrong.push({ id: suspect.id, what: suspect.what });
  }
  for (const suspect of evidence.suspects.filter((one) => !ran(one))) {
    excused.add(suspect.id);
    if (excuses.take(suspect, null)) killedStarting += 1;
    else wrong.push({ id: suspect.id, what: `${suspect.what}; it did not run, so it belonged elsewhere` });
  }
  for (let id = 1; id <= evidence.lastId; id++) {
    const what = explainCount(found.counts[id] ?? 0, evidence.allowedRuns(id));
    if (what !== null && !(excused.has(id) && found.counts[id] === 0)) wrong.push({ id, what });
  }
  return { wrong, runs: found.total, twice: found.twice, killedRunning, killedStarting };
}

interface Counted {
  readonly counts: Uint8Array;
  /** Of the process that ran it last. */
  readonly pids: Uint32Array;
  readonly wrong: readonly Wrong[];
  readonly total: number;
  readonly twice: number;
}

function countRuns({ runs, lastId }: Evidence): Counted {
  const counts = new Uint8Array(lastId + 1);
  const pids = new Uint32Array(lastId + 1);
  const wrong: Wrong[] = [];
  let total = 0;
  let twice = 0;
  for (const line of runs) {
    if (line === '') continue;
    const [id = Number.NaN, pid = 0] = line.split(' ').map(Number);
    total += 1;
    if (!Number.isInteger(id) || id < 1 || id > lastId) {
      wrong.push({ id: 0, what: `something ran that nobody asked for: ${line.slice(0, 100)}` });
      continue;
    }
    counts[id] = Math.min(255, (counts[id] ?? 0) + 1);
    if (counts[id] === 2) twice += 1;
    pids[id] = pid;
  }
  return { counts, pids, wrong, total, twice };
}

function explainCount(count: number, allowed: Runs): string | null {
  if (count > 1) return `it ran ${count} times`;
  if (count === 1) return allowed === 'never' ? 'it ran although it must not' : null;
  return allowed === 'once' ? 'it was answered, but did not run' : null;
}

/** A kill ends one process, which runs one call at a time: it excuses one answer. */
class Excuses {
  readonly #unused: Set<Kill>;

  constructor(kills: readonly Kill[]) {
    this.#unused = new Set(kills);
  }

  /** `pid`: of the process that ran the call; `null`: any. */
  take({ sentAt, answeredAt }: Suspect, pid: number | null): boolean {
    for (const kill of this.#unused) {
      const isItsTime = kill.at >= sentAt - CLOCKS_DIFFER_MS && kill.at <= answeredAt;
      if (!isItsTime || (pid !== null && kill.pid !== pid)) continue;
      this.#unused.delete(kill);
      return true;
    }
    return false;
  }
}
