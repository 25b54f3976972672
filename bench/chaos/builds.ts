/** Writes Functions and variables anew under load, and knows which builds could be live when. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
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
    private readonly root: string,
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

  write({ name, source, isRewritten }: Kind): void {
    const build = this.begunOf(name) + 1;
    this.#begun.set(name, build);
    this.#replace(
      join('functions', `${name}.js`),
      isRewritten ? `const BUILD = ${build};\n${source}` : source,
    );
    this.#saved.set(name, build);
  }

  /** Every Function depends on the variables. */
  renewAll(): void {
    const text = readFileSync(join(this.root, '.env'), 'utf8');
    this.#replace('.env', `${text}RENEWED_${this.count}=yes\n`);
  }

  /** In one step, as good editors do: what is half written would be a build of its own. */
  #replace(name: string, text: string): void {
    writeFileSync(this.draft, text);
    renameSync(this.draft, join(this.root, name));
    this.count += 1;
    this.savedAt = performance.now();
  }
}
