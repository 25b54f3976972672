import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HELP_OPTIONS } from '../config/help-options';
import type { OwnPackage } from '../scaffold/plan';
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
  return ownPackage().version;
}

/** The package that is running. */
export function ownPackage(): OwnPackage {
  const path = nearestManifest(__dirname);
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Omit<OwnPackage, 'root'>;
  const { version, dependencies = {}, devDependencies = {} } = manifest;
  return { root: dirname(path), version, dependencies, devDependencies };
}

function nearestManifest(folder: string): string {
  const path = join(folder, 'package.json');
  if (existsSync(path) || folder === dirname(folder)) return path;
  return nearestManifest(dirname(folder));
}
