/** What a `Message` element asks for. twilio.com/docs/messaging/twiml/message */
import { type Problem, problem } from '../problem';
import type { Attributes } from '../twiml/attributes';
import { elementsOf, type TwimlElement, textOf, tidyTextOf } from '../twiml/element';

export interface ReplyDraft {
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** As written: a path or a URL. */
  readonly media: readonly string[];
  readonly action: string | null;
  readonly method: 'GET' | 'POST';
  readonly statusCallback: string | null;
}

/** twilio.com/docs/api/errors/21617 */
export const LONGEST_BODY = 1_600;

export function draftOf(element: TwimlElement, attributes: Attributes, ends: Ends): ReplyDraft {
  return {
    from: attributes.text('from') ?? ends.project,
    to: attributes.text('to') ?? ends.person,
    body: bodyOf(element),
    media: elementsOf(element)
      .filter(({ name }) => name === 'Media')
      .map(tidyTextOf),
    action: attributes.url('action'),
    method: attributes.method('method'),
    statusCallback: attributes.url('statusCallback'),
  };
}

export interface Ends {
  readonly person: string;
  readonly project: string;
}

/** `Body` where there is one, else the text beside `Media`. */
function bodyOf(element: TwimlElement): string {
  const bodies = elementsOf(element).filter(({ name }) => name === 'Body');
  if (bodies.length > 0) return bodies.map(textOf).join('').trim();
  return element.children
    .filter((child) => typeof child === 'string')
    .join('')
    .trim();
}

/** `null`: it can be sent. */
export function refusalOf(draft: ReplyDraft): Problem | null {
  if (!isAddress(draft.to)) return problem(14101, JSON.stringify(draft.to.slice(0, 60)));
  if (!isAddress(draft.from)) return problem(14102, JSON.stringify(draft.from.slice(0, 60)));
  if (draft.body === '' && draft.media.length === 0) return problem(14103, 'neither text nor Media');
  if (draft.body.length > LONGEST_BODY) return problem(21617, `it has ${draft.body.length}`);
  return null;
}

/** A number, a short code, a name as sender, or the address of a channel (`whatsapp:+1415…`). */
function isAddress(text: string): boolean {
  return /^(?:[a-z]+:)?\+?[\w.@ -]{1,255}$/i.test(text);
}
