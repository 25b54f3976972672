/** What commands have in common that ask a running gateway. */
import { resolve } from 'node:path';
import { type AdminClient, findGateway } from '../admin/client';
import type { Arguments } from '../config/arguments';
import { HELP_OPTIONS } from '../config/help-options';
import { type OptionTable, readText, valueOption } from '../config/option';
import { OPTIONS } from '../config/options';
import { Sources } from '../config/sources';
import type { Surroundings } from './command';

export const CLIENT_OPTIONS = {
  consoleUrl: valueOption<string | null>({
    kind: 'string',
    group: 'Options',
    placeholder: 'URL',
    initial: null,
    initialText: 'that of the gateway of the project, else of the only one that runs',
    allowed: 'the address of a console, as in http://127.0.0.1:3001',
    read: readText,
    help: 'Which gateway is asked, where several run: the address of its console.',
    configurable: false,
  }),
  outputFormat: { ...OPTIONS.outputFormat, initialText: 'for people', configurable: false },
};

export { HELP_OPTIONS };

/** Throws `CodedError` (HS_USAGE) where a flag has a value that it cannot have. */
export function checkFlags(table: OptionTable, given: Arguments): void {
  const sources = new Sources(table, given, {}, null);
  for (const key of Object.keys(table)) sources.find(key);
}

/** `folder`: the project as it was named, or `undefined`. Throws `CodedError`. */
export function clientOf(
  given: Arguments,
  { environment, currentFolder }: Surroundings,
  folder: string | undefined,
): AdminClient {
  return findGateway({
    folder: folder === undefined ? null : resolve(currentFolder, folder),
    currentFolder,
    consoleUrl: lastOf(given, 'consoleUrl'),
    environment,
  });
}

export function lastOf({ flags }: Arguments, key: string): string | null {
  return flags.get(key)?.at(-1) ?? null;
}

export function wantsJson(given: Arguments): boolean {
  return lastOf(given, 'outputFormat') === 'json';
}
