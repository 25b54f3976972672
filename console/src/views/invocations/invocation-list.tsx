/** The live list: virtual rows, keys, and what came in while the reader looked elsewhere. */
import { useEffect, useRef } from 'preact/hooks';
import type { InvocationFilter } from '../../../../src/admin/api';
import { Icon } from '../../parts/icon';
import { revealRow, VirtualList } from '../../parts/virtual-list';
import { useConsole } from '../../state/use-console';
import { formatCount } from '../../text/format';
import { InvocationRow } from './invocation-row';

const ROW = 34;
const CARD = 60;

interface ListProps {
  readonly filter: InvocationFilter;
  readonly openId: string | null;
  readonly isNarrow: boolean;
}

export function InvocationList({ filter, openId, isNarrow }: ListProps) {
  const { feed, currentId } = useConsole();
  const scroller = useRef<HTMLDivElement>(null);
  const items = feed.items.value;
  const rowHeight = isNarrow ? CARD : ROW;
  const current = items.findIndex(({ id }) => id === currentId.value);
  useFollow(scroller, current, rowHeight);
  // Another list may have been scrolled away before this one.
  useEffect(() => feed.away(false), [feed]);
  const scrolled = (top: number, isNearEnd: boolean) => {
    feed.away(top > rowHeight / 2);
    if (isNearEnd) void feed.more();
  };
  return (
    <div class={`list${isNarrow ? ' cards' : ''}`}>
      <Held scrollToTop={() => scroller.current?.scrollTo({ top: 0 })} />
      <VirtualList
        label="Invocations, newest first"
        items={items}
        keyOf={({ id }) => id}
        rowHeight={rowHeight}
        pinned={current}
        scroller={scroller}
        onScroll={scrolled}
      >
        {(invocation, index) => (
          <InvocationRow
            invocation={invocation}
            filter={filter}
            isOpen={invocation.id === openId}
            isStop={index === Math.max(0, current)}
            onFocus={() => {
              currentId.value = invocation.id;
            }}
          />
        )}
      </VirtualList>
    </div>
  );
}

/** Keeps the current row in view when it changes, not when rows arrive above it. */
function useFollow(
  scroller: { readonly current: HTMLDivElement | null },
  current: number,
  rowHeight: number,
) {
  const { currentId } = useConsole();
  const id = currentId.value;
  useEffect(() => {
    if (current >= 0) revealRow(scroller.current, current, rowHeight);
  }, [id, rowHeight]);
}

function Held({ scrollToTop }: { readonly scrollToTop: () => void }) {
  const { feed } = useConsole();
  const count = feed.held.value.length;
  if (count === 0) return null;
  const show = () => {
    feed.release();
    scrollToTop();
  };
  return (
    <button type="button" class="held" onClick={show}>
      <Icon name="up" />
      {formatCount(count)} new
    </button>
  );
}
