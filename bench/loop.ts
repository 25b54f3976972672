/** What happens to everybody else while a Function spins in an endless loop? */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './contenders/contender';
import { hookswitch } from './contenders/hookswitch';
import { applyLoad, type LoadResult } from './measure/load';
import { LOUD, waitForQuiet, withOthersLoad } from './measure/machine';
import type { Answer, Question } from './measure/question';
import { Client, type TimedAnswer } from './measure/request';
import { formatNumber } from './measure/table';
import { withProject } from './projects/project';
import { checkMessages, SMS_FUNCTION, signedMessages } from './projects/sms';

const LOOPS = [0, 1, 3];
/** Within the 10 s that a loop lasts. */
const LOAD_SECONDS = 8;
const CONNECTIONS = 20;
const PAUSE_MS = 20;

const LOOP = `
exports.handler = (context, event, callback) => {
  while (event.spin) {}
  callback(null, 'done');
};
`;
const FILES = { 'sms.protected.js': SMS_FUNCTION, 'loop-0.js': LOOP, 'loop-1.js': LOOP, 'loop-2.js': LOOP };

export const loop: Question = {
  name: 'loop',
  asks: `An endless loop in Functions while another one gets about ${(CONNECTIONS / PAUSE_MS) * 1000} webhooks per second`,
  reading:
    '"504 after" is what the caller of the loop waited, the limit is 10 s; "answers again" how long the next call of\n' +
    'the same Function took, sent as soon as the 504 had come. "others" is the Function that does not loop.',
  measure: () =>
    withProject(FILES, async (project) => {
      const server = await hookswitch(project).start();
      try {
        const figures: Looping[] = [];
        for (const count of LOOPS) figures.push(await measureLoops(server, count));
        return answerOf(figures);
      } finally {
        await server.stop();
      }
    }),
};

interface Looping {
  readonly count: number;
  readonly loops: readonly { readonly stopped: TimedAnswer; readonly again: TimedAnswer }[];
  readonly load: LoadResult;
  readonly isLoud: boolean;
}

async function measureLoops(server: Server, count: number): Promise<Looping> {
  await checkMessages(server.port, ['/sms']);
  // Warm, as they are in daily life.
  for (let at = 0; at < count; at++) await callOnce(server.port, `/loop-${at}`);
  await loadOthers(server, 1);
  await waitForQuiet();
  const { result, others } = await withOthersLoad(async () => {
    const loops = Array.from({ length: count }, (_, at) => runLoop(server.port, `/loop-${at}`));
    await sleep(100);
    const load = await loadOthers(server, LOAD_SECONDS);
    return { loops: await Promise.all(loops), load };
  });
  await checkMessages(server.port, ['/sms']);
  return { count, ...result, isLoud: others > LOUD };
}

async function runLoop(port: number, path: string): Promise<Looping['loops'][number]> {
  const client = new Client(port);
  const stopped = await client.get(`${path}?spin=1`);
  if (stopped.status !== 504) throw new Error(`an endless loop was answered ${stopped.status}`);
  const again = await client.get(path);
  if (again.status !== 200) throw new Error(`after an endless loop, the Function answered ${again.status}`);
  client.close();
  return { stopped, again };
}

async function callOnce(port: number, path: string): Promise<void> {
  const client = new Client(port);
  await client.get(path);
  client.close();
}

function loadOthers({ port }: Server, seconds: number): Promise<LoadResult> {
  const requests = signedMessages(port, ['/sms']);
  return applyLoad({ port, requests, connections: CONNECTIONS, seconds, pauseMs: PAUSE_MS });
}

function answerOf(all: readonly Looping[]): Answer {
  const rows = all.map(({ count, loops, load }) => [
    String(count),
    range(
      loops.map(({ stopped }) => stopped.tookMs / 1000),
      3,
    ),
    range(
      loops.map(({ again }) => again.tookMs),
      0,
    ),
    formatNumber(load.perSecond),
    formatNumber(load.p50Ms),
    formatNumber(load.p99Ms),
    formatNumber(load.maxMs),
    String(load.errors),
  ]);
  const notes = all
    .filter(({ isLoud }) => isLoud)
    .map(({ count }) => `with ${count} loops: others used the machine; repeat it.`);
  const columns = [
    'loops at once',
    '504 after s',
    'answers again ms',
    'others/s',
    'others p50 ms',
    'others p99 ms',
    'others max ms',
    'others errors',
  ];
  return { table: { columns, rows }, notes };
}

function range(values: readonly number[], digits: number): string {
  if (values.length === 0) return '-';
  const low = Math.min(...values).toFixed(digits);
  const high = Math.max(...values).toFixed(digits);
  return low === high ? low : `${low} to ${high}`;
}
