/** Which build is served, and how a newer one takes its place once something was saved. */
import { checkInBackground } from '../build/check-in-background';
import { Compiler } from '../build/compiler';
import { filesElsewhere } from '../build/elsewhere';
import { readProject } from '../build/read';
import type { Site, Sites } from '../gateway/handle';
import { RouteTable } from '../gateway/router';
import type { Build, FunctionResource } from '../model/build';
import type { PlatformEvents, PlatformOptions } from '../platform';
import { InspectorPorts } from '../pool/inspector-ports';
import { Pool, type PoolEvents } from '../pool/pool';
import type { ProcessSupply } from '../pool/supply';
import { describeProblem } from '../telemetry/problem';
import { type ChangeSet, Changes } from './changes';
import { KnownInputs } from './known-inputs';
import { LoadFailures } from './load-failures';
import { WarmBrake } from './warm-brake';

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
    const build = await makeBuild({ options, compiler, changes });
    const inspectorPorts = portsOf(options);
    return new LiveSites({ options, supply, inspectorPorts, events, changes, compiler }, build);
  } catch (error) {
    changes?.close();
    await compiler.close();
    throw error;
  }
}

async function makeBuild({ options, compiler, changes }: BuildSurroundings): Promise<Build> {
  const since = Date.now();
  const build = await compiler.compile(readProject(options.project, process.env));
  changes?.follow(filesElsewhere(build), since);
  return build;
}

function portsOf({ inspect, maxInstances }: PlatformOptions): InspectorPorts | null {
  return inspect === null ? null : new InspectorPorts(inspect, maxInstances ?? 1);
}

type BuildSurroundings = Pick<Surroundings, 'options' | 'compiler' | 'changes'>;

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

/** A site, and what the Functions in its pool are made of. */
interface KnownSite extends Site {
  readonly known: KnownInputs;
}

export class LiveSites implements Sites {
  #live: Site | null;
  /** The last one that could be made; served on while a newer one is broken. */
  #site: KnownSite;
  /** A newer one that loads its Functions before it takes the place of the one that is served. */
  #next: KnownSite | null = null;
  #waiting: ((site: Site) => void)[] = [];
  /** Counts signs of saves: a build that was begun before the last one is of no use. */
  #saves = 0;
  #ended = false;
  #stopCheck: () => void = () => {};
  /** Saved since the build that is served was read. */
  #unserved: ChangeSet = NOTHING;
  readonly #brake = new WarmBrake();
  readonly #loadFailures: LoadFailures;
  /** Every pool that has processes or is still ending them: that of the live build, and older ones that finish. */
  readonly #pools = new Set<Pool>();

  constructor(
    private readonly surroundings: Surroundings,
    build: Build,
  ) {
    this.#loadFailures = new LoadFailures((text) => surroundings.events.notice('error', text));
    this.#site = this.#open(build);
    this.#live = this.#site;
    surroundings.changes?.listen({
      dirty: () => this.#onDirty(),
      settled: (changes) => void this.#reload(changes),
    });
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
  check(build: Build = this.#site.build): void {
    this.#stopCheck();
    this.#stopCheck = checkInBackground(build, (problem) =>
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
    this.#site.known.close();
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

  #open(build: Build): KnownSite {
    const { options, supply, inspectorPorts } = this.surroundings;
    // On a server it stands in the environment, on a hosted project among the variables.
    const production = options.production || build.variables.NODE_ENV === 'production';
    const known = new KnownInputs(build.root, options.isolation === 'environment');
    const settings = { ...options, production, blanks: supply.blanks, inspectorPorts };
    const pool = new Pool(build, settings, this.#poolEvents(known));
    this.#pools.add(pool);
    return { build, routes: new RouteTable(build), pool, production, known };
  }

  #poolEvents(known: KnownInputs): PoolEvents {
    const { events, changes, compiler } = this.surroundings;
    return {
      late: (line) => events.late(line),
      loadFailed: (build, functionIndex, failure) => this.#loadFailures.note(build, functionIndex, failure),
      input: (functionIndex, file) => {
        known.note(functionIndex, file);
        if (!compiler.made(file)) changes?.follow([file], Date.now());
      },
      notice: (level, message) => events.notice(level, message),
    };
  }

  // --- reload

  /** From the first sign of a save on requests wait, so that the next one already gets what was saved. */
  #onDirty(): void {
    this.#saves += 1;
    if (this.#servesOn || this.#live === null) return;
    this.#live = null;
    this.#site.pool.pause();
  }

  /** In production nobody meets a cold process because something was saved: until the new build is warm, the old one serves. */
  get #servesOn(): boolean {
    return this.surroundings.options.minInstances > 0 && this.#site.production;
  }

