/** The phones and calls of one project under test. */
import { CodedError } from '../errors';
import type { Build } from '../model/build';
import {
  type CallOptions,
  createSimulator,
  DEFAULT_FROM,
  DEFAULT_TO,
  type MessageThread,
  type Simulator,
  VirtualClock,
} from '../simulator';
import { TestCall } from './call';
import type { Evidence } from './evidence';
import { Inbox } from './inbox';
import { TestPhone, type TextOptions, type ThreadWanted } from './phone';
import { Steps } from './step';
import { webhookOf } from './webhook';

export interface TelephonySettings {
  readonly baseUrl: string;
  readonly publicUrl: string | null;
  readonly build: Build;
  readonly evidence: Evidence;
  /** Where texts and calls go when the test does not say. */
  readonly sms: string | undefined;
  readonly voice: string | undefined;
  /** Whether webhooks may be anywhere else than in the project. */
  readonly reach: 'project' | 'everywhere';
}

export interface SmsOptions extends TextOptions {
  /** Of the person. */
  readonly from?: string;
  readonly body?: string;
}

export interface TestCallOptions extends Omit<CallOptions, 'url' | 'pace' | 'onEvent'> {
  /** The webhook of the number: a path of the project. */
  readonly url?: string;
}

export class Telephony {
  readonly inbox = new Inbox();
  readonly #settings: TelephonySettings;
  readonly #simulator: Simulator;
  /** Of each phone and each call. */
  readonly #steps: Steps[] = [];
  readonly #phones = new Map<string, TestPhone>();
  readonly #threads = new Map<string, MessageThread>();

  constructor(settings: TelephonySettings) {
    const { build, baseUrl, publicUrl, reach } = settings;
    const { authToken, accountSid } = build;
    this.#settings = settings;
    this.#simulator = createSimulator({
      baseUrl,
      publicUrl,
      authToken,
      accountSid,
      reach,
      clock: new VirtualClock(Date.now()),
    });
  }

  phone(number: string = DEFAULT_FROM): TestPhone {
    const known = this.#phones.get(number);
    if (known !== undefined) return known;
    const { inbox } = this;
    const { evidence } = this.#settings;
    const thread = (wanted: ThreadWanted) => this.#thread(number, wanted);
    const phone = new TestPhone({ number, inbox, steps: this.#newSteps(), evidence, thread });
    this.#phones.set(number, phone);
    return phone;
  }

  async sms(text: string | SmsOptions): Promise<TestPhone> {
    const { from, body = '', ...options } = typeof text === 'string' ? { body: text } : text;
    const phone = this.phone(from);
    await phone.sends(body, options);
    return phone;
  }

  async call(options: string | TestCallOptions): Promise<TestCall> {
    const { url, ...rest } = typeof options === 'string' ? { url: options } : options;
    const { build, voice, evidence } = this.#settings;
    const call = await this.#simulator.call({ ...rest, url: webhookOf(build, 'voice', url ?? voice) });
    return new TestCall({ call, steps: this.#newSteps(), evidence });
  }

  #newSteps(): Steps {
    const steps = new Steps();
    this.#steps.push(steps);
    return steps;
  }

  /** Rejects where a step failed that nobody awaited. */
  async close(): Promise<void> {
    await this.#simulator.close();
    for (const steps of this.#steps) await steps.check();
  }

  /** One for each pair of numbers and each webhook: cookies and opt-outs go by the numbers. */
  #thread(from: string, { to = DEFAULT_TO, url }: ThreadWanted): MessageThread {
    if (from === to)
      throw new CodedError('HS_TEST_USAGE', `${from} cannot text itself: from and to are the same`);
    const path = webhookOf(this.#settings.build, 'sms', url ?? this.#settings.sms);
    const key = `${from} ${to} ${path}`;
    const known = this.#threads.get(key);
    if (known !== undefined) return known;
    const thread = this.#simulator.thread({
      from,
      to,
      url: path,
      onEvent: (event) => {
        if (event.type === 'sent') this.inbox.addReply(event.message);
      },
    });
    this.#threads.set(key, thread);
    return thread;
  }
}
