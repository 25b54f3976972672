/** A record for people: short, as the log has it, or all of it. */
import type { SourceExcerpt } from '../admin/api';
import type { ConsoleLine } from '../model/invocation';
import type { InvocationRecord, RecordedBody, RecordedMessage, Timing } from '../model/record';
import type { Colours } from '../telemetry/colours';
import { consoleLines, durationText, gutter, requestLines, statusText } from '../telemetry/terminal-log';
import { terminalLines, terminalText } from '../telemetry/untrusted';

const SHOWN_BODY_LINES = 200;
const SHOWN_BODY_CHARACTERS = 20_000;
const BAR_WIDTH = 40;

/** As the log, with the time before it and the id behind it. */
export function invocationLines(record: InvocationRecord, colours: Colours): readonly string[] {
  const logged = { ...record, consoleDropped: record.consoleDroppedBytes };
  const [first = '', ...others] = requestLines(logged, record.console, colours);
  const time = colours.dim(new Date(record.time).toTimeString().slice(0, 8));
  return [`${time} ${first} ${colours.dim(record.id)}`, ...others, ...lateLines(record.late, colours)];
}

function lateLines(late: readonly ConsoleLine[], colours: Colours): readonly string[] {
  if (late.length === 0) return [];
  return [
    gutter('late', colours.dim('after the answer:'), colours),
    ...late.flatMap((line) => consoleLines(line, colours)),
  ];
}

/** Everything of one invocation, in sections. */
export function invocationText(
  record: InvocationRecord,
  source: readonly SourceExcerpt[],
  colours: Colours,
): string {
  const sections = [
    headText(record, colours),
    timingText(record.timing, colours),
    failureText(record, colours),
    ...source.map((excerpt) => sourceText(excerpt, colours)),
    parametersText(record.parameters, colours),
    messageText('Request', record.request, colours),
    messageText('Response', record.response, colours),
    consoleText('Console', record.console, colours),
    consoleText('After the answer', record.late, colours),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function headText(record: InvocationRecord, colours: Colours): string {
  const { method, target, status, durationMs, resource, visibility, contentType, build } = record;
  const rows = [
    ['id', record.id],
    ['time', record.time],
    ['resource', resource === null ? null : `${resource}${visibility === null ? '' : ` (${visibility})`}`],
    ['type', contentType],
    [
      'from, to',
      record.from === null && record.to === null ? null : `${record.from ?? '?'} -> ${record.to ?? '?'}`,
    ],
    ['call', record.callSid],
    ['message', record.messageSid],
    ['client', record.remoteAddress],
    ['build', build],
    ['repeats', record.replayOf],
  ] as const;
  const head = `${statusText(status, colours)} ${colours.bold(terminalText(`${method} ${target}`))} ${durationText(durationMs)}`;
  const lines = rows
    .filter(([, value]) => value !== null)
    .map(([name, value]) => row(name, String(value), colours));
  return [head, ...lines].join('\n');
}

function row(name: string, value: string, colours: Colours): string {
  return `  ${colours.dim(name.padEnd(9))} ${terminalText(value)}`;
}

function timingText(timing: Timing | null, colours: Colours): string {
  if (timing === null) return '';
  const { receiveMs, waitMs, startMs, runMs, sendMs } = timing;
  const parts = [
    ['receive', receiveMs],
    ['wait', waitMs],
    ['start', startMs],
    ['run', runMs],
    ['send', sendMs],
  ] as const;
  const total = parts.reduce((sum, [, part]) => sum + part, 0);
  const lines = parts.map(([name, part]) => {
    const width = total === 0 ? 0 : Math.round((part / total) * BAR_WIDTH);
    return `  ${colours.dim(name.padEnd(9))} ${durationText(part).padStart(8)} ${colours.cyan('█'.repeat(width))}`;
  });
  return [title('Time', colours), ...lines].join('\n');
}

function failureText({ error, reason, detail, fix, vendorCode }: InvocationRecord, colours: Colours): string {
  if (error === null) return '';
  const vendor = vendorCode === null ? '' : colours.dim(` (vendor code ${vendorCode})`);
  const cause = detail === null ? [] : terminalLines(detail).map((line) => `  ${line}`);
  const lines = [`  ${colours.red(error)}: ${terminalText(reason ?? '')}${vendor}`, ...cause];
  if (fix !== null) lines.push(`  ${colours.green('fix')} ${terminalText(fix)}`);
  return [title('Error', colours), ...lines].join('\n');
}

function sourceText({ file, line, firstLine, lines }: SourceExcerpt, colours: Colours): string {
  const shown = lines.map((text, at) => {
    const number = String(firstLine + at).padStart(5);
    return firstLine + at === line
      ? colours.red(`>${number} ${terminalText(text)}`)
      : ` ${colours.dim(number)} ${terminalText(text)}`;
  });
  return [title(`${terminalText(file)}:${line}`, colours), ...shown].join('\n');
}

function parametersText(parameters: InvocationRecord['parameters'], colours: Colours): string {
  const entries = Object.entries(parameters ?? {});
  if (entries.length === 0) return '';
  const lines = entries.map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `  ${colours.dim(terminalText(name))} ${terminalText(text)}`;
  });
  return [title('Parameters', colours), ...lines].join('\n');
}

function messageText(name: string, { headers, body }: RecordedMessage, colours: Colours): string {
  if (headers.length === 0 && body === null) return '';
  const lines = headers.map(
    ([header, value]) => `  ${colours.dim(`${terminalText(header)}:`)} ${terminalText(value)}`,
  );
  return [title(name, colours), ...lines, ...bodyLines(body, colours)].join('\n');
}

function bodyLines(body: RecordedBody | null, colours: Colours): readonly string[] {
  if (body === null) return [];
  const { text, bytes, truncated } = body;
  if (text === null) return ['', `  ${colours.dim(`${bytes} bytes that are no text`)}`];
  const all = terminalLines(text.slice(0, SHOWN_BODY_CHARACTERS));
  const isCut = truncated || text.length > SHOWN_BODY_CHARACTERS || all.length > SHOWN_BODY_LINES;
  const lines = text === '' ? [] : all.slice(0, SHOWN_BODY_LINES).map((line) => `  ${line}`);
  return ['', ...lines, ...(isCut ? [`  ${colours.dim(`… of ${bytes} bytes`)}`] : [])];
}

function consoleText(name: string, lines: readonly ConsoleLine[], colours: Colours): string {
  if (lines.length === 0) return '';
  return [title(name, colours), ...lines.flatMap((line) => consoleLines(line, colours))].join('\n');
}

export function title(text: string, colours: Colours): string {
  return colours.bold(text);
}
