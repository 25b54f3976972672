/** What a simulator is told once, and what it is made of. Public. */
import type { Clock } from './clock';
import type { FaultRule } from './http/faults';
import type { Transport } from './http/transport';
import type { Randomness } from './sid';

export interface SimulatorOptions {
  /** Where the project listens: `http://localhost:3000`. */
  readonly baseUrl: string;
  /** What the world calls it (`--public-url`), where that differs: signatures cover it. */
  readonly publicUrl?: string | null;
  /** Of the account: it signs. `null`: nothing is signed, protected Functions refuse. */
  readonly authToken?: string | null;
  /** `AC…`; absent: one that is made up. */
  readonly accountSid?: string | null;
  /** Default: a new virtual clock. */
  readonly clock?: Clock;
  /** Default: `Math.random`; `seededRandom(1)` makes all SIDs the same in each run. */
  readonly random?: Randomness;
  /** Default: the network. */
  readonly transport?: Transport;
  /** Failure on purpose, for all conversations; each of them counts for itself. */
  readonly faults?: readonly FaultRule[];
  /** `project`: requests to anywhere else fail as if nobody were there. Default: everywhere. */
  readonly reach?: 'project' | 'everywhere';
  /** Told of each attribute that is read: for comparing the tables of verbs with what is done. */
  readonly onRead?: (element: string, attribute: string) => void;
}

/** Common to texts and calls. */
export interface ConversationOptions {
  /** Of the person, `+14155550100`. */
  readonly from?: string;
  /** Of the project. */
  readonly to?: string;
  /** The webhook of the number: a path of the project or a whole URL, which may have connection overrides in its fragment. */
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /** Asked where the webhook fails. */
  readonly fallbackUrl?: string;
  readonly fallbackMethod?: 'GET' | 'POST';
  /** Instead of those of the simulator. */
  readonly faults?: readonly FaultRule[];
}

export const DEFAULT_FROM = '+14155550100';
export const DEFAULT_TO = '+14155550199';
