/** The form to call one Function or Asset, and the answer below it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ResourceInfo } from '../../../../src/admin/api';
import type { InvocationRecord } from '../../../../src/model/record';
import { describeFailure } from '../../api/failure';
import { CopyButton } from '../../parts/copy-button';
import { Icon } from '../../parts/icon';
import { SafeText } from '../../parts/safe-text';
import { Status } from '../../parts/status';
import { type Draft, firstDraft, requestOf } from '../../state/draft';
import { isFailed } from '../../state/matches';
import { formatRoute } from '../../state/route';
import { useConsole } from '../../state/use-console';
import { sentenceOf } from '../../text/sentence';
import { RecordView } from '../invocation/record-view';
import { CallForm } from './call-form';

interface CallProps {
  readonly resource: ResourceInfo;
  readonly takesFocus: boolean;
}

export function CallPage({ resource, takesFocus }: CallProps) {
  const { api, toasts, drafts } = useConsole();
  const [draft, setDraft] = useState<Draft>(() => drafts.get(resource.name) ?? firstDraft(resource));
  const [answer, setAnswer] = useState<InvocationRecord | null>(null);
  const [isBusy, setBusy] = useState(false);
  const page = useRef<HTMLElement>(null);
  useEffect(() => {
    if (takesFocus) page.current?.focus();
  }, [takesFocus]);
  const change = (next: Draft) => {
    drafts.set(resource.name, next);
    setDraft(next);
  };
  const send = async () => {
    setBusy(true);
    await api
      .call(requestOf(draft))
      .then(setAnswer, (error: unknown) => toasts.show('bad', 'Not called', describeFailure(error)));
    setBusy(false);
  };
  return (
    <article class="detail" aria-label={`Call ${resource.path}`} ref={page} tabIndex={-1}>
      <header class="detail-head">
        <nav class="steps back-only" aria-label="Functions">
          <a class="button small" href={formatRoute({ view: 'resources', name: null })}>
            <Icon name="back" />
            Functions and Assets
          </a>
        </nav>
        <h2 class="detail-title">
          <SafeText text={resource.path} />
          <span class={`visibility ${resource.visibility}`}>{resource.visibility}</span>
        </h2>
        <p class="url">
          <SafeText text={resource.url ?? ''} />
          {resource.url !== null && <CopyButton label="Copy URL" text={() => resource.url ?? ''} />}
        </p>
      </header>
      <CallForm draft={draft} isBusy={isBusy} onChange={change} onSend={send} />
      <div class="call-answer" aria-live="polite">
        {answer !== null && <Answer record={answer} />}
      </div>
    </article>
  );
}

function Answer({ record }: { readonly record: InvocationRecord }) {
  return (
    <>
      <p class="answer-line">
        <Status status={record.status} isBad={isFailed(record)} />
        <SafeText text={sentenceOf(record)} />
        <a href={formatRoute({ view: 'invocations', id: record.id, filter: {} })}>Open it</a>
      </p>
      <RecordView record={record} />
    </>
  );
}
