import type { Toast } from '../state/toasts';
import { useConsole } from '../state/use-console';
import { Icon, type IconName } from './icon';
import { SafeText } from './safe-text';

const ICONS: Readonly<Record<Toast['kind'], IconName>> = {
  info: 'lines',
  good: 'check',
  warn: 'alert',
  bad: 'alert',
};

export function ToastList() {
  const { toasts } = useConsole();
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.list.value.map((toast) => (
        <div key={toast.id} class={`toast ${toast.kind}`}>
          <Icon name={ICONS[toast.kind]} />
          <div class="toast-text">
            <strong>
              <SafeText text={toast.title} />
            </strong>
            {toast.text !== '' && (
              <p>
                <SafeText text={toast.text} />
              </p>
            )}
          </div>
          <button
            type="button"
            class="button icon-only small"
            aria-label={`Dismiss: ${toast.title}`}
            onClick={() => toasts.dismiss(toast.id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
