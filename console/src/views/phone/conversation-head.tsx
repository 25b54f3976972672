import type { ComponentChildren } from 'preact';
import { describeFailure } from '../../api/failure';
import { Icon } from '../../parts/icon';
import { SafeText } from '../../parts/safe-text';
import { formatRoute } from '../../state/route';
import { useConsole } from '../../state/use-console';

interface HeadProps {
  readonly conversation: {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly url: string;
  };
  readonly state: string;
  readonly children?: ComponentChildren;
}

export function ConversationHead({ conversation: { id, from, to, url }, state, children }: HeadProps) {
  const { phone, router, toasts } = useConsole();
  const forget = () =>
    phone.forget(id).then(
      () => router.go({ view: 'phone', id: null }),
      (error: unknown) => toasts.show('bad', 'Not forgotten', describeFailure(error)),
    );
  return (
    <header class="conversation-head">
      <a
        class="button icon-only back-link"
        aria-label="All conversations"
        href={formatRoute({ view: 'phone', id: null })}
      >
        <Icon name="back" />
      </a>
      <div class="conversation-title">
        <h2>
          <SafeText text={from} />
        </h2>
        <p class="note">
          to <SafeText text={to} /> · <SafeText text={url} /> · {state}
        </p>
      </div>
      <div class="actions">
        {children}
        <button
          type="button"
          class="button icon-only"
          aria-label="Forget this conversation"
          title="Forget this conversation"
          onClick={forget}
        >
          <Icon name="trash" />
        </button>
      </div>
    </header>
  );
}
