import { join, relative, sep } from 'node:path';
import type { BuildFailure, BuildOptions, Message } from 'esbuild';
import { authorPackages } from './author-packages';
import { authorPlaces } from './author-places';
import { FAILED, isBuildFailure } from './compile-failure';
import type { EsbuildService } from './esbuild-service';
import { graphOf, type ModuleGraph } from './module-graph';

export interface BundleSettings {
  /** Absolute path of the project. */
  readonly root: string;
  /** Where the results will lie; nothing is written there. */
  readonly folder: string;
  readonly format: 'esm' | 'cjs';
}

/** What became of one file. */
export interface Bundled {
  readonly file: string;
  readonly code: string;
  readonly map: string;
  readonly graph: ModuleGraph;
}

/** Of one file, or all that could be compiled together. */
export interface Bundles {
  readonly done: readonly Bundled[];
  readonly failed: readonly { readonly file: string; readonly error: unknown }[];
  /** Of the build as a whole, such as of a tsconfig. */
  readonly warnings: readonly Message[];
}

const NOTHING: Bundles = { done: [], failed: [], warnings: [] };

/** Runs nothing of what it reads. Never rejects. A file that is broken keeps no other from being compiled. */
export async function bundle(
  service: EsbuildService,
  files: readonly string[],
  settings: BundleSettings,
): Promise<Bundles> {
  const [file] = files;
  if (file === undefined) return NOTHING;
  try {
    return await bundleTogether(service, files, settings);
  } catch (error) {
    // Not the fault of any of them.
    if (!isBuildFailure(error)) return { ...NOTHING, failed: files.map((each) => ({ file: each, error })) };
    if (files.length === 1) return { ...NOTHING, failed: [{ file, error }] };
    const parts = partsOf(files, error, settings.root);
    return joined(await Promise.all(parts.map((part) => bundle(service, part, settings))));
  }
}

/** What several Functions import is read once. */
async function bundleTogether(
  service: EsbuildService,
  files: readonly string[],
  settings: BundleSettings,
): Promise<Bundles> {
  const { root, folder } = settings;
  const foreign = new Set<string>();
  const options = optionsOf(settings, foreign);
  const entryPoints = files.map((file, index) => ({ in: file, out: String(index) }));
  const { outputFiles, metafile, warnings } = await service.run((esbuild) =>
    esbuild.build({ ...options, entryPoints }),
  );
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const done = files.map((file, index) => {
    const output = join(folder, `${index}.js`);
    const graph = graphOf(metafile, slashed(relative(root, output)), { root, foreign });
    const code = withRequire(texts.get(output) ?? '', file, settings.format);
    return { file, code, map: texts.get(`${output}.map`) ?? '', graph };
  });
  return { done, failed: [], warnings };
}

/** Those that are named by the errors each for itself and all others together; else halves: mostly one of many is broken. */
function partsOf(
  files: readonly string[],
  { errors }: BuildFailure,
  root: string,
): readonly (readonly string[])[] {
  const named = errors.map(({ location }) => join(root, location?.file ?? ''));
  const broken = files.filter((file) => named.includes(file));
  if (broken.length > 0)
    return [...broken.map((file) => [file]), files.filter((file) => !broken.includes(file))];
  const middle = Math.ceil(files.length / 2);
  return [files.slice(0, middle), files.slice(middle)];
}

function joined(parts: readonly Bundles[]): Bundles {
  return {
    done: parts.flatMap(({ done }) => done),
    failed: parts.flatMap(({ failed }) => failed),
    warnings: parts.flatMap(({ warnings }) => warnings),
  };
}

function optionsOf({ root, folder, format }: BundleSettings, foreign: Set<string>) {
  return {
    absWorkingDir: root,
    outdir: folder,
    bundle: true,
    write: false,
    metafile: true,
    sourcemap: 'external',
    platform: 'node',
    target: `node${process.versions.node}`,
    format,
    // Those of Node alone: what other bundlers know is not asked for.
    mainFields: ['main'],
    conditions: requiresModules() ? ['node-addons', 'module-sync'] : ['node-addons'],
    banner: { js: BANNER },
    charset: 'utf8',
    plugins: [authorPackages(format, foreign), authorPlaces()],
    ...FAILED,
  } satisfies BuildOptions;
}

function requiresModules(): boolean {
  return Reflect.get(process.features, 'require_module') === true;
}

/** Stands for the line that `withRequire` puts there, so that the source map counts it. */
const BANNER = '/* require */';

/** What is required by a name that is known only when it runs is found from the author's file, too. */
function withRequire(code: string, file: string, format: BundleSettings['format']): string {
  const name = JSON.stringify(file);
  if (format === 'esm') {
    const line = `import { createRequire as hookswitchRequire } from "node:module"; const require = hookswitchRequire(${name});`;
    return code.replace(BANNER, () => line);
  }
  // What makes code strict does so only at its beginning.
  const strict = code.startsWith(`${BANNER}\n"use strict";`) ? '"use strict"; ' : '';
  return code.replace(BANNER, () => `${strict}require = require("node:module").createRequire(${name});`);
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
