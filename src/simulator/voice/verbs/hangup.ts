/** twilio.com/docs/voice/twiml/hangup */
import type { Verb } from '../verb';

// biome-ignore lint/correctness/useYield: a verb that takes no time
export const hangup: Verb = function* () {
  return { type: 'end', reason: 'Hangup' };
};
