/** A call while it goes on: what is heard, and all that a caller and a dialled party can do. */
import { useEffect, useState } from 'preact/hooks';
import type { CallInput, CallView } from '../../../../src/admin/phone-api';
import { describeFailure } from '../../api/failure';
import { Icon } from '../../parts/icon';
import { useConsole } from '../../state/use-console';
import { callClock } from '../../text/call-words';
import { CallControls } from './call-controls';
import { CallEntry } from './call-entry';
import { ConversationHead } from './conversation-head';
import { faultText } from './faults';
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
              <CallEntry key={at} event={event} />
            ))}
          </ol>
        </div>
        {call.over ? <CallAgain call={call} /> : <CallControls call={call} onInput={act} />}
      </div>
    </article>
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
      onClick={() => void speech.toggle()}
    >
      <Icon name="speaker" />
    </button>
  );
}

function CallAgain({ call }: { readonly call: CallView }) {
  const { from, to, url, method, callerName, faults, fallbackUrl } = call;
  const { phone, router, toasts } = useConsole();
  const given = {
    ...(callerName === null ? {} : { callerName }),
    ...(fallbackUrl === null ? {} : { fallbackUrl }),
  };
  const again = () =>
    phone.call({ from, to, url, method, faults, ...given }).then(
      (id) => router.go({ view: 'phone', id }),
      (error: unknown) => toasts.show('bad', 'Not called', describeFailure(error)),
    );
  return (
    <div class="call-controls over">
      {faults.length > 0 && <p class="note">What goes wrong: {faultText(faults)}</p>}
      <button type="button" class="button primary" onClick={again}>
        <Icon name="phone" />
        Call again
      </button>
    </div>
  );
}
