/** A conversation that is read at its end stays there when it grows, or gets less room. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

const NEAR_END = 80;

export function useTail(count: number) {
  const box = useRef<HTMLDivElement>(null);
  const wasAtEnd = useRef(true);
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
    if (list !== null) wasAtEnd.current = list.scrollTop + list.clientHeight > list.scrollHeight - NEAR_END;
  };
  return { ref: box, onScroll };
}
