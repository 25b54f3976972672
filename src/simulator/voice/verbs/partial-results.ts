/** twilio.com/docs/voice/twiml/gather, "partialResultCallback": what was understood so far, while the caller speaks. */
import type { Steps } from '../effects';
import type { Leg } from '../leg';
import type { GatherSettings } from './gather-settings';

/** Nobody speaks more words at once, and each is a request. */
const MOST_RESULTS = 20;

export function* tellPartialResults(
  text: string,
  { url: callback, method }: NonNullable<GatherSettings['partial']>,
  leg: Leg,
  base: string,
): Steps<void> {
  const words = text.split(/\s+/).slice(0, MOST_RESULTS);
  for (let count = 1; count <= words.length; count++) {
    const isStable = count === words.length;
    const heard = words.slice(0, count).join(' ');
    const parameters = {
      SequenceNumber: String(count - 1),
      StableSpeechResult: isStable ? heard : '',
      UnstableSpeechResult: isStable ? '' : heard,
      Stability: isStable ? '0.9' : '0.1',
    };
    yield* leg.tell({ purpose: 'partial', method, url: callback, base, parameters });
  }
}
