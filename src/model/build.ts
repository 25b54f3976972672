/** A build: an immutable picture of a project, the same shape whether it came from a folder or from an upload. */

export type Visibility = 'public' | 'protected' | 'private';

export interface FunctionResource {
  readonly kind: 'function';
  /** URL path with a leading slash: `/sms/reply`. */
  readonly path: string;
  /** Absolute path of the module. */
  readonly file: string;
  /** The file as its author names it, relative to the project: `functions/sms/reply.protected.js`. */
  readonly name: string;
  readonly visibility: Visibility;
  /** Position in `Build.functions`; names the Function in messages to an instance. */
  readonly index: number;
}

export interface AssetResource {
  readonly kind: 'asset';
  readonly path: string;
  readonly file: string;
  readonly name: string;
  readonly visibility: Visibility;
}

/** Something wrong with one file that keeps no other file from being served. */
export interface BuildProblem {
  /** Relative name of the file, as in `FunctionResource.name`. */
  readonly file: string;
  /** One line: what is wrong, where, and what to do. */
  readonly message: string;
}

export interface Build {
  /** Hex digest of what the build was made of; two builds of the same files and variables have the same id. */
  readonly id: string;
  /** Absolute path of the project. */
  readonly root: string;
  readonly functions: readonly FunctionResource[];
  readonly assets: readonly AssetResource[];
  /** Folder that every Asset must lie in once symbolic links are resolved; `null` without Assets. */
  readonly assetsFolder: string | null;
  /** What Functions see in `process.env` and `context`; both spellings of the credentials are filled in. */
  readonly variables: Readonly<Record<string, string>>;
  readonly accountSid: string | null;
  readonly authToken: string | null;
  readonly problems: readonly BuildProblem[];
}
