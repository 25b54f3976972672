import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { liesIn } from './folders';

/** Older builds may still start processes, which read what was compiled for them. */
const KEPT_BUILDS = 64;

interface Kept {
  /** Number of the last build that it is part of. */
  readonly build: number;
  readonly written: Promise<void>;
}

/** Where compiled files lie: beside no author's file, named by what they hold, gone with the platform. */
export class CompiledFolder {
  readonly #make: () => string;
  #path: string | null = null;
  readonly #files = new Map<string, Kept>();
  #build = 0;

  /** `make` gives a folder that is removed even if we are killed. */
  constructor(make: () => string) {
    this.#make = make;
  }

  /** Throws what making it throws. */
  get path(): string {
    this.#path ??= this.#make();
    return this.#path;
  }

  contains(file: string): boolean {
    return this.#path !== null && liesIn(this.#path, file);
  }

  beginBuild(): void {
    this.#build += 1;
  }

  /** Returns the absolute path. The same content twice is one file. */
  async keep(code: string, map: string, extension: '.mjs' | '.cjs'): Promise<string> {
    // With the map: where lines moved, the code may be the same.
    const hash = createHash('sha256').update(code).update(map).digest('hex').slice(0, 32);
    const name = `${hash}${extension}`;
    const file = join(this.path, name);
    const written = this.#files.get(name)?.written ?? write(file, code, map);
    this.#files.set(name, { build: this.#build, written });
    // Also where another build, which is not done yet, writes it.
    await written;
    return file;
  }

  /** Whether this file is still there; then it is part of this build as well. */
  holds(file: string): boolean {
    const name = basename(file);
    const kept = this.#files.get(name);
    if (kept !== undefined) this.#files.set(name, { ...kept, build: this.#build });
    return kept !== undefined;
  }

  /** In one turn, so that nobody writes meanwhile what is deleted here; a build changes a few files. */
  endBuild(): void {
    for (const [name, { build }] of this.#files) {
      if (build > this.#build - KEPT_BUILDS) continue;
      this.#files.delete(name);
      const file = join(this.path, name);
      rmSync(file, { force: true });
      rmSync(`${file}.map`, { force: true });
    }
  }

  async remove(): Promise<void> {
    if (this.#path === null) return;
    // What cannot be deleted now is swept at the next start.
    await rm(this.#path, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
  }

  removeNow(): void {
    if (this.#path === null) return;
    try {
      rmSync(this.#path, { recursive: true, force: true });
    } catch {
      // As above.
    }
  }
}

async function write(file: string, code: string, map: string): Promise<void> {
  await writeFile(`${file}.map`, map);
  await writeFile(file, `${code}\n//# sourceMappingURL=${basename(file)}.map\n`);
}
