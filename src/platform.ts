/** Wires the parts: the sites that are served, the server, what stands behind all processes; start and close. */

import { tmpdir } from 'node:os';
import { whileInspected } from './config/inspect';
import { defaultBodyMemoryMb } from './gateway/body-memory';
import { type GatewayOptions, Handler } from './gateway/handle';
import { createOrigin } from './gateway/origin';
import { GatewayServer } from './gateway/server';
import type { Build } from './model/build';
import type { LateLine, RequestRecord } from './model/invocation';
import { QUEUE_WAIT_MS } from './model/limits';
import type { Reload } from './model/reload';
import { USUAL_STOCK } from './pool/blanks';
import { reserveInspector } from './pool/inspector-ports';
import { ProcessSupply } from './pool/supply';
import { sweepTemporaryFolders } from './pool/sweep';
import type { InspectorSettings } from './protocol/inspector';
import type { Reading } from './protocol/messages';
import type { OutboundHook } from './protocol/outbound';
import { type LiveSites, openSites } from './reload/live-sites';

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
  /** A debugger can attach there: `whileInspected` says what else is different then. `null`: none can. */
  readonly inspect: InspectorSettings | null;
  /** Watch the project and serve what was saved. */
  readonly live: boolean;
  /** No stack and no error page leaves the machine. */
  readonly production: boolean;
  /** Shared with other platforms of this process, with the same limits of instances; whoever made it closes it. */
  readonly supply?: ProcessSupply;
  /** For a moment, in a process that has other things to do: does not keep it alive, and has no spare at once again. */
  readonly shortLived?: boolean;
  /** What Functions connect to is looked at, in tests. */
  readonly outbound?: OutboundHook;
  /** Records of requests have what went over the wire (`Traffic`). */
  readonly keepsTraffic?: boolean;
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
  /** Over those of the file. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Where nothing else gives them a value. */
  readonly defaultVariables?: Readonly<Record<string, string>>;
  /** Absolute paths of what the program itself writes: no save of an author, wherever they lie. */
  readonly ownFiles?: readonly string[];
}

/** What the platform tells while it runs. Called after the response was sent; must not throw and is never awaited. */
export interface PlatformEvents {
  request(record: RequestRecord): void;
  late(line: LateLine): void;
  /**
   * A new build is live (not the first one), or could not be made and the old one stays (`problem`). Of both, and of the
   * first one, `Build.problems` is for the receiver to show; what is found later (`checkBuild`) comes as notices.
   */
  reloaded(build: Build, problem: string | null, reload: Reload): void;
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
export async function startPlatform(asked: PlatformOptions, events: PlatformEvents): Promise<Platform> {
  const gateway = gatewayOptionsOf(asked);
  const options = await withInspector(asked);
  const supply = options.supply ?? ownSupply(options, (message) => events.notice('warn', message));
  const sites = await openSites(options, supply, events).catch(async (error: unknown) => {
    if (options.supply === undefined) await supply.close();
    throw error;
  });
  const onRecord = (record: RequestRecord) => events.request(record);
  const server = new GatewayServer(new Handler(sites, gateway, onRecord), options, onRecord);
  const platform = new RunningPlatform(options, { sites, server, supply });
  await platform.listen();
  return platform;
}

/** The port is looked at before anything is started: that no debugger can attach should not show up later. */
async function withInspector(options: PlatformOptions): Promise<PlatformOptions> {
  if (options.inspect === null) return options;
  return whileInspected({ ...options, inspect: await reserveInspector(options.inspect) });
}

interface Parts {
  readonly sites: LiveSites;
  readonly server: GatewayServer;
  readonly supply: ProcessSupply;
}

/** Beyond the time limits of what runs: for a client that does not read its answer or never ends its request. */
const CLOSE_GRACE_MS = 5_000;
/** While debugging: what is paused is not waited for. */
const CLOSE_INSPECTED_MS = 2_000;

class RunningPlatform implements Platform {
  #port = 0;
  #closing: Promise<void> | null = null;

  constructor(
    private readonly options: PlatformOptions,
    private readonly parts: Parts,
  ) {
    // Each platform makes room for its own listener: many of them in one process are no leak.
    process.setMaxListeners(process.getMaxListeners() + 1);
    process.once('exit', this.#abandon);
  }

  get build(): Build {
    return this.parts.sites.build;
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
      await this.parts.sites.whenPrepared();
      this.#port = await this.parts.server.listen();
    } catch (error) {
      await this.#end();
      throw error;
    }
    this.parts.sites.check();
    void sweepTemporaryFolders(tmpdir(), Date.now());
  }

  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  closeNow(): void {
    this.parts.server.close();
    void this.#end();
  }

  async #drain(): Promise<void> {
    this.parts.sites.stopReloading();
    const { timeoutMs, inspect } = this.options;
    const limitMs = inspect === null ? QUEUE_WAIT_MS + 2 * timeoutMs + CLOSE_GRACE_MS : CLOSE_INSPECTED_MS;
    const limit = setTimeout(() => this.parts.server.close(), limitMs);
    await this.parts.server.drain();
    clearTimeout(limit);
    await this.#end();
  }

  async #end(): Promise<void> {
    await this.parts.sites.close();
    if (this.#hasOwnSupply) await this.parts.supply.close();
    if (!process.listeners('exit').includes(this.#abandon)) return;
    process.off('exit', this.#abandon);
    process.setMaxListeners(process.getMaxListeners() - 1);
  }

  get #hasOwnSupply(): boolean {
    return this.options.supply === undefined;
  }

  /** Whoever ends the process without closing (a crash, `process.exit`) leaves no instance and no folder behind. */
  readonly #abandon = (): void => {
    this.parts.sites.abandon();
    if (this.#hasOwnSupply) this.parts.supply.abandon();
  };
}

function ownSupply(options: PlatformOptions, warn: (message: string) => void): ProcessSupply {
  const { shortLived = false } = options;
  return new ProcessSupply(options, warn, shortLived ? { ...USUAL_STOCK, background: true } : USUAL_STOCK);
}

/** Throws `CodedError` (HS_USAGE). */
function gatewayOptionsOf(options: PlatformOptions): GatewayOptions {
  const { publicUrl, trustProxy, checkSignatures, signatureStatus, keepsTraffic = false } = options;
  const origin = createOrigin(publicUrl, trustProxy);
  const bodyMemoryMb = options.bodyMemoryMb ?? defaultBodyMemoryMb();
  const hasPublicUrl = publicUrl !== null;
  return { origin, hasPublicUrl, checkSignatures, signatureStatus, bodyMemoryMb, keepsTraffic };
}
