/**
 * A phone without a phone: texts and calls to a project, with the webhooks that the vendor would send, signed, and the
 * TwiML that comes back carried out. No screen, no files; HTTP and a clock is all that it needs.
 */
import { type Clock, VirtualClock } from './clock';
import { CookieJar } from './http/cookies';
import { sendOverNetwork } from './http/transport';
import { BlockList } from './messaging/block-list';
import type { MessageExchange } from './messaging/event';
import { MessageThread, type Text, type ThreadOptions } from './messaging/thread';
import { DEFAULT_FROM, DEFAULT_TO, type SimulatorOptions } from './options';
import { sidsOf } from './sid';
import { Call, type CallOptions } from './voice/call';
import type { Wiring } from './wiring';

export type SmsOptions = ThreadOptions & Text;

export interface Simulator {
  readonly accountSid: string;
  readonly clock: Clock;
  /** One text, and all that comes of it. Cookies and opt-outs are those of its two numbers. */
  sms(options: SmsOptions): Promise<MessageExchange>;
  /** A conversation of texts. Two of the same numbers share cookies and opt-outs. */
  thread(options: ThreadOptions): MessageThread;
  /** Resolves once the call waits for somebody, or is over. */
  call(options: CallOptions): Promise<Call>;
  /** The same, without waiting: for calls in real time. Its events begin in a later turn of the event loop. */
  dial(options: CallOptions): Call;
  /** In every call that is still running the person hangs up. */
  hangUpAll(): Promise<void>;
  /** Ends all calls that are still running. May be called again. */
  close(): Promise<void>;
}

export function createSimulator(options: SimulatorOptions): Simulator {
  return new PhoneSimulator(options);
}

/** More pairs of numbers than this forget their cookies, the oldest first. */
const MOST_JARS = 1_000;

class PhoneSimulator implements Simulator {
  readonly #options: SimulatorOptions;
  readonly #wiring: Wiring;
  readonly #jars = new Map<string, CookieJar>();
  readonly #blocked = new BlockList();
  readonly #calls = new Set<Call>();

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.#wiring = wiringOf(options);
  }

  get accountSid(): string {
    return this.#wiring.accountSid;
  }

  get clock(): Clock {
    return this.#wiring.clock;
  }

  sms(options: SmsOptions): Promise<MessageExchange> {
    return this.thread(options).send(options);
  }

  thread(options: ThreadOptions): MessageThread {
    const ends = { from: options.from ?? DEFAULT_FROM, to: options.to ?? DEFAULT_TO };
    return new MessageThread(ends, options, {
      wiring: this.#wiring,
      jar: this.#jarOf(ends.from, ends.to),
      blocked: this.#blocked,
      faults: options.faults ?? this.#options.faults ?? [],
    });
  }

  async call(options: CallOptions): Promise<Call> {
    const call = this.#makeCall(options);
    await call.start();
    return call;
  }

  dial(options: CallOptions): Call {
    const call = this.#makeCall(options);
    setImmediate(() => void call.start());
    return call;
  }

  async hangUpAll(): Promise<void> {
    await Promise.all([...this.#calls].map((call) => call.hangUp()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#calls].map((call) => call.close()));
  }

  #makeCall(options: CallOptions): Call {
    const call = new Call(options, this.#wiring, options.faults ?? this.#options.faults ?? []);
    this.#calls.add(call);
    void call.finished.then(() => this.#calls.delete(call));
    return call;
  }

  #jarOf(from: string, to: string): CookieJar {
    const key = `${from} ${to}`;
    const known = this.#jars.get(key);
    if (known !== undefined) return known;
    const oldest = this.#jars.keys().next();
    if (this.#jars.size >= MOST_JARS && oldest.done !== true) this.#jars.delete(oldest.value);
    const jar = new CookieJar(() => this.#wiring.clock.now());
    this.#jars.set(key, jar);
    return jar;
  }
}

function wiringOf(options: SimulatorOptions): Wiring {
  const random = options.random ?? Math.random;
  const newSid = sidsOf(random);
  return {
    accountSid: options.accountSid ?? newSid('AC'),
    clock: options.clock ?? new VirtualClock(),
    newSid,
    webhooks: {
      project: { baseUrl: options.baseUrl, publicUrl: options.publicUrl ?? null },
      authToken: options.authToken ?? null,
      transport: options.transport ?? sendOverNetwork,
      random,
      reach: options.reach ?? 'everywhere',
    },
    ...(options.onRead === undefined ? {} : { onRead: options.onRead }),
  };
}
