import type { ProjectOptions } from '../platform';
import { type ProjectWatch, watchProject } from './watch';

/**
 * Watches from before the project is read for the first time, when nobody can act on it yet: what is saved while
 * it is read and compiled is told as soon as somebody listens.
 */
export class EarlyWatch {
  #listener: (() => void) | null = null;
  #isDirty = false;
  readonly #watch: ProjectWatch;

  constructor(project: ProjectOptions, problem: (message: string) => void) {
    this.#watch = watchProject(project, { dirty: () => this.#onDirty(), problem });
  }

  listen(listener: () => void): void {
    this.#listener = listener;
    if (this.#isDirty) listener();
  }

  /** May be called again. */
  close(): Promise<void> {
    return this.#watch.close();
  }

  #onDirty(): void {
    if (this.#listener === null) this.#isDirty = true;
    else this.#listener();
  }
}
