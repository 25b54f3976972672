/** W3: how well does it wait? Each call has an instance of its own, so many waiting calls mean many processes. */
import { bare } from './contenders/bare';
import type { Contender, Server } from './contenders/contender';
import { hookswitch } from './contenders/hookswitch';
import { applyLoad, type LoadResult } from './measure/load';
import { LOUD, waitForQuiet, withOthersLoad } from './measure/machine';
import { median } from './measure/median';
import { pssMb, treeCpuMs, treeOf } from './measure/processes';
import type { Answer, Question } from './measure/question';
import { Client } from './measure/request';
import { formatNumber } from './measure/table';
import { withProject } from './projects/project';

const WAIT_MS = 50;
const CONNECTIONS = 256;
const IDEAL = (CONNECTIONS / WAIT_MS) * 1000;
/** Two hundred processes are not started in a moment. */
const GROW_SECONDS = 20;
const SECONDS = 4;
const ROUNDS = 3;
const REQUEST = { method: 'GET', target: '/wait', headers: {}, body: '' } as const;

const FILES = {
  'wait.js': `
exports.handler = async (context, event, callback) => {
  await new Promise((resolve) => setTimeout(resolve, ${WAIT_MS}));
  callback(null, 'waited');
};
`,
};

export const waiting: Question = {
  name: 'waiting',
  asks: `W3: a handler that awaits ${WAIT_MS} ms, ${CONNECTIONS} connections (ideal: ${IDEAL.toLocaleString('en-US')} requests/s)`,
  reading:
    `"while growing" counts the answers 429 of the first ${GROW_SECONDS} s, in which processes are started; the other\n` +
    'columns are about the time after it. Memory is PSS, of all processes together.',
  measure: () =>
    withProject(FILES, async (project) => {
      const rows: string[][] = [];
      const notes: string[] = [];
      for (const contender of [bare(project), hookswitch(project)]) {
        const figures = await measureWaiting(contender);
        rows.push(rowOf(contender.name, figures));
        if (figures.isLoud) notes.push(`${contender.name}: others used the machine; repeat it.`);
      }
      return answerOf(rows, notes);
    }),
};

interface Waiting {
  readonly growing: LoadResult;
  readonly rounds: readonly (LoadResult & { readonly cpuMs: number })[];
  readonly memoryMb: number;
  readonly processes: number;
  readonly isLoud: boolean;
}

async function measureWaiting(contender: Contender): Promise<Waiting> {
  const server = await contender.start();
  try {
    await check(server);
    await waitForQuiet();
    const growing = await load(server, GROW_SECONDS);
    const { result: rounds, others } = await withOthersLoad(() => measureRounds(server));
    const tree = treeOf(server.pid);
    const memoryMb = tree.reduce((sum, pid) => sum + pssMb(pid), 0);
    await check(server);
    return { growing, rounds, memoryMb, processes: tree.length, isLoud: others > LOUD };
  } finally {
    await server.stop();
  }
}

async function measureRounds(server: Server): Promise<Waiting['rounds']> {
  const rounds: (LoadResult & { cpuMs: number })[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = treeCpuMs(server.pid);
    const result = await load(server, SECONDS);
    rounds.push({ ...result, cpuMs: treeCpuMs(server.pid) - before });
  }
  return rounds;
}

function load({ port }: Server, seconds: number): Promise<LoadResult> {
  return applyLoad({ port, requests: [REQUEST], connections: CONNECTIONS, seconds, pauseMs: 0 });
}

async function check({ port }: Server): Promise<void> {
  const client = new Client(port);
  const { status, body } = await client.get('/wait');
  client.close();
  if (status !== 200 || body !== 'waited') throw new Error(`answered ${status}: ${body}`);
}

function rowOf(name: string, { growing, rounds, memoryMb, processes }: Waiting): string[] {
  const perSecond = median(rounds.map((round) => round.perSecond - round.errors / SECONDS));
  return [
    name,
    formatNumber(perSecond),
    (perSecond / IDEAL).toFixed(2),
    formatNumber(median(rounds.map(({ cpuMs, requests }) => (cpuMs / requests) * 1000))),
    formatNumber(median(rounds.map(({ p99Ms }) => p99Ms))),
    String(rounds.reduce((sum, { refused }) => sum + refused, 0)),
    String(growing.refused),
    String(rounds.reduce((sum, { errors, refused }) => sum + errors - refused, 0)),
    formatNumber(memoryMb),
    String(processes),
  ];
}

function answerOf(rows: readonly string[][], notes: readonly string[]): Answer {
  const columns = [
    'contender',
    'requests/s',
    'of ideal',
    'CPU ms/1,000',
    'p99 ms',
    '429',
    '429 while growing',
    'other errors',
    'memory MB',
    'processes',
  ];
  return { table: { columns, rows }, notes };
}
