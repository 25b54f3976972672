import type { LogLevel } from '../config/log-level';
import type { Build } from '../model/build';
import type { LateLine, RequestRecord } from '../model/invocation';
import type { Reload } from '../model/reload';
import { JsonLog } from './json-log';
import { levelNumber } from './level';
import type { Sink } from './sink';
import { TerminalLog } from './terminal-log';

export type NoticeLevel = 'info' | 'warn' | 'error';

/** Everything that is said while the platform runs. Nothing here throws or waits; only `close` is awaited. */
export interface Log {
  /** The first build is live. */
  listening(start: Listening): void;
  request(record: RequestRecord): void;
  late(line: LateLine): void;
  /** A new build is live, or could not be made (`problem`). */
  reloaded(build: Build, problem: string | null, reload: Reload): void;
  notice(level: NoticeLevel, message: string): void;
  /** Writes what is left, for at most a second. May be called again. */
  close(): Promise<void>;
}

export interface Listening {
  readonly build: Build;
  /** As it is called on this machine, without a trailing slash: `http://localhost:3000`. */
  readonly url: string;
  /** What the world calls it, without a trailing slash, or `null`. */
  readonly publicUrl: string | null;
  readonly checkSignatures: boolean;
  /** A link that opens the console, or `null` where there is none. */
  readonly console: string | null;
}

export interface LogOptions {
  readonly format: 'terminal' | 'json';
  readonly level: LogLevel;
  /** Of terminal lines. */
  readonly colours: boolean;
  readonly sink: Sink;
}

export function createLog(options: LogOptions): Log {
  const level = levelNumber(options.level);
  if (options.format === 'json') return new JsonLog(options.sink, level);
  return new TerminalLog(options.sink, level, options.colours);
}
