/** The phones and calls of one project under test. */
import { CodedError } from '../errors';
import type { Build } from '../model/build';
import {
  type CallOptions,
  createSimulator,
  DEFAULT_FROM,
  DEFAULT_TO,
  type FaultRule,
  type MessageThread,
  type Simulator,
  VirtualClock,
} from '../simulator';
import { TestCall } from './call';
import type { ConversationStart, TextOptions } from './conversation';
import type { Evidence } from './evidence';
import { checkFaults } from './faults';
import { Inbox } from './inbox';
import { TestPhone } from './phone';
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

export interface TestCallOptions extends Omit<CallOptions, 'url' | 'faults' | 'pace' | 'onEvent'> {
  /** The webhook of the number: a path of the project. */
  readonly url?: string;
  /** Failure on purpose. `after` and `times` count the requests of the call. */
  readonly faults?: readonly FaultRule[];
}

export class Telephony {
  readonly inbox = new Inbox();
  readonly #settings: TelephonySettings;
  readonly #simulator: Simulator;
  /** Of each phone and each call. */
  readonly #steps: Steps[] = [];
  readonly #phones = new Map<string, TestPhone>();

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
    const thread = (start: ConversationStart) => this.#thread(number, start);
    const phone = new TestPhone({ number, inbox, steps: this.#newSteps(), evidence, thread });
    this.#phones.set(number, phone);
    return phone;
  }

  async sms(text: string | SmsOptions): Promise<TestPhone> {
    const { from, body = '', ...options } = typeof text === 'string' ? { body: text } : text;
    const phone = this.phone(from);
    // Who names the number begins a conversation.
    await phone.sends(body, { ...options, to: options.to ?? DEFAULT_TO });
    return phone;
  }

  async call(options: string | TestCallOptions): Promise<TestCall> {
    const call = await this.#simulator.call(
      this.#callOptions(typeof options === 'string' ? { url: options } : options),
    );
    const { evidence } = this.#settings;
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

  #callOptions({ url, ...rest }: TestCallOptions): CallOptions {
    const { build, voice } = this.#settings;
    const { faults, fallbackUrl, statusCallback } = rest;
    checkFaults(faults);
    for (const path of [fallbackUrl, statusCallback]) if (path !== undefined) webhookOf(build, 'voice', path);
    return { ...rest, url: webhookOf(build, 'voice', url ?? voice) };
  }

  /** Cookies and opt-outs go by the two numbers: conversations share them. */
  #thread(from: string, { to = DEFAULT_TO, url, ...rest }: ConversationStart): MessageThread {
    const { build, sms } = this.#settings;
    if (from === to)
      throw new CodedError('HS_TEST_USAGE', `${from} cannot text itself: from and to are the same`);
    checkFaults(rest.faults);
    if (rest.fallbackUrl !== undefined) webhookOf(build, 'sms', rest.fallbackUrl);
    return this.#simulator.thread({
      ...rest,
      from,
      to,
      url: webhookOf(build, 'sms', url ?? sms),
      onEvent: (event) => {
        if (event.type === 'sent') this.inbox.addReply(event.message);
      },
    });
  }
}
