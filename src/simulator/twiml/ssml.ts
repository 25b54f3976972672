/** What is heard of a `Say`: its text, whatever SSML stands around it. twilio.com/docs/voice/twiml/say/text-speech#ssml */
import type { TwimlElement } from './element';

export function spokenTextOf(element: TwimlElement): string {
  return partsOf(element).join('').replace(/\s+/g, ' ').trim();
}

function partsOf(element: TwimlElement): readonly string[] {
  return element.children.flatMap((child) => {
    if (typeof child === 'string') return [child];
    switch (child.name) {
      case 'sub': // its alias is what is spoken
        return [child.attributes.get('alias')?.value ?? ''];
      case 'break':
        return [' '];
      case 'p':
      case 's':
        return [' ', ...partsOf(child), ' '];
      default:
        return partsOf(child);
    }
  });
}
