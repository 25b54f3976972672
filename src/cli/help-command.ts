import type { Arguments } from '../config/arguments';
import { HELP_OPTIONS } from '../config/help-options';
import { suggest } from '../config/suggest';
import { CodedError } from '../errors';
import { type Command, NONE_ACCEPTED, type Surroundings } from './command';
import { COMMANDS, type CommandRow, findCommand } from './commands';
import { commandHelpText, helpText } from './help';

export const HELP_COMMAND: Command = {
  flags: { options: HELP_OPTIONS, accepted: NONE_ACCEPTED },
  about: ['Shows all commands with the options of start, or what one command does.'],
  examples: [['hookswitch help start', 'What start does.']],
  run: runHelp,
};

async function runHelp({ words }: Arguments, { stdout }: Surroundings): Promise<number> {
  const [word] = words;
  const width = stdout.columns ?? 80;
  stdout.write(word === undefined ? await helpText(width) : await helpOf(word, width));
  return 0;
}

async function helpOf(word: string, width: number): Promise<string> {
  const row = findCommand(word);
  if (row === null) throw unknownCommand(word);
  return helpTextOf(row, width);
}

/** `start` is what the program does without a command, so its help is that of the program. */
export async function helpTextOf(row: CommandRow, width: number): Promise<string> {
  return row.name === 'start' ? helpText(width) : commandHelpText(row, await row.load(), width);
}

function unknownCommand(word: string): CodedError {
  const near = suggest(
    word,
    COMMANDS.map(({ name }) => name),
  );
  const hint = near === null ? '' : `; did you mean ${near}?`;
  return new CodedError('HS_USAGE', `there is no command "${word}"${hint}`);
}