  async #reload(changes: ChangeSet): Promise<void> {
    this.#unserved = joined(this.#unserved, changes);
    const saves = this.#saves;
    try {
      const build = await makeBuild(this.surroundings);
      if (this.#isOver(saves)) return;
      this.#serve(build);
    } catch (error) {
      if (this.#isOver(saves)) return;
      this.#tell(error instanceof Error ? error.message : String(error), this.#unserved, 0);
    }
    if (this.#next === null) this.#resume();
  }

  /** Something was saved since, which makes another build, or nothing is reloaded any more. */
  #isOver(saves: number): boolean {
    return this.#saves !== saves || this.#ended;
  }

  #serve(build: Build): void {
    const { options } = this.surroundings;
    const { known, build: before } = this.#site;
    if (this.#servesOn) return this.#swapOnceWarm(this.#open(build), this.#unserved);
    const reached = known.findReached(this.#unserved, [before, build], options.project);
    if (reached === null) this.#swap(this.#open(build), this.#unserved);
    else this.#renew(build, reached);
  }

  #resume(): void {
    const site = this.#site;
    this.#live = site;
    site.pool.resume();
    for (const next of this.#waiting.splice(0)) next(site);
  }

  /** The same pool goes on: instances that the save does not reach stay as they are. */
  #renew(build: Build, reached: readonly number[]): void {
    const { pool, known } = this.#site;
    const used = pool.used.filter((index) => reached.includes(index));
    known.forget(reached);
    this.#loadFailures.forget();
    pool.renew(build, reached);
    this.#site = { ...this.#site, build, routes: new RouteTable(build) };
    this.#warm(used.flatMap((index) => build.functions[index] ?? []));
    this.#tell(null, this.#unserved, reached.length);
    this.#checkSaved(this.#unserved.names);
    this.#unserved = NOTHING;
  }

  #swapOnceWarm(site: KnownSite, changes: ChangeSet): void {
    if (this.#next !== null) this.#retire(this.#next);
    this.#next = site;
    void site.pool.whenPrepared().then(() => {
      if (this.#next !== site) return;
      this.#next = null;
      this.#swap(site, changes);
      this.#resume();
    });
  }

  /** Everything is new: nobody knows whom the save reaches, or instances were told what is no longer true. */
  #swap(site: KnownSite, changes: ChangeSet): void {
    const before = this.#site;
    const used = before.pool.used.map((index) => before.build.functions[index]?.path);
    this.#site = site;
    if (this.#live === before) this.#live = site;
    this.#loadFailures.forget();
    this.#retire(before);
    this.#warm(used.flatMap((path) => site.build.functions.filter((resource) => resource.path === path)));
    this.#tell(null, changes, site.build.functions.length);
    this.check();
    if (this.#unserved === changes) this.#unserved = NOTHING;
  }

  #retire({ pool, known }: KnownSite): void {
    known.close();
    void pool.drain().then(() => this.#pools.delete(pool));
  }

  /** Whoever saves a Function that was called is about to call it again: it is loaded by then, and told if it cannot be. */
  #warm(functions: readonly FunctionResource[]): void {
    if (functions.length === 0 || !this.#brake.allows(performance.now())) return;
    this.#site.pool.warm(functions.map(({ index }) => index));
  }

  /** What is wrong with others was told when they were saved. */
  #checkSaved(names: readonly string[]): void {
    const { build } = this.#site;
    const isSaved = ({ name }: { readonly name: string }) => names.includes(name);
    this.check({
      ...build,
      functions: build.functions.filter(isSaved),
      assets: build.assets.filter(isSaved),
    });
  }

  #tell(problem: string | null, { since, names }: ChangeSet, reached: number): void {
    const durationMs = performance.now() - since;
    this.surroundings.events.reloaded(this.#site.build, problem, { durationMs, changed: names, reached });
  }
}

const NOTHING: ChangeSet = { names: [], since: Number.POSITIVE_INFINITY };

function joined(one: ChangeSet, other: ChangeSet): ChangeSet {
  return { names: [...new Set([...one.names, ...other.names])], since: Math.min(one.since, other.since) };
}
