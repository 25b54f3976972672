/** Ids and the like, for whoever looks for them elsewhere. */
import type { InvocationRecord } from '../../../../src/model/record';
import { NameValues } from '../../parts/name-values';
import { Section } from '../../parts/section';
import { formatRoute } from '../../state/route';
import { formatMoment } from '../../text/format';

export function FactsSection({ record }: { readonly record: InvocationRecord }) {
  const sid = record.callSid ?? record.messageSid;
  const facts = [
    ['Id', record.id],
    ['Time', formatMoment(record.time)],
    ['Function', record.resource],
    ['Visibility', record.visibility],
    ['Build', record.build],
    ['From address', record.remoteAddress],
    ['SID', sid],
  ] as const;
  const pairs = facts.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  return (
    <Section title="Facts">
      <NameValues label="Facts" pairs={pairs} />
      {sid !== null && (
        <p>
          <a href={formatRoute({ view: 'invocations', id: null, filter: { sid } })}>
            All invocations of this {record.callSid === null ? 'message' : 'call'}
          </a>
        </p>
      )}
    </Section>
  );
}
