/** A call of a test: what the person does, and what is expected of the project. */
import { CodedError } from '../errors';
import {
  type Call,
  type CallEvent,
  callTranscript,
  type Exchange,
  type LegName,
  type Party,
  partyText,
  waitingText,
} from '../simulator';
import { durationMs } from './duration';
import type { Evidence } from './evidence';
import { checkWords, matchesWords, type Words, wordsText } from './expectation';
import type { Step, Steps } from './step';

export interface CallParts {
  readonly call: Call;
  readonly steps: Steps;
  readonly evidence: Evidence;
}

interface Expectation {
  readonly operator: string;
  readonly message: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Of one leg: that of the person who calls, or of whoever is dialled. */
class Talk {
  /** What is expected next comes after this event. */
  #seen = 0;

  constructor(
    protected readonly parts: CallParts,
    private readonly leg: LegName,
  ) {}

  /** Keys, one after the other: `1#`. Fails where nobody listens to them. */
  press(keys: string): Step {
    return this.acts(`press(${JSON.stringify(keys)})`, this.press, async () => {
      await this.parts.call.press(keys, this.leg);
      this.#failWhereIgnored(`nobody listens to the keys ${keys}`);
    });
  }

  /** `confidence`: how sure the recognition of speech is, 0 to 1. */
  say(text: string, { confidence = 0.9 }: { readonly confidence?: number } = {}): Step {
    return this.acts(`say(${JSON.stringify(text)})`, this.say, async () => {
      await this.parts.call.speak(text, { confidence, leg: this.leg });
      this.#failWhereIgnored(`nobody listens to "${text}"`);
    });
  }

  hangup(): Step {
    return this.acts('hangup()', this.hangup, () => this.parts.call.hangUp(this.leg));
  }

  /** A part of what is said, or a pattern: after what was heard and done before. */
  hears(words: Words): Step {
    checkWords(words);
    return this.does(`hears(${wordsText(words)})`, this.hears, () => {
      const isHeard = (event: CallEvent) => event.type === 'said' && matchesWords(event.text, words);
      this.#expectNext(isHeard, {
        operator: 'hears',
        message: `${this.who} does not hear ${wordsText(words)}${this.#hint(isHeard)}`,
        expected: words,
        actual: this.#heard(),
      });
    });
  }

  /** A part of the URL of a sound, or a pattern. */
  hearsSound(url: Words): Step {
    checkWords(url);
    return this.does(`hearsSound(${wordsText(url)})`, this.hearsSound, () => {
      this.#expectNext((event) => event.type === 'played' && matchesWords(event.url, url), {
        operator: 'hearsSound',
        message: `${this.who} does not hear the sound ${wordsText(url)}`,
        expected: url,
        actual: this.#rest('played')
          .map((event) => ('url' in event ? event.url : ''))
          .join('\n'),
      });
    });
  }

  /** Nothing was said since the last `hears`. */
  hearsNothing(): Step {
    return this.does('hearsNothing()', this.hearsNothing, () => {
      const actual = this.#heard();
      if (actual === '') return;
      this.fail({ operator: 'hearsNothing', message: `${this.who} hears something`, expected: '', actual });
    });
  }

  protected get who(): string {
    return this.leg === 'caller' ? 'the caller' : 'the other party';
  }

  /** What was heard before somebody did something is no answer to it. */
  protected acts(what: string, entry: (...parameters: never[]) => unknown, run: () => Promise<void>): Step {
    return this.does(what, entry, () => {
      this.#seen = this.parts.call.events.length;
      return run();
    });
  }

  protected does(
    what: string,
    entry: (...parameters: never[]) => unknown,
    run: () => Promise<void> | void,
  ): Step {
    return this.parts.steps.add(`call.${what}`, entry, async () => {
      try {
        await run();
      } catch (error) {
        if (!(error instanceof CodedError) || error.code !== 'HS_CALL_STATE') throw error;
        this.fail({ operator: what, message: error.message, expected: what, actual: this.state });
      }
    });
  }

  protected fail(expectation: Expectation): never {
    const { call, evidence } = this.parts;
    const transcript = `${callTranscript(call.events)}\n(now it ${this.state})`;
    throw evidence.fail({ ...expectation, transcript, requests: exchangesOf(call) });
  }

  /** `waits for keys, 5 s`, `is over: completed` */
  protected get state(): string {
    const { call } = this.parts;
    if (call.isOver) return `is over: ${call.status}`;
    return call.waiting === null ? 'is busy' : `waits for ${waitingText(call.waiting)}`;
  }

  #expectNext(isMeant: (event: CallEvent) => boolean, otherwise: Expectation): void {
    const { events } = this.parts.call;
    const at = events.findIndex(
      (event, index) => index >= this.#seen && event.leg === this.leg && isMeant(event),
    );
    if (at === -1) this.fail(otherwise);
    this.#seen = at + 1;
  }

  #rest(type: CallEvent['type']): CallEvent[] {
    return this.parts.call.events
      .slice(this.#seen)
      .filter((event) => event.type === type && event.leg === this.leg);
  }

  /** One line for each thing that was said since. */
  #heard(): string {
    return this.#rest('said')
      .map((event) => ('text' in event ? event.text : ''))
      .join('\n');
  }

  /** Where it was said before, another `hears` has taken it. */
  #hint(isMeant: (event: CallEvent) => boolean): string {
    const before = this.parts.call.events.slice(0, this.#seen).some(isMeant);
    return before
      ? ' again: each hears() looks at what came after the one before, and after the last key'
      : '';
  }

  #failWhereIgnored(message: string): void {
    const last = this.parts.call.events.at(-1);
    if (last?.type !== 'ignored') return;
    this.fail({
      operator: 'press',
      message: `${message}: the call ${this.state}`,
      expected: 'somebody who listens',
      actual: this.state,
    });
  }
}

