/** What stands where the list has nothing to show. */
import type { InvocationFilter } from '../../../../src/admin/api';
import { CopyButton } from '../../parts/copy-button';
import { Empty } from '../../parts/empty';
import { useConsole } from '../../state/use-console';
import { shellWord } from '../../text/curl';

interface NoInvocationsProps {
  readonly filter: InvocationFilter;
  readonly onFilter: (filter: InvocationFilter) => void;
}

export function NoInvocations({ filter, onFilter }: NoInvocationsProps) {
  const { feed } = useConsole();
  const isFiltered = Object.values(filter).some((value) => value !== '');
  if (feed.state.value === 'loading') return <p class="loading">Loading …</p>;
  if (feed.state.value === 'failed') return <LoadFailed filter={filter} />;
  if (!isFiltered) return <NothingYet />;
  return (
    <Empty icon="search" title="Nothing matches">
      <p>No invocation that is kept matches these filters.</p>
      <button type="button" class="button" onClick={() => onFilter({})}>
        Show all
      </button>
    </Empty>
  );
}

function LoadFailed({ filter }: { readonly filter: InvocationFilter }) {
  const { feed } = useConsole();
  return (
    <Empty icon="alert" title="The list could not be loaded">
      <p>{feed.failure.value}</p>
      <button type="button" class="button" onClick={() => void feed.show(filter)}>
        Try again
      </button>
    </Empty>
  );
}

function NothingYet() {
  const { project } = useConsole();
  const first = project.value?.functions.find(({ visibility }) => visibility === 'public');
  const command = first?.url ? `curl ${shellWord(first.url)}` : null;
  return (
    <Empty icon="list" title="Waiting for the first request">
      <p>Every request shows up here the moment it is answered.</p>
      {command !== null && (
        <div class="try">
          <code>{command}</code>
          <CopyButton label="Copy" text={() => command} />
        </div>
      )}
      <p>
        Or <a href="#/resources">call a Function from here</a>.
      </p>
    </Empty>
  );
}
