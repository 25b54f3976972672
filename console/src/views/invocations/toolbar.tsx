/** Search, filters, pause and clear. All of it but the pause stands in the URL. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { InvocationFilter } from '../../../../src/admin/api';
import { Icon } from '../../parts/icon';
import { useConsole } from '../../state/use-console';
import { formatCount } from '../../text/format';

const TYPING_MS = 200;
const STATUSES: readonly (readonly [value: string, text: string])[] = [
  ['', 'Any status'],
  ['ok', 'Good'],
  ['error', 'Failed'],
  ['2xx', '2xx'],
  ['3xx', '3xx'],
  ['4xx', '4xx'],
  ['5xx', '5xx'],
];
const METHODS = ['GET', 'POST', 'HEAD', 'OPTIONS'].map((name) => [name, name] as const);

interface ToolbarProps {
  readonly filter: InvocationFilter;
  readonly onFilter: (filter: InvocationFilter) => void;
}

export function Toolbar({ filter, onFilter }: ToolbarProps) {
  const { feed, project } = useConsole();
  const [isOpen, setOpen] = useState(false);
  const set = (name: keyof InvocationFilter) => (value: string) => onFilter({ ...filter, [name]: value });
  const names = (project.value?.functions ?? []).map(({ name }) => [name, name] as const);
  const count = Object.entries(filter).filter(([name, value]) => name !== 'q' && value !== '').length;
  return (
    <div class="toolbar" role="search" aria-label="Invocations">
      <Search q={filter.q ?? ''} onSearch={set('q')} />
      <button
        type="button"
        class="button filters-toggle"
        aria-expanded={isOpen}
        aria-controls="filters"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="sliders" />
        Filters{count > 0 && <span class="count">{count}</span>}
      </button>
      <div id="filters" class={`filters${isOpen ? ' open' : ''}`}>
        <Choice label="Status" value={filter.status ?? ''} options={STATUSES} onChoose={set('status')} />
        <Choice
          label="Method"
          value={filter.method ?? ''}
          options={[['', 'Any method'], ...METHODS]}
          onChoose={set('method')}
        />
        <Choice
          label="Function"
          value={filter.function ?? ''}
          options={[['', 'Any Function'], ...names]}
          onChoose={set('function')}
        />
        <ErrorsOnly filter={filter} onFilter={onFilter} />
        {filter.sid && (
          <button type="button" class="button chip" onClick={() => set('sid')('')}>
            {filter.sid}
            <Icon name="close" />
            <span class="hidden">Remove this filter</span>
          </button>
        )}
      </div>
      <Counts />
      <div class="toolbar-actions">
        <PauseButton />
        <ClearButton isEmpty={feed.items.value.length === 0} />
      </div>
    </div>
  );
}

function Search({ q, onSearch }: { readonly q: string; readonly onSearch: (q: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (input.current !== null && document.activeElement !== input.current) input.current.value = q;
  }, [q]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const search = (value: string, afterMs: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch(value), afterMs);
  };
  const press = (event: KeyboardEvent & { readonly currentTarget: HTMLInputElement }) => {
    if (event.key === 'Enter') search(event.currentTarget.value, 0);
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.currentTarget.value = '';
    search('', 0);
    event.currentTarget.blur();
  };
  return (
    <label class="search">
      <Icon name="search" />
      <span class="hidden">Search in requests, answers, console lines and errors</span>
      <input
        ref={input}
        type="search"
        id="search"
        placeholder="Search"
        defaultValue={q}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => search(event.currentTarget.value, TYPING_MS)}
        onKeyDown={press}
      />
      <kbd>/</kbd>
    </label>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onChoose: (value: string) => void;
}

/** A value from the URL that is none of the options is one more. */
function Choice({ label, value, options, onChoose }: ChoiceProps) {
  const all = options.some(([option]) => option === value) ? options : [...options, [value, value] as const];
  return (
    <select
      aria-label={label}
      class={value === '' ? '' : 'set'}
      value={value}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {all.map(([option, text]) => (
        <option key={option} value={option} selected={option === value}>
          {text}
        </option>
      ))}
    </select>
  );
}

function ErrorsOnly({ filter, onFilter }: ToolbarProps) {
  const isOn = filter.status === 'error';
  return (
    <button
      type="button"
      class="button"
      aria-pressed={isOn}
      onClick={() => onFilter({ ...filter, status: isOn ? '' : 'error' })}
    >
      <Icon name="alert" />
      Errors only
    </button>
  );
}

function Counts() {
  const { feed } = useConsole();
  const seen = feed.seen.value;
  return <span class="counts">{seen === 0 ? '' : `${formatCount(seen)} seen`}</span>;
}

function PauseButton() {
  const { feed } = useConsole();
  const isPaused = feed.isPaused.value;
  const label = isPaused ? 'Resume' : 'Pause';
  return (
    <button
      type="button"
      class="button"
      aria-label={label}
      aria-pressed={isPaused}
      title={`${label} (p)`}
      onClick={() => feed.pause(!isPaused)}
    >
      <Icon name={isPaused ? 'play' : 'pause'} />
      <span class="label">{label}</span>
    </button>
  );
}

function ClearButton({ isEmpty }: { readonly isEmpty: boolean }) {
  const model = useConsole();
  return (
    <button
      type="button"
      class="button"
      aria-label="Clear"
      title="Clear"
      disabled={isEmpty}
      onClick={() => void model.clear()}
    >
      <Icon name="trash" />
      <span class="label">Clear</span>
    </button>
  );
}
