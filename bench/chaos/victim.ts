/**
 * A Function that does nothing wrong and is asked at a constant rate, whatever happens to the others (open loop: a
 * late answer does not keep the next request from being sent). What the others do to it is what the bed measures.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bed, openCall, takeAnswer, takeLoss } from './bed';
import { type Answer, Connection } from './connection';
import { Durations } from './durations';
import { handler, type Kind, ok, type Variant } from './kind';
import { encode, signedParts } from './wire';

export const VICTIM_RATE = 100;
const TICK_MS = 5;
/** Requests that are sent so soon after a file was saved wait for the new build, and its first instance. */
const SWAP_MS = 3_000;

const VARIANT: Variant = {
  event: { MessageSid: `SM${'0123456789abcdef'.repeat(2)}`, From: '+15558675310', Body: 'Is it ready?' },
  right: [ok({ startsWith: '<?xml version="1.0" encoding="UTF-8"?><Response><Message>victim {id} ' })],
};

export const VICTIM: Kind = {
  name: 'victim',
  source: handler(`
    const twiml = new Twilio.twiml.MessagingResponse();
    twiml.message('victim ' + event.id + ' ' + process.pid);
    callback(null, twiml);`),
  connections: 0,
  pauseMs: 0,
  variants: [VARIANT],
};

/** `swap`: during the chaos, but soon after a file was saved. */
export type VictimPhase = SteadyPhase | 'swap';
export type SteadyPhase = 'calm' | 'warm-up' | 'chaos';

export class Victim {
  readonly durations: Readonly<Record<VictimPhase, Durations>> = {
    calm: new Durations(),
    'warm-up': new Durations(),
    chaos: new Durations(),
    swap: new Durations(),
  };
  /** Processes that run it, which nobody kills. */
  readonly pids = new Set<number>();
  readonly #idle: Connection[] = [];

  constructor(private readonly bed: Bed) {}

  /** Resolves when `stop` was aborted and all answers are there. */
  async callSteadily(phase: SteadyPhase, stop: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const under: Set<Promise<void>> = new Set();
    for (let due = 0; !stop.aborted; due++) {
      const at = startedAt + (due * 1000) / VICTIM_RATE;
      while (performance.now() < at) await sleep(TICK_MS);
      const call = this.#call(phase, at).finally(() => under.delete(call));
      under.add(call);
    }
    await Promise.all(under);
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  /** `dueAt`: from then on its client waits, also where we were late ourselves. */
  async #call(phase: SteadyPhase, dueAt: number): Promise<void> {
    const connection = this.#take();
    const call = { ...openCall(this.bed, VICTIM, VARIANT), sentAt: dueAt };
    try {
      const answer = await connection.ask(encode(signedParts(call)));
      const tookMs = performance.now() - dueAt;
      const isSwap = phase === 'chaos' && this.#isSwapping(dueAt);
      this.durations[isSwap ? 'swap' : phase].add(tookMs);
      this.bed.timeline.note('victim ms', tookMs.toFixed(1));
      takeAnswer(this.bed, call, answer);
      this.#notePid(answer);
    } catch (error) {
      takeLoss(this.bed, call, error);
    }
    this.#idle.push(connection);
  }

  #isSwapping(dueAt: number): boolean {
    const { savedAt } = this.bed.builds;
    return performance.now() >= savedAt && dueAt < savedAt + SWAP_MS;
  }

  #notePid({ body }: Answer): void {
    const pid = Number(/ (\d+)<\/Message>/.exec(body)?.[1] ?? 0);
    if (pid > 0) this.pids.add(pid);
  }

  #take(): Connection {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    return new Connection(this.bed.port, (text) =>
      this.bed.ledger.blame(0, `victim: more than one answer: ${JSON.stringify(text)}`),
    );
  }
}
