import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ImportKind, OnResolveArgs, OnResolveResult, Plugin, PluginBuild, ResolveResult } from 'esbuild';
import { isTypeScript } from './language';

type Format = 'esm' | 'cjs';

/** Bare names, native addons, and whatever is reached into `node_modules`. */
const NOT_SOURCES = /^[^./]|\.node$|\/node_modules\//;

/** Marks the question of the plugin itself, so that esbuild answers it. */
const ASKED = Symbol('asked');

/**
 * Installed packages stay what they are: they are found from the file that imports them, and named by where they lie,
 * because the compiled file lies elsewhere. What is linked into `node_modules` from a workspace, or is TypeScript, is
 * compiled with the Function.
 *
 * `foreign` gets the files whose imports Node would not find by itself: by `paths` of a tsconfig, or a `twilio`
 * that is ours.
 */
export function authorPackages(format: Format, foreign: Set<string>): Plugin {
  return {
    name: 'author-packages',
    setup: (build) => {
      build.onResolve({ filter: NOT_SOURCES }, (args) => {
        if (args.kind === 'entry-point' || args.pluginData === ASKED) return undefined;
        if (isBuiltin(args.path)) return { path: args.path, external: true };
        return resolve(build, args, { format, foreign });
      });
    },
  };
}

interface Way {
  readonly format: Format;
  readonly foreign: Set<string>;
}

async function resolve(
  build: PluginBuild,
  args: OnResolveArgs,
  { format, foreign }: Way,
): Promise<OnResolveResult | undefined> {
  const found = await ask(build, args, format);
  if (found === null) return notFound(args);
  if (found.external) return { path: found.path, external: true };
  if (isBare(args.path) && !isInstalledFor(args)) foreign.add(args.importer);
  if (isLeftAlone(found.path)) return { path: nameOf(found.path, args.kind, format), external: true };
  return {
    path: found.path,
    namespace: found.namespace,
    sideEffects: found.sideEffects,
    suffix: found.suffix,
  };
}

/** As the compiled file will ask for it; a package that knows `import` alone is loaded by `require` as well. */
async function ask(build: PluginBuild, args: OnResolveArgs, format: Format): Promise<ResolveResult | null> {
  const { path, importer, namespace, resolveDir, kind } = args;
  const kinds: ImportKind[] =
    format === 'cjs' && kind === 'import-statement' ? ['require-call', kind] : [kind];
  // On the hosted platform every build has the SDK: a project without it gets ours.
  const folders = path === 'twilio' || path.startsWith('twilio/') ? [resolveDir, __dirname] : [resolveDir];
  for (const folder of folders) {
    for (const asked of kinds) {
      const found = await build.resolve(path, {
        importer,
        namespace,
        resolveDir: folder,
        kind: asked,
        with: args.with,
        pluginData: ASKED,
      });
      if (found.errors.length === 0) return found;
    }
  }
  return null;
}

/** What is asked for in the middle of a call may never be: it fails there. Else esbuild says what it did not find. */
function notFound({ path, kind }: OnResolveArgs): OnResolveResult | undefined {
  return kind === 'import-statement' ? undefined : { path, external: true };
}

function isLeftAlone(path: string): boolean {
  if (path.endsWith('.node')) return true;
  // Only `require` reads JSON without being told that it is.
  return path.includes(`${sep}node_modules${sep}`) && !isTypeScript(path) && !path.endsWith('.json');
}

/** `import` takes a URL, `require` a path. */
function nameOf(path: string, kind: ImportKind, format: Format): string {
  const isImport = kind === 'dynamic-import' || (kind === 'import-statement' && format === 'esm');
  return isImport ? pathToFileURL(path).href : path;
}

function isBare(path: string): boolean {
  return /^[^./#]/.test(path);
}

/** Whether a `node_modules` above the importing file has a package of this name. */
function isInstalledFor({ path, importer }: OnResolveArgs): boolean {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
  for (let folder = dirname(importer); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', name))) return true;
    if (dirname(folder) === folder) return false;
  }
}
