/** A webhook between two things that people see; leads to its record. */
import type { CallEvent } from '../../../../src/admin/phone-api';
import { SafeText } from '../../parts/safe-text';
import { formatRoute } from '../../state/route';
import { containedLine } from '../../text/contained';
import { formatDuration } from '../../text/format';

type Exchange = Extract<CallEvent, { readonly type: 'request' }>['exchange'];

export function ExchangeStep({ exchange }: { readonly exchange: Exchange }) {
  const { method, status, durationMs, recordId, purpose, fault, attempt } = exchange;
  const isBad = status === null || status >= 400;
  const words = (
    <>
      <span class="method">{method}</span> {containedLine(pathOf(exchange.url), 80)}{' '}
      <span class={isBad ? 'bad-text' : 'good-text'}>{status ?? 'no answer'}</span>{' '}
      {formatDuration(durationMs)}
    </>
  );
  return (
    <li class="exchange-step">
      {recordId === null ? (
        <span>{words}</span>
      ) : (
        <a href={formatRoute({ view: 'invocations', id: recordId, filter: {} })}>{words}</a>
      )}
      {purpose !== 'document' && <span class="purpose">{purpose}</span>}
      {attempt > 1 && <span class="purpose">attempt {attempt}</span>}
      {fault !== null && (
        <span class="purpose fault">
          <SafeText text={fault} />
        </span>
      )}
    </li>
  );
}

function pathOf(url: string): string {
  try {
    return new URL(url).pathname;
  } catch {
    return url;
  }
}
