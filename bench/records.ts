/** What does it cost to keep records of requests? */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, startServer } from './contenders/contender';
import { hookswitch } from './contenders/hookswitch';
import { applyLoad } from './measure/load';
import { waitForQuiet } from './measure/machine';
import { median } from './measure/median';
import type { Answer, Question } from './measure/question';
import { compare, type Plan } from './measure/rounds';
import { formatNumber, formatRatio } from './measure/table';
import type { Slice } from './programs/records-in-turns';
import { createProject, type Project } from './projects/project';
import { checkMessages, SMS_FUNCTION, signedMessages } from './projects/sms';

const PROGRAM = join(__dirname, 'programs', 'records-in-turns.js');
const PATHS = ['/sms'];
const CONNECTIONS = 64;
const PROCESSES = 4;
const SECONDS = 20;
/** While code is compiled and memory is written for the first time. */
const YOUNG_SLICES = 50;
/** In which hardly anything was asked: before and after the load. */
const FEWEST_REQUESTS = 100;

export const records: Question = {
  name: 'records',
  asks: 'W1 (a signed SMS webhook, 64 connections) without records, and with 10,000 of them in memory.',
  reading:
    'Each of several processes keeps records during every other tenth of a second. "x without" compares each of these with\n' +
    'the two beside it: medians, and for the standard error the mean; more is better for requests/s (the goal is 0.97), less for\n' +
    'the CPU time of the gateway, in microseconds for a request.',
  measure,
};

/** A tenth of a second with records, and what the two beside it without them were on average. */
interface Pair {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly perSecondWithout: number;
  readonly cpuUsWithout: number;
}

async function measure(): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'hookswitch-bench-records-'));
  const project = createProject({ 'sms.protected.js': SMS_FUNCTION });
  try {
    const pairs: Pair[] = [];
    for (let at = 0; at < PROCESSES; at++)
      pairs.push(...(await measureProcess(project, join(folder, `${at}.json`))));
    const note = await compareFile(project, join(folder, 'records.jsonl'));
    return { table: { columns: COLUMNS, rows: rowsOf(pairs) }, notes: [note] };
  } finally {
    project.remove();
    rmSync(folder, { recursive: true });
  }
}

async function measureProcess(project: Project, file: string): Promise<readonly Pair[]> {
  const port = await findFreePort();
  const argv = [
    PROGRAM,
    file,
    'start',
    project.root,
    '--port',
    String(port),
    '--no-logs',
    '--console-port',
    '0',
  ];
  const server = await startServer({ argv, port, cwd: project.root, output: null });
  try {
    await waitForQuiet();
    await checkMessages(port, PATHS, false);
    const requests = signedMessages(port, PATHS);
    const { errors } = await applyLoad({
      port,
      requests,
      connections: CONNECTIONS,
      seconds: SECONDS,
      pauseMs: 0,
    });
    if (errors > 0) throw new Error(`${errors} requests failed`);
  } finally {
    await server.stop();
  }
  const slices = JSON.parse(readFileSync(file, 'utf8')) as readonly Slice[];
  return pairsOf(slices.filter(({ requests }) => requests >= FEWEST_REQUESTS).slice(YOUNG_SLICES));
}

function pairsOf(slices: readonly Slice[]): readonly Pair[] {
  return slices.flatMap((slice, at) => {
    const [before, after] = [slices[at - 1], slices[at + 1]];
    if (!slice.isOn || before === undefined || after === undefined || before.isOn || after.isOn) return [];
    const pair = {
      perSecond: perSecond(slice),
      cpuUs: cpuUs(slice),
      perSecondWithout: (perSecond(before) + perSecond(after)) / 2,
      cpuUsWithout: (cpuUs(before) + cpuUs(after)) / 2,
    };
    return [pair];
  });
}

function perSecond({ requests, ms }: Slice): number {
  return requests / (ms / 1000);
}

function cpuUs(slice: Slice): number {
  return slice.cpuUs / slice.requests;
}

const COLUMNS = ['records', 'requests/s', 'x without', '± of it', 'CPU us', 'x without', '± of it', 'pairs'];

function rowsOf(pairs: readonly Pair[]): string[][] {
  const rates = pairs.map((pair) => pair.perSecond / pair.perSecondWithout);
  const costs = pairs.map((pair) => pair.cpuUs / pair.cpuUsWithout);
  const middle = (pick: (pair: Pair) => number) => formatNumber(median(pairs.map(pick)));
  const count = String(pairs.length);
  return [
    [
      'without',
      middle((pair) => pair.perSecondWithout),
      '1.000',
      '',
      middle((pair) => pair.cpuUsWithout),
      '1.000',
      '',
      '',
    ],
    [
      'in memory',
      middle((pair) => pair.perSecond),
      median(rates).toFixed(3),
      standardError(rates).toFixed(3),
      middle((pair) => pair.cpuUs),
      median(costs).toFixed(3),
      standardError(costs).toFixed(3),
      count,
    ],
  ];
}

function standardError(values: readonly number[]): number {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

const plan: Plan = {
  connections: CONNECTIONS,
  rounds: 5,
  warmUpSeconds: 1,
  seconds: 3,
  pace: { pauseMs: 0 },
  requestsFor: (port) => signedMessages(port, PATHS),
  check: (port) => checkMessages(port, PATHS, false),
};

/** What is written behind the requests is not over with a slice: whole rounds of two processes. */
async function compareFile(project: Project, file: string): Promise<string> {
  const [without, inFile] = await compare(
    [
      hookswitch(project, null, { name: 'without', flags: ['--no-console'] }),
      hookswitch(project, null, { name: 'in a file', flags: ['--no-console', '--record-file', file] }),
    ],
    plan,
  );
  if (without === undefined || inFile === undefined) throw new RangeError('nothing was compared');
  const rate = `${formatNumber(inFile.perSecond)} requests/s, ${formatRatio(inFile.perSecond, without.perSecond)} x without`;
  const cpu = `${formatRatio(inFile.cpuMsPerThousand, without.cpuMsPerThousand)} x the CPU time of all processes`;
  return `With a file of them (whole rounds): ${rate}, ${cpu}. Each is made and its secrets hidden in the gateway; what is too much for one core is dropped and counted.`;
}