export class TestCall extends Talk {
  /** Whoever the project dials. */
  readonly party: CalledParty;

  constructor(parts: CallParts) {
    super(parts, 'caller');
    this.party = new CalledParty(parts);
  }

  get sid(): string {
    return this.parts.call.sid;
  }

  /** As people read it. */
  get transcript(): string {
    return callTranscript(this.parts.call.events);
  }

  /** Everything that happened, in order. */
  get events(): readonly CallEvent[] {
    return this.parts.call.events;
  }

  get requests(): readonly Exchange[] {
    return exchangesOf(this.parts.call);
  }

  /** Nobody does anything for this time: `'5 s'`. It passes at once. Without one: until what the call waits for is over. */
  waits(duration?: string | number): Step {
    const ms = duration === undefined ? null : durationMs(duration);
    return this.acts(`waits(${duration ?? ''})`, this.waits, () =>
      ms === null ? this.parts.call.silence() : this.parts.call.wait(ms),
    );
  }

  /** Somebody is dialled: a number, `client:jenny`, `sip:jack@example.com`, the name of a queue or conference. */
  isDialling(address: string): Step {
    return this.does(`isDialling(${JSON.stringify(address)})`, this.isDialling, () => {
      const parties = dialledNow(this.parts.call);
      if (parties.some((party) => isAt(party, address))) return;
      this.fail({
        operator: 'isDialling',
        message: `the call does not dial ${address}: it ${this.state}`,
        expected: address,
        actual: parties.map(partyText),
      });
    });
  }

  /** The two talk; where it still rings there, it is answered. */
  isConnectedTo(address: string): Step {
    return this.does(`isConnectedTo(${JSON.stringify(address)})`, this.isConnectedTo, async () => {
      const { call } = this.parts;
      const ringing = dialledNow(call).findIndex((party) => isAt(party, address));
      if (ringing !== -1) await call.answer(ringing);
      const connected = connectedNow(call);
      if (connected !== null && isAt(connected, address)) return;
      this.fail({
        operator: 'isConnectedTo',
        message: `the call is not connected to ${address}: it ${this.state}`,
        expected: address,
        actual: connected === null ? null : partyText(connected),
      });
    });
  }

  /** What the caller says is recorded now. */
  isRecording(): Step {
    return this.does('isRecording()', this.isRecording, () => {
      if (this.parts.call.waiting?.for === 'recording') return;
      this.fail({
        operator: 'isRecording',
        message: `the call records nothing: it ${this.state}`,
        expected: 'recording',
        actual: this.state,
      });
    });
  }

  /** The call is over, whoever ended it. */
  ended(): Step {
    return this.does('ended()', this.ended, () => {
      if (this.parts.call.isOver) return;
      this.fail({
        operator: 'ended',
        message: `the call is not over: it ${this.state}`,
        expected: 'over',
        actual: this.state,
      });
    });
  }

  /** A status (`completed`, `busy`, …) or a reason (`Hangup`, `Reject`, `caller hung up`, `no more verbs`, `error`). */
  hasEndedWith(how: string): Step {
    return this.does(`hasEndedWith(${JSON.stringify(how)})`, this.hasEndedWith, () => {
      const end = this.parts.call.events.find((event) => event.type === 'ended');
      const ways = end?.type === 'ended' ? [end.status, end.reason] : [];
      if (ways.includes(how as never)) return;
      const message =
        end === undefined ? `the call is not over: it ${this.state}` : `the call has not ended with ${how}`;
      this.fail({
        operator: 'hasEndedWith',
        message,
        expected: how,
        actual: end === undefined ? this.state : ways,
      });
    });
  }

  /** Ends it for the test; nobody is told. */
  close(): Promise<void> {
    return this.parts.call.close();
  }
}

/** The other end of a `Dial`. `which` is the party where several are dialled, counted from 0. */
export class CalledParty extends Talk {
  constructor(parts: CallParts) {
    super(parts, 'callee');
  }

  answers(which = 0): Step {
    return this.does(`party.answers(${which})`, this.answers, () => this.parts.call.answer(which));
  }

  isBusy(which = 0): Step {
    return this.does(`party.isBusy(${which})`, this.isBusy, () => this.parts.call.busy(which));
  }

  doesNotAnswer(which = 0): Step {
    return this.does(`party.doesNotAnswer(${which})`, this.doesNotAnswer, () =>
      this.parts.call.noAnswer(which),
    );
  }

  cannotBeReached(which = 0): Step {
    return this.does(`party.cannotBeReached(${which})`, this.cannotBeReached, () =>
      this.parts.call.fail(which),
    );
  }
}

function exchangesOf({ events }: Call): Exchange[] {
  return events.flatMap((event) => (event.type === 'request' ? [event.exchange] : []));
}

/** Who may answer: whoever is dialled, an agent of the queue, somebody who joins the conference. */
function dialledNow({ waiting, sid }: Call): readonly Party[] {
  if (waiting?.for === 'answer') return waiting.parties;
  if (waiting?.for === 'agent') return [{ kind: 'queue', address: waiting.queue, callSid: sid }];
  return waiting?.for === 'conference' && waiting.alone ? [roomOf(waiting.conference, sid)] : [];
}

function connectedNow({ waiting, sid }: Call): Party | null {
  if (waiting?.for === 'conference' && !waiting.alone) return roomOf(waiting.conference, sid);
  return waiting?.for === 'conversation' ? waiting.party : null;
}

function roomOf(address: string, callSid: string): Party {
  return { kind: 'conference', address, callSid };
}

function isAt(party: Party, address: string): boolean {
  return [party.address, partyText(party), `${party.kind}:${party.address}`].includes(address);
}
