/** Two bodies line by line, side by side. */
import { useMemo } from 'preact/hooks';
import type { InvocationRecord } from '../../../../src/model/record';
import { Section } from '../../parts/section';
import { bytesOf, hexDump, readBody } from '../../text/body';
import { contained } from '../../text/contained';
import { type DiffLine, diffLines } from '../../text/diff';
import { plural } from '../../text/format';

/** Rows that a page can hold without being felt. */
const MOST_ROWS = 2_000;

interface DiffRow {
  readonly left: string | null;
  readonly right: string | null;
  readonly differs: boolean;
}

export function BodyDiff({
  before,
  after,
}: {
  readonly before: InvocationRecord;
  readonly after: InvocationRecord;
}) {
  const rows = useMemo(() => rowsOf(diffLines(linesOf(before), linesOf(after))), [before, after]);
  const count = rows.filter(({ differs }) => differs).length;
  return (
    <Section title="Body" note={count === 0 ? 'no difference' : `${plural(count, 'line')} differ`}>
      <div class="scroll-x diff-scroll" tabIndex={0} role="region" aria-label="Bodies of both answers">
        <table class="diff">
          <thead class="hidden">
            <tr>
              <th scope="col">Before</th>
              <th scope="col">Now</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST_ROWS).map(({ left, right, differs }, at) => (
              <tr key={at}>
                <Cell text={left} sign={differs ? 'gone' : ''} />
                <Cell text={right} sign={differs ? 'new' : ''} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > MOST_ROWS && (
        <p class="note">{plural(rows.length - MOST_ROWS, 'more line')} not shown.</p>
      )}
    </Section>
  );
}

function Cell({ text, sign }: { readonly text: string | null; readonly sign: 'gone' | 'new' | '' }) {
  if (text === null) return <td class="void" />;
  return (
    <td class={sign}>
      {sign !== '' && <span class="hidden">{sign === 'gone' ? 'before: ' : 'now: '}</span>}
      <code>{contained(text.length > 5_000 ? `${text.slice(0, 5_000)}…` : text) || ' '}</code>
    </td>
  );
}

function linesOf({ response: { body }, contentType }: InvocationRecord): string[] {
  if (body === null) return [];
  if (body.text === null) return hexDump(bytesOf(body)).split('\n');
  const { raw, pretty } = readBody(body.text, contentType);
  return (pretty ?? raw).split('\n');
}

/** What went and what came in its place stand beside each other. */
function rowsOf(lines: readonly DiffLine[]): DiffRow[] {
  const rows: DiffRow[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    if (line?.kind === 'same') {
      rows.push({ left: line.text, right: line.text, differs: false });
      at++;
      continue;
    }
    const gone = takeWhile(lines, at, 'gone');
    const fresh = takeWhile(lines, at + gone.length, 'new');
    for (let row = 0; row < Math.max(gone.length, fresh.length); row++) {
      rows.push({ left: gone[row] ?? null, right: fresh[row] ?? null, differs: true });
    }
    at += gone.length + fresh.length;
  }
  return rows;
}

function takeWhile(lines: readonly DiffLine[], start: number, kind: DiffLine['kind']): string[] {
  const taken: string[] = [];
  for (let at = start; lines[at]?.kind === kind; at++) taken.push(lines[at]?.text ?? '');
  return taken;
}
