/** twilio.com/docs/voice/twiml/leave */
import { problem } from '../../problem';
import { placeOf } from '../../twiml/element';
import { NEXT_VERB } from '../next';
import type { Verb } from '../verb';

// biome-ignore lint/correctness/useYield: a verb that takes no time
export const leave: Verb = function* (element, leg, url) {
  if (leg.scope === 'wait') return { type: 'leave' };
  leg.report(
    problem(12200, '<Leave> means something only while the call waits in a queue', placeOf(element, url)),
  );
  return NEXT_VERB;
};
