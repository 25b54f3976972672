import { createHash } from 'node:crypto';
import type { Build, BuildProblem, FunctionModule } from '../model/build';
import { type Bundled, type BundleSettings, type Bundles, bundle } from './bundle';
import { describe, failureOf, isBuildFailure, isOfConfiguration } from './compile-failure';
import { CompiledFolder } from './compiled-folder';
import { EsbuildService } from './esbuild-service';
import { type Language, Languages } from './language';

type Format = Language['format'];

/**
 * Makes of what authors wrote what an instance loads. One for each platform. Nothing of a project runs meanwhile:
 * esbuild reads it, in a process of its own, which is started once there is something to compile.
 */
export class Compiler {
  readonly #folder: CompiledFolder;
  readonly #service = new EsbuildService();

  /** `makeFolder` gives a folder that is removed even if we are killed. */
  constructor(makeFolder: () => string) {
    this.#folder = new CompiledFolder(makeFolder);
  }

  /** A project of CommonJS alone is the build that it was, at no cost. Throws what making a folder throws. */
  async compile(build: Build): Promise<Build> {
    const sources = sourcesOf(build);
    if (sources.length === 0) return build;
    return await this.#compile(build, sources);
  }

  /** Ends the service and removes what was compiled. Repeatable. */
  async close(): Promise<void> {
    await this.#service.close();
    await this.#folder.remove();
  }

  /** The same for the end of our process, which waits for nothing. */
  abandon(): void {
    this.#folder.removeNow();
  }

  async #compile(build: Build, sources: readonly Source[]): Promise<Build> {
    this.#folder.beginBuild();
    const toBundles = (format: Format, chosen: readonly Source[]) =>
      this.#bundle(chosen, { root: build.root, folder: this.#folder.path, format });
    const [esm, cjs] = await Promise.all([
      toBundles(
        'esm',
        sources.filter(({ format }) => format === 'esm'),
      ),
      toBundles(
        'cjs',
        sources.filter(({ format }) => format === 'cjs'),
      ),
    ]);
    const asEsm = await toBundles(
      'esm',
      sources.filter((source) => isForEsm(source, cjs)),
    );
    const all = [...outcomesOf(asEsm, 'esm'), ...outcomesOf(esm, 'esm'), ...outcomesOf(cjs, 'cjs')];
    const modules = await Promise.all(sources.map((source) => this.#moduleOf(source, all, build.root)));
    await this.#folder.endBuild();
    const byFile = new Map(sources.map(({ file }, index) => [file, modules[index]]));
    return withModules(build, byFile, [...esm.warnings, ...cjs.warnings, ...asEsm.warnings]);
  }

  /** Its process may have been killed: another one tries once more. */
  async #bundle(sources: readonly Source[], settings: BundleSettings): Promise<Bundles> {
    const files = sources.map(({ file }) => file);
    const bundles = await bundle(this.#service, files, settings);
    const isLost = bundles.failed.some(({ error }) => !isBuildFailure(error));
    return isLost ? await bundle(this.#service, files, settings) : bundles;
  }

  async #moduleOf(source: Source, all: readonly Outcome[], root: string): Promise<FunctionModule> {
    const { file, typescript } = source;
    const outcome = all.find((one) => one.file === file);
    if (outcome?.bundled == null) return failedModule(source, outcome?.error, root);
    const { format, bundled } = outcome;
    const { inputs, isPlain } = bundled.graph;
    if (!typescript && isPlain) return { entry: file, format: 'import', inputs, failure: null };
    const entry = await this.#folder.keep(bundled.code, bundled.map, format === 'esm' ? '.mjs' : '.cjs');
    return { entry, format: format === 'esm' ? 'import' : 'require', inputs, failure: null };
  }
}

interface Source extends Language {
  readonly file: string;
}

/** Those that Node cannot require, or may not be able to. */
function sourcesOf({ functions }: Build): readonly Source[] {
  const languages = new Languages();
  const all = functions.map(({ file }) => ({ file, ...languages.of(file) }));
  return all.filter(({ typescript, format }) => typescript || format === 'esm');
}

interface Outcome {
  readonly file: string;
  readonly format: Format;
  readonly bundled: Bundled | null;
  readonly error: unknown;
}

function outcomesOf({ done, failed }: Bundles, format: Format): readonly Outcome[] {
  return [
    ...done.map((bundled) => ({ file: bundled.file, format, bundled, error: null })),
    ...failed.map(({ file, error }) => ({ file, format, bundled: null, error })),
  ];
}

/** What may be either is CommonJS, as for the TypeScript compiler; a top-level await needs the other. */
function isForEsm({ file }: Source, { failed }: Bundles): boolean {
  if (!file.endsWith('.ts')) return false;
  const error = failed.find((one) => one.file === file)?.error;
  return isBuildFailure(error) && error.errors.some(({ text }) => text.startsWith('Top-level await'));
}

function failedModule({ file, typescript, format }: Source, error: unknown, root: string): FunctionModule {
  const module = { entry: file, format: format === 'esm' ? 'import' : 'require', inputs: [file] } as const;
  const isOthers = isBuildFailure(error) && error.errors.every(isOfConfiguration);
  // A broken tsconfig is nothing to JavaScript.
  if (!typescript && isOthers) return { ...module, inputs: null, failure: null };
  return { ...module, failure: failureOf(error, file, root) };
}

function withModules(
  build: Build,
  modules: ReadonlyMap<string, FunctionModule | undefined>,
  warnings: Bundles['warnings'],
): Build {
  const functions = build.functions.map((resource) => {
    return { ...resource, module: modules.get(resource.file) ?? resource.module };
  });
  const id = createHash('sha256').update(build.id);
  for (const { module } of functions)
    id.update(JSON.stringify([module.entry, module.format, module.failure]));
  const told = [
    ...functions.flatMap(({ module }) => module.failure ?? []),
    ...warningsOf(warnings, build.root),
  ];
  return Object.freeze({
    ...build,
    id: id.digest('hex').slice(0, build.id.length),
    functions,
    problems: [...build.problems, ...withoutRepeats(told)],
  });
}

/** Only of what decides how everything is compiled; the rest is for the author's linter. */
function warningsOf(warnings: Bundles['warnings'], root: string): readonly BuildProblem[] {
  return warnings.filter(isOfConfiguration).map((warning) => {
    const message = describe(warning, 'tsconfig.json', root);
    return { file: message.split(':', 1)[0] ?? message, message };
  });
}

function withoutRepeats(problems: readonly BuildProblem[]): readonly BuildProblem[] {
  const byMessage = new Map(problems.map(({ file, message }) => [message, { file, message }]));
  return [...byMessage.values()];
}
