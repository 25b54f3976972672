/** Speaks what the caller hears in the call that is open, and falls silent where the caller would not hear it any more. */
import { effect, type ReadonlySignal } from '@preact/signals';
import type { CallEvent, CallView, Waiting } from '../../../src/admin/phone-api';
import type { Speech } from './speech';

interface Parts {
  readonly speech: Speech;
  readonly calls: ReadonlySignal<readonly CallView[]>;
  /** Calls that this window began: they are heard from their first word, also where it came before they were open. */
  readonly begun: ReadonlySet<string>;
  /** Of the conversation that is open. */
  readonly openId: ReadonlySignal<string | null>;
}

export class CallSpeech {
  readonly #parts: Parts;
  /** Calls that were open at some time. */
  readonly #known = new Set<string>();
  #openId: string | null = null;
  /** How many events of the open call are dealt with. */
  #done = 0;
  readonly close: () => void;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.close = effect(() => this.#follow());
  }

  #follow(): void {
    const { calls, openId } = this.#parts;
    const call = calls.value.find(({ id }) => id === openId.value) ?? null;
    if ((call?.id ?? null) !== this.#openId) this.#open(call);
    if (call === null) return;
    const fresh = call.events.slice(this.#done);
    // A list that was made before the last events came is shorter for a moment.
    this.#done = Math.max(this.#done, call.events.length);
    for (const event of fresh) this.#take(event, call.waiting);
  }

  #open(call: CallView | null): void {
    this.#parts.speech.stop();
    this.#openId = call?.id ?? null;
    if (call === null) return;
    const isHeardFromStart = this.#parts.begun.has(call.id) && !this.#known.has(call.id);
    this.#done = isHeardFromStart ? 0 : call.events.length;
    this.#known.add(call.id);
  }

  /** `waiting`: what the call waited for when it happened. */
  #take(event: CallEvent, waiting: Waiting | null): void {
    const { speech } = this.#parts;
    switch (event.type) {
      case 'said':
        if (event.leg === 'caller') speech.say(event.text, event.language);
        return;
      case 'pressed':
      case 'spoke':
        if (isInterrupting(event, waiting)) speech.stop();
        return;
      case 'hung up':
        return speech.stop();
      case 'ended':
        // The last words of a call that ends by itself are heard.
        return CUT_OFF.includes(event.reason) ? speech.stop() : speech.finish();
      default:
    }
  }
}

type EndReason = Extract<CallEvent, { readonly type: 'ended' }>['reason'];
const CUT_OFF: readonly EndReason[] = ['caller hung up', 'time limit', 'closed'];

/** Keys and words that nobody listens to interrupt nothing. */
function isInterrupting({ leg, type }: CallEvent, waiting: Waiting | null): boolean {
  if (leg !== 'caller' || waiting === null || !('leg' in waiting) || waiting.leg !== leg) return false;
  return waiting.for === 'recording' || waiting.input.includes(type === 'pressed' ? 'dtmf' : 'speech');
}
