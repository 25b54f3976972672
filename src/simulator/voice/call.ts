/**
 * A simulated call. It goes on by itself until it waits for somebody: for keys, words, an answer, the end of a talk.
 * Then one of the methods below says what that somebody does; each resolves once the call waits again, or is over.
 */
import { CodedError } from '../../errors';
import { CookieJar } from '../http/cookies';
import { FaultPlan, type FaultRule } from '../http/faults';
import { WebhookSender } from '../http/webhook';
import { DEFAULT_FROM, DEFAULT_TO } from '../options';
import type { Wiring } from '../wiring';
import { callTokenOf } from './call-token';
import { Callbacks } from './callbacks';
import type { Effect, Input, Steps } from './effects';
import type { CallEvent, CallEventBody, CallStatus, DialOutcome, LegName, Waiting } from './event';
import type { LegIdentity } from './parameters';
import { type CallEnd, runCall } from './run-call';
import { runDocuments } from './run-documents';
import { CallSession } from './session';
import { type CallOptions, LONGEST_CALL_MS } from './settings';
import { Timeline } from './timeline';
import { Waits } from './waits';

export type { CallOptions } from './settings';

export class Call {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  /** Resolves once the call is over and all its callbacks are sent. Never rejects. */
  readonly finished: Promise<void>;
  readonly #options: CallOptions;
  readonly #timeline: Timeline;
  readonly #session: CallSession;
  readonly #sender: WebhookSender;
  readonly #callbacks: Callbacks;
  readonly #waits: Waits;
  readonly #wiring: Wiring;
  readonly #identity: LegIdentity;
  readonly #events: CallEvent[] = [];
  readonly #startedAt: number;
  #finish: () => void = () => {};
  #closed = false;
  #over = false;
  #status: CallStatus = 'queued';

