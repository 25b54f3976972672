/**
 * twilio.com/docs/voice/twiml/number, "url": TwiML for the party that answered, before the two are connected. With
 * `Hangup` they never are.
 */
import { Interruption, type Steps } from '../effects';
import type { DialledLeg } from './dialled-leg';

export function* screen(callee: DialledLeg, base: string): Steps<'accepted' | 'refused' | 'caller hung up'> {
  const { url, method } = callee.target;
  if (url === null) return 'accepted';
  const target = callee.leg.resolve(url, base);
  if (target === null) return 'accepted';
  try {
    const ending = yield* callee.leg.run({ purpose: 'screening', method, url: target, parameters: {} });
    return ending.type === 'ended' && ending.reason === 'Hangup' ? 'refused' : 'accepted';
  } catch (thrown) {
    if (!(thrown instanceof Interruption) || thrown.input.type !== 'hang up') throw thrown;
    return thrown.input.leg === 'caller' ? 'caller hung up' : 'refused';
  }
}
