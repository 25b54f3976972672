/** The contenders of a question under the same load in turn (A B C A B C), so that a slow minute hits all of them. */
import type { Contender, Server } from '../contenders/contender';
import { applyConstantRate, applyLoad, type LoadResult, type WireRequest } from './load';
import { LOUD, waitForQuiet, withOthersLoad } from './machine';
import { largest, median } from './median';
import { treeCpuMs } from './processes';

export interface Plan {
  readonly connections: number;
  readonly rounds: number;
  /** Load before each round that is not counted. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** As fast as answers come (`pauseMs` 0) or with pauses; or at a constant rate, whether answers come or not. */
  readonly pace: { readonly pauseMs: number } | { readonly perSecond: number };
  /** Whatever depends on the port (a signature does). */
  requestsFor(port: number): readonly WireRequest[];
  /** Throws when an answer is wrong. Called before the first and after the last round of each contender, except slow ones. */
  check(port: number): Promise<void>;
}

/** Medians over the rounds of one contender. */
export interface Figures {
  readonly name: string;
  readonly perSecond: number;
  /** User and system time of all of its processes, ms per 1,000 requests. */
  readonly cpuMsPerThousand: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of all rounds. */
  readonly maxMs: number;
  readonly errors: number;
  readonly refused: number;
  /** Rounds during which others used the machine although the round was tried again. */
  readonly loudRounds: number;
}

interface Round extends LoadResult {
  readonly cpuMs: number;
  readonly isLoud: boolean;
}

const MOST_TRIES = 2;
/** Of one that needs seconds for an answer. */
const SLOW_SECONDS = 14;

/** Starts all contenders, measures them in turn, stops them. In the order of `contenders`. */
export async function compare(contenders: readonly Contender[], plan: Plan): Promise<Figures[]> {
  const servers: Server[] = [];
  try {
    for (const contender of contenders) servers.push(await contender.start());
    await checkAll(contenders, servers, plan);
    const rounds = await measureInTurn(contenders, servers, plan);
    await checkAll(contenders, servers, plan);
    return contenders.map(({ name }, at) => figuresOf(name, rounds[at] ?? []));
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function checkAll(
  contenders: readonly Contender[],
  servers: readonly Server[],
  plan: Plan,
): Promise<void> {
  for (const [at, { port }] of servers.entries()) if (!contenders[at]?.isSlow) await plan.check(port);
}

async function measureInTurn(
  contenders: readonly Contender[],
  servers: readonly Server[],
  plan: Plan,
): Promise<Round[][]> {
  const results: Round[][] = servers.map(() => []);
  for (let round = 0; round < plan.rounds; round++) {
    for (const [at, server] of servers.entries()) {
      // One that takes minutes to answer what is measured in seconds has its only turn at the very end.
      const isLast = round === plan.rounds - 1;
      if (contenders[at]?.isSlow && !isLast) continue;
      results[at]?.push(await measureRound(server, plan, contenders[at]?.isSlow ?? false));
    }
  }
  return results;
}

async function measureRound(server: Server, plan: Plan, isSlow: boolean): Promise<Round> {
  for (let tries = 1; ; tries++) {
    const round = await tryRound(server, plan, isSlow);
    if (!round.isLoud || isSlow || tries === MOST_TRIES) return round;
    console.error(`others were using the machine: once more (${tries})`);
  }
}

async function tryRound(server: Server, plan: Plan, isSlow: boolean): Promise<Round> {
  const { warmUpSeconds, seconds } = plan;
  await waitForQuiet();
  if (!isSlow) await apply(server.port, plan, warmUpSeconds);
  const before = treeCpuMs(server.pid);
  const { result, others } = await withOthersLoad(() =>
    apply(server.port, plan, isSlow ? SLOW_SECONDS : seconds),
  );
  return { ...result, cpuMs: treeCpuMs(server.pid) - before, isLoud: others > LOUD };
}

function apply(port: number, plan: Plan, seconds: number): Promise<LoadResult> {
  const { connections, pace } = plan;
  const load = { port, requests: plan.requestsFor(port), connections, seconds };
  return 'perSecond' in pace ? applyConstantRate({ ...load, ...pace }) : applyLoad({ ...load, ...pace });
}

function figuresOf(name: string, rounds: readonly Round[]): Figures {
  const sum = (pick: (round: Round) => number) => rounds.reduce((total, round) => total + pick(round), 0);
  return {
    name,
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    cpuMsPerThousand: median(rounds.map(({ cpuMs, requests }) => (cpuMs / requests) * 1000)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    maxMs: largest(rounds.map(({ maxMs }) => maxMs)),
    errors: sum(({ errors }) => errors),
    refused: sum(({ refused }) => refused),
    loudRounds: sum(({ isLoud }) => (isLoud ? 1 : 0)),
  };
}