  constructor(options: CallOptions, wiring: Wiring, faults: readonly FaultRule[]) {
    this.#options = options;
    this.#wiring = wiring;
    this.from = options.from ?? DEFAULT_FROM;
    this.to = options.to ?? DEFAULT_TO;
    this.sid = wiring.newSid('CA');
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#startedAt = wiring.clock.now();
    this.#timeline = new Timeline(wiring.clock.kind === 'virtual');
    this.#identity = identityOf(this, options, wiring);
    this.#session = new CallSession({
      options,
      wiring,
      now: () => this.#timeline.now(),
      emit: (event) => this.#emit(event),
      run: runDocuments,
    });
    const jar = new CookieJar(() => this.#startedAt + this.#timeline.now());
    this.#sender = new WebhookSender(wiring.webhooks, jar, new FaultPlan(faults));
    this.#callbacks = new Callbacks({
      timeline: this.#timeline,
      send: (webhook) => this.#sender.send(webhook),
      told: ({ exchange }) => {
        this.#tell({ type: 'request', exchange });
        if (exchange.problem !== null) {
          this.#tell({ type: 'problem', problem: { ...exchange.problem, level: 'warning' } });
        }
      },
    });
    this.#waits = new Waits({
      timeline: this.#timeline,
      callbacks: this.#callbacks,
      inSteps: options.pace === 'steps',
    });
  }

  /** Everything so far. */
  get events(): readonly CallEvent[] {
    return this.#events;
  }

  get status(): CallStatus {
    return this.#status;
  }

  /** What somebody has to do now; `null` while the call is busy, or over. */
  get waiting(): Waiting | null {
    return this.#waits.waiting;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** ms since it began. */
  now(): number {
    return this.#timeline.now();
  }

  /** Begins; called once, by the simulator. */
  start(): Promise<void> {
    void this.#run(runCall(this.#session, this.#identity));
    return this.settled();
  }

  /** Presses keys, one after the other: `1#`. What nobody listens to is `ignored`. */
  async press(keys: string, leg: LegName = 'caller'): Promise<void> {
    this.#mustRun(`${keys} cannot be pressed`);
    if (!/^[0-9*#]+$/.test(keys))
      throw new CodedError('HS_CALL_STATE', `${JSON.stringify(keys)} is not on a keypad`);
    this.#tell({ type: 'pressed', digits: keys }, leg);
    const listener = this.#listenerOf();
    for (const digit of keys) {
      if (this.#listenerOf() === listener && this.#waits.give({ type: 'digit', leg, digit }))
        await this.settled();
      else this.#tell({ type: 'ignored', input: digit }, leg);
    }
  }

  /** Says something. `confidence` is how sure the recognition is, 0 to 1. */
  async speak(text: string, { confidence = 0.9, leg = 'caller' as LegName } = {}): Promise<void> {
    this.#mustRun('nothing can be said');
    this.#tell({ type: 'spoke', text }, leg);
    if (this.#waits.give({ type: 'speech', leg, text, confidence })) await this.settled();
    else this.#tell({ type: 'ignored', input: text }, leg);
  }

  /** Lets time pass: with a virtual clock at once, with a real one as long as it takes. */
  async wait(ms: number): Promise<void> {
    this.#mustRun('time cannot pass');
    if (!this.#timeline.isVirtual) {
      await this.#passRealTime(Math.min(ms, LONGEST_CALL_MS));
      return;
    }
    await this.#waits.pass(ms, () => this.settled());
  }

  /** Nobody does anything until what the call waits for is over. */
  silence(): Promise<void> {
    return this.wait(this.#waits.remainingMs);
  }

  /** With the pace `steps`: until the next thing that is heard or asked. */
  step(): Promise<void> {
    return this.silence();
  }

  async hangUp(leg: LegName = 'caller'): Promise<void> {
    if (this.#over) return;
    if (leg === 'callee' && !this.#hasCallee()) {
      throw new CodedError('HS_CALL_STATE', `nobody else is in the call: it ${this.#stateText()}`);
    }
    this.#tell({ type: 'hung up' }, leg);
    this.#waits.hangUp(leg);
    await this.settled();
  }

  /** The dialled party answers, the agent takes the call, somebody joins the conference. `party` counts from 0. */
  answer(party = 0): Promise<void> {
    return this.#decide('answered', party);
  }

  busy(party = 0): Promise<void> {
    return this.#decide('busy', party);
  }

  noAnswer(party = 0): Promise<void> {
    return this.#decide('no-answer', party);
  }

  fail(party = 0): Promise<void> {
    return this.#decide('failed', party);
  }

  /** Ends it without further ado: nothing more is sent. May be called again. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#callbacks.drop();
    this.#waits.close();
    await this.finished;
  }

  /** Resolves once the call waits for somebody, or is over with all callbacks sent. */
  settled(): Promise<void> {
    if (this.#over) return this.finished;
    return this.#waits.isParked ? Promise.resolve() : this.#waits.untilParked();
  }

  async #decide(outcome: DialOutcome, party: number): Promise<void> {
    this.#mustRun(`nobody is ${outcome === 'answered' ? 'there to answer' : outcome}`);
    const waiting = this.waiting;
    if (waiting === null || !['answer', 'agent', 'conference'].includes(waiting.for)) {
      throw new CodedError('HS_CALL_STATE', `nobody is dialled: the call ${this.#stateText()}`);
    }
    if (waiting.for !== 'answer' && outcome !== 'answered') {
      throw new CodedError('HS_CALL_STATE', `nobody rings who could be ${outcome}: it ${this.#stateText()}`);
    }
    this.#waits.give({ type: 'outcome', outcome, party });
    await this.settled();
  }

  #hasCallee(): boolean {
    const waiting = this.waiting;
    if (waiting === null) return false;
    return (
      waiting.for === 'conversation' ||
      waiting.for === 'conference' ||
      ('leg' in waiting && waiting.leg === 'callee')
    );
  }

  #mustRun(what: string): void {
    if (this.#over) throw new CodedError('HS_CALL_STATE', `${what}: the call ${this.#stateText()}`);
  }

  #stateText(): string {
    if (this.#over) return `is over (${this.#status})`;
    return this.waiting === null ? 'is busy' : `waits for ${this.waiting.for}`;
  }

  async #run(steps: Steps<CallEnd>): Promise<void> {
    let end: CallEnd;
    try {
      end = await this.#carryOut(steps);
    } catch (error) {
      // A mistake of ours must not leave anybody waiting.
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#tell({ type: 'stand-in', verb: 'Simulator', text: `HS_INTERNAL: ${text}` });
      end = { reason: 'error', status: 'failed', durationMs: this.now() };
    }
    this.#status = end.status;
    this.#tell({ type: 'ended', ...end });
    this.#over = true;
    if (this.#closed) this.#callbacks.drop();
    await this.#callbacks.drain();
    this.#wiring.clock.reach(this.#startedAt + this.now());
    this.#finish();
    this.#waits.flush();
  }

  async #carryOut(steps: Steps<CallEnd>): Promise<CallEnd> {
    let step = steps.next();
    while (step.done !== true) {
      const result = this.#closed ? 'closed' : await this.#perform(step.value);
      if (result === 'closed') return this.#cutOff('closed');
      if (this.now() > LONGEST_CALL_MS) return this.#cutOff('time limit');
      step = steps.next(result);
    }
    return step.value;
  }

  #cutOff(reason: 'closed' | 'time limit'): CallEnd {
    return { reason, status: 'completed', durationMs: this.now() };
  }

  async #perform(
    effect: Effect,
  ): Promise<Awaited<ReturnType<WebhookSender['send']>> | Input | undefined | 'closed'> {
    switch (effect.type) {
      case 'send':
        return this.#sender.send(effect.webhook);
      case 'notify':
        await this.#callbacks.add(effect.webhook, effect.delayMs);
        return undefined;
      case 'wait':
        return this.#waits.begin(effect);
    }
  }

  async #passRealTime(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const passed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([passed, this.finished]);
    clearTimeout(timer);
  }

  /** Which question is open: keys that are left over do not answer the next one. */
  #listenerOf(): number {
    return this.#events.findLastIndex(({ type }) => CLOSING.includes(type));
  }

  #tell(body: CallEventBody, leg: LegName = 'caller'): void {
    this.#emit({ at: this.now(), leg, ...body });
  }

  #emit(event: CallEvent): void {
    if (event.type === 'status' && event.leg === 'caller') this.#status = event.status;
    this.#events.push(event);
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      // A listener that fails is not the call's failure: it is told to the process, and the call goes on.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/** After one of these another question is open. */
const CLOSING: readonly CallEvent['type'][] = ['request', 'gathered', 'recorded', 'dialled'];

/** An outbound call goes from the project to the person. */
function identityOf(call: Call, options: CallOptions, { accountSid, clock }: Wiring): LegIdentity {
  const { sid } = call;
  const direction = options.direction ?? 'inbound';
  const isInbound = direction === 'inbound';
  const from = isInbound ? call.from : call.to;
  const to = isInbound ? call.to : call.from;
  return {
    sid,
    accountSid,
    from,
    to,
    direction,
    parentSid: null,
    callerName: options.callerName ?? null,
    forwardedFrom: options.forwardedFrom ?? null,
    callToken: isInbound ? callTokenOf({ sid, from, to, startedAt: clock.now() }) : null,
  };
}
