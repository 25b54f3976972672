/** A conversation that is read at its end stays there when it grows, or gets less room. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

const NEAR_END = 80;

export function useTail(count: number) {
  const box = useRef<HTMLDivElement>(null);
  const wasAtEnd = useRef(true);
  const lastTop = useRef(0);
  const follow = () => {
    if (wasAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  };
  useLayoutEffect(() => {
    if (count >= 0) follow();
  }, [count]);
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(follow);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const onScroll = () => {
    const list = box.current;
    if (list === null) return;
    // Told late: meanwhile the list may have grown. Only who scrolls up leaves the end.
    if (list.scrollTop + list.clientHeight > list.scrollHeight - NEAR_END) wasAtEnd.current = true;
    else if (list.scrollTop < lastTop.current) wasAtEnd.current = false;
    lastTop.current = list.scrollTop;
  };
  return { ref: box, onScroll };
}
