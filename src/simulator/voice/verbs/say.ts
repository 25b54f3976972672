/** twilio.com/docs/voice/twiml/say */
import { problem } from '../../problem';
import { placeOf, type TwimlElement } from '../../twiml/element';
import { spokenTextOf } from '../../twiml/ssml';
import type { Steps } from '../effects';
import type { Leg } from '../leg';
import { NEXT_VERB } from '../next';
import { speechMs } from '../speech-time';
import type { Verb } from '../verb';

/** What a verb makes heard, before it is. `null`: nothing. */
export interface Sound {
  readonly durationMs: number;
  /** Until the call ends. */
  readonly endless: boolean;
}

/** twilio.com/docs/voice/twiml/play, "loop": at most 1,000 */
export const MOST_LOOPS = 1_000;

export const say: Verb = function* (element, leg, url) {
  yield* hear(startSaying(element, leg, url), leg);
  return NEXT_VERB;
};

export function* hear(sound: Sound | null, leg: Leg): Steps<void> {
  if (sound === null) return;
  if (sound.endless) yield* leg.passForever();
  yield* leg.passTime(sound.durationMs);
}

export function startSaying(element: TwimlElement, leg: Leg, url: string): Sound | null {
  const attributes = leg.attributes(element, url);
  const times = Math.min(MOST_LOOPS, attributes.integer('loop', 1));
  const voice = attributes.text('voice');
  const language = attributes.text('language');
  const text = spokenTextOf(element);
  if (text === '') {
    leg.report(problem(13520, '', placeOf(element, url)));
    return null;
  }
  const durationMs = times * speechMs(text);
  leg.emit({ type: 'said', text, voice, language, times, durationMs });
  return { durationMs, endless: times === 0 };
}
