/** Single keys that do something, while nobody types and no dialog is open. */
import { useEffect, useRef } from 'preact/hooks';
import { useConsole } from '../state/use-console';

/** By `KeyboardEvent.key`; what returns `false` did nothing, and the key goes on to the browser. */
export type Keys = Readonly<Record<string, (event: KeyboardEvent) => unknown>>;

/** `goesFirst`: before those that everybody else waits for. */
export function useKeys(keys: Keys, goesFirst = false): void {
  const model = useConsole();
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
      if (event.key.length === 1 && !model.preferences.hasKeys.value) return;
      const act = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (act !== undefined && act(event) !== false) event.preventDefault();
    };
    addEventListener('keydown', press, { capture: goesFirst });
    return () => removeEventListener('keydown', press, { capture: goesFirst });
  }, [model, goesFirst]);
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]');
}
