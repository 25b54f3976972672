/** The commands of the program, once: `--help`, docs/commands.md and the choice of a command are made from this table. */
import { resolve } from 'node:path';
import { isFolder } from '../config/read';
import { suggest } from '../config/suggest';
import { CodedError } from '../errors';
import type { Command } from './command';

export interface CommandRow {
  readonly name: string;
  readonly aliases: readonly string[];
  /** What follows the name: `[dir] [options]`. */
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export const START: CommandRow = {
  name: 'start',
  aliases: ['dev'],
  usage: '[dir] [options]',
  summary: 'Serve the project in dir, else in the current folder. The default; also called dev.',
  load: async () => (await import('./start.js')).START_COMMAND,
};

export const COMMANDS: readonly CommandRow[] = [
  START,
  {
    name: 'new',
    aliases: ['init'],
    usage: '[dir] [options]',
    summary: 'Make a project that starts at once and has a test.',
    load: async () => (await import('./new.js')).NEW_COMMAND,
  },
  {
    name: 'config',
    aliases: [],
    usage: '[dir] [options]',
    summary: 'Show each setting and variable in force, and where it came from.',
    load: async () => (await import('./config.js')).CONFIG_COMMAND,
  },
  {
    name: 'check',
    aliases: [],
    usage: '[dir] [options]',
    summary: 'Find what will break, without running anything.',
    load: async () => (await import('./check.js')).CHECK_COMMAND,
  },
  {
    name: 'sms',
    aliases: [],
    usage: '["text"] [dir] [options]',
    summary: 'Send a text to the project, without a phone.',
    load: async () => (await import('./phone/sms.js')).SMS_COMMAND,
  },
  {
    name: 'call',
    aliases: [],
    usage: '[dir] [options]',
    summary: 'Call the project, without a phone; by hand or from a script.',
    load: async () => (await import('./phone/call.js')).CALL_COMMAND,
  },
  {
    name: 'signature',
    aliases: [],
    usage: 'explain|sign [options]',
    summary: 'Why a signature is right or wrong; or sign a request.',
    load: async () => (await import('./signature.js')).SIGNATURE_COMMAND,
  },
  {
    name: 'logs',
    aliases: [],
    usage: '[dir] [options]',
    summary: 'Show the last requests of a running gateway, or those to come.',
    load: async () => (await import('./logs.js')).LOGS_COMMAND,
  },
  {
    name: 'show',
    aliases: [],
    usage: 'ID|last [dir] [options]',
    summary: 'Show everything of one request.',
    load: async () => (await import('./show.js')).SHOW_COMMAND,
  },
  {
    name: 'replay',
    aliases: [],
    usage: 'ID|last [dir] [options]',
    summary: 'Send a request again, to the code that is served now, and show both answers.',
    load: async () => (await import('./replay.js')).REPLAY_COMMAND,
  },
  {
    name: 'console',
    aliases: [],
    usage: '[dir] [options]',
    summary: 'Print a link that opens the console of a running gateway.',
    load: async () => (await import('./console-command.js')).CONSOLE_COMMAND,
  },
  {
    name: 'help',
    aliases: [],
    usage: '[command]',
    summary: 'Show this, or what a command does.',
    load: async () => (await import('./help-command.js')).HELP_COMMAND,
  },
  {
    name: 'version',
    aliases: [],
    usage: '',
    summary: 'Show the version.',
    load: async () => (await import('./version.js')).VERSION_COMMAND,
  },
];

/** Of `twilio-run`; a folder that is called so has to be written after `start`. */
const NOT_HERE = ['deploy', 'promote', 'activate', 'list', 'ls', 'list-templates', 'env'];

export interface ChosenCommand {
  readonly row: CommandRow;
  /** What follows the command. */
  readonly argv: readonly string[];
}

/** The first word names a command; `start` needs no name. */
export function chooseCommand(argv: readonly string[]): ChosenCommand {
  const row = findCommand(argv[0] ?? '');
  return row === null ? { row: START, argv } : { row, argv: argv.slice(1) };
}

export function findCommand(word: string): CommandRow | null {
  return COMMANDS.find(({ name, aliases }) => name === word || aliases.includes(word)) ?? null;
}

/** The `[dir]` of a command without a name. Throws `CodedError` (HS_USAGE) for a word that is meant to be a command. */
export function checkFolderWord(word: string, currentFolder: string): void {
  if (NOT_HERE.includes(word)) {
    throw new CodedError('HS_USAGE', `${word} is a command of twilio-run that Hookswitch does not have`);
  }
  // What looks like a path is meant to be a folder: `start` says what is wrong with it.
  if (/[./\\]/.test(word) || isFolder(resolve(currentFolder, word))) return;
  const near = suggest(
    word,
    COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]),
  );
  const hint = near === null ? '' : `; did you mean ${near}?`;
  throw new CodedError('HS_USAGE', `"${word}" is neither a command nor a folder${hint}`);
}
