/** What must hold at the end of a run. Each check is a row: a figure, its bound, and whether it holds. */
import { readFileSync } from 'node:fs';
import { formatNumber } from '../measure/table';
import type { Footprint } from './footprint';
import { MAX_INSTANCES } from './gateway';
import type { Wrong } from './ledger';
import type { Options } from './options';
import type { Run } from './run';
import type { Settled } from './settle';

export interface Check {
  readonly name: string;
  readonly figure: string;
  readonly bound: string;
  readonly holds: boolean;
  /** Told, but no reason to fail. */
  readonly isReport: boolean;
}

/** After the rest so much more than after the warm-up may be left: the share, and a constant for what is small. */
const GROWTH = 1.1;
const ROOM: Readonly<Record<keyof Footprint, number>> = {
  processes: 1,
  strays: 0,
  descriptors: 4,
  folders: 2,
  timers: 3,
  handles: 4,
  heapMb: 4,
  // What the allocator keeps after a garbage collection goes up and down.
  rssMb: 32,
  pssMb: 32,
};
/** Where others take more of a core than this, the victim is slow because of them. */
const LOUD_SHARE = 0.5;
/** The gateway itself, spares, and what an instance has started. */
const PROCESSES_BESIDE = 4;

export function checkRun(run: Run, settled: Settled, wrong: readonly Wrong[], options: Options): Check[] {
  const { exit, left, victim, gateway } = run;
  const { chaos, calm } = victim.durations;
  const p99 = chaos.quantileMs(0.99);
  const log = readFileSync(gateway.logFile, 'utf8');
  const defects = log.split('"HS_INTERNAL').length - 1;
  const orphans = { isReport: options.reportOrphans };
  return [
    zero('wrong answers and runs', wrong.length),
    zero('calls that ran twice', settled.twice),
    atLeast('answers', run.answers, 1),
    atLeast('instances killed', run.bed.ledger.kills.length, 1),
    { ...atMost('victim p99 ms', p99, options.victimP99Ms), isReport: run.others > LOUD_SHARE },
    {
      ...atMost('victim p99 to calm', p99 / calm.quantileMs(0.99), Number.POSITIVE_INFINITY),
      isReport: true,
    },
    zero('defects in the log of the gateway', defects),
    isEmpty('stderr of the gateway', readFileSync(gateway.errorFile, 'utf8')),
    ...compareFootprints(run.rested.before, run.rested.after, options),
    atMost('processes at a rest', run.mostProcesses, MAX_INSTANCES + PROCESSES_BESIDE),
    {
      name: 'exit code after SIGTERM',
      figure: String(exit.code ?? exit.signal),
      bound: '0',
      holds: exit.code === 0,
      isReport: false,
    },
    { ...zero('processes after the end', left.processes.length), ...orphans },
    zero('temporary folders after the end', left.folders),
  ];
}

function compareFootprints(before: Footprint, after: Footprint, { reportOrphans }: Options): Check[] {
  return (Object.keys(ROOM) as (keyof Footprint)[]).map((key) => {
    const bound = key === 'strays' ? 0 : before[key] * GROWTH + ROOM[key];
    const check = atMost(`rest: ${LABELS[key]}`, after[key], bound);
    const isReport = key === 'strays' ? reportOrphans : key === 'pssMb';
    const figure = key === 'strays' ? check.figure : `${formatNumber(before[key])} -> ${check.figure}`;
    return { ...check, figure, isReport };
  });
}

const LABELS: Readonly<Record<keyof Footprint, string>> = {
  processes: 'processes',
  strays: 'processes that left the tree',
  descriptors: 'descriptors',
  folders: 'temporary folders',
  timers: 'timers',
  handles: 'other handles',
  heapMb: 'heap MB',
  rssMb: 'RSS MB',
  pssMb: 'PSS MB',
};

function zero(name: string, value: number): Check {
  return atMost(name, value, 0);
}

function atMost(name: string, value: number, bound: number): Check {
  const holds = value <= bound;
  return { name, figure: formatNumber(value), bound: `<= ${formatNumber(bound)}`, holds, isReport: false };
}

function atLeast(name: string, value: number, bound: number): Check {
  const holds = value >= bound;
  return { name, figure: formatNumber(value), bound: `>= ${formatNumber(bound)}`, holds, isReport: false };
}

function isEmpty(name: string, text: string): Check {
  const figure = text === '' ? 'empty' : JSON.stringify(text.trim().slice(0, 200));
  return { name, figure, bound: 'empty', holds: text === '', isReport: false };
}
