import { dirname, isAbsolute, resolve } from 'node:path';
import { liesIn } from '../build/folders';
import type { Build } from '../model/build';
import type { Spot } from './finding';
import { isRelative, requiredBy } from './required';
import type { CheckedFunction, Rule } from './rule';

export const REQUIRE_OUTSIDE: Rule = {
  id: 'require-outside',
  severity: 'error',
  finds:
    'A `require` or `import` of a file outside of the project, by a relative or an absolute path. TypeScript is left out: what it imports is compiled into it.',
  otherwise: 'It works on this machine alone: nothing outside of the project is deployed.',
  fix: 'Move the file into the project, or make it a package that package.json names.',
  ofFunction: checkOutside,
};

function checkOutside(checked: CheckedFunction, build: Build): readonly Spot[] {
  if (checked.source.isTypeScript) return [];
  return filesOf(checked)
    .filter(({ path }) => !liesIn(build.root, path))
    .map(({ name, at }) => ({ at, reason: `${JSON.stringify(name)} leaves the project` }));
}

export const RELATIVE_REQUIRE: Rule = {
  id: 'relative-require',
  severity: 'warning',
  finds:
    'A `require` of another file of the project by a relative path. Modules and TypeScript are left out: what they import is compiled into them.',
  otherwise:
    'It works here. The hosted platform does not lay files out by their names: the Function cannot be loaded there.',
  fix: "Name the file lib/name.private.js and write require(Runtime.getFunctions()['lib/name'].path), or make it a package.",
  ofFunction: checkRelative,
};

function checkRelative(checked: CheckedFunction, build: Build): readonly Spot[] {
  const { isModule, isTypeScript } = checked.source;
  if (isModule || isTypeScript) return [];
  return filesOf(checked)
    .filter(({ path }) => liesIn(build.root, path))
    .map(({ name, at }) => ({
      at,
      reason: `${JSON.stringify(name)} is found by its place among the files, which the hosted platform does not keep`,
    }));
}

interface RequiredFile {
  readonly name: string;
  readonly at: number;
  readonly path: string;
}

function filesOf({ resource, source }: CheckedFunction): readonly RequiredFile[] {
  return requiredBy(source)
    .filter(({ name }) => isRelative(name) || isAbsolute(name))
    .map(({ name, at }) => ({ name, at, path: resolve(dirname(resource.file), name) }));
}
