/** The load: for each kind of Function some connections that ask it again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bed, openCall, type Phase, takeAnswer, takeLoss } from './bed';
import { Connection } from './connection';
import type { Kind } from './kind';
import { KINDS } from './kinds';
import { Pace } from './pace';
import { Random } from './random';
import { encode, partsOf } from './wire';

/** A connection that rests so long is opened anew: the server may close it at any moment. */
const KEEP_MS = 5_000;
/** After a failure: a gateway that is gone would be asked thousands of times. */
const AFTER_LOSS_MS = 100;
const PACED_MS = 50;

/** One connection of one kind. */
interface Caller {
  readonly kind: Kind;
  /** Among those of its kind. */
  readonly at: number;
  /** Among those that never rest; `null`: it rests between its requests. */
  readonly turn: number | null;
}

/** Resolves when every caller has its last answer. */
export async function callAll(bed: Bed, phase: Phase): Promise<void> {
  const callers = listCallers();
  const pace = new Pace(callers.filter(({ turn }) => turn !== null).length);
  await Promise.all(callers.map((caller) => keepCalling(bed, phase, caller, pace)));
  pace.close();
}

function listCallers(): Caller[] {
  const turns = KINDS.flatMap((kind) => Array.from({ length: kind.connections }, (_, at) => ({ kind, at })));
  const restless = turns.filter(({ kind }) => kind.pauseMs === 0).sort((a, b) => a.at - b.at);
  return turns.map((one) => {
    const turn = restless.indexOf(one);
    return { ...one, turn: turn === -1 ? null : turn };
  });
}

async function keepCalling(bed: Bed, phase: Phase, { kind, at, turn }: Caller, pace: Pace): Promise<void> {
  const { name, stop } = phase;
  const random = new Random(bed.seed, `${name} ${kind.name} ${at}`);
  const connection = new Connection(bed.port, (text) =>
    bed.ledger.blame(0, `${kind.name}: more than one answer: ${JSON.stringify(text)}`),
  );
  // Not all at the same time.
  await rest(random.pause(kind.pauseMs / 2), stop);
  while (!stop.aborted) {
    if (turn !== null && turn >= pace.active) {
      await rest(PACED_MS, stop);
      continue;
    }
    const tookMs = await callOnce(bed, kind, random, connection);
    if (turn !== null) pace.note(tookMs);
    if (kind.pauseMs >= KEEP_MS) connection.close();
    if (kind.pauseMs > 0) await rest(random.pause(kind.pauseMs), stop);
  }
  connection.close();
}

/** Resolves with how long it took. */
async function callOnce(bed: Bed, kind: Kind, random: Random, connection: Connection): Promise<number> {
  const call = openCall(bed, kind, random.pickWeighted(kind.variants));
  try {
    takeAnswer(bed, call, await connection.ask(encode(partsOf(call))));
  } catch (error) {
    takeLoss(bed, call, error);
    await sleep(AFTER_LOSS_MS);
  }
  return performance.now() - call.sentAt;
}

/** Ends early where the phase does. */
export async function rest(ms: number, stop: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: stop }).catch(() => {});
}
