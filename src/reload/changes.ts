/** What was saved since the last build was read, and when it is time for the next one. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ProjectWatch, watchProject } from '../build/watch';
import type { ProjectOptions } from '../platform';

export interface ChangesListener {
  /** A sign of a save; called in the turn of the event loop in which the system tells. */
  dirty(): void;
  /** The save is over, or has gone on for too long to be waited for. */
  settled(changes: ChangeSet): void;
}

/** What one build is made for. */
export interface ChangeSet {
  /** Relative to the project, in the order in which they were told. */
  readonly names: readonly string[];
  /** `performance.now()` of the first sign. */
  readonly since: number;
}

/** A save often comes in several steps (truncate, write, rename); the build is made once they are over. */
const SETTLE_MS = 15;

/** Requests do not wait longer than this for somebody who never stops writing into the project. */
const MOST_SETTLE_MS = 500;

export class Changes {
  readonly #names = new Set<string>();
  #since = 0;
  #stopWaiting = (): void => {};
  #listener: ChangesListener | null = null;
  readonly #watch: ProjectWatch;

  /** Watches when it is made: what is saved while the project is read is not missed. */
  constructor(
    private readonly project: ProjectOptions,
    onProblem: (message: string) => void,
  ) {
    this.#watch = watchProject(project, { dirty: (name) => this.#onDirty(name), problem: onProblem });
  }

  /** What was told before is told again. */
  listen(listener: ChangesListener): void {
    this.#listener = listener;
    if (this.#names.size > 0) this.#settle(listener);
  }

  /** These files are a part of the project, wherever they lie. `since`: ms since 1970, before they were read. */
  follow(files: Iterable<string>, since: number): void {
    this.#watch.follow(files, since);
  }

  /** Nothing is told any more. Repeatable. */
  close(): void {
    this.#listener = null;
    this.#stopWaiting();
    void this.#watch.close();
  }

  #onDirty(name: string): void {
    if (this.#names.size === 0) this.#since = performance.now();
    this.#names.add(name);
    if (this.#listener !== null) this.#settle(this.#listener);
  }

  #settle(listener: ChangesListener): void {
    this.#stopWaiting();
    listener.dirty();
    const restMs = this.#since + MOST_SETTLE_MS - performance.now();
    const pause = setTimeout(() => this.#look(listener), Math.max(0, Math.min(SETTLE_MS, restMs)));
    this.#stopWaiting = () => clearTimeout(pause);
  }

  /** After a busy turn of the event loop the pause ends before the system is asked: it may know of one more step. */
  #look(listener: ChangesListener): void {
    if (this.#isLate()) return this.#end(listener);
    const asked = setImmediate(() => this.#end(listener));
    this.#stopWaiting = () => clearImmediate(asked);
  }

  /** A save that truncates first leaves an empty file until it writes, which a busy machine may delay by more than the pause. */
  #end(listener: ChangesListener): void {
    if (!this.#isLate() && [...this.#names].some((name) => isEmptyFile(resolve(this.project.root, name)))) {
      return this.#settle(listener);
    }
    const changes = { names: [...this.#names], since: this.#since };
    this.#names.clear();
    listener.settled(changes);
  }

  #isLate(): boolean {
    return performance.now() >= this.#since + MOST_SETTLE_MS;
  }
}

function isEmptyFile(path: string): boolean {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && stat.size === 0 && stat.isFile();
  } catch {
    return false; // not ours to look at
  }
}
