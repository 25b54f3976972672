/** One invocation in the list: a row of columns where there is room, else a card of two lines. */
import type { InvocationFilter } from '../../../../src/admin/api';
import type { InvocationSummary } from '../../../../src/model/record';
import { Icon } from '../../parts/icon';
import { Status } from '../../parts/status';
import { isFailed } from '../../state/matches';
import { formatRoute } from '../../state/route';
import { containedLine } from '../../text/contained';
import { formatClock, formatDuration, plural } from '../../text/format';

interface RowProps {
  readonly invocation: InvocationSummary;
  readonly filter: InvocationFilter;
  readonly isOpen: boolean;
  readonly isStop: boolean;
  readonly onFocus: () => void;
}

const MOST_SHOWN = 200;

export function InvocationRow({ invocation, filter, isOpen, isStop, onFocus }: RowProps) {
  const { id, method, target, time, replayOf } = invocation;
  const isBad = isFailed(invocation);
  return (
    <a
      href={formatRoute({ view: 'invocations', id, filter })}
      class={`row${isOpen ? ' open' : ''}${invocation.status < 500 ? ' refused' : ''}`}
      data-id={id}
      aria-current={isOpen ? 'true' : undefined}
      tabIndex={isStop ? 0 : -1}
      onFocus={onFocus}
    >
      <Status status={invocation.status} isBad={isBad} />
      <span class="method">{containedLine(method, 12)}</span>
      <bdi class="target">{containedLine(target, MOST_SHOWN)}</bdi>
      <bdi class="resource">{whatOf(invocation)}</bdi>
      <bdi class="numbers">{numbersOf(invocation)}</bdi>
      <span class="signs">
        {replayOf !== null && <Sign icon="replay" title="A replay" />}
        <ConsoleSign invocation={invocation} />
      </span>
      <Duration ms={invocation.durationMs} />
      <time class="time" dateTime={time}>
        {formatClock(time)}
      </time>
    </a>
  );
}

function whatOf({ error, resource }: InvocationSummary) {
  if (error !== null) return <span class="error-code">{error}</span>;
  return resource === null ? <span class="none">no Function</span> : containedLine(resource, MOST_SHOWN);
}

function numbersOf({ from, to }: InvocationSummary): string {
  if (from === null && to === null) return '';
  return `${containedLine(from ?? '?', 40)} → ${containedLine(to ?? '?', 40)}`;
}

function ConsoleSign({ invocation: { consoleLines, loudest } }: { readonly invocation: InvocationSummary }) {
  if (consoleLines === 0) return null;
  const title = `${plural(consoleLines, 'console line')}, loudest: ${loudest}`;
  return (
    <span class={`console-sign ${loudest}`} title={title}>
      <Icon name="lines" />
      {consoleLines}
    </span>
  );
}

function Sign({ icon, title }: { readonly icon: 'replay'; readonly title: string }) {
  return (
    <span class="sign" title={title}>
      <Icon name={icon} />
      <span class="hidden">{title}</span>
    </span>
  );
}

/** The bar grows with the logarithm: 1 ms and 10 s are both seen. */
function Duration({ ms }: { readonly ms: number }) {
  const share = Math.min(1, Math.log10(ms + 1) / 4);
  return (
    <span class={`duration${ms >= 1_000 ? ' slow' : ''}`}>
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${Math.round(share * 100)}%` }} />
      </span>
      {formatDuration(ms)}
    </span>
  );
}
