import type { Build } from './model/build';
import type { LateLine, RequestRecord } from './model/invocation';

export type Isolation = 'function' | 'environment';

/** What the platform is told once, at start. Made by `config/` from flags, environment and files. */
export interface PlatformOptions {
  readonly project: ProjectOptions;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What the world calls this project, without a trailing slash; `null`: each request's own Host and scheme. */
  readonly publicUrl: URL | null;
  /** Addresses (`10.0.0.0/8`, `127.0.0.1`, `loopback`) whose `X-Forwarded-*` is believed; empty: nobody's. */
  readonly trustProxy: readonly string[];
  readonly checkSignatures: boolean;
  readonly signatureStatus: 400 | 403;
  /** Limit of loading a module and, on a clock of its own, of running a handler. */
  readonly timeoutMs: number;
  /** `null`: what the memory of the machine can hold. */
  readonly maxInstances: number | null;
  readonly memoryMb: number;
  readonly isolation: Isolation;
  /** Watch the project and serve what was saved. */
  readonly live: boolean;
  /** No stack and no error page leaves the machine. */
  readonly production: boolean;
}

/** Where a project is and how it is read. Paths are absolute. */
export interface ProjectOptions {
  readonly root: string;
  /** Folder name relative to `root`; `null`: `functions`, else `src`. */
  readonly functionsFolder: string | null;
  /** Folder name relative to `root`; `null`: `assets`, else `static`. */
  readonly assetsFolder: string | null;
  /** `null`: `.env` in `root` if there is one. A named file must exist. */
  readonly envFile: string | null;
  /** The host's variables are added below those of the file. */
  readonly loadLocalEnv: boolean;
  /** Asset paths get the prefix `/assets`. */
  readonly legacyMode: boolean;
}

/** What the platform tells while it runs. Called after the response was sent; must not throw and is never awaited. */
export interface PlatformEvents {
  request(record: RequestRecord): void;
  late(line: LateLine): void;
  /** A new build is live (not the first one), or could not be made and the old one stays (`problem`). */
  reloaded(build: Build, problem: string | null): void;
  notice(level: 'info' | 'warn' | 'error', message: string): void;
}
