/** twilio.com/docs/voice/twiml/refer: hands the call over to somebody else; here it always succeeds. */
import { elementsOf, tidyTextOf } from '../../twiml/element';
import type { Verb } from '../verb';

// biome-ignore lint/correctness/useYield: a verb that takes no time
export const refer: Verb = function* (element, leg, url) {
  const attributes = leg.attributes(element, url);
  const [target] = elementsOf(element);
  const address = target === undefined ? '' : tidyTextOf(target);
  leg.emit({
    type: 'stand-in',
    verb: 'Refer',
    text: `the call is handed over to ${JSON.stringify(address)}`,
  });
  const method = attributes.method('method');
  const action = attributes.url('action');
  const resolved = action === null ? null : leg.resolve(action, url);
  if (resolved === null) return { type: 'end', reason: 'Hangup' };
  const parameters = {
    ReferCallStatus: 'completed',
    ReferSipResponseCode: '202',
    NotifySipResponseCode: '200',
  };
  return { type: 'document', request: { purpose: 'action', method, url: resolved, parameters } };
};
