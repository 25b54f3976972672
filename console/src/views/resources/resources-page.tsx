/** Functions and Assets, and a form to call the one that is chosen. */
import { useEffect, useRef } from 'preact/hooks';
import type { ResourceInfo } from '../../../../src/admin/api';
import { Empty } from '../../parts/empty';
import { useKeys } from '../../parts/use-keys';
import { useMedia } from '../../parts/use-media';
import { formatRoute, type Router } from '../../state/route';
import { useConsole } from '../../state/use-console';
import { CallPage } from './call-page';
import { ResourceList } from './resource-list';

export function ResourcesPage({ name }: { readonly name: string | null }) {
  const { project, router } = useConsole();
  const isSplit = useMedia('(min-width: 900px)');
  useKeys({ Escape: () => name !== null && back(router) });
  useFocusBack(name);
  if (project.value === null) return <p class="loading">Loading …</p>;
  const { functions, assets } = project.value;
  const all = [...functions, ...assets];
  const chosen = all.find((resource) => resource.name === name) ?? null;
  return (
    <div class={`resources${name === null ? '' : ' has-open'}`}>
      <h1 class="hidden">Functions and Assets</h1>
      <section class="resource-pane" aria-label="Functions and Assets" inert={name !== null && !isSplit}>
        <ResourceList title="Functions" resources={functions} chosen={name}>
          No Functions yet. A file of <code>functions/</code> becomes one as soon as it is saved.
        </ResourceList>
        <ResourceList title="Assets" resources={assets} chosen={name}>
          No Assets. What lies in <code>assets/</code> is served as it is.
        </ResourceList>
      </section>
      <Chosen name={name} resource={chosen} takesFocus={!isSplit} />
    </div>
  );
}

function Chosen({
  name,
  resource,
  takesFocus,
}: {
  readonly name: string | null;
  readonly resource: ResourceInfo | null;
  readonly takesFocus: boolean;
}) {
  if (resource !== null) return <CallPage key={resource.name} resource={resource} takesFocus={takesFocus} />;
  return (
    <div class="detail nothing-chosen">
      {name === null ? (
        <Empty icon="send" title="Call a Function">
          <p>Choose one to send it a text message, a call or whatever you like.</p>
        </Empty>
      ) : (
        <Empty icon="search" title="There is no such file">
          <p>
            <a href={formatRoute({ view: 'resources', name: null })}>All Functions and Assets</a>
          </p>
        </Empty>
      )}
    </div>
  );
}

function back(router: Router): boolean {
  router.go({ view: 'resources', name: null });
  return true;
}

function useFocusBack(name: string | null): void {
  const before = useRef(name);
  useEffect(() => {
    const last = before.current;
    if (name === null && last !== null) {
      document.querySelector<HTMLElement>(`[data-resource="${CSS.escape(last)}"]`)?.focus();
    }
    before.current = name;
  }, [name]);
}
