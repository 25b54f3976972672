/** A phone: conversations on the one side, the one that is open on the other. */
import { useEffect, useRef } from 'preact/hooks';
import { describeFailure } from '../../api/failure';
import { Empty } from '../../parts/empty';
import { useKeys } from '../../parts/use-keys';
import { useMedia } from '../../parts/use-media';
import { formatRoute } from '../../state/route';
import { useConsole } from '../../state/use-console';
import { CallConversation } from './call-conversation';
import { ConversationList } from './conversation-list';
import { NewConversation } from './new-conversation';
import { TextConversation } from './text-conversation';

export function PhonePage({ id }: { readonly id: string | null }) {
  const { phone, router, toasts } = useConsole();
  const isSplit = useMedia('(min-width: 900px)');
  useKeys({ Escape: () => (id === null ? false : router.go({ view: 'phone', id: null })) });
  useEffect(() => {
    phone
      .load()
      .catch((error: unknown) => toasts.show('bad', 'The phone is not there', describeFailure(error)));
  }, [phone, toasts]);
  useOpenFocus(id);
  if (phone.started.value === null) return <p class="loading">Loading …</p>;
  return (
    <div class={`phone${id === null ? '' : ' has-open'}`}>
      <h1 class="hidden">Phone</h1>
      <section class="phone-pane" aria-label="Conversations" inert={id !== null && !isSplit}>
        <ConversationList openId={id} />
      </section>
      <Open id={id} />
    </div>
  );
}

/** On a small screen a conversation takes the place of the list; the focus goes along, and comes back. */
function useOpenFocus(id: string | null): void {
  const before = useRef(id);
  useEffect(() => {
    const last = before.current;
    before.current = id;
    const isLost = document.activeElement === document.body;
    if (id !== null && isLost) document.querySelector<HTMLElement>('.phone .detail')?.focus();
    if (id !== null || last === null) return;
    document.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(last)}"]`)?.focus();
  }, [id]);
}

function Open({ id }: { readonly id: string | null }) {
  const { phone } = useConsole();
  const thread = phone.threads.value.find((known) => known.id === id);
  const call = phone.calls.value.find((known) => known.id === id);
  if (thread !== undefined) return <TextConversation key={thread.id} thread={thread} />;
  if (call !== undefined) return <CallConversation key={call.id} call={call} />;
  if (id === null || id === 'new') return <NewConversation />;
  return (
    <div class="detail nothing-chosen">
      <Empty icon="phone" title="This conversation is not kept any more">
        <p>
          <a href={formatRoute({ view: 'phone', id: null })}>All conversations</a>
        </p>
      </Empty>
    </div>
  );
}
