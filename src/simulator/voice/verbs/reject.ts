/**
 * twilio.com/docs/voice/twiml/reject: only as the first verb of a call that nobody answered yet; after that it is like
 * Hangup.
 */
import type { Verb } from '../verb';

// biome-ignore lint/correctness/useYield: a verb that takes no time
export const reject: Verb = function* (element, leg, url) {
  const reason = leg.attributes(element, url).choice('reason', ['rejected', 'busy'], 'rejected');
  if (leg.status !== 'ringing') return { type: 'end', reason: 'Hangup' };
  leg.setStatus(reason === 'busy' ? 'busy' : 'no-answer');
  return { type: 'end', reason: 'Reject' };
};
