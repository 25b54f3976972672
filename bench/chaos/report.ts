/** What a run has shown, for people and as JSON. */
import { readFileSync } from 'node:fs';
import { formatNumber, formatTable } from '../measure/table';
import { type Check, checkRun } from './checks';
import type { Durations } from './durations';
import { KINDS } from './kinds';
import type { Wrong } from './ledger';
import type { Options } from './options';
import type { Grounds } from './project';
import type { Run } from './run';
import { type Settled, settle } from './settle';
import { VICTIM, type Victim, type VictimPhase } from './victim';

export interface Report {
  readonly seed: number;
  readonly passed: boolean;
  readonly answers: number;
  readonly perSecond: number;
  /** Share of a core that other programs took during the chaos. */
  readonly others: number;
  readonly kills: number;
  readonly builds: number;
  readonly settled: Omit<Settled, 'wrong'>;
  readonly victim: Readonly<Record<VictimPhase, Latency>>;
  readonly kinds: readonly KindFigures[];
  readonly checks: readonly Check[];
  /** With the line of the gateway's log, where there is one. */
  readonly wrong: readonly string[];
  readonly orphans: readonly string[];
}

interface Latency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

interface KindFigures extends Latency {
  readonly name: string;
  /** Count by status; 0: nobody waited for the answer. */
  readonly statuses: Readonly<Record<number, number>>;
}

const SHOWN = 20;
const REQUEST_ID = /RQ[0-9a-f]{32}/;

export function makeReport(run: Run, grounds: Grounds, options: Options): Report {
  const { bed, victim } = run;
  const { ledger } = bed;
  const settled = settle({
    lastId: ledger.lastId,
    allowedRuns: (id) => ledger.allowedRuns(id),
    runs: readFileSync(grounds.runsFile, 'latin1').split('\n'),
    suspects: ledger.suspects,
    kills: ledger.kills,
  });
  const { wrong: found, ...figures } = settled;
  const wrong = [...ledger.wrong, ...found];
  const checks = checkRun(run, settled, wrong, options);
  return {
    seed: options.seed,
    passed: checks.every(({ holds, isReport }) => holds || isReport),
    answers: bed.tallies.total,
    perSecond: run.answers / run.seconds,
    others: run.others,
    kills: ledger.kills.length,
    builds: bed.builds.count,
    settled: figures,
    victim: latenciesOf(victim),
    kinds: figuresOfKinds(run),
    checks,
    wrong: describeWrong(wrong, run.gateway.logFile),
    orphans: run.left.processes,
  };
}

export function formatReport(report: Report): string {
  const { victim, settled } = report;
  const latencies = Object.entries(victim).map(([name, latency]) => [name, ...latencyCells(latency)]);
  const kinds = report.kinds.map((kind) => [kind.name, ...latencyCells(kind), showStatuses(kind)]);
  const checks = report.checks.map((check) => [check.name, check.figure, check.bound, verdictOf(check)]);
  const columns = ['count', 'p50 ms', 'p99 ms', 'max ms'];
  return [
    formatTable({ columns: ['kind', ...columns, 'answers by status'], rows: kinds }),
    formatTable({ columns: ['victim', ...columns], rows: latencies }),
    `${formatNumber(settled.runs)} handlers began. Of ${report.kills} instances that were killed, ` +
      `${settled.killedRunning} had a running call and ${settled.killedStarting} one that had just begun.`,
    formatTable({ columns: ['check', 'figure', 'bound', ''], rows: checks }),
    ...showWrong(report.wrong),
    ...report.orphans.slice(0, SHOWN).map((one) => `Left after the end: ${one}`),
    `${report.passed ? 'Passed' : 'FAILED'}: ${formatNumber(report.answers)} answers, ` +
      `${formatNumber(report.perSecond)}/s during the chaos, while others took ${formatNumber(report.others)} of a core. ` +
      `Repeat with --seed ${report.seed}`,
  ].join('\n\n');
}

function latenciesOf({ durations }: Victim): Report['victim'] {
  return {
    calm: latencyOf(durations.calm),
    'warm-up': latencyOf(durations['warm-up']),
    chaos: latencyOf(durations.chaos),
    swap: latencyOf(durations.swap),
  };
}

function figuresOfKinds({ bed: { tallies } }: Run): KindFigures[] {
  const known = [VICTIM, ...KINDS].map(({ name }) => name);
  const others = [...tallies.byName.keys()].filter((name) => !known.includes(name)).sort();
  return [...known, ...others].flatMap((name) => {
    const tally = tallies.byName.get(name);
    if (tally === undefined) return [];
    return [{ name, ...latencyOf(tally.durations), statuses: Object.fromEntries(tally.statuses) }];
  });
}

function latencyOf(durations: Durations): Latency {
  const { count, maxMs } = durations;
  return { count, p50Ms: durations.quantileMs(0.5), p99Ms: durations.quantileMs(0.99), maxMs };
}

function latencyCells({ count, p50Ms, p99Ms, maxMs }: Latency): string[] {
  return [count, p50Ms, p99Ms, maxMs].map(formatNumber);
}

function showStatuses({ statuses }: KindFigures): string {
  return Object.entries(statuses)
    .map(([status, count]) => `${status === '0' ? 'none' : status}: ${count}`)
    .join(', ');
}

function verdictOf({ holds, isReport }: Check): string {
  if (isReport) return 'reported';
  return holds ? 'ok' : 'FAILED';
}

function showWrong(wrong: readonly string[]): string[] {
  const more = wrong.length - SHOWN;
  return [...wrong.slice(0, SHOWN), ...(more > 0 ? [`… and ${more} more`] : [])];
}

function describeWrong(wrong: readonly Wrong[], logFile: string): string[] {
  if (wrong.length === 0) return [];
  const lines = new Map<string, string>();
  for (const line of readFileSync(logFile, 'utf8').split('\n')) {
    const requestId = REQUEST_ID.exec(line)?.[0] ?? '';
    if (!lines.has(requestId)) lines.set(requestId, line);
  }
  return wrong.map(({ id, what }) => {
    const line = lines.get(REQUEST_ID.exec(what)?.[0] ?? 'none');
    return `#${id} ${what}${line === undefined ? '' : `\n    ${line.slice(0, 600)}`}`;
  });
}
