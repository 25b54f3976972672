import { constants } from 'node:os';
import { ERRORS } from '../errors';
import type { Platform } from '../platform';
import type { Log } from '../telemetry/log';
import { EXIT } from './exit-code';

/** What the lifetime of a program needs to know of the platform. */
type Stoppable = Pick<Platform, 'close' | 'closeNow'>;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof SIGNALS)[number];

/**
 * From the start of a platform to its end; resolves with the exit code. The first signal stops taking requests and
 * lets what runs come to its end; the second stops at once. A defect of our own is logged and ends the program:
 * what it left behind cannot be known. Rejects where the platform cannot start.
 */
export function liveUntilStopped(start: () => Promise<Stoppable>, log: Log): Promise<number> {
  return new Lifetime(log).run(start);
}

class Lifetime {
  readonly #log: Log;
  #platform: Stoppable | null = null;
  #asked = 0;
  #end: (code: number) => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(log: Log) {
    this.#log = log;
  }

  async run(start: () => Promise<Stoppable>): Promise<number> {
    const ended = new Promise<number>((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    this.#listen();
    try {
      start().then((platform) => this.#onStarted(platform), this.#fail);
      return await ended;
    } finally {
      this.#unlisten();
    }
  }

  #listen(): void {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    // Also gets rejections that nobody handles.
    process.on('uncaughtException', this.#onDefect);
  }

  #unlisten(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    process.off('uncaughtException', this.#onDefect);
  }

  #onStarted(platform: Stoppable): void {
    this.#platform = platform;
    if (this.#asked > 0) this.#close(platform);
  }

  readonly #onSignal = (signal: StopSignal): void => {
    this.#asked += 1;
    if (this.#asked > 1) {
      this.#stopAtOnce(128 + constants.signals[signal]);
    } else {
      this.#log.notice('info', `${signal}: stopping once what runs has ended; a second signal stops at once`);
      if (this.#platform !== null) this.#close(this.#platform);
    }
  };

  readonly #onDefect = (error: unknown): void => {
    const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#log.notice('error', `HS_INTERNAL: ${cause}\n${ERRORS.HS_INTERNAL.fix}`);
    this.#stopAtOnce(EXIT.failure);
  };

  #close(platform: Stoppable): void {
    platform.close().then(() => this.#end(EXIT.ok), this.#fail);
  }

  #stopAtOnce(code: number): void {
    this.#platform?.closeNow();
    this.#end(code);
  }
}
