/** Does what a script says, until all of it is done or something is not as expected. */
import { CodedError } from '../../errors';
import type { Call, CallEvent, DialOutcome } from '../../simulator';
import type { Expectation, ScriptStep } from './script';
import { runSteps, type ScriptFailure, sinceText } from './script-lines';
import { hasWords, type Words, wordsText } from './words';

export function runScript(steps: readonly ScriptStep[], call: Call): Promise<ScriptFailure> {
  const runner = new ScriptRunner(call);
  return runSteps(steps, (step) => runner.take(step));
}

class ScriptRunner {
  readonly #call: Call;
  /** Events before this one were expected already. */
  #seen = 0;

  constructor(call: Call) {
    this.#call = call;
  }

  /** What is not as expected, `null` for nothing. */
  async take(step: ScriptStep): Promise<string | null> {
    if (step.does === 'expect') return this.#check(step.what);
    this.#seen = this.#call.events.length;
    try {
      await this.#act(step);
      return null;
    } catch (error) {
      if (error instanceof CodedError && error.code === 'HS_CALL_STATE') return error.message;
      throw error;
    }
  }

  #act(step: Exclude<ScriptStep, { readonly does: 'expect' }>): Promise<void> {
    switch (step.does) {
      case 'press':
        return this.#call.press(step.keys, step.leg);
      case 'say':
        return this.#call.speak(step.words, { leg: step.leg });
      case 'wait':
        return this.#call.wait(step.ms);
      case 'silence':
        return this.#call.silence();
      case 'hang up':
        return this.#call.hangUp(step.leg);
      case 'decide':
        return decide(this.#call, step.outcome);
    }
  }

  #check(expectation: Expectation): string | null {
    switch (expectation.type) {
      case 'hears':
        return this.#hears(expectation.words, expectation.not);
      case 'ends':
        return this.#ends(expectation.how);
      case 'connected':
        return this.#isConnected(expectation.to);
    }
  }

  #hears(words: Words, not: boolean): string | null {
    const events = this.#call.events;
    const at = events.findIndex((event, index) => index >= this.#seen && hears(event, words));
    if (not) return at === -1 ? null : `${wordsText(words)} was heard`;
    if (at === -1) return `${wordsText(words)} was not heard${sinceText('heard', this.#heard)}`;
    this.#seen = at + 1;
    return null;
  }

  get #heard(): readonly string[] {
    const heard = this.#call.events.slice(this.#seen).map(heardText);
    return heard.filter((text) => text !== '');
  }

  #ends(how: string): string | null {
    const end = this.#call.events.find((event) => event.type === 'ended');
    if (end?.type !== 'ended')
      return `the call is not over, it waits for ${this.#call.waiting?.for ?? 'nothing'}`;
    if (how === '' || hasWords(`${end.reason} ${end.status}`, how)) return null;
    return `it ended otherwise: ${end.reason} (${end.status})`;
  }

  #isConnected(to: string): string | null {
    const parties = this.#call.events.flatMap((event) =>
      event.type === 'connected' ? [event.party.address] : [],
    );
    if (parties.some((address) => hasWords(address, to))) return null;
    return parties.length === 0 ? 'it was connected to nobody' : `it was connected to ${parties.join(', ')}`;
  }
}

export function decide(call: Call, outcome: DialOutcome): Promise<void> {
  switch (outcome) {
    case 'answered':
      return call.answer();
    case 'busy':
      return call.busy();
    case 'no-answer':
      return call.noAnswer();
    case 'failed':
      return call.fail();
  }
}

function heardText(event: CallEvent): string {
  if (event.type === 'said') return event.text;
  return event.type === 'played' ? event.url : '';
}

/** A pattern may fit the empty text; what is not heard fits nothing. */
function hears(event: CallEvent, words: Words): boolean {
  const text = heardText(event);
  return text !== '' && hasWords(text, words);
}
