/**
 * Reads the configuration file that the vendor's toolkit reads, from all the places where it looks
 * (functions-behaviour 16.3): the folder of the project, then the folders above it up to the home folder.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { type LilconfigResult, type LoaderSync, lilconfigSync } from 'lilconfig';
import { CodedError } from '../errors';

export interface ConfigFile {
  /** Absolute path. */
  readonly path: string;
  /** Those that apply to `start`, unchecked; what the first says goes before what the others say. */
  readonly sections: readonly ConfigSection[];
}

export interface ConfigSection {
  /** `commands.start`; empty for what stands outside of any. */
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface ConfigFileQuery {
  /** Absolute path of a file that was named; `null`: search. */
  readonly named: string | null;
  /** Absolute folder in which the search starts. */
  readonly searchFrom: string;
  /** Picks a member of `projects`; `null` for none. */
  readonly accountSid: string | null;
  readonly region: string | null;
}

/** `null` where none was named and none was found. Throws `CodedError` (HS_CONFIG_INVALID). */
export function readConfigFile(query: ConfigFileQuery): ConfigFile | null {
  const found = query.named === null ? search(query.searchFrom) : load(query.named);
  if (found === null) return null;
  const path = resolve(found.filepath);
  return { path, sections: sectionsOf(path, found.config ?? {}, query) };
}

const MODULE = 'twilioserverless';

/** The order is that of cosmiconfig 8, which the toolkit uses; `.ts` and ES modules are left out. */
const PLACES = [
  'package.json',
  ...[`.${MODULE}rc`, `.config/${MODULE}rc`].flatMap((name) =>
    ['', '.json', '.yaml', '.yml', '.js', '.cjs'].map((extension) => name + extension),
  ),
  `${MODULE}.config.js`,
  `${MODULE}.config.cjs`,
];

const LOADERS: Readonly<Record<string, LoaderSync>> = {
  noExt: named(readJson5),
  '.json': named(readJson5),
  '.json5': named(readJson5),
  '.yaml': named(readYaml),
  '.yml': named(readYaml),
  '.js': named(readModule),
  '.cjs': named(readModule),
};

function search(folder: string): LilconfigResult {
  return explorer().search(folder);
}

function load(path: string): LilconfigResult {
  try {
    readFileSync(path);
  } catch (cause) {
    throw new CodedError('HS_CONFIG_INVALID', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
  return named((file) => explorer().load(file))(path, '') as LilconfigResult;
}

function explorer(): ReturnType<typeof lilconfigSync> {
  return lilconfigSync(MODULE, { searchPlaces: PLACES, loaders: LOADERS, packageProp: MODULE, cache: false });
}

/** Errors say which file they are about. */
function named(loader: LoaderSync): LoaderSync {
  return (path, content) => {
    try {
      return loader(path, content);
    } catch (cause) {
      if (cause instanceof CodedError) throw cause;
      throw new CodedError('HS_CONFIG_INVALID', `${path}: ${messageOf(cause)}`, { cause });
    }
  };
}

/** Nearly every file is plain JSON: the parser of JSON5 is loaded only where it is not. */
function readJson5(path: string, content: string): unknown {
  const text = content.replace(/^\uFEFF/, '');
  const value = isJson(text) ? JSON.parse(text) : loadJson5().parse(text);
  return isRecord(value) ? value : refuse(path, 'it holds no object');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

// The three below are loaded when a file needs them: `import` would cost every start up to 30 ms. The casts say what
// `require` returns.
function loadJson5(): typeof import('json5') {
  return require('json5') as typeof import('json5');
}

function readYaml(_path: string, content: string): unknown {
  return (require('yaml') as typeof import('yaml')).parse(content) as unknown;
}

function readModule(path: string): unknown {
  return require(path) as unknown;
}

/** `environments` is for commands that deploy to one. */
function sectionsOf(path: string, config: unknown, query: ConfigFileQuery): readonly ConfigSection[] {
  const { commands, environments: _, projects, ...base } = section(path, 'it', config);
  const forStart = section(path, 'commands.start', section(path, 'commands', commands).start);
  return [
    ...projectSections(path, projects, query),
    { name: 'commands.start', values: forStart },
    { name: '', values: base },
  ];
}

function projectSections(path: string, projects: unknown, query: ConfigFileQuery): readonly ConfigSection[] {
  const { accountSid, region } = query;
  if (accountSid === null) return [];
  const all = section(path, 'projects', projects);
  const regional = `${accountSid}:${region ?? 'us1'}`;
  const isMain = region === null || region === 'us1';
  const key = Object.hasOwn(all, regional) || !isMain ? regional : accountSid;
  if (!Object.hasOwn(all, key)) return [];
  const name = key === regional ? `projects["${regional}"]` : `projects.${accountSid}`;
  return [{ name, values: section(path, name, all[key]) }];
}

function section(path: string, name: string, value: unknown): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  return isRecord(value)
    ? value
    : refuse(path, `${name} has to be an object, not ${inspect(value, { depth: 0 })}`);
}

function refuse(path: string, problem: string): never {
  throw new CodedError('HS_CONFIG_INVALID', `${path}: ${problem}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
