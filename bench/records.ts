/** What does it cost to keep records of requests? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hookswitch } from './contenders/hookswitch';
import { noteLoudRounds } from './measure/comparison';
import type { Answer, Question } from './measure/question';
import { compare, type Figures, type Plan } from './measure/rounds';
import { formatNumber, formatRatio } from './measure/table';
import { createProject } from './projects/project';
import { checkMessages, SMS_FUNCTION, signedMessages } from './projects/sms';

const PATHS = ['/sms'];

export const records: Question = {
  name: 'records',
  asks: 'W1 (a signed SMS webhook, 64 connections) without records, with 10,000 of them in memory, and with a file of them.',
  reading:
    '"x without" compares with no records: more is better for requests/s, less for CPU (user and system time of all\n' +
    'processes). The goal for memory is 0.97 of the requests. The file has 5 kB for a request, made and hidden in the\n' +
    'gateway; what is too much for one core is dropped and counted. Means of four processes of each.',
  measure,
};

/** Two processes of one program differ by some percent for as long as they live: each variant has several. */
const PROCESSES = 4;

const plan: Plan = {
  connections: 64,
  rounds: 4,
  warmUpSeconds: 1,
  seconds: 2,
  pace: { pauseMs: 0 },
  requestsFor: (port) => signedMessages(port, PATHS),
  check: (port) => checkMessages(port, PATHS, false),
};

async function measure(): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'hookswitch-bench-records-'));
  const project = createProject({ 'sms.protected.js': SMS_FUNCTION });
  const variants = (process: number) => [
    hookswitch(project, null, { name: 'without', flags: ['--no-console'] }),
    hookswitch(project, null, { name: 'in memory', flags: ['--console-port', '0'] }),
    hookswitch(project, null, {
      name: 'in a file',
      flags: ['--no-console', '--record-file', join(folder, `${process}.jsonl`)],
    }),
  ];
  try {
    const all = await compare(
      Array.from({ length: PROCESSES }, (_, process) => variants(process)).flat(),
      plan,
    );
    return { table: { columns: COLUMNS, rows: rowsOf(all) }, notes: noteLoudRounds(all) };
  } finally {
    project.remove();
    rmSync(folder, { recursive: true });
  }
}

const COLUMNS = [
  'records',
  'requests/s',
  'x without',
  'CPU ms/1,000',
  'x without',
  'p50 ms',
  'p99 ms',
  'errors',
];

function rowsOf(all: readonly Figures[]): string[][] {
  const variants = [...new Set(all.map(({ name }) => name))].map((name) => ({
    name,
    processes: all.filter((figures) => figures.name === name),
  }));
  const meanOf = (at: number, pick: (figures: Figures) => number) =>
    mean((variants[at]?.processes ?? []).map(pick));
  const perSecond = ({ perSecond }: Figures) => perSecond;
  const cpu = ({ cpuMsPerThousand }: Figures) => cpuMsPerThousand;
  return variants.map(({ name, processes }, at) => [
    name,
    formatNumber(meanOf(at, perSecond)),
    formatRatio(meanOf(at, perSecond), meanOf(0, perSecond)),
    formatNumber(meanOf(at, cpu)),
    formatRatio(meanOf(at, cpu), meanOf(0, cpu)),
    formatNumber(meanOf(at, ({ p50Ms }) => p50Ms)),
    formatNumber(meanOf(at, ({ p99Ms }) => p99Ms)),
    String(processes.reduce((total, { errors }) => total + errors, 0)),
  ]);
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
