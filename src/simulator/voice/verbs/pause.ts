/** twilio.com/docs/voice/twiml/pause */
import type { TwimlElement } from '../../twiml/element';
import type { Leg } from '../leg';
import { NEXT_VERB } from '../next';
import type { Verb } from '../verb';
import { hear, type Sound } from './say';

export const pause: Verb = function* (element, leg, url) {
  yield* hear(startPause(element, leg, url), leg);
  return NEXT_VERB;
};

export function startPause(element: TwimlElement, leg: Leg, url: string): Sound {
  const durationMs = leg.attributes(element, url).seconds('length', 1_000);
  leg.emit({ type: 'paused', durationMs });
  return { durationMs, endless: false };
}
