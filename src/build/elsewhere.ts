/** What a project is made of that lies outside of it: packages of a workspace, `../shared`, a tsconfig that it extends or is below. */
import { existsSync, statSync } from 'node:fs';
import { dirname, extname, join, sep } from 'node:path';
import type { Build } from '../model/build';
import { configurationsFor } from './file-stamps';
import { liesIn } from './folders';

/** Absolute paths of what was compiled. What nobody compiles is known once an instance loads it. */
export function filesElsewhere({ root, functions }: Build): readonly string[] {
  if (functions.every(({ module }) => module.inputs === null)) return [];
  const inputs = functions.flatMap(({ module }) => module.inputs ?? []);
  const configurations = configurationsFor([root, ...inputs.map((file) => dirname(file))]);
  return [...new Set([...inputs, ...configurations])].filter((file) => isElsewhere(root, file));
}

/** Installed packages change with a lock file. */
export function isElsewhere(root: string, file: string): boolean {
  return !liesIn(root, file) && !file.includes(`${sep}node_modules${sep}`);
}

export interface Surroundings {
  readonly folder: string;
  /** With the folders in it. */
  readonly isTree: boolean;
}

/**
 * What to watch for such a file: the whole package that it belongs to, since new files, its `package.json` and its tsconfig
 * count too; but no more than its folder where that package is all around the project, as the root of a workspace is.
 */
export function surroundingsOf(root: string, file: string): Surroundings {
  const own = dirname(file);
  for (let folder = own; !liesIn(folder, root); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return { folder, isTree: true };
    if (dirname(folder) === folder) break; // another drive
  }
  return { folder: own, isTree: false };
}

/** Of a package elsewhere only this counts: what it has for people and tools is saved there as well. */
export function isCode(file: string): boolean {
  return CODE.includes(extname(file));
}

const CODE: readonly string[] = [
  '.js',
  '.cjs',
  '.mjs',
  '.jsx',
  '.ts',
  '.cts',
  '.mts',
  '.tsx',
  '.json',
  '.node',
];

/** `since`: ms since 1970. The clock of file systems is a little behind. */
export function wasChangedSince(file: string, since: number): boolean {
  const state = statSync(file, { throwIfNoEntry: false });
  return state !== undefined && state.ctimeMs > since - 50;
}
