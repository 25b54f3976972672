import { useRef } from 'preact/hooks';
import { Icon } from '../../parts/icon';
import { type Draft, type Encoding, withMethod } from '../../state/draft';
import { useConsole } from '../../state/use-console';
import { type Field, PRESETS, randomSid } from '../../text/presets';

interface FormProps {
  readonly draft: Draft;
  readonly isBusy: boolean;
  readonly onChange: (draft: Draft) => void;
  readonly onSend: () => void;
}

const METHODS = ['GET', 'POST', 'HEAD', 'OPTIONS'];
const ENCODINGS: readonly (readonly [Encoding, string])[] = [
  ['form', 'Form'],
  ['json', 'JSON'],
  ['query', 'Query'],
];

export function CallForm({ draft, isBusy, onChange, onSend }: FormProps) {
  const send = (event: Event) => {
    event.preventDefault();
    onSend();
  };
  return (
    <form class="form call-form" onSubmit={send}>
      <div class="form-row">
        <label class="field method-field">
          <span>Method</span>
          <select
            value={draft.method}
            onChange={(event) => onChange(withMethod(draft, event.currentTarget.value))}
          >
            {METHODS.map((name) => (
              <option key={name} value={name} selected={name === draft.method}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field grow">
          <span>Path and query</span>
          <input
            type="text"
            value={draft.path}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => onChange({ ...draft, path: event.currentTarget.value })}
          />
        </label>
      </div>
      <Presets draft={draft} onChange={onChange} />
      <Fields fields={draft.fields} onChange={(fields) => onChange({ ...draft, fields })} />
      <div class="actions">
        <button type="submit" class="button primary" disabled={isBusy}>
          <Icon name="send" />
          {isBusy ? 'Sending …' : 'Send'}
        </button>
        <SignChoice draft={draft} onChange={onChange} />
      </div>
    </form>
  );
}

type PartProps = Pick<FormProps, 'draft' | 'onChange'>;

function Presets({ draft, onChange }: PartProps) {
  const isPost = draft.method === 'POST';
  return (
    <div class="form-bar">
      <fieldset class="choices">
        <legend>Start from</legend>
        {PRESETS.map(({ name, fields }) => (
          <button
            key={name}
            type="button"
            class="button small"
            onClick={() => onChange({ ...draft, fields: fields(randomSid) })}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <fieldset class="choices">
        <legend>Send as</legend>
        {ENCODINGS.map(([encoding, text]) => (
          <label key={encoding} class="choice">
            <input
              type="radio"
              name="encoding"
              checked={draft.encoding === encoding}
              disabled={!isPost && encoding !== 'query'}
              onChange={() => onChange({ ...draft, encoding })}
            />
            {text}
          </label>
        ))}
      </fieldset>
    </div>
  );
}

function Fields({
  fields,
  onChange,
}: {
  readonly fields: readonly Field[];
  readonly onChange: (fields: readonly Field[]) => void;
}) {
  const box = useRef<HTMLFieldSetElement>(null);
  const set = (at: number, field: Field) =>
    onChange(fields.map((before, index) => (index === at ? field : before)));
  const add = () => {
    onChange([...fields, ['', '']]);
    requestAnimationFrame(() =>
      box.current?.querySelector<HTMLElement>('.param:last-of-type input')?.focus(),
    );
  };
  return (
    <fieldset class="params" ref={box}>
      <legend>Parameters</legend>
      {fields.map(([name, value], at) => (
        <div key={at} class="param">
          <input
            type="text"
            aria-label={`Name of parameter ${at + 1}`}
            placeholder="Name"
            value={name}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => set(at, [event.currentTarget.value, value])}
          />
          <input
            type="text"
            aria-label={`Value of ${name || `parameter ${at + 1}`}`}
            placeholder="Value"
            value={value}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => set(at, [name, event.currentTarget.value])}
          />
          <button
            type="button"
            class="button icon-only small"
            aria-label={`Remove ${name || `parameter ${at + 1}`}`}
            onClick={() => onChange(fields.filter((_, index) => index !== at))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <button type="button" class="button small" onClick={add}>
        <Icon name="plus" />
        Add a parameter
      </button>
    </fieldset>
  );
}

function SignChoice({ draft, onChange }: PartProps) {
  const { project } = useConsole();
  const canSign = project.value?.hasAuthToken === true;
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={draft.sign && canSign}
        disabled={!canSign}
        onChange={(event) => onChange({ ...draft, sign: event.currentTarget.checked })}
      />
      Sign it{!canSign && <span class="note"> (the project has no AUTH_TOKEN)</span>}
    </label>
  );
}
