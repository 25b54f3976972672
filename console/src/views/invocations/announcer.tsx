/** Tells screen readers about new invocations, all of some seconds in one sentence. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../../state/use-console';
import { plural } from '../../text/format';

const PAUSE_MS = 8_000;

export function Announcer() {
  const { feed, failures } = useConsole();
  const [text, setText] = useState('');
  const told = useRef({ seen: feed.seen.value, failed: failures.value });
  useEffect(() => {
    const timer = setInterval(() => {
      const now = { seen: feed.seen.peek(), failed: failures.peek() };
      const fresh = now.seen - told.current.seen;
      const failed = now.failed - told.current.failed;
      told.current = now;
      setText(
        fresh <= 0 ? '' : `${plural(fresh, 'new invocation')}${failed > 0 ? `, ${failed} failed` : ''}`,
      );
    }, PAUSE_MS);
    return () => clearInterval(timer);
  }, [feed, failures]);
  return (
    <p class="hidden" role="status" aria-live="polite">
      {text}
    </p>
  );
}
