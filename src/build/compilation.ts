import type { Build, FunctionModule } from '../model/build';
import { type Bundled, type BundleSettings, type Bundles, bundle } from './bundle';
import { failureOf, filesOf, isBuildFailure, isOfConfiguration } from './compile-failure';
import { withModules } from './compiled-build';
import { CompiledFolder } from './compiled-folder';
import { CompiledModules } from './compiled-modules';
import { EsbuildService } from './esbuild-service';
import type { Language } from './language';

type Format = Language['format'];

/**
 * Compiles build after build. Nothing of a project runs meanwhile: esbuild reads it, in a process of its own. Plain
 * ES modules are only looked through, and stay what they are.
 */
export class Compilation {
  readonly #folder: CompiledFolder;
  readonly #service = new EsbuildService();
  readonly #modules = new CompiledModules();
  /** Of what is not compiled again as well. */
  #warnings: Bundles['warnings'] = [];

  /** `makeFolder` gives a folder that is removed even if we are killed. */
  constructor(makeFolder: () => string) {
    this.#folder = new CompiledFolder(makeFolder);
  }

  /** Those of `sources` that are no plain modules are compiled, unless they were and are as they were. */
  async compile(build: Build, sources: readonly Source[]): Promise<Build> {
    this.#folder.beginBuild();
    const session = this.#modules.begin(build.root, Date.now());
    const modules = new Map<string, FunctionModule>();
    for (const { file } of sources) {
      const known = this.#modules.find(file, session);
      if (known !== null && (known.entry === file || this.#folder.holds(known.entry)))
        modules.set(file, known);
    }
    const changed = sources.filter(({ file }) => !modules.has(file));
    const warnings = await this.#compileInto(modules, changed, build.root);
    this.#modules.end(modules, session);
    this.#folder.endBuild();
    this.#warnings = changed.length === sources.length ? warnings : [...this.#warnings, ...warnings];
    return withModules(build, modules, this.#warnings);
  }

  made(file: string): boolean {
    return this.#folder.contains(file);
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

  async #compileInto(
    modules: Map<string, FunctionModule>,
    sources: readonly Source[],
    root: string,
  ): Promise<Bundles['warnings']> {
    const toBundles = (format: Format, chosen: readonly Source[]) =>
      this.#bundle(chosen, { root, folder: this.#folder.path, format });
    const of = (wanted: Format) => sources.filter(({ format }) => format === wanted);
    const [esm, cjs] = await Promise.all([toBundles('esm', of('esm')), toBundles('cjs', of('cjs'))]);
    const awaiting = sources.filter((source) => needsEsm(source, cjs));
    const asEsm = await toBundles('esm', awaiting);
    const all = [...outcomesOf(asEsm, 'esm'), ...outcomesOf(esm, 'esm'), ...outcomesOf(cjs, 'cjs')];
    const made = sources.map(async (source) => {
      modules.set(source.file, await this.#moduleOf(source, all, root));
    });
    await Promise.all(made);
    return [...esm.warnings, ...cjs.warnings, ...asEsm.warnings];
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

export interface Source extends Language {
  /** Absolute path. */
  readonly file: string;
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
function needsEsm({ file }: Source, { failed }: Bundles): boolean {
  if (!file.endsWith('.ts')) return false;
  const error = failed.find((one) => one.file === file)?.error;
  return isBuildFailure(error) && error.errors.some(({ text }) => text.startsWith('Top-level await'));
}

function failedModule({ file, typescript, format }: Source, error: unknown, root: string): FunctionModule {
  const module = { entry: file, format: format === 'esm' ? 'import' : 'require' } as const;
  const isOthers = isBuildFailure(error) && error.errors.every(isOfConfiguration);
  // A broken tsconfig is nothing to JavaScript.
  if (!typescript && isOthers) return { ...module, inputs: null, failure: null };
  // Saving one of these may mend it.
  const inputs = [...new Set([file, ...filesOf(error, root)])];
  return { ...module, inputs, failure: failureOf(error, file, root) };
}
