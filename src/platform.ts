/** Wires the parts: reads the project, opens its pool, listens, swaps builds when something is saved, closes. */
import { tmpdir } from 'node:os';
import { checkInBackground } from './build/check-in-background';
import { Compiler } from './build/compiler';
import { EarlyWatch } from './build/early-watch';
import { readProject } from './build/read';
import { defaultBodyMemoryMb } from './gateway/body-memory';
import { type GatewayOptions, Handler, type Site, type Sites } from './gateway/handle';
import { createOrigin } from './gateway/origin';
import { RouteTable } from './gateway/router';
import { GatewayServer } from './gateway/server';
import type { Build } from './model/build';
import type { LateLine, RequestRecord } from './model/invocation';
import { QUEUE_WAIT_MS } from './model/limits';
import { Blanks } from './pool/blanks';
import { Pool, type PoolEvents } from './pool/pool';
import { Reaper } from './pool/reaper';
import { sweepTemporaryFolders } from './pool/sweep';
import type { Reading } from './protocol/messages';
import { describeLoadFailure } from './telemetry/load-failure';
import { describeProblem } from './telemetry/problem';

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
  /** Of each Function, started and loaded before anybody calls it, and kept. */
  readonly minInstances: number;
  /** Calls under way at a time, waiting ones included; more are refused at once. `null`: no such limit. */
  readonly maxInvocations: number | null;
  /** Connections open at a time; more are closed at once. `null`: what the open files that are allowed leave room for. */
  readonly maxConnections: number | null;
  /** Of the bodies of all requests together. `null`: a sixteenth of the machine's memory, at most 256 MB. */
  readonly bodyMemoryMb: number | null;
  /** Of an instance and what it starts. */
  readonly memoryMb: number;
  /** Processes that an instance may have started and that run at a time. */
  readonly maxProcesses: number;
  /** Descriptors of an instance, Node's own included. */
  readonly maxOpenFiles: number;
  /** What an instance may have in its temporary folder. */
  readonly temporaryMb: number;
  readonly isolation: Isolation;
  /** How instances wait for their next call; `frozen` unless something must go on between calls. */
  readonly reading: Reading;
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
  /**
   * A new build is live (not the first one), or could not be made and the old one stays (`problem`). Of both, and of the
   * first one, `Build.problems` is for the receiver to show; what is found later (`checkBuild`) comes as notices.
   */
  reloaded(build: Build, problem: string | null): void;
  notice(level: 'info' | 'warn' | 'error', message: string): void;
}

export interface Platform {
  /** What is served now. */
  readonly build: Build;
  /** `http://host:port` as listened on. */
  readonly url: string;
  readonly port: number;
  /** Stops accepting, finishes what runs (at most its time limits), ends every process. Repeatable. */
  close(): Promise<void>;
  /** Kills what runs; nothing of it is left when the call returns, but for folders that are being deleted. Repeatable. */
  closeNow(): void;
}

/** Throws `CodedError` where the project or the address cannot be served. */
export async function startPlatform(options: PlatformOptions, events: PlatformEvents): Promise<Platform> {
  // First the watch: what is saved while the project is read must not be missed.
  const watch = options.live ? new EarlyWatch(options.project, (text) => events.notice('warn', text)) : null;
  const compiler = new Compiler();
  try {
    const build = await compiler.compile(readProject(options.project, process.env));
    const platform = new RunningPlatform(options, events, { watch, compiler, build });
    await platform.listen();
    return platform;
  } catch (error) {
    await Promise.all([watch?.close(), compiler.close()]);
    throw error;
  }
}

/** What is there before a platform is. */
interface Opening {
  readonly watch: EarlyWatch | null;
  readonly compiler: Compiler;
  readonly build: Build;
}

/** A save often comes in several steps (truncate, write, rename); the build is made once they are over. */
const SETTLE_MS = 15;

/** Requests do not wait longer than this for somebody who never stops writing into the project. */
const MOST_SETTLE_MS = 500;

