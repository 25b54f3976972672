import { readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { liesIn } from '../build/folders';
import type { Build } from '../model/build';
import type { Spot } from './finding';
import { isRelative, type Required, requiredBy } from './required';
import type { CheckedFunction, Rule } from './rule';

export const MISSING_MODULE: Rule = {
  id: 'missing-module',
  severity: 'error',
  finds:
    'A `require` or an import of a package that is neither installed nor named in a package.json, or of a file that does not exist.',
  otherwise: 'The Function cannot be loaded: every request gets 500.',
  fix: 'Install the package with npm install and its name, or correct the path.',
  ofFunction: check,
};

/** What every Function has. */
const GIVEN = ['twilio', '@twilio/runtime-handler', 'hookswitch'];

function check({ resource, source }: CheckedFunction, build: Build): readonly Spot[] {
  const asked = requiredBy(source).filter(({ isTried, by }) => !isTried && by === 'require');
  return asked
    .filter((required) => isMissing(required, resource.file, build.root))
    .map(({ name, at }) => ({
      at,
      reason: isRelative(name)
        ? `there is no file ${name}`
        : `the package ${packageOf(name)} is neither installed nor in package.json`,
    }));
}

/** What is not installed yet, but will be. */
export function isGivenOrNamed(name: string, folder: string, root: string): boolean {
  const wanted = packageOf(name);
  return GIVEN.includes(wanted) || isNamed(wanted, folder, root);
}

function isMissing({ name }: Required, file: string, root: string): boolean {
  if (isBuiltin(name) || name.startsWith('#') || name.startsWith('/') || name.startsWith('node:'))
    return false;
  const from = createRequire(file);
  if (resolves(from, name)) return false;
  if (isRelative(name)) return !COMPILED.some((extension) => resolves(from, name + extension));
  return !resolves(from, `${packageOf(name)}/package.json`) && !isGivenOrNamed(name, dirname(file), root);
}

const COMPILED = ['.ts', '.mts', '.cts', '.mjs', '.cjs'];

function resolves(from: NodeJS.Require, name: string): boolean {
  try {
    from.resolve(name);
    return true;
  } catch (error) {
    // A package that does not export this path is there all the same.
    return error instanceof Error && 'code' in error && error.code !== 'MODULE_NOT_FOUND';
  }
}

/** `@scope/name/file` -> `@scope/name` */
function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** In the package.json of the project, or of a folder between. Before `npm install` that is all there is. */
function isNamed(wanted: string, folder: string, root: string): boolean {
  if (dependenciesIn(folder).includes(wanted)) return true;
  const parent = dirname(folder);
  return parent !== folder && liesIn(root, parent) && isNamed(wanted, parent, root);
}

const LISTS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'name'];

function dependenciesIn(folder: string): readonly string[] {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    return LISTS.flatMap((list) => {
      const value = manifest[list];
      if (typeof value === 'string') return [value];
      return typeof value === 'object' && value !== null ? Object.keys(value) : [];
    });
  } catch {
    return [];
  }
}
