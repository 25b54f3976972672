/** Hostile clients: each attack is made again and again beside the load. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { converse, type RawResponse } from '../../test/support/raw-http';
import { type Bed, type Call, openCall, type Phase, takeAnswer } from './bed';
import { rest } from './callers';
import type { Kind, Runs } from './kind';
import { KINDS } from './kinds';
import { Random } from './random';
import { REFUSED, type Refused } from './refused';
import { encode, partsOf } from './wire';

interface Client {
  readonly name: string;
  /** Mean of the random pause between two attacks, ms. */
  readonly pauseMs: number;
  attack(bed: Bed, random: Random): Promise<void>;
}

const PATIENCE_MS = 60_000;
const DEAF_MS = 3_000;

const CLIENTS: readonly Client[] = [
  { name: 'cuts the head', pauseMs: 400, attack: cutHead },
  { name: 'cuts the body', pauseMs: 400, attack: cutBody },
  { name: 'leaves early', pauseMs: 200, attack: leaveEarly },
  { name: 'sends slowly', pauseMs: 300, attack: sendSlowly },
  { name: 'ends its side', pauseMs: 300, attack: endItsSide },
  { name: 'pipelines', pauseMs: 300, attack: pipeline },
  { name: 'pipelines rubbish', pauseMs: 500, attack: pipelineRubbish },
  { name: 'sends rubbish', pauseMs: 300, attack: sendRubbish },
  { name: 'never reads', pauseMs: 2_000, attack: neverRead },
  { name: 'is refused', pauseMs: 100, attack: askForRefusal },
];

/** Resolves when every client is done. */
export async function attackAll(bed: Bed, phase: Phase): Promise<void> {
  await Promise.all(CLIENTS.map((client) => keepAttacking(bed, phase, client)));
}

async function keepAttacking(bed: Bed, { name, stop }: Phase, client: Client): Promise<void> {
  const random = new Random(bed.seed, `${name} client ${client.name}`);
  while (!stop.aborted) {
    await rest(random.pause(client.pauseMs), stop);
    if (stop.aborted) return;
    try {
      await client.attack(bed, random);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      bed.ledger.blame(0, `client that ${client.name}: ${reason}`);
    }
  }
}

// --- connections that end too early

async function cutHead(bed: Bed, random: Random): Promise<void> {
  const id = bed.ledger.open('never');
  const whole = encode({ method: 'GET', target: `/sync?id=${id}`, headers: { 'X-Rest': 'never sent' } });
  await sendAndReset(bed, whole.slice(0, random.integer(1, whole.length - 1)), random.integer(0, 30));
  bed.tallies.add('client cuts the head', 0, 0);
}

async function cutBody(bed: Bed, random: Random): Promise<void> {
  const id = bed.ledger.open('never');
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const whole = encode({ method: 'POST', target: `/sync?id=${id}`, headers, body: 'x'.repeat(1_000) });
  await sendAndReset(bed, whole.slice(0, -random.integer(1, 999)), random.integer(0, 30));
  bed.tallies.add('client cuts the body', 0, 0);
}

async function leaveEarly(bed: Bed, random: Random): Promise<void> {
  const call = open(bed, random.pick(['sync', 'slow', 'mixed', 'large']), random, 'at most once');
  await sendAndReset(bed, encode(partsOf(call)), random.integer(0, 60));
  bed.tallies.add('client leaves early', 0, 0);
}

async function sendAndReset({ port }: Bed, bytes: string, afterMs: number): Promise<void> {
  const socket = await open127(port);
  socket.write(bytes, 'latin1');
  await sleep(afterMs);
  socket.resetAndDestroy();
}

// --- whole requests, sent in unusual ways

async function sendSlowly(bed: Bed, random: Random): Promise<void> {
  const call = open(bed, random.pick(['sync', 'async']), random);
  const whole = encode(partsOf(call));
  const parts = 5;
  const size = Math.ceil(whole.length / parts);
  const chunks = Array.from({ length: parts }, (_, at) => whole.slice(at * size, (at + 1) * size));
  const { responses } = await converse(bed.port, chunks, { count: 1, pauseMs: random.integer(20, 300) });
  takeAll(bed, [call], responses, 'client sends slowly');
}

async function endItsSide(bed: Bed, random: Random): Promise<void> {
  const call = open(bed, random.pick(['sync', 'slow']), random);
  const { responses } = await converse(bed.port, [encode(partsOf(call))], {
    halfClose: true,
    timeoutMs: PATIENCE_MS,
  });
  takeAll(bed, [call], responses, 'client ends its side');
}

