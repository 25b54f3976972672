import type { Redactor } from '../records/redact';
import type { Exchange } from '../simulator';
import type { CallEvent, MessageEvent } from './phone-api';

/** Of an answer, in the list of a conversation; the record has all of it. */
const SHOWN_CHARACTERS = 8_192;

/** As a conversation shows it: without secrets, and not the whole of a long answer. */
export function shownEvent<Event extends CallEvent | MessageEvent>(event: Event, redactor: Redactor): Event {
  const shown =
    event.type === 'request' ? { ...event, exchange: shownExchange(event.exchange, redactor) } : event;
  return withoutSecrets(shown, redactor) as Event;
}

function shownExchange(exchange: Exchange, redactor: Redactor): Exchange {
  return {
    ...exchange,
    url: redactor.target(exchange.url),
    // Fields of a request are strings, and what is hidden of them is one too.
    parameters: redactor.members(exchange.parameters) as Exchange['parameters'],
    body: redactor.text(exchange.body).slice(0, SHOWN_CHARACTERS),
  };
}

/** Of the same shape: what a project says, sends and asks for may quote what is secret anywhere. */
function withoutSecrets(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.text(value);
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, redactor));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([name, item]) => [name, withoutSecrets(item, redactor)] as const,
  );
  return Object.fromEntries(entries);
}
