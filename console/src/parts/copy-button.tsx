import { useConsole } from '../state/use-console';
import { Icon } from './icon';

export function CopyButton({ label, text }: { readonly label: string; readonly text: () => string }) {
  const { toasts } = useConsole();
  const copy = () =>
    navigator.clipboard.writeText(text()).then(
      () => toasts.show('good', 'Copied', label),
      () => toasts.show('warn', 'Not copied', 'The browser does not let this page write into the clipboard.'),
    );
  return (
    <button type="button" class="button small" onClick={copy}>
      <Icon name="copy" />
      {label}
    </button>
  );
}
