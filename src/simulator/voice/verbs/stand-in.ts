/** What is marked and not carried out. The table of verbs says of each what it does instead. */

import { VOICE_SCHEMA } from '../../../model/twiml/voice-schema';
import { elementsOf, type TwimlElement, tidyTextOf } from '../../twiml/element';
import { NEXT_VERB } from '../next';
import type { Verb } from '../verb';

// biome-ignore lint/correctness/useYield: a verb that takes no time
export const standIn: Verb = function* (element, leg) {
  const note = VOICE_SCHEMA[element.name]?.note ?? '';
  leg.emit({ type: 'stand-in', verb: element.name, text: `${describe(element)}: not simulated. ${note}` });
  return NEXT_VERB;
};

/** `Connect > Stream url="wss://…"` */
function describe(element: TwimlElement): string {
  const [child] = elementsOf(element);
  const attributes = [...element.attributes].map(([name, { value }]) => `${name}=${JSON.stringify(value)}`);
  const text = tidyTextOf(element);
  const own = [element.name, ...attributes, ...(text === '' ? [] : [JSON.stringify(text)])]
    .join(' ')
    .slice(0, 200);
  return child === undefined ? own : `${own} > ${describe(child)}`.slice(0, 400);
}