/** Beyond the time limits of what runs: for a client that does not read its answer or never ends its request. */
const CLOSE_GRACE_MS = 5_000;

class RunningPlatform implements Platform, Sites {
  #live: Site | null;
  /** The last one that could be made; served on while a newer one is broken. */
  #site: Site;
  /** A newer one that loads its Functions before it takes the place of the one that is served. */
  #next: Site | null = null;
  #waiting: ((site: Site) => void)[] = [];
  #settling: NodeJS.Timeout | null = null;
  #dirtySince = 0;
  /** Counts signs of saves: what was compiled of an older one is not served. */
  #saves = 0;
  #port = 0;
  #closing: Promise<void> | null = null;
  /** Nothing is reloaded any more. */
  #stopped = false;
  #stopCheck: () => void = () => {};
  /** Every pool that has processes or is still ending them: that of the live build, and older ones that finish. */
  readonly #pools = new Set<Pool>();
  readonly #reaper = new Reaper((message) => this.events.notice('warn', message));
  readonly #blanks: Blanks;
  readonly #server: GatewayServer;
  readonly #watch: EarlyWatch | null;
  readonly #compiler: Compiler;

  constructor(
    private readonly options: PlatformOptions,
    private readonly events: PlatformEvents,
    { watch, compiler, build }: Opening,
  ) {
    this.#watch = watch;
    this.#compiler = compiler;
    this.#blanks = new Blanks(options, this.#reaper);
    const onRecord = (record: RequestRecord) => events.request(record);
    const handler = new Handler(this, gatewayOptionsOf(options), onRecord);
    this.#server = new GatewayServer(handler, options, onRecord);
    this.#site = this.#open(build);
    this.#live = this.#site;
    watch?.listen(() => this.#onDirty());
    // Each platform makes room for its own listener: many of them in one process are no leak.
    process.setMaxListeners(process.getMaxListeners() + 1);
    process.once('exit', this.#abandon);
  }

  get build(): Build {
    return this.#site.build;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    const { host } = this.options;
    return `http://${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  async listen(): Promise<void> {
    try {
      await this.#site.pool.whenPrepared();
      this.#port = await this.#server.listen();
    } catch (error) {
      await this.#end();
      throw error;
    }
    this.#check(this.#site.build);
    void sweepTemporaryFolders(tmpdir(), Date.now());
  }

  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  closeNow(): void {
    this.#server.close();
    void this.#end();
  }

  // --- sites

  get live(): Site | null {
    return this.#live;
  }

  whenLive(next: (site: Site) => void): void {
    if (this.#live !== null) next(this.#live);
    else this.#waiting.push(next);
  }

  recheck(next: (site: Site) => void): void {
    // What was saved before the request was sent is told at the latest in this turn of the event loop.
    if (this.#watch === null) next(this.#site);
    else setImmediate(() => this.whenLive(next));
  }

  #open(build: Build): Site {
    // On a server it stands in the environment, on a hosted project among the variables.
    const production = this.options.production || build.variables.NODE_ENV === 'production';
    const options = { ...this.options, production, blanks: this.#blanks };
    const pool = new Pool(build, options, this.#poolEventsOf(build));
    this.#pools.add(pool);
    return { build, routes: new RouteTable(build), pool, production };
  }

  #poolEventsOf(build: Build): PoolEvents {
    const told = new Set<number>();
    return {
      late: (line) => this.events.late(line),
      loadFailed: (functionIndex, failure) => {
        const text = describeLoadFailure(build, functionIndex, failure);
        if (text !== null && !told.has(functionIndex)) this.events.notice('error', text);
        told.add(functionIndex);
      },
      notice: (level, message) => this.events.notice(level, message),
    };
  }

  /** After its first requests can be answered, because it takes a while. */
  #check(build: Build): void {
    this.#stopCheck();
    this.#stopCheck = checkInBackground(build, (problem) =>
      this.events.notice('warn', describeProblem(problem)),
    );
  }

  // --- reload

  /** From the first sign of a save on requests wait, so that the next one already gets what was saved. */
  #onDirty(): void {
    if (this.#closing !== null) return;
    this.#saves += 1;
    if (this.#settling === null) this.#dirtySince = performance.now();
    else clearTimeout(this.#settling);
    if (!this.#servesOn) {
      this.#live = null;
      this.#site.pool.paused = true;
    }
    const restMs = this.#dirtySince + MOST_SETTLE_MS - performance.now();
    this.#settling = setTimeout(() => void this.#reload(), Math.min(SETTLE_MS, Math.max(0, restMs)));
  }

  /** In production nobody meets a cold process because something was saved: until the new build is warm, the old one serves. */
  get #servesOn(): boolean {
    return this.options.minInstances > 0 && this.#site.production;
  }

  async #reload(): Promise<void> {
    this.#settling = null;
    const save = this.#saves;
    try {
      const build = await this.#compiler.compile(readProject(this.options.project, process.env));
      if (this.#isSuperseded(save)) return;
      const site = this.#open(build);
      if (this.#servesOn) return this.#swapOnceWarm(site);
      this.#swap(site);
    } catch (error) {
      if (this.#isSuperseded(save)) return;
      this.events.reloaded(this.#site.build, error instanceof Error ? error.message : String(error));
    }
    this.#resume();
  }

  /** Something was saved since, or it ends: what comes after that resumes. */
  #isSuperseded(save: number): boolean {
    return this.#saves !== save || this.#stopped;
  }

  #resume(): void {
    const site = this.#site;
    this.#live = site;
    site.pool.paused = false;
    for (const next of this.#waiting.splice(0)) next(site);
  }

  #swapOnceWarm(site: Site): void {
    if (this.#next !== null) this.#retire(this.#next);
    this.#next = site;
    void site.pool.whenPrepared().then(() => {
      if (this.#next !== site) return;
      this.#next = null;
      this.#swap(site);
      this.#resume();
    });
  }

  #swap(site: Site): void {
    const before = this.#site;
    this.#site = site;
    this.#retire(before);
    this.events.reloaded(site.build, null);
    this.#check(site.build);
  }

  #retire({ pool }: Site): void {
    void pool.drain().then(() => this.#pools.delete(pool));
  }

  // --- the end

  async #drain(): Promise<void> {
    this.#stopWatching();
    const limitMs = QUEUE_WAIT_MS + 2 * this.options.timeoutMs + CLOSE_GRACE_MS;
    const limit = setTimeout(() => this.#server.close(), limitMs);
    await this.#server.drain();
    clearTimeout(limit);
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#stopWatching();
    await Promise.all(Array.from(this.#pools, (pool) => pool.close()));
    await this.#blanks.close();
    await this.#compiler.close();
    this.#reaper.close();
    if (!process.listeners('exit').includes(this.#abandon)) return;
    process.off('exit', this.#abandon);
    process.setMaxListeners(process.getMaxListeners() - 1);
  }

  #stopWatching(): void {
    this.#stopped = true;
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = null;
    this.#next = null;
    this.#resume();
    this.#stopCheck();
    void this.#watch?.close();
  }

  /** Whoever ends the process without closing (a crash, `process.exit`) leaves no instance and no folder behind. */
  readonly #abandon = (): void => {
    for (const pool of this.#pools) pool.abandon();
    this.#blanks.abandon();
    this.#compiler.abandon();
  };
}

/** Throws `CodedError` (HS_USAGE). */
function gatewayOptionsOf(options: PlatformOptions): GatewayOptions {
  const { publicUrl, trustProxy, checkSignatures, signatureStatus } = options;
  const origin = createOrigin(publicUrl, trustProxy);
  const bodyMemoryMb = options.bodyMemoryMb ?? defaultBodyMemoryMb();
  return { origin, hasPublicUrl: publicUrl !== null, checkSignatures, signatureStatus, bodyMemoryMb };
}
