import { ERRORS } from '../errors';
import type { Build } from '../model/build';
import type { ConsoleLevel, ConsoleLine, LateLine, RequestRecord } from '../model/invocation';
import type { Reload } from '../model/reload';
import { bannerText, problemsText } from './banner';
import { type Colours, coloursOf } from './colours';
import { LEVEL, levelOfRequest, vendorCodeOf } from './level';
import type { Listening, Log, NoticeLevel } from './log';
import type { Sink } from './sink';
import { terminalLines, terminalText } from './untrusted';

/**
 * Lines for people. What starts in the first column is ours: a status, a level, `late`. Everything that a client or a
 * Function wrote stands inside such a line, or behind a gutter that nothing of theirs can leave.
 */
export class TerminalLog implements Log {
  readonly #sink: Sink;
  readonly #level: number;
  readonly #colours: Colours;

  constructor(sink: Sink, level: number, colours: boolean) {
    this.#sink = sink;
    this.#level = level;
    this.#colours = coloursOf(colours);
  }

  listening(start: Listening): void {
    if (this.#shows('info')) this.#sink.write(bannerText(start, this.#colours));
    else this.#problems(start.build);
  }

  /** A request line is also shown where only what its Function wrote is loud enough: it says whose it is. */
  request(record: RequestRecord): void {
    const written = record.console.filter(({ level }) => this.#shows(level));
    if (!this.#shows(levelOfRequest(record)) && written.length === 0) return;
    const lines = requestLines(record, written, this.#colours);
    this.#sink.write(`${lines.join('\n')}\n`);
  }

  late(line: LateLine): void {
    if (this.#shows(line.level)) this.#sink.write(`${leftBehindLines(line, this.#colours).join('\n')}\n`);
  }

  reloaded(build: Build, problem: string | null, reload: Reload): void {
    if (problem === null) {
      this.notice('info', reloadText(build, reload));
      this.#problems(build);
    } else {
      this.notice('error', `not reloaded, what was live stays: ${problem}`);
    }
  }

  notice(level: NoticeLevel, message: string): void {
    if (!this.#shows(level)) return;
    const [first = '', ...more] = terminalLines(message);
    const lines = [
      `${levelWord(level, this.#colours)} ${first}`,
      ...more.map((line) => gutter('', line, this.#colours)),
    ];
    this.#sink.write(`${lines.join('\n')}\n`);
  }

  close(): Promise<void> {
    return this.#sink.close();
  }

  #problems({ problems }: Build): void {
    if (problems.length > 0 && this.#shows('warn')) {
      this.#sink.write(`${problemsText(problems, this.#colours)}\n`);
    }
  }

  #shows(level: ConsoleLevel): boolean {
    return LEVEL[level] >= this.#level;
  }
}

/** What a line needs to know of a request; records that were kept have it too. */
export type LoggedRequest = Pick<
  RequestRecord,
  | 'method'
  | 'target'
  | 'status'
  | 'contentType'
  | 'durationMs'
  | 'resource'
  | 'error'
  | 'detail'
  | 'consoleDropped'
>;

/** The request line, why it failed, and what its Function wrote. */
export function requestLines(
  record: LoggedRequest,
  written: readonly ConsoleLine[],
  colours: Colours,
): readonly string[] {
  return [
    requestLine(record, colours),
    ...failureLines(record, colours),
    ...written.flatMap((line) => consoleLines(line, colours)),
    ...droppedLines(record, colours),
  ];
}

/** What a Function wrote after its answer, and who left it behind. */
export function leftBehindLines(
  { requestId, resource, level, text }: LateLine,
  colours: Colours,
): readonly string[] {
  const from = requestId === null ? 'an earlier request' : requestId;
  const head = `${colours.magenta('late')}  ${terminalText(resource)}, left behind by ${terminalText(from)}`;
  return [head, ...consoleLines({ level, text }, colours)];
}

/** `reloaded in 23 ms: functions/a.js (1 of 5 Functions)` */
function reloadText({ functions }: Build, { durationMs, changed, reached }: Reload): string {
  const [first = '', ...others] = changed;
  const files =
    others.length === 0 ? terminalText(first) : `${terminalText(first)} and ${others.length} more`;
  return `reloaded in ${durationText(durationMs)}: ${files} (${reachText(reached, functions.length)})`;
}

function reachText(reached: number, functions: number): string {
  if (reached === 0) return 'no Function';
  const all = functions === 1 ? '1 Function' : `${functions} Functions`;
  return reached < functions ? `${reached} of ${all}` : all;
}

/** `200 POST /sms?x=1 text/xml 3 ms` */
function requestLine(record: LoggedRequest, colours: Colours): string {
  const { method, target, status, contentType, durationMs } = record;
  const shown = terminalText(target);
  const question = shown.indexOf('?');
  const path = question === -1 ? shown : shown.slice(0, question) + colours.dim(shown.slice(question));
  const type = contentType === null ? '' : ` ${terminalText(contentType)}`;
  return `${statusText(status, colours)} ${terminalText(method)} ${path}${colours.dim(type)} ${durationText(durationMs)}`;
}

export function statusText(status: number, colours: Colours): string {
  if (status >= 500) return colours.bold(colours.red(status));
  if (status >= 400) return colours.bold(colours.yellow(status));
  return colours.bold(status >= 300 ? colours.cyan(status) : colours.green(status));
}

/** `0.4 ms`, `3 ms`, `10.01 s` */
export function durationText(milliseconds: number): string {
  if (milliseconds >= 9_999.5) return `${(milliseconds / 1_000).toFixed(2)} s`;
  return `${milliseconds < 1 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

function failureLines(record: LoggedRequest, colours: Colours): string[] {
  if (record.error === null) return [];
  const { text, when, fix } = ERRORS[record.error];
  const vendor = vendorCodeOf(record);
  const place = record.resource === null ? '' : ` in ${terminalText(record.resource)}`;
  const head = `${colours.bold(record.error)}: ${text}${place}${vendor === null ? '' : colours.dim(` (vendor code ${vendor})`)}`;
  const cause = terminalLines(record.detail ?? when);
  return [
    gutter('why', head, colours),
    ...cause.map((line) => gutter('', line, colours)),
    gutter('fix', fix, colours),
  ];
}

/** The level stands before the gutter, where the text cannot reach. */
export function consoleLines({ level, text }: ConsoleLine, colours: Colours): string[] {
  const word = level === 'info' ? 'log' : level;
  return terminalLines(text).map((line, index) => gutter(index === 0 ? word : '', line, colours));
}

function droppedLines({ consoleDropped }: LoggedRequest, colours: Colours): string[] {
  if (consoleDropped === 0) return [];
  return [gutter('warn', `${consoleDropped} more bytes were written and dropped`, colours)];
}

const LABEL_WIDTH = 9;

export function gutter(label: string, text: string, colours: Colours): string {
  return `${labelColour(label, colours)(label.padStart(LABEL_WIDTH))} ${colours.dim('│')} ${text}`;
}

function labelColour(label: string, colours: Colours): (text: string) => string {
  if (label === 'error' || label === 'why') return colours.red;
  if (label === 'warn') return colours.yellow;
  return label === 'fix' ? colours.green : colours.dim;
}

function levelWord(level: NoticeLevel, colours: Colours): string {
  switch (level) {
    case 'info':
      return colours.cyan('info ');
    case 'warn':
      return colours.yellow('warn ');
    case 'error':
      return colours.red('error');
  }
}
