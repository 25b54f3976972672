/** How much memory does an idle instance really add? */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './contenders/contender';
import { hookswitch } from './contenders/hookswitch';
import { largest, median } from './measure/median';
import { pssMb, rssMb } from './measure/processes';
import type { Question } from './measure/question';
import { Client } from './measure/request';
import { formatNumber } from './measure/table';
import { withProject } from './projects/project';

/** Each Function answers with its process id. */
const KINDS = [
  ['no SDK', 'exports.handler = (context, event, callback) => callback(null, process.pid);'],
  [
    'TwiML of the global Twilio',
    'exports.handler = (context, event, callback) => { String(new Twilio.twiml.MessagingResponse()); callback(null, process.pid); };',
  ],
  [
    'whole SDK',
    "const twilio = require('twilio');\nexports.handler = (context, event, callback) => { String(new twilio.twiml.MessagingResponse()); callback(null, process.pid); };",
  ],
] as const;
const COUNTS = [8, 32];
const CALLS = 3;
/** Until everybody is frozen and the spare is there. */
const SETTLE_MS = 2_500;

export const memory: Question = {
  name: 'memory',
  asks: 'How much memory does an idle instance add?',
  reading:
    'MB of proportional set size: pages that processes share (the binary of Node, most of all) are divided among\n' +
    'them, so the sum is what the machine really gives. RSS counts them in full for each, as `top` does.',
  measure: async () => {
    const rows: string[][] = [];
    for (const [kind, source] of KINDS)
      for (const count of COUNTS) rows.push(await measureKind(kind, source, count));
    const columns = ['Function uses', 'instances', 'median MB', 'max MB', 'RSS MB', 'gateway MB'];
    return { table: { columns, rows }, notes: [] };
  },
};

function measureKind(kind: string, source: string, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, at) => `f${at}`);
  const files = Object.fromEntries(names.map((name) => [`${name}.js`, `${source}\n`]));
  return withProject(files, async (project) => {
    const server = await hookswitch(project).start();
    try {
      const pids = await fill(server, names);
      await sleep(SETTLE_MS);
      return rowOf(kind, pids, server);
    } finally {
      await server.stop();
    }
  });
}

async function fill({ port }: Server, names: readonly string[]): Promise<number[]> {
  const client = new Client(port);
  const pids = new Set<number>();
  for (let call = 0; call < CALLS; call++) {
    for (const name of names) {
      const { status, body } = await client.get(`/${name}`);
      if (status !== 200) throw new Error(`/${name} was answered ${status}: ${body}`);
      pids.add(Number(body));
    }
  }
  client.close();
  if (pids.size !== names.length) throw new Error(`${names.length} Functions have ${pids.size} processes`);
  return [...pids];
}

function rowOf(kind: string, pids: readonly number[], server: Server): string[] {
  const sizes = pids.map(pssMb);
  return [
    kind,
    String(pids.length),
    formatNumber(median(sizes)),
    formatNumber(largest(sizes)),
    formatNumber(median(pids.map(rssMb))),
    formatNumber(pssMb(server.pid)),
  ];
}
