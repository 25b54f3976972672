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
    'gateway; what is too much for one core is dropped and counted.',
  measure,
};

const plan: Plan = {
  connections: 64,
  rounds: 5,
  warmUpSeconds: 1,
  seconds: 3,
  pace: { pauseMs: 0 },
  requestsFor: (port) => signedMessages(port, PATHS),
  check: (port) => checkMessages(port, PATHS, false),
};

async function measure(): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'hookswitch-bench-records-'));
  const project = createProject({ 'sms.protected.js': SMS_FUNCTION });
  try {
    const file = join(folder, 'records.jsonl');
    const all = await compare(
      [
        hookswitch(project, null, { name: 'without', flags: ['--no-console'] }),
        hookswitch(project, null, { name: 'in memory', flags: ['--console-port', '0'] }),
        hookswitch(project, null, { name: 'in a file', flags: ['--no-console', '--record-file', file] }),
      ],
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
  const [without] = all;
  if (without === undefined) throw new RangeError('there is nothing to compare with');
  return all.map((figures) => [
    figures.name,
    formatNumber(figures.perSecond),
    formatRatio(figures.perSecond, without.perSecond),
    formatNumber(figures.cpuMsPerThousand),
    formatRatio(figures.cpuMsPerThousand, without.cpuMsPerThousand),
    formatNumber(figures.p50Ms),
    formatNumber(figures.p99Ms),
    String(figures.errors),
  ]);
}
