/** What the Function wrote, and what it wrote too late. */
import type { ConsoleLine } from '../../../../src/model/invocation';
import type { InvocationRecord } from '../../../../src/model/record';
import { Section } from '../../parts/section';
import { contained } from '../../text/contained';
import { formatBytes, plural } from '../../text/format';

/** Elements that a page can hold without being felt. */
const MOST_SHOWN = 1_000;

export function ConsoleSection({ record }: { readonly record: InvocationRecord }) {
  const { console: lines, late, consoleDroppedBytes } = record;
  if (lines.length + late.length === 0) return null;
  return (
    <Section title="Console" note={plural(lines.length + late.length, 'line')}>
      <ol class="console-lines">
        {lines.slice(0, MOST_SHOWN).map((line, at) => (
          <Line key={at} line={line} isLate={false} />
        ))}
        {late.slice(0, MOST_SHOWN).map((line, at) => (
          <Line key={`late ${at}`} line={line} isLate />
        ))}
      </ol>
      {consoleDroppedBytes > 0 && (
        <p class="note">{formatBytes(consoleDroppedBytes)} more were dropped: they were over the limit.</p>
      )}
      {late.length > 0 && (
        <p class="note">
          Late lines came after the answer; on the hosted platform nothing runs then, and they may never come.
        </p>
      )}
    </Section>
  );
}

function Line({ line, isLate }: { readonly line: ConsoleLine; readonly isLate: boolean }) {
  return (
    <li class={`console-line ${line.level}${isLate ? ' late' : ''}`}>
      <span class="level">{isLate ? `late ${line.level}` : line.level}</span>
      <code>{contained(line.text)}</code>
    </li>
  );
}
