import { useRef, useState } from 'preact/hooks';
import type { DeliveryOutcome } from '../../../../src/admin/phone-api';
import { describeFailure } from '../../api/failure';
import { Icon } from '../../parts/icon';
import { useConsole } from '../../state/use-console';

const OUTCOMES: readonly DeliveryOutcome[] = ['delivered', 'undelivered', 'failed'];

export function Composer({ id }: { readonly id: string }) {
  const { phone, toasts } = useConsole();
  const [body, setBody] = useState('');
  const [media, setMedia] = useState('');
  const [delivery, setDelivery] = useState<DeliveryOutcome>('delivered');
  const input = useRef<HTMLTextAreaElement>(null);
  const send = async (event: Event) => {
    event.preventDefault();
    if (body === '' && media === '') return;
    try {
      await phone.reply(id, { body, delivery, ...(media === '' ? {} : { media: [media] }) });
      setBody('');
      setMedia('');
      input.current?.focus();
    } catch (error) {
      toasts.show('bad', 'Not sent', describeFailure(error));
    }
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) void send(event);
  };
  return (
    <form class="composer" onSubmit={send}>
      <div class="composer-line">
        <textarea
          ref={input}
          rows={1}
          class="prose"
          aria-label="Text message"
          placeholder="Text message"
          value={body}
          onInput={(event) => setBody(event.currentTarget.value)}
          onKeyDown={press}
        />
        <button type="submit" class="button primary" aria-label="Send">
          <Icon name="send" />
        </button>
      </div>
      <details class="composer-more">
        <summary>Media and delivery</summary>
        <div class="form-row">
          <label class="field grow">
            <span>URL of media</span>
            <input
              type="text"
              value={media}
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => setMedia(event.currentTarget.value)}
            />
          </label>
          <label class="field">
            <span>Replies are</span>
            <select
              value={delivery}
              onChange={(event) => setDelivery(event.currentTarget.value as DeliveryOutcome)}
            >
              {OUTCOMES.map((outcome) => (
                <option key={outcome} value={outcome} selected={outcome === delivery}>
                  {outcome}
                </option>
              ))}
            </select>
          </label>
        </div>
      </details>
    </form>
  );
}
