/** Two answers to one request, side by side: for people. */
import type { ReplayAnswer } from '../admin/api';
import type { InvocationRecord } from '../model/record';
import type { Colours } from '../telemetry/colours';
import { consoleLines, durationText, statusText } from '../telemetry/terminal-log';
import { terminalLines, terminalText } from '../telemetry/untrusted';
import { title } from './invocation-text';

const MOST_LINES = 400;
const SHOWN_CHARACTERS = 40_000;

export function replayText({ original, replay, warnings }: ReplayAnswer, colours: Colours): string {
  const sections = [
    answersText(original, replay, colours),
    headersText(original, replay, colours),
    section('Body', bodyDifference(original, replay, colours), colours),
    section(
      'Console of the replay',
      replay.console.flatMap((line) => consoleLines(line, colours)),
      colours,
    ),
    section(
      'Note',
      warnings.map((warning) => `  ${colours.yellow(terminalText(warning))}`),
      colours,
    ),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function answersText(original: InvocationRecord, replay: InvocationRecord, colours: Colours): string {
  return [answerLine('before', original, colours), answerLine('now', replay, colours)].join('\n');
}

function answerLine(name: string, record: InvocationRecord, colours: Colours): string {
  const { status, method, target, durationMs, error, reason, id } = record;
  const failed = error === null ? '' : ` ${colours.red(error)}: ${terminalText(reason ?? '')}`;
  return `${colours.dim(name.padEnd(6))} ${statusText(status, colours)} ${terminalText(`${method} ${target}`)} ${durationText(durationMs)}${failed} ${colours.dim(id)}`;
}

/** Those that are not the same; what differs each time is no difference. */
const ALWAYS_DIFFERENT: readonly string[] = [
  'twilio-request-id',
  'content-length',
  'x-twilio-function-concurrency',
];

function headersText(original: InvocationRecord, replay: InvocationRecord, colours: Colours): string {
  const [before, now] = [original, replay].map(({ response }) =>
    response.headers
      .filter(([name]) => !ALWAYS_DIFFERENT.includes(name.toLowerCase()))
      .map(([name, value]) => `${name}: ${value}`),
  );
  const lines = differences(before ?? [], now ?? []);
  const changed = lines.filter(({ side }) => side !== 'both').map((line) => lineText(line, colours));
  return section('Headers', changed, colours);
}

function bodyDifference(original: InvocationRecord, replay: InvocationRecord, colours: Colours): string[] {
  const before = original.response.body;
  const now = replay.response.body;
  if (before?.text === now?.text && before?.base64 === now?.base64) {
    return [`  ${colours.dim(now === null ? 'none, both times' : `the same, ${now.bytes} bytes`)}`];
  }
  if (before?.base64 || now?.base64)
    return [`  ${before?.bytes ?? 0} bytes before, ${now?.bytes ?? 0} now; no text`];
  return differences(linesOf(before?.text ?? ''), linesOf(now?.text ?? '')).map((line) =>
    lineText(line, colours),
  );
}

/** TwiML comes in one line: each element gets one of its own. */
function linesOf(text: string): readonly string[] {
  const shown = text.slice(0, SHOWN_CHARACTERS);
  return terminalLines(shown.startsWith('<') ? shown.replace(/></g, '>\n<') : shown);
}

interface Line {
  readonly side: 'before' | 'now' | 'both';
  readonly text: string;
}

/** What is in one, in the other, or in both: by the longest common part, for texts that people read. */
function differences(before: readonly string[], now: readonly string[]): readonly Line[] {
  const a = before.slice(0, MOST_LINES);
  const b = now.slice(0, MOST_LINES);
  const common = a.map(() => new Array<number>(b.length + 1).fill(0));
  common.push(new Array<number>(b.length + 1).fill(0));
  const at = (row: number, column: number) => common[row]?.[column] ?? 0;
  for (let row = a.length - 1; row >= 0; row--) {
    for (let column = b.length - 1; column >= 0; column--) {
      const value =
        a[row] === b[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
      (common[row] ?? [])[column] = value;
    }
  }
  const lines: Line[] = [];
  for (let row = 0, column = 0; row < a.length || column < b.length; ) {
    if (row < a.length && column < b.length && a[row] === b[column]) {
      lines.push({ side: 'both', text: a[row++] ?? '' });
      column++;
    } else if (column >= b.length || (row < a.length && at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ side: 'before', text: a[row++] ?? '' });
    } else lines.push({ side: 'now', text: b[column++] ?? '' });
  }
  return lines;
}

function lineText({ side, text }: Line, colours: Colours): string {
  const shown = terminalText(text);
  if (side === 'both') return `    ${shown}`;
  return side === 'before' ? colours.red(`  - ${shown}`) : colours.green(`  + ${shown}`);
}

function section(name: string, lines: readonly string[], colours: Colours): string {
  return lines.length === 0 ? '' : [title(name, colours), ...lines].join('\n');
}
