/**
 * What the projects of one test process share, so that the second one starts in a few milliseconds: processes in reserve
 * and the address that outbound requests come to. It is opened by the first project, and closed a moment after the last.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout } from 'node:timers';
import { ProcessSupply } from '../pool/supply';
import { TestFolder } from './files';
import { INSTANCE_LIMITS } from './options';
import { OutboundListener } from './outbound/listener';

/** The next test usually starts within this. Runners that keep a process for many files load the harness for each. */
const LINGER_MS = 1_500;
/** Before the next process is prepared: long enough to leave the cores to the test, short because its Functions follow quickly. */
const PAUSE_MS = 30;
const STOCK = { count: 3, pauseMs: PAUSE_MS, background: true };
/** What webhooks answer with: to load them takes longer than everything else of a first call. */
const LIKELY = ['twilio/lib/twiml/VoiceResponse', 'twilio/lib/twiml/MessagingResponse'];

/** One project's place in it. */
export interface Place {
  /** Of the project alone. */
  readonly folder: TestFolder;
  readonly outbound: OutboundListener;
}

export class Workshop {
  #outbound: OutboundListener | null = null;
  #supply: ProcessSupply | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #folders = new Set<TestFolder>();

  enter(): Place {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#outbound ??= this.#open();
    const folder = new TestFolder();
    this.#folders.add(folder);
    return { folder, outbound: this.#outbound };
  }

  /** Processes in reserve; the tests of one process mostly have one project, so that they are prepared for the first one. */
  supplyFor(root: string): ProcessSupply {
    if (this.#supply !== null) return this.#supply;
    this.#supply = new ProcessSupply(INSTANCE_LIMITS, () => {}, { ...STOCK, likely: likelyModules(root) });
    return this.#supply;
  }

  async leave({ folder }: Place): Promise<void> {
    await folder.remove();
    this.#folders.delete(folder);
    if (this.#folders.size === 0) this.#timer = setTimeout(() => this.#close(), LINGER_MS).unref();
  }

  #open(): OutboundListener {
    process.once('exit', this.#abandon);
    return new OutboundListener();
  }

  #close(): void {
    process.off('exit', this.#abandon);
    this.#timer = null;
    void this.#supply?.close();
    this.#supply = null;
    this.#outbound?.close();
    this.#outbound = null;
  }

  readonly #abandon = (): void => {
    this.#supply?.abandon();
    for (const folder of this.#folders) folder.removeNow();
  };
}

/** Of the project's own copy of the SDK, else of ours. */
function likelyModules(root: string): string[] {
  const ownRequire = createRequire(join(root, 'package.json'));
  const files = LIKELY.flatMap((name) => resolved(name, ownRequire) ?? resolved(name, require) ?? []);
  return ['node:tls', ...files];
}

function resolved(name: string, from: NodeJS.Require): string | null {
  try {
    return from.resolve(name);
  } catch {
    return null;
  }
}
