/** The form that begins a text or a call, with what can go wrong on purpose. */
import { useState } from 'preact/hooks';
import type { FaultRule } from '../../../../src/admin/phone-api';
import { describeFailure } from '../../api/failure';
import { Icon } from '../../parts/icon';
import { formatRoute } from '../../state/route';
import { useConsole } from '../../state/use-console';
import { FAULTS, type FaultName, faultRules } from './faults';

type Kind = 'text' | 'call';

export function NewConversation() {
  const { phone, router, toasts } = useConsole();
  const defaults = phone.started.value?.defaults;
  const [kind, setKind] = useState<Kind>(
    defaults?.smsPath === null && defaults.voicePath !== null ? 'call' : 'text',
  );
  const [urls, setUrls] = useState({ text: defaults?.smsPath ?? '/', call: defaults?.voicePath ?? '/' });
  const [fields, setFields] = useState({ from: defaults?.from ?? '', to: defaults?.to ?? '', body: '' });
  const [fallback, setFallback] = useState('');
  const [fault, setFault] = useState<FaultName>('none');
  const [isBusy, setBusy] = useState(false);
  const set = (name: keyof typeof fields) => (value: string) => setFields({ ...fields, [name]: value });
  const begin = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const start = {
      from: fields.from,
      to: fields.to,
      url: urls[kind],
      faults: faultRules(fault).map(sparingFallback),
      ...(fallback.trim() === '' ? {} : { fallbackUrl: fallback }),
    };
    try {
      const id = kind === 'call' ? await phone.call(start) : await phone.text(start, { body: fields.body });
      router.go({ view: 'phone', id });
    } catch (error) {
      toasts.show('bad', kind === 'call' ? 'Not called' : 'Not sent', describeFailure(error));
      setBusy(false);
    }
  };
  return (
    <article class="detail new-conversation" aria-label="New conversation" tabIndex={-1}>
      <nav class="steps back-only" aria-label="Phone">
        <a class="button small" href={formatRoute({ view: 'phone', id: null })}>
          <Icon name="back" />
          All conversations
        </a>
      </nav>
      <form class="form phone-form" onSubmit={begin}>
        <h2>Try it as your callers do</h2>
        <fieldset class="kinds">
          <legend class="hidden">Kind</legend>
          <KindChoice kind="text" chosen={kind} onChoose={setKind} />
          <KindChoice kind="call" chosen={kind} onChoose={setKind} />
        </fieldset>
        <div class="form-row">
          <Field label="From (you)" value={fields.from} onInput={set('from')} />
          <Field label="To (your number)" value={fields.to} onInput={set('to')} />
        </div>
        <Field
          label="Webhook: a path of the project, or a URL"
          value={urls[kind]}
          list="paths"
          onInput={(url) => setUrls({ ...urls, [kind]: url })}
        />
        <datalist id="paths">
          {phone.started.value?.paths.map((path) => (
            <option key={path} value={path} />
          ))}
        </datalist>
        {kind === 'text' && (
          <label class="field">
            <span>Text</span>
            <textarea
              rows={3}
              class="prose"
              value={fields.body}
              onInput={(event) => set('body')(event.currentTarget.value)}
            />
          </label>
        )}
        <label class="field">
          <span>What goes wrong</span>
          <select value={fault} onChange={(event) => setFault(event.currentTarget.value as FaultName)}>
            {FAULTS.map(({ name, text }) => (
              <option key={name} value={name} selected={name === fault}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <Field
          label="Primary handler fails: a path of the project, or a URL"
          value={fallback}
          list="paths"
          isOptional
          onInput={setFallback}
        />
        <div class="actions">
          <button type="submit" class="button primary" disabled={isBusy}>
            <Icon name={kind === 'call' ? 'phone' : 'send'} />
            {kind === 'call' ? 'Call' : 'Send'}
          </button>
          <span class="note">Signed as the real one, where the project has an AUTH_TOKEN.</span>
        </div>
      </form>
    </article>
  );
}

const READ_AS_TWIML = ['document', 'action', 'redirect', 'screening', 'wait'] as const;

/** What fails on purpose is the webhook, and not what is asked because it failed. */
function sparingFallback(rule: FaultRule): FaultRule {
  return rule.fault.type === 'lost' ? rule : { ...rule, purposes: READ_AS_TWIML };
}

function KindChoice({
  kind,
  chosen,
  onChoose,
}: {
  readonly kind: Kind;
  readonly chosen: Kind;
  readonly onChoose: (kind: Kind) => void;
}) {
  return (
    <label class={`kind${kind === chosen ? ' chosen' : ''}`}>
      <input type="radio" name="kind" checked={kind === chosen} onChange={() => onChoose(kind)} />
      <Icon name={kind === 'call' ? 'phone' : 'message'} />
      {kind === 'call' ? 'Call' : 'Text message'}
    </label>
  );
}

function Field({
  label,
  value,
  list,
  isOptional = false,
  onInput,
}: {
  readonly label: string;
  readonly value: string;
  readonly list?: string;
  readonly isOptional?: boolean;
  readonly onInput: (value: string) => void;
}) {
  return (
    <label class="field grow">
      <span>{label}</span>
      <input
        type="text"
        value={value}
        {...(list === undefined ? {} : { list })}
        spellcheck={false}
        autocomplete="off"
        required={!isOptional}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
