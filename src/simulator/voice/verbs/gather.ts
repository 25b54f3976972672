/** twilio.com/docs/voice/twiml/gather */
import type { Fields } from '../../http/exchange';
import { elementsOf, type TwimlElement } from '../../twiml/element';
import { type Input, type Steps, wait } from '../effects';
import type { Waiting } from '../event';
import type { Leg } from '../leg';
import { NEXT_VERB, type Next } from '../next';
import type { Verb } from '../verb';
import { type GatherSettings, gatherSettingsOf } from './gather-settings';
import { tellPartialResults } from './partial-results';
import { startPause } from './pause';
import { startPlaying } from './play';
import { type Sound, startSaying } from './say';

interface Gathered {
  readonly digits: string;
  readonly finishedOnKey: string | null;
  readonly speech: string | null;
  readonly confidence: number | null;
  readonly why: 'finish key' | 'number of digits' | 'timeout' | 'speech' | 'nothing';
}

export const gather: Verb = function* (element, leg, url) {
  const settings = gatherSettingsOf(element, leg, url);
  const first = yield* prompt(element, settings, leg, url);
  const { input, numDigits, finishOnKey, timeoutMs, hints } = settings;
  leg.emit({ type: 'gathering', input, numDigits, finishOnKey, timeoutMs, hints });
  const gathered = yield* collect(first, settings, leg, url);
  const { digits, speech, confidence, why } = gathered;
  leg.emit({ type: 'gathered', digits, speech, confidence, why });
  return nextOf(gathered, settings, leg, url);
};

/** What is said before; the first input may come meanwhile. */
function* prompt(
  element: TwimlElement,
  settings: GatherSettings,
  leg: Leg,
  url: string,
): Steps<Input | null> {
  for (const child of elementsOf(element)) {
    const sound = startPrompt(child, leg, url);
    if (sound === null) continue;
    const input = yield* hearUnlessInterrupted(sound, settings, leg);
    if (input !== null) return input;
  }
  return null;
}

function startPrompt(element: TwimlElement, leg: Leg, url: string): Sound | null {
  switch (element.name) {
    case 'Say':
      return startSaying(element, leg, url);
    case 'Play':
      return startPlaying(element, leg, url);
    case 'Pause':
      return startPause(element, leg, url);
    default:
      return null;
  }
}

function* hearUnlessInterrupted(sound: Sound, settings: GatherSettings, leg: Leg): Steps<Input | null> {
  const duration = sound.endless ? Infinity : sound.durationMs;
  const until = leg.session.now() + duration;
  for (let left = duration; left > 0; left = until - leg.session.now()) {
    const listening = settings.bargeIn ? waitingFor(settings, '', left, leg) : leg.ambient;
    const input = yield* wait(left, listening, !sound.endless && leg.ambient === null);
    if (input.type === 'elapsed') continue;
    if (settings.bargeIn && isAnswer(input, settings, leg)) return input;
    leg.interrupt(input);
  }
  return null;
}

function* collect(first: Input | null, settings: GatherSettings, leg: Leg, url: string): Steps<Gathered> {
  let digits = '';
  let input = first;
  let until = leg.session.now() + settings.timeoutMs;
  for (;;) {
    input ??= yield* wait(
      until - leg.session.now(),
      waitingFor(settings, digits, until - leg.session.now(), leg),
    );
    if (input.type === 'elapsed') return timedOut(digits);
    if (!isAnswer(input, settings, leg)) {
      leg.interrupt(input);
    } else if (input.type === 'speech') {
      return yield* hearSpeech(input, settings, leg, url);
    } else if (input.type === 'digit') {
      // "finishOnKey only works when a digit sequence precedes it."
      if (settings.finishOnKey.includes(input.digit)) {
        if (digits !== '') return keyed(digits, input.digit, 'finish key');
        leg.interrupt(input);
      } else {
        digits += input.digit;
        if (digits.length === settings.numDigits) return keyed(digits, null, 'number of digits');
        until = leg.session.now() + settings.timeoutMs;
      }
    }
    input = null;
  }
}

function* hearSpeech(
  input: Extract<Input, { readonly type: 'speech' }>,
  settings: GatherSettings,
  leg: Leg,
  url: string,
): Steps<Gathered> {
  if (settings.partial !== null) yield* tellPartialResults(input.text, settings.partial, leg, url);
  yield* leg.passTime(settings.speechTimeoutMs);
  const { text, confidence } = input;
  return { digits: '', finishedOnKey: null, speech: text, confidence, why: 'speech' };
}

function keyed(digits: string, finishedOnKey: string | null, why: Gathered['why']): Gathered {
  return { digits, finishedOnKey, speech: null, confidence: null, why };
}

function timedOut(digits: string): Gathered {
  return keyed(digits, null, digits === '' ? 'nothing' : 'timeout');
}

function isAnswer(input: Input, { input: kinds }: GatherSettings, leg: Leg): boolean {
  if (input.type === 'digit') return input.leg === leg.name && kinds.includes('dtmf');
  return input.type === 'speech' && input.leg === leg.name && kinds.includes('speech');
}

function waitingFor({ input }: GatherSettings, digits: string, remainingMs: number, leg: Leg): Waiting {
  return { for: 'input', leg: leg.name, input, digits, remainingMs };
}

/** Without input it falls through to the next verb, unless it is told not to. */
function nextOf(gathered: Gathered, settings: GatherSettings, leg: Leg, url: string): Next {
  if (gathered.why === 'nothing' && !settings.actionOnEmptyResult) return NEXT_VERB;
  const action = leg.resolve(settings.action ?? url, url);
  if (action === null) return NEXT_VERB;
  const parameters = resultFields(gathered, settings);
  return {
    type: 'document',
    request: { purpose: 'action', method: settings.method, url: action, parameters },
  };
}

function resultFields(
  { digits, finishedOnKey, speech, confidence, why }: Gathered,
  settings: GatherSettings,
): Fields {
  const language = settings.input.includes('speech') ? { Language: settings.language } : {};
  if (speech !== null) return { SpeechResult: speech, Confidence: String(confidence ?? 0), ...language };
  const finished = finishedOnKey === null ? {} : { FinishedOnKey: finishedOnKey };
  return { Digits: digits, ...(why === 'nothing' ? {} : finished), ...language };
}
