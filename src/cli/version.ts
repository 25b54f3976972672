import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HELP_OPTIONS } from '../config/help-options';
import { type Command, NONE_ACCEPTED } from './command';

export const VERSION_COMMAND: Command = {
  flags: { options: HELP_OPTIONS, accepted: NONE_ACCEPTED },
  about: ['Shows the version of Hookswitch.'],
  examples: [],
  run: async (_given, { stdout }) => {
    stdout.write(`${versionText()}\n`);
    return 0;
  },
};

/** The version in the package's own package.json, the nearest one above this file. */
export function versionText(): string {
  const manifest = JSON.parse(readFileSync(nearestManifest(__dirname), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}

function nearestManifest(folder: string): string {
  const path = join(folder, 'package.json');
  if (existsSync(path) || folder === dirname(folder)) return path;
  return nearestManifest(dirname(folder));
}
