/** All conversations, those that go on first. */
import type { CallView, ThreadView } from '../../../../src/admin/phone-api';
import { Icon, type IconName } from '../../parts/icon';
import { formatRoute } from '../../state/route';
import { useConsole } from '../../state/use-console';
import { containedLine } from '../../text/contained';

interface Entry {
  readonly id: string;
  readonly icon: IconName;
  readonly number: string;
  readonly says: string;
  readonly isBusy: boolean;
  readonly at: number;
}

export function ConversationList({ openId }: { readonly openId: string | null }) {
  const { phone } = useConsole();
  const entries = [...phone.threads.value.map(ofThread), ...phone.calls.value.map(ofCall)];
  const sorted = entries.sort((a, b) => Number(b.isBusy) - Number(a.isBusy) || b.at - a.at);
  return (
    <>
      <div class="phone-head">
        <h2>Conversations</h2>
        <a class="button small" href={formatRoute({ view: 'phone', id: 'new' })}>
          <Icon name="plus" />
          New
        </a>
      </div>
      {sorted.length === 0 && (
        <p class="none">None yet. Send a text or call your Functions: no number, no account, no network.</p>
      )}
      <ul>
        {sorted.map((entry) => (
          <li key={entry.id}>
            <Row entry={entry} isOpen={entry.id === openId} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Row({ entry, isOpen }: { readonly entry: Entry; readonly isOpen: boolean }) {
  const { id, icon, number, says, isBusy } = entry;
  return (
    <a
      class="conversation-link"
      href={formatRoute({ view: 'phone', id })}
      data-conversation={id}
      aria-current={isOpen ? 'true' : undefined}
    >
      <span class={`conversation-icon${isBusy ? ' busy' : ''}`}>
        <Icon name={icon} />
      </span>
      <bdi class="conversation-number">{containedLine(number, 60)}</bdi>
      <bdi class="conversation-says">{containedLine(says, 100)}</bdi>
    </a>
  );
}

function ofThread({ id, from, url, busy, events }: ThreadView): Entry {
  const last = events.findLast(({ type }) => type === 'received' || type === 'sent');
  const says = last?.type === 'received' || last?.type === 'sent' ? last.message.body : url;
  return { id, icon: 'message', number: from, says, isBusy: busy, at: events.at(-1)?.at ?? 0 };
}

function ofCall({ id, from, url, over, status, startedAt }: CallView): Entry {
  return { id, icon: 'phone', number: from, says: `${url} · ${status}`, isBusy: !over, at: startedAt };
}
