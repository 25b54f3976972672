/** Whom a save reaches. Pure: no clock, no files. All times are milliseconds of `performance.now()`. */

export interface SavedFile {
  /** Relative to the project. */
  readonly name: string;
  readonly kind: SavedKind;
  /** When it was last seen with the content that it has now; `null`: it has another one, or nobody knows. */
  readonly sameSince: number | null;
}

export type SavedKind =
  /** A Function's file, or one that some Function has loaded. */
  | 'code'
  /** Public or protected: read from the disk when it is asked for. */
  | 'asset'
  /** What is read of it is compared where builds are. */
  | 'variables'
  /** Anything may depend on it: data, `package.json`, a private Asset, a file that is new. */
  | 'unknown';

/** What the instances of a Function are made of. */
export interface Parts {
  /** Names, and when an instance told last that it is about to load that file. */
  readonly files: ReadonlyMap<string, number>;
  /** `false`: there may be files that nobody is told of (`import()`). */
  readonly isComplete: boolean;
}

/** Else everything is made anew: it may concern what nobody can see, such as a file that was read as data. */
export function isUnderstood({ kind }: SavedFile): boolean {
  return kind !== 'unknown';
}

/** Whether instances of these parts would be out of date. `since`: the first sign of the save. */
export function reaches({ name, kind, sameSince }: SavedFile, parts: Parts, since: number): boolean {
  const toldAt = parts.files.get(name);
  if (toldAt !== undefined) {
    // What was loaded around the time of the save may be what stood there for a moment only.
    return sameSince === null || Math.max(sameSince, toldAt) > since - SURE_MS;
  }
  return kind === 'unknown' || (kind === 'code' && !parts.isComplete);
}

/** The system tells of a save in far less. */
const SURE_MS = 250;