async function pipeline(bed: Bed, random: Random): Promise<void> {
  const names = Array.from({ length: random.integer(2, 12) }, () =>
    random.pick(['sync', 'async', 'slow', 'mixed']),
  );
  const calls = names.map((name) => open(bed, name, random));
  const bytes = calls.map((call) => encode(partsOf(call))).join('');
  const options = { count: calls.length, timeoutMs: PATIENCE_MS };
  const { responses } = await converse(bed.port, [bytes], options);
  takeAll(bed, calls, responses, 'client pipelines');
}

async function pipelineRubbish(bed: Bed, random: Random): Promise<void> {
  const calls = [open(bed, 'slow', random), open(bed, 'async', random)];
  const rubbish = `\r\nNO HTTP ${random.next()}\r\n\r\n`;
  const bytes = calls.map((call) => encode(partsOf(call))).join('') + rubbish;
  const { responses } = await converse(bed.port, [bytes], { timeoutMs: PATIENCE_MS });
  const last = responses.at(-1);
  if (responses.length !== 3 || last?.status !== 400) {
    bed.ledger.blame(0, `rubbish behind requests was answered ${responses.map(({ status }) => status)}`);
  }
  takeAll(bed, calls, responses.slice(0, 2), 'client pipelines rubbish');
}

/** One answer for each call, in their order. */
function takeAll(bed: Bed, calls: readonly Call[], responses: readonly RawResponse[], sender: string): void {
  for (const [at, call] of calls.entries()) {
    const response = responses[at];
    if (response !== undefined) takeAnswer(bed, call, answerOf(response), sender);
    else {
      bed.ledger.allowNone(call.id);
      bed.ledger.blame(call.id, `${sender}: ${calls.length} requests got ${responses.length} answers`);
    }
  }
}

// --- what is no request at all

async function sendRubbish(bed: Bed, random: Random): Promise<void> {
  const length = random.integer(1, 2_000);
  const startedAt = performance.now();
  const chunks = [random.bytes(length), '\r\n\r\n\r\n\r\n'];
  const { responses } = await converse(bed.port, chunks, { halfClose: true, timeoutMs: PATIENCE_MS });
  const status = responses[0]?.status ?? 0;
  bed.tallies.add('client sends rubbish', status, performance.now() - startedAt);
  if (responses.length > 1 || (status !== 0 && status !== 400)) {
    bed.ledger.blame(0, `rubbish was answered ${responses.map((response) => response.status)}`);
  }
}

/** More answers than the buffers of a connection hold. */
async function neverRead(bed: Bed, random: Random): Promise<void> {
  const calls = Array.from({ length: 24 }, () => open(bed, 'large', random, 'at most once'));
  const socket = await open127(bed.port);
  socket.pause();
  socket.write(calls.map((call) => encode(partsOf(call))).join(''), 'latin1');
  await sleep(DEAF_MS);
  socket.destroy();
  for (const _ of calls) bed.tallies.add('client never reads', 0, 0);
}

async function askForRefusal(bed: Bed, random: Random): Promise<void> {
  const row: Refused = random.pick(REFUSED);
  const id = bed.ledger.open('never');
  const startedAt = performance.now();
  const { responses } = await converse(bed.port, [row.bytes(id)], { count: 1, timeoutMs: PATIENCE_MS });
  const status = responses[0]?.status ?? 0;
  bed.tallies.add('client is refused', status, performance.now() - startedAt);
  if (status !== row.status) bed.ledger.blame(id, `${row.name}: answered ${status} instead of ${row.status}`);
}

// --- shared

function open(bed: Bed, name: string, random: Random, runs?: Runs): Call {
  const kind = kindOf(name);
  const variant = random.pickWeighted(kind.variants);
  return openCall(bed, kind, runs === undefined ? variant : { ...variant, runs });
}

function kindOf(name: string): Kind {
  const kind = KINDS.find((candidate) => candidate.name === name);
  if (kind === undefined) throw new RangeError(`there is no kind ${name}`);
  return kind;
}

function answerOf({ status, lines, body }: RawResponse) {
  const head = lines.map(([name, value]) => `\r\n${name}: ${value}`).join('');
  return { status, head, body: body.toString('latin1') };
}

function open127(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
    // Afterwards whatever happens is what we asked for.
    socket.on('error', () => {});
  });
}
