/** What the Function got in `event`. */
import type { InvocationRecord } from '../../../../src/model/record';
import { Code } from '../../parts/code';
import { CopyButton } from '../../parts/copy-button';
import { NameValues } from '../../parts/name-values';
import { Section } from '../../parts/section';
import { Tabs } from '../../parts/tabs';
import { plural } from '../../text/format';
import { headerOf } from '../../text/header-lines';

export function ParametersSection({ record }: { readonly record: InvocationRecord }) {
  const { parameters } = record;
  if (parameters === null) return null;
  const pairs = Object.entries(parameters).map(([name, value]) => [name, valueText(value)] as const);
  const event = JSON.stringify(eventOf(record), null, 2);
  return (
    <Section
      title="Parameters"
      note={plural(pairs.length, 'parameter')}
      actions={<CopyButton label="Copy event" text={() => event} />}
    >
      <Tabs
        label="Parameters"
        tabs={[
          {
            name: 'Table',
            content: () =>
              pairs.length === 0 ? (
                <p class="none">None.</p>
              ) : (
                <NameValues label="Parameters" pairs={pairs} />
              ),
          },
          { name: 'Event', content: () => <Code text={event} language="json" label="Event" /> },
        ]}
      />
    </Section>
  );
}

/** As the handler got it: `request` and the parameters beside each other. */
function eventOf({ parameters, request }: InvocationRecord) {
  const headers = Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const cookies = Object.fromEntries(
    (headerOf(request.headers, 'cookie') ?? '')
      .split(';')
      .map((pair) => pair.trim().split('=', 2))
      .filter(([name]) => name),
  );
  return { request: { headers, cookies }, ...parameters };
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 1) ?? '');
}
