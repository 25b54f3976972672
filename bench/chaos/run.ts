/**
 * One run: calm, a warm-up round, rest, a short warm-up, the chaos itself, rest, the end. What the two rests leave is compared, so that
 * the growth of a young process is not taken for a leak.
 */
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withOthersLoad } from '../measure/machine';
import { treeOf } from '../measure/processes';
import type { Bed, Phase } from './bed';
import { callAll } from './callers';
import { attackAll } from './clients';
import { killInstances, saveFiles, type Targets } from './disturbers';
import { describeProcess, type Footprint, findProcesses, measureFootprint } from './footprint';
import { type Exit, Gateway } from './gateway';
import { Ledger } from './ledger';
import type { Options } from './options';
import { Progress } from './progress';
import { countLeftFolders, type Grounds } from './project';
import { Tallies } from './tally';
import { Timeline } from './timeline';
import { Victim } from './victim';

export interface Run {
  readonly bed: Bed;
  readonly victim: Victim;
  readonly gateway: Gateway;
  readonly rested: { readonly before: Footprint; readonly after: Footprint };
  /** The most processes at a rest, before a new build ends the idle instances. */
  readonly mostProcesses: number;
  readonly exit: Exit;
  /** What was still there once the gateway had ended, as text. */
  readonly left: { readonly processes: readonly string[]; readonly folders: number };
  /** Of the chaos itself. */
  readonly seconds: number;
  readonly answers: number;
  /** What share of a core others took meanwhile. */
  readonly others: number;
}

/** Parts of the whole run; the rest is the chaos. */
const CALM_SHARE = 0.07;
const LONGEST_CALM_S = 15;
const WARM_UP_SHARE = 0.22;
const LONGEST_WARM_UP_S = 60;
/** After a rest all instances are new. */
const WARM_AGAIN_S = 5;
/** Two rests and the end. */
const RESTING_S = 14;
const SETTLE_MS = 2_000;
const REST_MS = 5_000;
const LINGER_MS = 1_500;
const WATCH_MS = 100;

export async function runChaos(options: Options, grounds: Grounds): Promise<Run> {
  const gateway = await Gateway.start(grounds);
  try {
    return await new Course(options, grounds, gateway).run();
  } finally {
    // By now it has ended, unless something went wrong on the way.
    await gateway.stop();
  }
}

class Course {
  readonly #bed: Bed;
  readonly #victim: Victim;
  readonly #progress: Progress;
  #mostProcesses = 0;

  constructor(
    private readonly options: Options,
    private readonly grounds: Grounds,
    private readonly gateway: Gateway,
  ) {
    const { builds } = grounds;
    const { seed } = options;
    const { port } = gateway;
    const timeline = new Timeline(join(grounds.folder, 'timeline.csv'));
    this.#bed = { port, seed, ledger: new Ledger(), builds, tallies: new Tallies(), timeline };
    this.#victim = new Victim(this.#bed);
    this.#progress = new Progress(this.#bed, this.#victim, gateway);
  }

  async run(): Promise<Run> {
    const { calm, warmUp, chaos } = this.#plan();
    try {
      await this.#beCalm(calm);
      await this.#beWild('warm-up', warmUp, null);
      const before = await this.#rest('rest');
      await this.#beWild('warm-up', WARM_AGAIN_S, null);
      const answersBefore = this.#bed.tallies.total;
      const startedAt = performance.now();
      const wild = () => this.#beWild('chaos', chaos, this.options.requests);
      const { others } = await withOthersLoad(wild);
      const seconds = (performance.now() - startedAt) / 1000;
      const answers = this.#bed.tallies.total - answersBefore;
      const after = await this.#rest('last rest');
      return { ...(await this.#end()), rested: { before, after }, seconds, answers, others };
    } finally {
      this.#progress.close();
      this.#bed.timeline.flush();
    }
  }

  #plan(): { readonly calm: number; readonly warmUp: number; readonly chaos: number } {
    const { seconds } = this.options;
    const calm = Math.min(LONGEST_CALM_S, seconds * CALM_SHARE);
    const warmUp = Math.min(LONGEST_WARM_UP_S, seconds * WARM_UP_SHARE);
    return { calm, warmUp, chaos: seconds - calm - warmUp - RESTING_S - WARM_AGAIN_S };
  }

  #enter(phase: string): void {
    this.#progress.phase = phase;
    this.#bed.timeline.note('phase', phase);
  }

  /** The victim alone. */
  async #beCalm(seconds: number): Promise<void> {
    this.#enter('calm');
    await this.#victim.callSteadily('calm', AbortSignal.timeout(Math.round(seconds * 1000)));
  }

  /** `requests`: it ends when there are so many answers in all, and not by time. */
  async #beWild(name: 'warm-up' | 'chaos', seconds: number, requests: number | null): Promise<void> {
    this.#enter(name);
    const controller = new AbortController();
    // Every pause of everybody listens to it.
    setMaxListeners(0, controller.signal);
    const phase: Phase = { name, stop: controller.signal };
    const all = [
      this.#victim.callSteadily(name, phase.stop),
      callAll(this.#bed, phase),
      attackAll(this.#bed, phase),
      killInstances(this.#bed, phase, this.#targets()),
      saveFiles(this.#bed, phase),
    ];
    await this.#waitUntil(performance.now() + seconds * 1000, requests);
    controller.abort();
    await Promise.all(all);
  }

  #targets(): Targets {
    const { pid: gatewayPid } = this.gateway;
    return { gatewayPid, runsFile: this.grounds.runsFile, victim: this.#victim };
  }

  async #waitUntil(endAt: number, requests: number | null): Promise<void> {
    const isOver = () =>
      requests === null ? performance.now() >= endAt : this.#bed.tallies.total >= requests;
    while (!isOver() && this.gateway.isAlive) await sleep(WATCH_MS);
  }

  /** Other variables end all instances: what is left then does not depend on which ones were idle, and what they keep. */
  async #rest(name: string): Promise<Footprint> {
    this.#enter(name);
    if (!this.gateway.isAlive) throw new Error(`the gateway is gone: ${this.gateway.lastWords}`);
    await sleep(SETTLE_MS);
    this.#mostProcesses = Math.max(this.#mostProcesses, treeOf(this.gateway.pid).length);
    this.#bed.builds.renewAll();
    await sleep(REST_MS - SETTLE_MS);
    return measureFootprint(this.gateway, this.grounds);
  }

  async #end(): Promise<Omit<Run, 'rested' | 'seconds' | 'answers' | 'others'>> {
    this.#enter('end');
    const exit = await this.gateway.stop();
    await sleep(LINGER_MS);
    const orphans = findProcesses(this.grounds);
    const left = { processes: orphans.map(describeProcess), folders: countLeftFolders(this.grounds) };
    for (const pid of orphans) endOrphan(pid);
    const { gateway } = this;
    return { bed: this.#bed, victim: this.#victim, gateway, mostProcesses: this.#mostProcesses, exit, left };
  }
}

/** All of them were started by this run. */
function endOrphan(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}
