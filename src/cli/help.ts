import { COMPATIBILITY_FLAGS } from '../config/compatibility';
import { HELP_OPTIONS } from '../config/help-options';
import { flagName } from '../config/names';
import { groupsOf, type Option, type OptionGroup, type OptionTable } from '../config/option';
import { OPTIONS } from '../config/options';
import type { Command, HelpRow } from './command';
import { COMMANDS, type CommandRow, START } from './commands';
import { EXIT, EXIT_MEANINGS } from './exit-code';

/** Everything `--help` says, made from the tables; no line is longer than `width`, as far as words allow. */
export async function helpText(width: number): Promise<string> {
  const columns = columnsOf(width);
  const { examples } = await START.load();
  const sections = [
    wrapped('Hookswitch runs Twilio Functions on your own machines.', '', columns),
    'Usage: hookswitch [start] [dir] [options]',
    section('Commands', COMMANDS.map(commandRow), columns),
    wrapped(
      'hookswitch <command> --help shows the options of a command. Those of start, which is the default:',
      '',
      columns,
    ),
    ...optionSections(OPTIONS, columns),
    section('Examples', examples, columns),
    section('Exit codes', exitRows(), columns),
    wrapped(NOTES, '', columns),
    wrapped(compatibilityNote(), '', columns),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** What `hookswitch <command> --help` says. */
export function commandHelpText(row: CommandRow, command: Command, width: number): string {
  const columns = columnsOf(width);
  const sections = [
    ...command.about.map((paragraph) => wrapped(paragraph, '', columns)),
    usageText(row),
    ...optionSections(ownOptions(command), columns),
    ...(takesThoseOfStart(command) ? [wrapped(LIKE_START, '', columns)] : []),
    ...(command.examples.length === 0 ? [] : [section('Examples', command.examples, columns)]),
    section('Exit codes', command.exitCodes ?? exitRows(), columns),
  ];
  return `${sections.join('\n\n')}\n`;
}

export const LIKE_START = 'All options of start are understood as well: hookswitch help start.';

/** Without those of `start`, where all of them are understood. */
export function ownOptions(command: Command): OptionTable {
  if (!takesThoseOfStart(command)) return command.flags.options;
  const own = Object.entries(command.flags.options).filter(
    ([key]) => !Object.hasOwn(OPTIONS, key) || Object.hasOwn(HELP_OPTIONS, key),
  );
  return Object.fromEntries(own);
}

export function takesThoseOfStart({ flags }: Command): boolean {
  return flags.options !== OPTIONS && Object.keys(OPTIONS).every((key) => Object.hasOwn(flags.options, key));
}

/** `Usage: hookswitch logs [options]` */
function usageText({ name, usage }: CommandRow): string {
  return `Usage: hookswitch ${name}${usage === '' ? '' : ` ${usage}`}`;
}

function columnsOf(width: number): number {
  return Math.max(50, Math.min(width, 110));
}

function commandRow({ name, usage, summary }: CommandRow): HelpRow {
  const words = usage.replace(/ ?\[options\]/, '');
  return [words === '' ? name : `${name} ${words}`, summary];
}

function optionSections(table: OptionTable, columns: number): string[] {
  return groupsOf(table).map((group) => section(group, optionRows(table, group), columns));
}

const NOTES =
  'Every option can also be set by an environment variable (HOOKSWITCH_ and the name: HOOKSWITCH_PUBLIC_URL) or in the configuration file of the Twilio toolkit (.twilioserverlessrc and others: publicUrl). A flag goes before a variable, a variable before the file.';

function compatibilityNote(): string {
  const names = Object.keys(COMPATIBILITY_FLAGS).map(flagName).join(', ');
  return `Flags of twilio-run that are accepted without effect: ${names}.`;
}

function optionRows(table: OptionTable, group: OptionGroup): HelpRow[] {
  return Object.entries(table)
    .filter(([, option]) => option.group === group)
    .map(([key, option]) => [flagText(key, option), `${option.help}${defaultText(option)}`]);
}

/** `-p, --port PORT`, `--live, --no-live` */
export function flagText(key: string, option: Option<unknown>): string {
  const short = option.alias === null ? '' : `-${option.alias}, `;
  const long = `${short}${flagName(key)}`;
  if (option.placeholder !== null) {
    return `${long} ${option.bare === null ? option.placeholder : `[${option.placeholder}]`}`;
  }
  return option.initial === true ? `${long}, ${flagName(`no-${key}`)}` : long;
}

function defaultText(option: Option<unknown>): string {
  return option.initial === false ? '' : ` Default: ${option.initialText}.`;
}

export function exitRows(): HelpRow[] {
  const rows: HelpRow[] = Object.entries(EXIT).map(([name, code]) => [
    String(code),
    EXIT_MEANINGS[name as keyof typeof EXIT], // `Object.entries` forgets which keys there are
  ]);
  return [...rows, ['128 + n', 'stopped at once by a second signal, n its number']];
}

const INDENT = '  ';
const LEFT_COLUMNS = 28;

function section(heading: string, rows: readonly HelpRow[], width: number): string {
  return [heading, ...rows.map((row) => rowText(row, width))].join('\n');
}

/** A left side that is too long for its column gets a line of its own. */
function rowText([left, right]: HelpRow, width: number): string {
  const margin = INDENT + ' '.repeat(LEFT_COLUMNS);
  const text = wrapped(right, margin, width);
  if (left.length > LEFT_COLUMNS - 2) return `${INDENT}${left}\n${text}`;
  return `${INDENT}${left.padEnd(LEFT_COLUMNS)}${text.slice(margin.length)}`;
}

function wrapped(text: string, margin: string, width: number): string {
  const lines: string[] = [];
  let line = margin;
  for (const word of text.split(' ')) {
    if (line !== margin && line.length + 1 + word.length > width) {
      lines.push(line);
      line = margin;
    }
    line += line === margin ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}
