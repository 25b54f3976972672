/** TwiML as a test looks at it. */
import { problemText } from '../simulator';
import { elementsOf, type TwimlElement, tidyTextOf } from '../simulator/twiml/element';
import { parseTwiml } from '../simulator/twiml/parse';

export interface Twiml {
  /** `Response`, `Say`, … */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** All text in it, with white space as one space. */
  readonly text: string;
  readonly children: readonly Twiml[];
}

/** Throws where it is none. */
export function readTwiml(text: string, url: string): Twiml {
  const parsed = parseTwiml(text, url);
  if ('problem' in parsed)
    throw new Error(`this is no TwiML: ${problemText(parsed.problem)}\n${text.slice(0, 500)}`);
  return twimlOf(parsed.document.root);
}

function twimlOf(element: TwimlElement): Twiml {
  const attributes = Object.fromEntries([...element.attributes].map(([name, { value }]) => [name, value]));
  return {
    name: element.name,
    attributes,
    text: tidyTextOf(element),
    children: elementsOf(element).map(twimlOf),
  };
}
