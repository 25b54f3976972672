/** twilio.com/docs/voice/twiml/play */
import { problem } from '../../problem';
import { placeOf, type TwimlElement, tidyTextOf } from '../../twiml/element';
import type { Leg } from '../leg';
import { NEXT_VERB } from '../next';
import type { Verb } from '../verb';
import { hear, MOST_LOOPS, type Sound } from './say';

/** The file is not fetched, so nobody knows how long it is. */
export const ASSUMED_FILE_MS = 5_000;
/** twilio.com/docs/voice/twiml/play, "digits": a w waits for half a second. */
const TONE_MS = 200;
const PAUSE_MS = { w: 500, W: 1_000 } as const;

export const play: Verb = function* (element, leg, url) {
  yield* hear(startPlaying(element, leg, url), leg);
  return NEXT_VERB;
};

export function startPlaying(element: TwimlElement, leg: Leg, url: string): Sound | null {
  const attributes = leg.attributes(element, url);
  const times = Math.min(MOST_LOOPS, attributes.integer('loop', 1));
  const digits = attributes.digits('digits');
  if (element.attributes.has('digits')) return digits === null ? null : playTones(digits, leg);
  const reference = tidyTextOf(element);
  if (reference === '') {
    leg.report(problem(12200, '<Play> needs a URL or digits', placeOf(element, url)));
    return null;
  }
  const file = leg.resolve(reference, url);
  if (file === null) return null;
  const durationMs = times * ASSUMED_FILE_MS;
  leg.emit({ type: 'played', url: file.href, times, durationMs });
  return { durationMs, endless: times === 0 };
}

function playTones(digits: string, leg: Leg): Sound {
  const durationMs = tonesMs(digits);
  leg.emit({ type: 'tones', digits, durationMs });
  return { durationMs, endless: false };
}

export function tonesMs(digits: string): number {
  let ms = 0;
  for (const digit of digits) ms += digit === 'w' || digit === 'W' ? PAUSE_MS[digit] : TONE_MS;
  return ms;
}
