import { realpathSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { CodedError } from '../errors';
import type { ProjectOptions } from '../platform';

export interface ProjectFolder {
  /** As the author names it, relative to the project, with `/` on every system: `functions`. */
  readonly name: string;
  /** Absolute, with symbolic links resolved. */
  readonly path: string;
}

/** `null` where there is none. */
export interface ProjectFolders {
  /** Absolute, with symbolic links resolved, so that paths in stacks begin with it. */
  readonly root: string;
  readonly functions: ProjectFolder | null;
  readonly assets: ProjectFolder | null;
}

/** The first that exists is taken; they are never merged (functions-behaviour 16.1). */
const FUNCTIONS_FOLDERS = ['functions', 'src'];
const ASSETS_FOLDERS = ['assets', 'static'];

/** Throws `HS_NO_PROJECT` where the root, or a folder that was named, is not a folder. */
export function findFolders(options: ProjectOptions): ProjectFolders {
  const root = realFolder(options.root);
  if (root === null) throw new CodedError('HS_NO_PROJECT', `There is no folder ${options.root}.`);
  return {
    root,
    functions: findFolder(root, 'Functions', options.functionsFolder, FUNCTIONS_FOLDERS),
    assets: findFolder(root, 'Assets', options.assetsFolder, ASSETS_FOLDERS),
  };
}

/** `/a/b` lies in `/a/b` and in `/a`, not in `/a/bc`. */
export function liesIn(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** How the author names a file: relative to the project, with `/` on every system. */
export function nameOf(root: string, file: string): string {
  return relative(root, file).replaceAll(sep, '/');
}

function findFolder(
  root: string,
  kind: string,
  named: string | null,
  usual: readonly string[],
): ProjectFolder | null {
  if (named !== null) return namedFolder(root, kind, resolve(root, named));
  for (const name of usual) {
    const path = realFolder(join(root, name));
    if (path !== null) return { name, path };
  }
  return null;
}

function namedFolder(root: string, kind: string, folder: string): ProjectFolder {
  const path = realFolder(folder);
  if (path === null)
    throw new CodedError('HS_NO_PROJECT', `The folder for ${kind}, ${folder}, does not exist.`);
  return { name: nameOf(root, folder), path };
}

function realFolder(folder: string): string | null {
  try {
    return statSync(folder).isDirectory() ? realpathSync(folder) : null;
  } catch {
    return null;
  }
}
