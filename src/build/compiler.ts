import type { Build } from '../model/build';
import type { Compilation } from './compilation';
import { Languages } from './language';

/** Makes of what authors wrote what an instance loads. One for each platform. */
export class Compiler {
  #compilation: Compilation | null = null;

  /** `makeFolder` gives a folder that is removed even if we are killed. */
  constructor(private readonly makeFolder: () => string) {}

  /**
   * A project of CommonJS alone is the build that it was, at no cost: nothing that compiles is even loaded for it.
   * Throws what making a folder throws.
   */
  async compile(build: Build): Promise<Build> {
    const languages = new Languages();
    const all = build.functions.map(({ file }) => ({ file, ...languages.of(file) }));
    const sources = all.filter(({ typescript, format }) => typescript || format === 'esm');
    if (sources.length === 0) return build;
    this.#compilation ??= loadCompilation(this.makeFolder);
    return await this.#compilation.compile(build, sources);
  }

  /** Whether this is no file of the author's, but what one was compiled to. */
  made(file: string): boolean {
    return this.#compilation?.made(file) === true;
  }

  /** Ends the service and removes what was compiled. Repeatable. */
  async close(): Promise<void> {
    await this.#compilation?.close();
  }

  /** The same for the end of our process, which waits for nothing. */
  abandon(): void {
    this.#compilation?.abandon();
  }
}

function loadCompilation(makeFolder: () => string): Compilation {
  const loaded = require('./compilation') as typeof import('./compilation');
  return new loaded.Compilation(makeFolder);
}
