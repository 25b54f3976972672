/** What it was, what happened in one sentence, and what can be done with it. */
import { useState } from 'preact/hooks';
import type { InvocationFilter } from '../../../../src/admin/api';
import type { InvocationRecord } from '../../../../src/model/record';
import { CopyButton } from '../../parts/copy-button';
import { Icon } from '../../parts/icon';
import { SafeText } from '../../parts/safe-text';
import { Status } from '../../parts/status';
import { useKeys } from '../../parts/use-keys';
import { isFailed } from '../../state/matches';
import { formatRoute } from '../../state/route';
import { useConsole } from '../../state/use-console';
import { curlOf } from '../../text/curl';
import { formatMoment } from '../../text/format';
import { sentenceOf } from '../../text/sentence';
import { EditDialog } from '../replay/edit-dialog';
import { useReplay } from '../replay/use-replay';

interface HeadProps {
  readonly record: InvocationRecord;
  readonly filter: InvocationFilter;
}

export function InvocationHead({ record, filter }: HeadProps) {
  const { project } = useConsole();
  const replay = useReplay(record.id);
  const [isEditing, setEditing] = useState(false);
  useKeys({ r: () => void replay.send({}), e: () => setEditing(true) });
  return (
    <header class="detail-head">
      <Steps record={record} filter={filter} />
      <h2 class="detail-title">
        <Status status={record.status} isBad={isFailed(record)} />
        <span class="method">{record.method}</span>
        <SafeText text={record.target} />
      </h2>
      <p class="sentence">
        <SafeText text={sentenceOf(record)} />
      </p>
      {record.replayOf !== null && <ReplayNote original={record.replayOf} replay={record.id} />}
      <div class="actions">
        <button
          type="button"
          class="button primary"
          disabled={replay.isBusy}
          onClick={() => void replay.send({})}
        >
          <Icon name="replay" />
          Replay <kbd>r</kbd>
        </button>
        <button type="button" class="button" onClick={() => setEditing(true)}>
          <Icon name="edit" />
          Edit and send
        </button>
        <CopyButton label="Copy as curl" text={() => curlOf(record, project.value?.url ?? location.origin)} />
      </div>
      {isEditing && <EditDialog record={record} onClose={() => setEditing(false)} />}
    </header>
  );
}

function ReplayNote({ original, replay }: { readonly original: string; readonly replay: string }) {
  return (
    <p>
      <a href={formatRoute({ view: 'compare', original, replay })}>A replay: compare it with the original</a>
    </p>
  );
}

/** Back to the list, and to the invocations beside this one. */
function Steps({ record, filter }: HeadProps) {
  const { feed } = useConsole();
  const items = feed.items.value;
  const at = items.findIndex(({ id }) => id === record.id);
  const to = (index: number) => items[index]?.id ?? null;
  return (
    <nav class="steps" aria-label="Invocation">
      <a class="button small back" href={formatRoute({ view: 'invocations', id: null, filter })}>
        <Icon name="back" />
        All invocations
      </a>
      <time class="note" dateTime={record.time}>
        {formatMoment(record.time)}
      </time>
      <span class="spring" />
      <Step icon="up" name="Newer" id={at > 0 ? to(at - 1) : null} filter={filter} />
      <Step icon="down" name="Older" id={at >= 0 ? to(at + 1) : null} filter={filter} />
      <a
        class="button small icon-only close"
        aria-label="Close"
        href={formatRoute({ view: 'invocations', id: null, filter })}
      >
        <Icon name="close" />
      </a>
    </nav>
  );
}

function Step({
  icon,
  name,
  id,
  filter,
}: {
  readonly icon: 'up' | 'down';
  readonly name: string;
  readonly id: string | null;
  readonly filter: InvocationFilter;
}) {
  const { router } = useConsole();
  const go = () => id !== null && router.replace({ view: 'invocations', id, filter });
  return (
    <button
      type="button"
      class="button small icon-only"
      aria-label={name}
      title={name}
      disabled={id === null}
      onClick={go}
    >
      <Icon name={icon} />
    </button>
  );
}
