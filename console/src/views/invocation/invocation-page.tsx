/** One invocation in full. */
import { useEffect, useRef } from 'preact/hooks';
import type { InvocationFilter } from '../../../../src/admin/api';
import { Empty } from '../../parts/empty';
import { useLoad } from '../../parts/use-load';
import { useConsole } from '../../state/use-console';
import { InvocationHead } from './invocation-head';
import { RecordView } from './record-view';

interface PageProps {
  readonly id: string;
  readonly filter: InvocationFilter;
  /** On a small screen the page takes the place of the list, and the focus. */
  readonly takesFocus: boolean;
}

export function InvocationPage({ id, filter, takesFocus }: PageProps) {
  const { api, lateId } = useConsole();
  const late = useLateCount(id, lateId.value);
  const load = useLoad(() => api.invocation(id), [id, late]);
  const page = useRef<HTMLElement>(null);
  useEffect(() => {
    if (takesFocus) page.current?.focus();
  }, [takesFocus]);
  return (
    <article class="detail" aria-label="Invocation" ref={page} tabIndex={-1}>
      {load.value !== null && (
        <>
          <InvocationHead record={load.value} filter={filter} />
          <RecordView record={load.value} />
        </>
      )}
      {load.state === 'failed' && (
        <Empty icon="search" title="This invocation is not kept">
          <p>{load.why}</p>
          <p>
            <a href="#/invocations">All invocations</a>
          </p>
        </Empty>
      )}
    </article>
  );
}

/** Grows when this invocation wrote something after its answer. */
function useLateCount(id: string, lateId: string | null): number {
  const count = useRef(0);
  if (lateId === id) count.current++;
  return count.current;
}
