import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Older builds may still start a process: it reads what was compiled for it. */
const KEPT_BUILDS = 8;

/** Where compiled files lie: beside no author's file, named by what they hold, gone with the platform. */
export class CompiledFolder {
  readonly #make: () => string;
  #path: string | null = null;
  /** By name, when each was last part of a build. */
  readonly #builds = new Map<string, number>();
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

  beginBuild(): void {
    this.#build += 1;
  }

  /** Returns the absolute path. The same content twice is one file. */
  async keep(code: string, map: string, extension: '.mjs' | '.cjs'): Promise<string> {
    // With the map: where lines moved, the code may be the same.
    const hash = createHash('sha256').update(code).update(map).digest('hex').slice(0, 32);
    const name = `${hash}${extension}`;
    const isNew = !this.#builds.has(name);
    this.#builds.set(name, this.#build);
    const file = join(this.path, name);
    if (isNew) {
      await writeFile(`${file}.map`, map);
      await writeFile(file, `${code}\n//# sourceMappingURL=${name}.map\n`);
    }
    return file;
  }

  async endBuild(): Promise<void> {
    for (const [name, build] of this.#builds) {
      if (build > this.#build - KEPT_BUILDS) continue;
      this.#builds.delete(name);
      const file = join(this.path, name);
      await Promise.all([file, `${file}.map`].map((path) => rm(path, { force: true }).catch(() => {})));
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
