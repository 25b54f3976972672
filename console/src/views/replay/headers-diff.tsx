import { SafeText } from '../../parts/safe-text';
import { Section } from '../../parts/section';
import type { Headers } from '../../text/header-lines';
import { differsEachTime } from './same-answer';

interface HeadersDiffProps {
  readonly before: Headers;
  readonly after: Headers;
}

export function HeadersDiff({ before, after }: HeadersDiffProps) {
  const names = [...new Set([...before, ...after].map(([name]) => name.toLowerCase()))];
  return (
    <Section title="Headers">
      <div class="scroll-x" tabIndex={0} role="region" aria-label="Headers of both answers">
        <table class="pairs compared">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Before</th>
              <th scope="col">Now</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <Row key={name} name={name} before={valuesOf(before, name)} after={valuesOf(after, name)} />
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Row({
  name,
  before,
  after,
}: {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}) {
  const isQuiet = differsEachTime(name);
  const differs = before !== after && !isQuiet;
  return (
    <tr class={differs ? 'differs' : isQuiet ? 'quiet' : ''}>
      <th scope="row">
        <SafeText text={name} />
        {differs && <span class="hidden"> differs</span>}
      </th>
      <td class={differs ? 'gone' : ''}>
        {before === '' ? <span class="none">none</span> : <SafeText text={before} />}
      </td>
      <td class={differs ? 'new' : ''}>
        {after === '' ? <span class="none">none</span> : <SafeText text={after} />}
      </td>
    </tr>
  );
}

function valuesOf(headers: Headers, wanted: string): string {
  return headers
    .filter(([name]) => name.toLowerCase() === wanted)
    .map(([, value]) => value)
    .join('\n');
}
