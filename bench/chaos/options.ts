import { parseArgs } from 'node:util';

export interface Options {
  /** Of the whole run, about. */
  readonly seconds: number;
  /** The run ends after so many answers instead; `null`: it ends by time. */
  readonly requests: number | null;
  readonly seed: number;
  readonly json: boolean;
  /** The folder of the run is kept, also when all is well. */
  readonly keep: boolean;
  /** What outlives its instance or the gateway is told and does not fail the run. */
  readonly reportOrphans: boolean;
  /** The bound of the victim's p99 during the chaos. */
  readonly victimP99Ms: number;
}

export const HELP = `Usage: npm run chaos -- [options]

Starts a gateway, mistreats it with hostile Functions and clients, and checks that nobody else noticed.

  --seconds SECONDS    how long it takes in all, about (60)
  --requests COUNT     end after so many answers instead
  --seed NUMBER        repeat the choices of another run (random)
  --victim-p99 MS      bound of the p99 of the Function that does nothing wrong (250)
  --report-orphans     tell processes that outlive their instance or the gateway, but do not fail
  --keep               keep the folder of the run (it is always kept after a failure)
  --json               the report as JSON on stdout
  --help               this

Exit code: 0 all checks passed, 1 one failed, 2 wrong use. Needs Linux (/proc).`;

const SEEDS = 2 ** 31;
const SHORTEST_SECONDS = 30;

/** `null`: help was asked for. Throws an `Error` that says what is wrong. */
export function readOptions(argv: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seconds: { type: 'string', default: '60' },
      requests: { type: 'string' },
      seed: { type: 'string' },
      'victim-p99': { type: 'string', default: '250' },
      'report-orphans': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  return {
    seconds: readNumber('--seconds', values.seconds, SHORTEST_SECONDS),
    requests: values.requests === undefined ? null : readNumber('--requests', values.requests, 1),
    seed:
      values.seed === undefined ? Math.floor(Math.random() * SEEDS) : readNumber('--seed', values.seed, 0),
    json: values.json,
    keep: values.keep,
    reportOrphans: values['report-orphans'],
    victimP99Ms: readNumber('--victim-p99', values['victim-p99'], 1),
  };
}

function readNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`${name} must be an integer of at least ${least}, not ${JSON.stringify(text)}`);
}
