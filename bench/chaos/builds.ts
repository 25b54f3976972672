/** Writes Functions anew under load, and knows which builds could be live when. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind } from './kind';

export class Builds {
  readonly #begun = new Map<string, number>();
  readonly #saved = new Map<string, number>();
  /** Of all files. */
  count = 0;
  /** When the last one was saved, `performance.now`. */
  savedAt = Number.NEGATIVE_INFINITY;

  constructor(
    /** Of the Functions. */
    private readonly folder: string,
    /** Not watched, on the same file system. */
    private readonly draft: string,
  ) {}

  /** No answer of a request that is sent from now on may be of an older one. */
  savedOf(name: string): number {
    return this.#saved.get(name) ?? 0;
  }

  /** No answer that has arrived may be of a newer one. */
  begunOf(name: string): number {
    return this.#begun.get(name) ?? 0;
  }

  /** In one step, as good editors do: what is half written would be a build of its own. */
  write({ name, source, isRewritten }: Kind): void {
    const build = this.begunOf(name) + 1;
    this.#begun.set(name, build);
    writeFileSync(this.draft, isRewritten ? `const BUILD = ${build};\n${source}` : source);
    renameSync(this.draft, join(this.folder, `${name}.js`));
    this.#saved.set(name, build);
    this.count += 1;
    this.savedAt = performance.now();
  }
}
