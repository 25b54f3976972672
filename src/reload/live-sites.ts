/** Which build is served, and how a newer one takes its place once something was saved. */
import { checkInBackground } from '../build/check-in-background';
import { Compiler } from '../build/compiler';
import { readProject } from '../build/read';
import type { Site, Sites } from '../gateway/handle';
import { RouteTable } from '../gateway/router';
import type { Build } from '../model/build';
import type { PlatformEvents, PlatformOptions } from '../platform';
import { InspectorPorts } from '../pool/inspector-ports';
import { Pool, type PoolEvents } from '../pool/pool';
import type { ProcessSupply } from '../pool/supply';
import { describeLoadFailure } from '../telemetry/load-failure';
import { describeProblem } from '../telemetry/problem';
import { Changes } from './changes';

/** Throws `CodedError` where the project cannot be served. */
export async function openSites(
  options: PlatformOptions,
  supply: ProcessSupply,
  events: PlatformEvents,
): Promise<LiveSites> {
  // First the watch: what is saved while the project is read must not be missed.
  const tellProblem = (message: string) => events.notice('warn', message);
  const changes = options.live ? new Changes(options.project, tellProblem) : null;
  const compiler = new Compiler(() => supply.reaper.makeFolder());
  try {
    const build = await compiler.compile(readProject(options.project, process.env));
    const inspectorPorts = portsOf(options);
    return new LiveSites({ options, supply, inspectorPorts, events, changes, compiler }, build);
  } catch (error) {
    changes?.close();
    await compiler.close();
    throw error;
  }
}

function portsOf({ inspect, maxInstances }: PlatformOptions): InspectorPorts | null {
  return inspect === null ? null : new InspectorPorts(inspect, maxInstances ?? 1);
}

interface Surroundings {
  readonly options: PlatformOptions;
  readonly supply: ProcessSupply;
  /** `null`: nothing is debugged. */
  readonly inspectorPorts: InspectorPorts | null;
  readonly events: PlatformEvents;
  /** `null`: the first build is served for ever. */
  readonly changes: Changes | null;
  readonly compiler: Compiler;
}

export class LiveSites implements Sites {
  #live: Site | null;
  /** The last one that could be made; served on while a newer one is broken. */
  #site: Site;
  /** A newer one that loads its Functions before it takes the place of the one that is served. */
  #next: Site | null = null;
  #waiting: ((site: Site) => void)[] = [];
  /** Counts signs of saves: a build that was begun before the last one is of no use. */
  #saves = 0;
  #ended = false;
  #stopCheck: () => void = () => {};
  /** Every pool that has processes or is still ending them: that of the live build, and older ones that finish. */
  readonly #pools = new Set<Pool>();

  constructor(
    private readonly surroundings: Surroundings,
    build: Build,
  ) {
    this.#site = this.#open(build);
    this.#live = this.#site;
    surroundings.changes?.listen({ dirty: () => this.#onDirty(), settled: () => void this.#reload() });
  }

  get build(): Build {
    return this.#site.build;
  }

  get live(): Site | null {
    return this.#live;
  }

  whenLive(next: (site: Site) => void): void {
    if (this.#live !== null) next(this.#live);
    else this.#waiting.push(next);
  }

  recheck(next: (site: Site) => void): void {
    // What was saved before the request was sent is told at the latest in this turn of the event loop.
    if (this.surroundings.changes === null) next(this.#site);
    else setImmediate(() => this.whenLive(next));
  }

  /** Resolves once what the first build should have loaded in advance is, or could not be. */
  whenPrepared(): Promise<void> {
    return this.#site.pool.whenPrepared();
  }

  /** After its first requests can be answered, because it takes a while. */
  check(): void {
    this.#stopCheck();
    this.#stopCheck = checkInBackground(this.#site.build, (problem) =>
      this.surroundings.events.notice('warn', describeProblem(problem)),
    );
  }

  /** What is served now stays until the end. Repeatable. */
  stopReloading(): void {
    this.#ended = true;
    this.#next = null;
    this.#resume();
    this.#stopCheck();
    this.surroundings.changes?.close();
  }

  /** Ends every process; resolves when they are gone. Repeatable. */
  async close(): Promise<void> {
    this.stopReloading();
    await Promise.all(Array.from(this.#pools, (pool) => pool.close()));
    await this.surroundings.compiler.close();
  }

  /** The same for the end of our process, which waits for nothing. */
  abandon(): void {
    for (const pool of this.#pools) pool.abandon();
    this.surroundings.compiler.abandon();
  }

  // --- a site

  #open(build: Build): Site {
    const { options, supply, inspectorPorts } = this.surroundings;
    // On a server it stands in the environment, on a hosted project among the variables.
    const production = options.production || build.variables.NODE_ENV === 'production';
    const settings = { ...options, production, blanks: supply.blanks, inspectorPorts };
    const pool = new Pool(build, settings, this.#poolEventsOf(build));
    this.#pools.add(pool);
    return { build, routes: new RouteTable(build), pool, production };
  }

  #poolEventsOf(build: Build): PoolEvents {
    const { events } = this.surroundings;
    const told = new Set<number>();
    return {
      late: (line) => events.late(line),
      loadFailed: (functionIndex, failure) => {
        const text = describeLoadFailure(build, functionIndex, failure);
        if (text !== null && !told.has(functionIndex)) events.notice('error', text);
        told.add(functionIndex);
      },
      notice: (level, message) => events.notice(level, message),
    };
  }

  // --- reload

  /** From the first sign of a save on requests wait, so that the next one already gets what was saved. */
  #onDirty(): void {
    this.#saves += 1;
    if (this.#servesOn) return;
    this.#live = null;
    this.#site.pool.paused = true;
  }

  /** In production nobody meets a cold process because something was saved: until the new build is warm, the old one serves. */
  get #servesOn(): boolean {
    return this.surroundings.options.minInstances > 0 && this.#site.production;
  }

  async #reload(): Promise<void> {
    const saves = this.#saves;
    const { compiler, events, options } = this.surroundings;
    try {
      const build = await compiler.compile(readProject(options.project, process.env));
      if (this.#isOver(saves)) return;
      this.#serve(build);
    } catch (error) {
      if (this.#isOver(saves)) return;
      events.reloaded(this.#site.build, error instanceof Error ? error.message : String(error));
    }
    if (this.#next === null) this.#resume();
  }

  /** Something was saved since, which makes another build, or nothing is reloaded any more. */
  #isOver(saves: number): boolean {
    return this.#saves !== saves || this.#ended;
  }

  #serve(build: Build): void {
    const site = this.#open(build);
    if (this.#servesOn) this.#swapOnceWarm(site);
    else this.#swap(site);
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
    this.surroundings.events.reloaded(site.build, null);
    this.check();
  }

  #retire({ pool }: Site): void {
    void pool.drain().then(() => this.#pools.delete(pool));
  }
}
