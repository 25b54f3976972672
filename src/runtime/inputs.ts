import { statSync } from 'node:fs';
import { sep } from 'node:path';
import { INPUT_PATH_BYTES, INPUTS } from '../model/limits';

const PACKAGES = `${sep}node_modules${sep}`;
/** Names become JSON; none of their characters takes more than this. */
const MOST_BYTES_OF_A_CHARACTER = 6;

/**
 * Which files of the author's are loaded, told once each and before they are: so whoever is told of a save later than
 * of a file knows whether that file was loaded before. What is resolved and never loaded (`require.resolve`) counts too.
 */
export class Inputs {
  readonly #told = new Set<string>();
  /** Those of the project since they were last looked at, as they stood there before they were loaded. */
  readonly #loaded = new Map<string, string>();
  #isOver = false;

  /** `root`: absolute path of the project. `tell` is called at most `INPUTS` times; the last one may be `''` for all others. */
  constructor(
    private readonly root: string,
    private readonly tell: (file: string) => void,
  ) {}

  /** What `require` found: absolute paths, and the names of Node's own modules. */
  note(file: unknown): void {
    if (typeof file !== 'string' || this.#isOver || this.#told.has(file) || !isInput(file)) return;
    this.#told.add(file);
    if (file.startsWith(this.root)) this.#loaded.set(file, stateOf(file));
    this.#isOver = this.#told.size === INPUTS || file.length * MOST_BYTES_OF_A_CHARACTER > INPUT_PATH_BYTES;
    this.tell(this.#isOver ? '' : file);
  }

  /**
   * Whether what was loaded since the last time is what stood there before it was: else it may be half of one build and
   * half of another. Where something was saved at this very moment, waits for a while first.
   */
  areAsBefore(): boolean {
    const loaded = [...this.#loaded];
    this.#loaded.clear();
    const now = Date.now();
    const states = loaded.map(([file]) => statSync(file, NO_THROW));
    // It was truncated, and is about to be written.
    if (states.some((state) => state?.size === 0 && state.mtimeMs > now - SAVED_JUST_NOW_MS)) return false;
    if (states.some((state) => (state?.mtimeMs ?? 0) > now - FRESH_MS)) sleep(FRESH_MS);
    return loaded.every(([file, state]) => stateOf(file) === state);
  }
}

/** Less than the gateway waits for the end of a save: what is loaded after one is not fresh any more. */
const FRESH_MS = 10;
/** A busy machine may delay the second step of a save that much. */
const SAVED_JUST_NOW_MS = 1_000;
const NO_THROW = { throwIfNoEntry: false } as const;

function stateOf(file: string): string {
  const state = statSync(file, NO_THROW);
  return state === undefined ? '' : `${state.ino} ${state.size} ${state.mtimeMs}`;
}

/** Nothing of the author's runs meanwhile. */
export function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function isInput(file: string): boolean {
  return file.includes(sep) && !file.includes(PACKAGES) && !file.startsWith(__dirname);
}
