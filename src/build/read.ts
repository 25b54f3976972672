import { extname, posix } from 'node:path';
import { CodedError } from '../errors';
import type { Build, BuildProblem, FunctionModule, Visibility } from '../model/build';
import {
  encodedByClients,
  FUNCTION_EXTENSIONS,
  type Placement,
  placeAsset,
  placeFunction,
} from '../model/path';
import type { ProjectOptions } from '../platform';
import { digestBuild } from './digest';
import { findFolders, type ProjectFolder, type ProjectFolders } from './folders';
import { isTypeScript } from './language';
import { readVariables } from './variables';
import { type WalkRules, walkFolder } from './walk';

/**
 * Reads a project folder without running any of it. A file that is broken or badly named becomes one of `problems`
 * and keeps no other from being served; the syntax is checked later (`check.ts`), so that serving starts sooner.
 *
 * Throws `CodedError`: `HS_NO_PROJECT` (no such folder), `HS_DUPLICATE_PATH`, `HS_ENV_FILE`.
 */
export function readProject(options: ProjectOptions, hostEnvironment: NodeJS.ProcessEnv): Build {
  const folders = findFolders(options);
  const placedFunctions = readFunctions(folders);
  const placedAssets = readAssets(folders);
  const assetPrefix = options.legacyMode ? '/assets' : '';
  const functions = placedFunctions.files.map(
    (file, index) => ({ kind: 'function', ...file, index, module: commonJs(file.file) }) as const,
  );
  const assets = placedAssets.files.map(
    (file) => ({ kind: 'asset', ...file, path: assetPrefix + file.path }) as const,
  );
  refuseDuplicates([...functions, ...assets]);
  const { variables, accountSid, authToken, problems } = readVariables(options, hostEnvironment);
  return Object.freeze({
    id: digestBuild(functions, assets, variables),
    root: folders.root,
    functions,
    assets,
    variables,
    assetsFolder: folders.assets?.path ?? null,
    accountSid,
    authToken,
    problems: [
      ...checkFolders(folders),
      ...checkLayout(options, placedFunctions),
      ...placedFunctions.problems,
      ...placedAssets.problems,
      ...problems,
    ],
  });
}

/** As the author wrote it. */
function commonJs(entry: string): FunctionModule {
  return { entry, format: 'require', inputs: null, failure: null };
}

/** What one folder holds, sorted by path. */
interface Placed {
  readonly files: readonly PlacedFile[];
  readonly problems: readonly BuildProblem[];
}

interface PlacedFile {
  readonly path: string;
  readonly file: string;
  readonly name: string;
  readonly visibility: Visibility;
}

const NOTHING: Placed = { files: [], problems: [] };

function readFunctions({ root, functions }: ProjectFolders): Placed {
  if (functions === null) return NOTHING;
  return readFolder(functions, placeFunction, {
    boundary: [root, functions.path],
    wants: isFunctionFile,
    enters: (folderName) => folderName !== 'node_modules' && folderName !== '.git',
  });
}

function readAssets({ assets }: ProjectFolders): Placed {
  if (assets === null) return NOTHING;
  return readFolder(assets, placeAsset, {
    boundary: [assets.path],
    wants: isAssetFile,
    enters: (folderName) => folderName !== '.git',
  });
}

/**
 * Names like `.#reply.js` are the locks of an editor: links that lead nowhere. Types are no code, and tests no Functions;
 * of `.js` the hosted platform takes every file, so that every one is a Function here.
 */
function isFunctionFile(name: string): boolean {
  const extension = extname(name);
  if (!FUNCTION_EXTENSIONS.includes(extension) || posix.basename(name).startsWith('.#')) return false;
  return extension === '.js' || !NO_FUNCTIONS.test(name);
}

const NO_FUNCTIONS = /\.d\.[cm]?ts$|\.(?:test|spec)\.[cm]?[jt]s$|(?:^|\/)__tests__\//;

/** Dot-files and what lies in dot-folders are answered with 404, as by the emulator; private ones are for Functions. */
function isAssetFile(name: string): boolean {
  if (posix.basename(name) === '.DS_Store') return false;
  if (!/(?:^|\/)\./.test(name)) return true;
  const placement = placeAsset(name);
  return placement.kind === 'placed' && placement.visibility === 'private';
}

function readFolder(
  folder: ProjectFolder,
  place: (name: string) => Placement,
  rules: Omit<WalkRules, 'prefix'>,
): Placed {
  const prefix = folder.name === '' ? '' : `${folder.name}/`;
  const walk = walkFolder(folder.path, { ...rules, prefix });
  const files: PlacedFile[] = [];
  const problems = [...walk.problems];
  for (const found of walk.files) {
    const name = prefix + found.name;
    const placement = place(found.name);
    if (placement.kind === 'refused') {
      problems.push({ file: name, message: `${name} is not served: ${placement.reason}; rename the file` });
      continue;
    }
    const { path, visibility } = placement;
    problems.push(...checkReachable(name, path, visibility));
    files.push({ path, file: found.file, name, visibility });
  }
  return { files: files.sort(byPath), problems };
}

function checkReachable(name: string, path: string, visibility: Visibility): readonly BuildProblem[] {
  const sent = visibility === 'private' ? null : encodedByClients(path);
  if (sent === null) return [];
  const message = `${name} cannot be reached: clients ask for ${sent}, and paths match without decoding; rename the file`;
  return [{ file: name, message }];
}

/** By code unit, so that the order is the same on every system. */
function byPath(one: PlacedFile, other: PlacedFile): number {
  if (one.path !== other.path) return one.path < other.path ? -1 : 1;
  return one.name < other.name ? -1 : 1;
}

function refuseDuplicates(files: readonly PlacedFile[]): void {
  const seen = new Map<string, PlacedFile>();
  for (const file of files) {
    const first = seen.get(file.path);
    if (first !== undefined) {
      const message = `${first.name} and ${file.name} both have the path ${file.path}; ${remedyFor(first, file)}.`;
      throw new CodedError('HS_DUPLICATE_PATH', message);
    }
    seen.set(file.path, file);
  }
}

function remedyFor(...files: readonly [PlacedFile, PlacedFile]): string {
  const source = files.find(({ name }) => isTypeScript(name));
  const output = files.find(({ name }) => !isTypeScript(name));
  const isBeside = source !== undefined && output !== undefined && stem(source.name) === stem(output.name);
  if (!isBeside) return 'rename one of them';
  return `${output.name} is probably compiled from ${source.name}, which runs as it is: delete ${output.name}, and let the compiler write elsewhere ("outDir") or nothing ("noEmit")`;
}

/** A name without its extension. */
function stem(name: string): string {
  return name.slice(0, -extname(name).length);
}

function checkFolders(folders: ProjectFolders): readonly BuildProblem[] {
  if (folders.functions !== null || folders.assets !== null) return [];
  const message = `${folders.root} has none of the folders functions, src, assets and static: there is nothing to serve`;
  return [{ file: '.', message }];
}

/** What a TypeScript project for `twilio-run` looks like: compiled from `src/functions`, and served from `dist/functions`. */
function checkLayout({ functionsFolder }: ProjectOptions, { files }: Placed): readonly BuildProblem[] {
  const first = files.find(({ name }) => name.startsWith('src/functions/') && isTypeScript(name));
  if (functionsFolder !== null || first === undefined) return [];
  const message = `src/functions is served as a part of src, so that ${first.name} has the path ${first.path}; --functions-folder src/functions (with assets: --assets-folder src/assets) gives the paths that it has once compiled and deployed`;
  return [{ file: 'src/functions', message }];
}
