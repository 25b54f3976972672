import { isBuildFailure } from './compile-failure';

export type Esbuild = typeof import('esbuild');

/** Longer than any project takes: 5 MB of source take 1 s. */
const COMPILE_MS = 30_000;

/**
 * The process that compiles, of one platform; it starts with the first build. esbuild has one process for each copy of
 * its module, and what is being built when another one stops it never ends: so each of these loads a copy of its own.
 */
export class EsbuildService {
  #esbuild: Esbuild | null = null;
  readonly #ending = new AbortController();

  /** Rejects with what `build` rejects with, or because it takes too long, or once this is closed. */
  async run<T>(build: (esbuild: Esbuild) => Promise<T>): Promise<T> {
    this.#ending.signal.throwIfAborted();
    this.#esbuild ??= loadOwnCopy();
    const esbuild = this.#esbuild;
    try {
      return await this.#withinLimit(build(esbuild));
    } catch (error) {
      // Its process is gone, or of no use.
      if (!isBuildFailure(error)) this.#forget(esbuild);
      throw error;
    }
  }

  /** Repeatable. */
  async close(): Promise<void> {
    this.#ending.abort(new Error('the platform ends'));
    await this.#esbuild?.stop();
  }

  #forget(esbuild: Esbuild): void {
    void esbuild.stop();
    if (this.#esbuild === esbuild && !this.#ending.signal.aborted) this.#esbuild = null;
  }

  async #withinLimit<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#ending;
    let cancel = (): void => {};
    const limit = new Promise<never>((_, reject) => {
      const tooLong = () => reject(new Error(`compiling takes over ${COMPILE_MS / 1000} s`));
      const timer = setTimeout(tooLong, COMPILE_MS);
      const onEnd = () => reject(signal.reason);
      signal.addEventListener('abort', onEnd);
      cancel = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onEnd);
      };
    });
    try {
      return await Promise.race([work, limit]);
    } finally {
      cancel();
    }
  }
}

function loadOwnCopy(): Esbuild {
  const path = require.resolve('esbuild');
  const shared = require.cache[path];
  delete require.cache[path];
  try {
    return require(path) as Esbuild;
  } finally {
    if (shared === undefined) delete require.cache[path];
    else require.cache[path] = shared;
  }
}
