/** A thread of messages, as the phone that wrote shows it. */
import type { MessageEvent, ThreadView } from '../../../../src/admin/phone-api';
import { Icon } from '../../parts/icon';
import { SafeLink, SafeText } from '../../parts/safe-text';
import { Composer } from './composer';
import { ConversationHead } from './conversation-head';
import { ExchangeStep } from './exchange-step';
import { ProblemStep } from './problem-step';
import { useTail } from './use-tail';

export function TextConversation({ thread }: { readonly thread: ThreadView }) {
  const tail = useTail(thread.events.length);
  const states = deliveryStates(thread.events);
  return (
    <article class="detail conversation" aria-label="Messages" tabIndex={-1}>
      <ConversationHead conversation={thread} state={thread.busy ? 'sending' : 'text messages'} />
      <div
        class="conversation-log"
        role="log"
        aria-label="Messages"
        tabIndex={0}
        ref={tail.ref}
        onScroll={tail.onScroll}
      >
        <ol>
          {thread.events.map((event, at) => (
            <Entry key={at} event={event} states={states} />
          ))}
        </ol>
      </div>
      <Composer id={thread.id} />
    </article>
  );
}

interface EntryProps {
  readonly event: MessageEvent;
  readonly states: ReadonlyMap<string, string>;
}

function Entry({ event, states }: EntryProps) {
  switch (event.type) {
    case 'received':
      return <Bubble message={event.message} isMine note="" />;
    case 'sent':
      return <Bubble message={event.message} isMine={false} note={noteOf(event.message, states)} />;
    case 'request':
      return <ExchangeStep exchange={event.exchange} />;
    case 'problem':
      return <ProblemStep problem={event.problem} />;
    case 'opt-out':
      return (
        <li class="call-note">
          {event.blocked ? `${event.keyword}: no more messages` : `${event.keyword}: messages again`}
        </li>
      );
    case 'delivery':
      return null;
  }
}

type Message = Extract<MessageEvent, { readonly type: 'received' | 'sent' }>['message'];
type Sent = Extract<MessageEvent, { readonly type: 'sent' }>['message'];

function Bubble({
  message,
  isMine,
  note,
}: {
  readonly message: Message;
  readonly isMine: boolean;
  readonly note: string;
}) {
  return (
    <li class={`bubble-row${isMine ? '' : ' theirs'}`}>
      <div class={`bubble ${isMine ? 'out' : 'in'}`}>
        <span class="hidden">{isMine ? 'You: ' : 'The project: '}</span>
        <SafeText text={message.body} />
        {message.media.map(({ url }) => (
          <span key={url} class="media">
            <Icon name="link" />
            <SafeLink text={url} />
          </span>
        ))}
      </div>
      {note !== '' && <span class="note">{note}</span>}
    </li>
  );
}

function noteOf(
  { sid, status, errorCode, isReply, to, automatic }: Sent,
  states: ReadonlyMap<string, string>,
): string {
  const parts = [
    states.get(sid) ?? status,
    ...(errorCode === null ? [] : [`error ${errorCode}`]),
    ...(isReply ? [] : [`to ${to}`]),
    ...(automatic ? ['by the vendor itself'] : []),
  ];
  return parts.join(' · ');
}

function deliveryStates(events: readonly MessageEvent[]): ReadonlyMap<string, string> {
  return new Map(
    events.flatMap((event) => (event.type === 'delivery' ? [[event.sid, event.status] as const] : [])),
  );
}
