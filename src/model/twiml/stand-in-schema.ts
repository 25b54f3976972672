/** Verbs of calls that are marked in the transcript and not carried out. */
import { absentAll, type ElementRow, element } from './schema';

export const VOICE_STAND_INS: Readonly<Record<string, ElementRow>> = {
  Pay: standIn(
    'pay',
    'input action bankAccountType statusCallback statusCallbackMethod timeout maxAttempts securityCode postalCode minPostalCodeLength paymentConnector paymentMethod tokenType chargeAmount currency description validCardTypes language',
    'No card is asked for. Goes on with the next verb.',
  ),
  Prompt: standIn('pay/prompt', 'for errorType cardType attempt requireMatchingInputs', 'Part of Pay.'),
  Connect: standIn('connect', 'action method', 'Nobody is connected. Goes on with the next verb.'),
  Start: standIn('start', 'action method', 'Nothing is started. Goes on with the next verb.'),
  Stop: standIn('stop', '', 'Nothing runs that could be stopped.'),
  Stream: standIn(
    'stream',
    'name connectorName url track statusCallback statusCallbackMethod',
    'Part of Start.',
  ),
  Siprec: standIn('siprec', 'name connectorName track statusCallback statusCallbackMethod', 'Part of Start.'),
  Echo: standIn('echo', '', 'Nothing is heard. Goes on with the next verb.'),
};

function standIn(page: string, attributes: string, note: string): ElementRow {
  return element({
    page: `voice/twiml/${page}`,
    support: 'absent',
    attributes: attributes === '' ? {} : absentAll(attributes),
    children: 'any',
    note,
  });
}
