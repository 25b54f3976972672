import type { Exchange } from '../simulator';

/** Of an answer, in the list of a conversation; the record has all of it. */
const SHOWN_CHARACTERS = 8_192;

/** As a conversation shows it: without secrets, and not the whole of a long answer. */
export function shownExchange(exchange: Exchange, shown: (text: string) => string): Exchange {
  return { ...exchange, body: shown(exchange.body.slice(0, SHOWN_CHARACTERS)) };
}
