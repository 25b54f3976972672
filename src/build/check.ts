import { readFileSync, statSync } from 'node:fs';
import { compileFunction } from 'node:vm';
import type { AssetResource, Build, BuildProblem, FunctionResource, Visibility } from '../model/build';
import { Languages } from './language';

/** What can be said about a build without running any of it; takes longer than serving may wait, so it is asked after. */
export function checkBuild(build: Build): readonly BuildProblem[] {
  return [...checkSyntax(build), ...checkAssetSizes(build)];
}

/** Functions that cannot be read or parsed: `functions/broken.js:3: SyntaxError: Unexpected token '}'`. */
export function checkSyntax(build: Build): readonly BuildProblem[] {
  const languages = new Languages();
  return build.functions.flatMap((resource) => checkFunction(resource, languages));
}

/** Assets that the hosted platform would refuse (functions-behaviour 8). They are served here all the same. */
export function checkAssetSizes(build: Build): readonly BuildProblem[] {
  return build.assets.flatMap(checkAssetSize);
}

const MEGABYTE = 1_048_576;
const ASSET_BYTES: Readonly<Record<Visibility, number>> = {
  public: 25 * MEGABYTE,
  protected: 25 * MEGABYTE,
  private: 10 * MEGABYTE,
};

function checkAssetSize({ file, name, visibility }: AssetResource): readonly BuildProblem[] {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const limit = ASSET_BYTES[visibility];
  if (bytes <= limit) return [];
  const message = `${name} has ${megabytes(bytes)} MB; the hosted platform refuses ${visibility} Assets over ${megabytes(limit)} MB`;
  return [{ file: name, message }];
}

function megabytes(bytes: number): string {
  return String(Math.ceil((bytes / MEGABYTE) * 10) / 10);
}

/** Node offers no parser for modules, and for TypeScript none at all: what is wrong there is told when they are compiled. */
function checkFunction({ file, name }: FunctionResource, languages: Languages): readonly BuildProblem[] {
  const { typescript, format } = languages.of(file);
  if (typescript) return [];
  try {
    const source = readFileSync(file, 'utf8').replace(/^\ufeff/, '');
    if (format === 'esm') return [];
    const failure = findSyntaxError(source, file);
    return failure === null ? [] : describeSyntaxError(name, source, failure);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return [{ file: name, message: `${name} cannot be read: ${cause}` }];
  }
}

/** The names that Node gives to a CommonJS module; as its loader does, the source is compiled as the body of a function. */
const MODULE_PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

function findSyntaxError(source: string, file: string): SyntaxError | null {
  try {
    compileFunction(source, MODULE_PARAMETERS, { filename: file });
    return null;
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    throw error;
  }
}

function describeSyntaxError(name: string, source: string, error: SyntaxError): readonly BuildProblem[] {
  // V8 puts `file:line`, the line and a marker before the name of the error.
  const [place = '', sourceLine = ''] = (error.stack ?? '').split('\n');
  const line = /:(\d+)$/.exec(place)?.[1];
  const at = line === undefined ? name : `${name}:${line}`;
  if (!isModuleSyntax(error, sourceLine, source))
    return [{ file: name, message: `${at}: SyntaxError: ${error.message}` }];
  if (loadsModules()) return [];
  const message = `${at}: import and export need Node 20.19 or later; use require() and exports.handler = … (this is ${process.version})`;
  return [{ file: name, message }];
}

function isModuleSyntax(error: SyntaxError, sourceLine: string, source: string): boolean {
  if (error.message.startsWith('await is only valid')) return isModule(source);
  if (error.message === "Unexpected token 'export'") return /^\s*export\b/.test(sourceLine);
  return MODULE_ERRORS.includes(error.message);
}

/** An await at the top of a module, or one in a function that is not async? Node finds out in the same way. */
function isModule(source: string): boolean {
  const { parse } = require('acorn') as typeof import('acorn');
  try {
    parse(source, { sourceType: 'module', ecmaVersion: 'latest' });
    return true;
  } catch {
    return false;
  }
}

/** V8's words for what only a module may hold; Node itself recognises modules by them. */
const MODULE_ERRORS: readonly string[] = [
  'Cannot use import statement outside a module',
  "Cannot use 'import.meta' outside a module",
];

/** From Node 20.19 and 22.12 on, `require` loads modules, also from a `.js` file without `"type": "module"`. */
function loadsModules(): boolean {
  return 'require_module' in process.features && process.features.require_module === true;
}
