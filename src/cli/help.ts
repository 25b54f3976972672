import { COMPATIBILITY_FLAGS } from '../config/compatibility';
import { flagName } from '../config/names';
import { OPTION_GROUPS, type Option, type OptionGroup } from '../config/option';
import { OPTIONS } from '../config/options';
import { EXIT, EXIT_MEANINGS } from './exit-code';

/** Everything `--help` says, made from the tables; no line is longer than `width`, as far as words allow. */
export function helpText(width: number): string {
  const columns = Math.max(50, Math.min(width, 110));
  const sections = [
    wrapped('Hookswitch runs Twilio Functions on your own machines.', '', columns),
    'Usage: hookswitch [start] [dir] [options]',
    section('Commands', COMMANDS, columns),
    ...OPTION_GROUPS.map((group) => section(group, optionRows(group), columns)),
    section('Examples', EXAMPLES, columns),
    section('Exit codes', exitRows(), columns),
    wrapped(NOTES, '', columns),
    wrapped(compatibilityNote(), '', columns),
  ];
  return `${sections.join('\n\n')}\n`;
}

type Row = readonly [left: string, right: string];

const COMMANDS: readonly Row[] = [
  ['start [dir]', 'Serve the project in dir, else in the current folder. The default; also called dev.'],
  ['help', 'Show this.'],
  ['version', 'Show the version.'],
];

const EXAMPLES: readonly Row[] = [
  ['hookswitch', 'Serve the project in the current folder.'],
  ['hookswitch my-project -p 8080', 'Another folder, another port.'],
  ['hookswitch --no-signature', 'Call protected Functions by hand.'],
  [
    'hookswitch --public-url https://name.example.com',
    'Behind a tunnel or a proxy: signatures cover this URL.',
  ],
  ['hookswitch --host 0.0.0.0 --no-live -o json', 'On a server.'],
];

const NOTES =
  'Every option can also be set by an environment variable (HOOKSWITCH_ and the name: HOOKSWITCH_PUBLIC_URL) or in the configuration file of the Twilio toolkit (.twilioserverlessrc and others: publicUrl). A flag goes before a variable, a variable before the file.';

function compatibilityNote(): string {
  const names = Object.keys(COMPATIBILITY_FLAGS).map(flagName).join(', ');
  return `Flags of twilio-run that are accepted without effect: ${names}.`;
}

function optionRows(group: OptionGroup): Row[] {
  return Object.entries(OPTIONS)
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

function exitRows(): Row[] {
  const rows: Row[] = Object.entries(EXIT).map(([name, code]) => [
    String(code),
    EXIT_MEANINGS[name as keyof typeof EXIT], // `Object.entries` forgets which keys there are
  ]);
  return [...rows, ['128 + n', 'stopped at once by a second signal, n its number']];
}

const INDENT = '  ';
const LEFT_COLUMNS = 28;

function section(heading: string, rows: readonly Row[], width: number): string {
  return [heading, ...rows.map((row) => rowText(row, width))].join('\n');
}

/** A left side that is too long for its column gets a line of its own. */
function rowText([left, right]: Row, width: number): string {
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
