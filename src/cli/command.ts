import { resolve } from 'node:path';
import type { Arguments } from '../config/arguments';
import { isFolder } from '../config/read';
import { suggest } from '../config/suggest';
import { CodedError } from '../errors';

export type Command =
  | { readonly name: 'start'; readonly given: Arguments }
  | { readonly name: 'help' }
  | { readonly name: 'version' };

const COMMANDS = ['start', 'dev', 'help', 'version'];
/** Of `twilio-run`; a folder that is called so has to be written after `start`. */
const NOT_HERE = ['deploy', 'promote', 'activate', 'list', 'ls', 'list-templates', 'logs', 'new', 'env'];

/** `start` is the default. Throws `CodedError` (HS_USAGE) for a word that is neither a command nor a folder. */
export function commandOf(given: Arguments, currentFolder: string): Command {
  const [word] = given.words;
  if (isOn(given, 'help') || word === 'help') return { name: 'help' };
  if (isOn(given, 'version') || word === 'version') return { name: 'version' };
  if (word === 'start' || word === 'dev') {
    return { name: 'start', given: { ...given, words: given.words.slice(1) } };
  }
  if (word !== undefined) checkFolder(word, currentFolder);
  return { name: 'start', given };
}

function isOn(given: Arguments, flag: string): boolean {
  return given.flags.get(flag)?.at(-1) === 'true';
}

function checkFolder(word: string, currentFolder: string): void {
  if (NOT_HERE.includes(word)) {
    throw new CodedError('HS_USAGE', `${word} is a command of twilio-run that Hookswitch does not have`);
  }
  // What looks like a path is meant to be a folder: `start` says what is wrong with it.
  if (/[./\\]/.test(word) || isFolder(resolve(currentFolder, word))) return;
  const near = suggest(word, COMMANDS);
  const hint = near === null ? '' : `; did you mean ${near}?`;
  throw new CodedError('HS_USAGE', `"${word}" is neither a command nor a folder${hint}`);
}
