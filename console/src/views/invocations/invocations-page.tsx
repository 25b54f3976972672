/** The list, and beside it (or over it, on a small screen) the invocation that is open. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { InvocationFilter } from '../../../../src/admin/api';
import { type Keys, useKeys } from '../../parts/use-keys';
import { useMedia } from '../../parts/use-media';
import { useConsole } from '../../state/use-console';
import { InvocationPage } from '../invocation/invocation-page';
import { Announcer } from './announcer';
import { InvocationList } from './invocation-list';
import { NoInvocations } from './no-invocations';
import { Toolbar } from './toolbar';

interface InvocationsProps {
  readonly id: string | null;
  readonly filter: InvocationFilter;
}

/** As wide as the columns of a row need. */
const ROW_WIDTH = 720;

export function InvocationsPage({ id, filter }: InvocationsProps) {
  const { feed, router, currentId } = useConsole();
  const isSplit = useMedia('(min-width: 1100px)');
  const pane = useRef<HTMLElement>(null);
  const isNarrow = useNarrow(pane);
  useShown(filter);
  useKeys(listKeys(useConsole(), { id, filter }));
  useReturn(id, pane);
  useEffect(() => {
    if (id !== null) currentId.value = id;
  }, [id, currentId]);
  const onFilter = (next: InvocationFilter) => router.replace({ view: 'invocations', id, filter: next });
  return (
    <div class={`invocations${id === null ? '' : ' has-open'}`}>
      <h1 class="hidden">Invocations</h1>
      <section class="list-pane" aria-label="Invocations" ref={pane} inert={id !== null && !isSplit}>
        <Toolbar filter={filter} onFilter={onFilter} />
        <Announcer />
        {feed.items.value.length === 0 ? (
          <NoInvocations filter={filter} onFilter={onFilter} />
        ) : (
          <InvocationList filter={filter} openId={id} isNarrow={isNarrow} />
        )}
      </section>
      {id !== null && <InvocationPage key={id} id={id} filter={filter} takesFocus={!isSplit} />}
    </div>
  );
}

function useShown(filter: InvocationFilter): void {
  const { feed } = useConsole();
  const key = JSON.stringify(filter);
  useEffect(() => void feed.show(filter), [key, feed]);
}

function useNarrow(pane: { readonly current: HTMLElement | null }): boolean {
  const [isNarrow, setNarrow] = useState(false);
  useLayoutEffect(() => {
    if (pane.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) setNarrow(entry.contentRect.width < ROW_WIDTH);
    });
    observer.observe(pane.current);
    return () => observer.disconnect();
  }, [pane]);
  return isNarrow;
}

/** Back in the list, the row that was open has the focus again. */
function useReturn(id: string | null, pane: { readonly current: HTMLElement | null }): void {
  const { currentId } = useConsole();
  const before = useRef(id);
  useEffect(() => {
    if (before.current !== null && id === null) focusRow(pane.current, currentId.peek());
    before.current = id;
  }, [id, pane, currentId]);
}

function focusRow(pane: HTMLElement | null, id: string | null): void {
  requestAnimationFrame(() => {
    if (id !== null) pane?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
  });
}

function listKeys(model: ReturnType<typeof useConsole>, { id, filter }: InvocationsProps): Keys {
  const step = (by: number) => move(model, { id, filter }, by);
  const arrow = (by: number) => (event: KeyboardEvent) => isInList(event.target) && step(by);
  return {
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: arrow(1),
    ArrowUp: arrow(-1),
    '/': () => document.getElementById('search')?.focus(),
    p: () => model.feed.pause(!model.feed.isPaused.value),
    Enter: (event) => event.target === document.body && open(model, filter),
    Escape: () => id !== null && back(model, filter),
  };
}

/** To another row: with an invocation open that one is opened, else it gets the focus. */
function move(model: ReturnType<typeof useConsole>, { id, filter }: InvocationsProps, by: number): boolean {
  const items = model.feed.items.value;
  const at = items.findIndex((item) => item.id === (id ?? model.currentId.value));
  const next = items[at === -1 ? 0 : Math.min(items.length - 1, Math.max(0, at + by))];
  if (next === undefined) return false;
  model.currentId.value = next.id;
  if (id !== null) model.router.replace({ view: 'invocations', id: next.id, filter });
  else focusRow(document.querySelector<HTMLElement>('.list-pane'), next.id);
  return true;
}

function open({ currentId, router }: ReturnType<typeof useConsole>, filter: InvocationFilter): boolean {
  if (currentId.value === null) return false;
  router.go({ view: 'invocations', id: currentId.value, filter });
  return true;
}

function back({ router }: ReturnType<typeof useConsole>, filter: InvocationFilter): boolean {
  router.go({ view: 'invocations', id: null, filter });
  return true;
}

function isInList(target: EventTarget | null): boolean {
  return target === document.body || (target instanceof HTMLElement && target.closest('.scroller') !== null);
}
