import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

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
