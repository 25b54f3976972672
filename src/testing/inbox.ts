/** Messages that the project sent, to whomever, in the order in which they were sent. */
import type { OutboundMessage } from '../simulator';
import type { SentMessage } from './outbound/twilio';

export interface ReceivedMessage {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** URLs. */
  readonly media: readonly string[];
  /** `twiml`: the answer to a text. `api`: a request to the REST API. `vendor`: the answers to STOP, START and HELP. */
  readonly via: 'twiml' | 'api' | 'vendor';
}

export class Inbox {
  readonly #messages: ReceivedMessage[] = [];
  readonly #lost: OutboundMessage[] = [];

  of(number: string): readonly ReceivedMessage[] {
    return this.#messages.filter(({ to }) => to === number);
  }

  /** What was sent to this number and never arrived. */
  lostTo(number: string): readonly OutboundMessage[] {
    return this.#lost.filter(({ to }) => to === number);
  }

  addReply(message: OutboundMessage): void {
    const { sid, from, to, body, media, status, automatic } = message;
    if (status === 'failed' || status === 'undelivered') {
      this.#lost.push(message);
      return;
    }
    const urls = media.map(({ url }) => url);
    this.#messages.push({ sid, from, to, body, media: urls, via: automatic ? 'vendor' : 'twiml' });
  }

  addSent(message: SentMessage): void {
    this.#messages.push({ ...message, via: 'api' });
  }
}

/** Why it did not arrive: a part of a sentence. */
export function lossText(message: OutboundMessage | undefined): string {
  if (message === undefined) return '';
  const { status, errorCode } = message;
  return `: it was sent, but its status is ${status} (error ${errorCode})`;
}
