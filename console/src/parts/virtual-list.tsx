/** A long list of rows of one height, of which only those in view exist. */
import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

interface VirtualListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly rowHeight: number;
  /** Stays in the page wherever it is: the row that has the focus. */
  readonly pinned: number;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onScroll: (top: number, isNearEnd: boolean) => void;
  readonly children: (item: T, index: number) => ComponentChildren;
}

/** Rows beyond the edges, so that fast scrolling meets no gaps. */
const BEYOND = 8;

export function VirtualList<T>(props: VirtualListProps<T>) {
  const { items, rowHeight, scroller } = props;
  const { top, height } = useViewport(scroller);
  const first = Math.max(0, Math.floor(top / rowHeight) - BEYOND);
  const last = Math.min(items.length, Math.ceil((top + height) / rowHeight) + BEYOND);
  return (
    <div class="scroller" ref={scroller} onScroll={() => report(props)}>
      <ol class="rows" aria-label={props.label} style={{ height: `${items.length * rowHeight}px` }}>
        {indexes(first, last, props.pinned, items.length).map((index) => renderRow(props, index))}
      </ol>
    </div>
  );
}

function renderRow<T>({ items, keyOf, rowHeight, children }: VirtualListProps<T>, index: number) {
  const item = items[index];
  if (item === undefined) return null;
  const style = { transform: `translateY(${index * rowHeight}px)`, height: `${rowHeight}px` };
  return (
    <li key={keyOf(item)} style={style} aria-setsize={items.length} aria-posinset={index + 1}>
      {children(item, index)}
    </li>
  );
}

function indexes(first: number, last: number, pinned: number, count: number): number[] {
  const inView = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  if (pinned < 0 || pinned >= count || (pinned >= first && pinned < last)) return inView;
  return pinned < first ? [pinned, ...inView] : [...inView, pinned];
}

function report<T>({ scroller, onScroll }: VirtualListProps<T>): void {
  const box = scroller.current;
  if (box === null) return;
  onScroll(box.scrollTop, box.scrollTop + 3 * box.clientHeight > box.scrollHeight);
}

function useViewport(scroller: RefObject<HTMLDivElement | null>) {
  const [view, setView] = useState({ top: 0, height: 800 });
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const look = () => setView({ top: box.scrollTop, height: box.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(box);
    box.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      box.removeEventListener('scroll', look);
    };
  }, [scroller]);
  return view;
}

/** Scrolls as little as needed to have a row in view. */
export function revealRow(box: HTMLElement | null, index: number, rowHeight: number): void {
  if (box === null) return;
  const top = index * rowHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + rowHeight > box.scrollTop + box.clientHeight)
    box.scrollTop = top + rowHeight - box.clientHeight;
}
