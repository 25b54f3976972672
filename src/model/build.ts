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
  /** What an instance loads. */
  readonly module: FunctionModule;
}

/** How a Function is loaded: as the author wrote it, or compiled (TypeScript). */
export interface FunctionModule {
  /** Absolute path: the author's own file, or the compiled one that stands for it. */
  readonly entry: string;
  /** `require` for CommonJS, `import` for ES modules. */
  readonly format: 'require' | 'import';
  /** Absolute paths of the project's files that it is known to be made of, its own included; `null`: only an instance can tell. */
  readonly inputs: readonly string[] | null;
  /** Why it could not be compiled: a call answers 500 with this; `null` where it could, or nothing had to be. */
  readonly failure: ModuleFailure | null;
}

export interface ModuleFailure {
  /** `functions/a.ts:3:14: Expected ";" but found "}"` */
  readonly message: string;
  /** As the author names it, relative to the project. */
  readonly file: string;
  /** 1-based; 0 where it is not known. */
  readonly line: number;
  readonly column: number;
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
