/** A conversation of texts as people read it. */
import { exchangeText } from '../http/exchange-text';
import { problemText } from '../problem';
import type { InboundMessage, MessageEvent, MessageExchange } from './event';

export function messageTranscript(exchanges: readonly MessageExchange[]): string {
  return exchanges
    .flatMap(({ events }) => events)
    .map(messageEventText)
    .join('\n');
}

/** `>` is written by the person, `<` arrives at them. */
export function messageEventText(event: MessageEvent): string {
  switch (event.type) {
    case 'received':
      return `> ${contentText(event.message)}`;
    case 'request':
      return `· ${exchangeText(event.exchange)}`;
    case 'sent': {
      const { message } = event;
      const to = message.isReply ? '' : `(to ${message.to}) `;
      return `< ${to}${contentText(message)}${message.automatic ? ' (by itself)' : ''}`;
    }
    case 'delivery':
      return `· ${event.status} ${event.sid}`;
    case 'opt-out':
      return `· ${event.keyword}: ${event.blocked ? 'no more messages go to this number' : 'noticed'}`;
    case 'problem':
      return `! ${event.problem.level} ${problemText(event.problem)}`;
  }
}

function contentText({ body, media }: InboundMessage): string {
  return [...(body === '' ? [] : [body]), ...media.map(({ url }) => `[${url}]`)].join(' ');
}
