/** twilio.com/docs/voice/twiml/redirect */
import { tidyTextOf } from '../../twiml/element';
import { NEXT_VERB } from '../next';
import type { Verb } from '../verb';

// biome-ignore lint/correctness/useYield: a verb that takes no time
export const redirect: Verb = function* (element, leg, url) {
  const method = leg.attributes(element, url).method('method');
  const target = leg.resolve(tidyTextOf(element), url);
  if (target === null) return NEXT_VERB;
  return { type: 'document', request: { purpose: 'redirect', method, url: target, parameters: {} } };
};
