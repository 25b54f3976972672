/** A call while it goes on: what is heard, and all that a caller and a dialled party can do. */
import { useEffect, useState } from 'preact/hooks';
import type { CallEvent, CallInput, CallView } from '../../../../src/admin/phone-api';
import { describeFailure } from '../../api/failure';
import { Icon } from '../../parts/icon';
import { SafeLink, SafeText } from '../../parts/safe-text';
import { useConsole } from '../../state/use-console';
import { callClock, wordsOf } from '../../text/call-words';
import { CallControls } from './call-controls';
import { ConversationHead } from './conversation-head';
import { ExchangeStep } from './exchange-step';
import { ProblemStep } from './problem-step';
import { useTail } from './use-tail';

export function CallConversation({ call }: { readonly call: CallView }) {
  const { phone, toasts } = useConsole();
  const tail = useTail(call.events.length);
  const act = (input: CallInput) =>
    void phone
      .input(call.id, input)
      .catch((error: unknown) => toasts.show('warn', 'Not done', describeFailure(error)));
  return (
    <article class="detail conversation" aria-label="Call" tabIndex={-1}>
      <ConversationHead conversation={call} state={call.status}>
        <Clock call={call} />
        <SpeechSwitch />
      </ConversationHead>
      <div class="call-body">
        <div
          class="conversation-log"
          role="log"
          aria-label="Transcript"
          tabIndex={0}
          ref={tail.ref}
          onScroll={tail.onScroll}
        >
          <ol>
            {call.events.map((event, at) => (
              <Entry key={at} event={event} />
            ))}
          </ol>
        </div>
        {call.over ? <CallAgain call={call} /> : <CallControls waiting={call.waiting} onInput={act} />}
      </div>
    </article>
  );
}

function Entry({ event }: { readonly event: CallEvent }) {
  if (event.type === 'request') return <ExchangeStep exchange={event.exchange} />;
  if (event.type === 'problem') return <ProblemStep problem={event.problem} />;
  const words = wordsOf(event);
  if (words === null) return null;
  const { who, text } = words;
  if (who === 'note') {
    return (
      <li class="call-note">
        <SafeText text={text} />
      </li>
    );
  }
  return (
    <li class={`bubble-row${who === 'caller' ? '' : ' theirs'}`}>
      <div class={`bubble ${who === 'caller' ? 'out' : 'in'}`}>
        <span class="hidden">
          {{ project: 'The project: ', caller: 'The caller: ', callee: 'The other party: ' }[who]}
        </span>
        {event.type === 'played' && <Icon name="play" />}
        {event.type === 'played' ? <SafeLink text={text} /> : <SafeText text={text} />}
      </div>
      <span class="note">{callClock(event.at)}</span>
    </li>
  );
}

function Clock({ call: { startedAt, over, events } }: { readonly call: CallView }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (over) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [over]);
  const ms = over ? (events.at(-1)?.at ?? 0) : now - startedAt;
  return <span class="call-clock">{callClock(ms)}</span>;
}

function SpeechSwitch() {
  const { speech } = useConsole();
  if (!speech.isThere) return null;
  return (
    <button
      type="button"
      class="button icon-only"
      aria-label="Speak aloud"
      title="Speak aloud, with the voices of this machine"
      aria-pressed={speech.isOn.value}
      onClick={() => speech.toggle()}
    >
      <Icon name="speaker" />
    </button>
  );
}

function CallAgain({ call: { from, to, url } }: { readonly call: CallView }) {
  const { phone, router, toasts } = useConsole();
  const again = () =>
    phone.call({ from, to, url }).then(
      (id) => router.go({ view: 'phone', id }),
      (error: unknown) => toasts.show('bad', 'Not called', describeFailure(error)),
    );
  return (
    <div class="call-controls over">
      <button type="button" class="button primary" onClick={again}>
        <Icon name="phone" />
        Call again
      </button>
    </div>
  );
}
