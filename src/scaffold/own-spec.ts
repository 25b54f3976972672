/** What package.json of a new project asks npm for, so that it gets the Hookswitch that made it. */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { OwnPackage } from './plan';

/** `folder` is the new project: absolute, it need not exist. */
export function ownSpec({ root, version }: Pick<OwnPackage, 'root' | 'version'>, folder: string): string {
  const owner = ownerOf(root);
  if (owner === null) return fileSpec(root, folder);
  const source = [lockedSource(owner, root), declaredSource(owner)].find((spec) => spec !== null) ?? null;
  if (source === null) return `^${version}`;
  return source.startsWith(FILE) ? fileSpec(resolve(owner, source.slice(FILE.length)), folder) : source;
}

const FILE = 'file:';
/** Neither a range nor a tag of a registry: a place that means the same for every project. */
const PLACE = /^(?:https?|git|git\+\w+|github):/;

/** The project whose `node_modules` hold the package; `null`: it runs from where it was built. */
function ownerOf(root: string): string | null {
  const [before] = /^.*?(?=[\\/]node_modules[\\/])/.exec(root) ?? [];
  return before ?? null;
}

/** What npm installed, relative to the owner. It knows packages of a workspace, too, which share `node_modules`. */
function lockedSource(owner: string, root: string): string | null {
  const key = slashed(relative(owner, root));
  for (const name of ['node_modules/.package-lock.json', 'package-lock.json']) {
    const spec = textAt(readJson(join(owner, name)), ['packages', key, 'resolved']);
    // Those of registries are whole URLs of tarballs, which say less than a range.
    if (spec?.startsWith(FILE)) return spec;
  }
  return null;
}

/** What the owner asks for. Other package managers than npm have locks of their own. */
function declaredSource(owner: string): string | null {
  const manifest = readJson(join(owner, 'package.json'));
  const specs = ['devDependencies', 'dependencies', 'optionalDependencies'].map((group) =>
    textAt(manifest, [group, 'hookswitch']),
  );
  return specs.find((spec) => spec !== null && (spec.startsWith(FILE) || PLACE.test(spec))) ?? null;
}

/** `null` where there is none, or none that can be read. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function textAt(value: unknown, keys: readonly string[]): string | null {
  let found = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null) return null;
    found = (found as Readonly<Record<string, unknown>>)[key]; // any object may be asked for any name
  }
  return typeof found === 'string' ? found : null;
}

/** npm takes a path relative to the real folder of the project. On Windows another drive has no such path. */
function fileSpec(target: string, folder: string): string {
  const path = relative(realFolder(folder), target);
  return FILE + slashed(isAbsolute(path) ? target : path);
}

/** Without the links above a folder that may not exist yet. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : join(realFolder(above), relative(above, folder));
  }
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}
