/** A project that is served for a test: asked, phoned, texted, and closed. */
import { setInterval } from 'node:timers';
import { CodedError } from '../errors';
import { QUEUE_WAIT_MS } from '../model/limits';
import type { InvocationRecord } from '../model/record';
import type { Platform } from '../platform';
import type { TestCall } from './call';
import { type PostOptions, type RequestOptions, send } from './client';
import { Evidence } from './evidence';
import type { StartOptions } from './options';
import { Network } from './outbound/network';
import type { Outbound } from './outbound/outbound';
import { TwilioApi } from './outbound/twilio';
import type { TestPhone } from './phone';
import type { LogLine, TestRecords } from './records';
import { type ParseJson, TestResponse } from './response';
import { type SmsOptions, Telephony, type TestCallOptions } from './telephony';

export interface ProjectParts {
  readonly platform: Platform;
  readonly records: TestRecords;
  readonly outbound: Outbound;
  readonly options: StartOptions;
  readonly parseJson: ParseJson;
  readonly timeoutMs: number;
  /** Without a trailing slash. */
  readonly publicUrl: string | null;
  /** Once the platform is closed. */
  end(): Promise<void>;
}

/** A client waits a little longer than the platform. */
const GRACE_MS = 2_000;

export class TestProject {
  /** The vendor's REST API, as Functions see it. */
  readonly twilio: TwilioApi;
  /** Everything else that Functions ask. */
  readonly network: Network;
  readonly #parts: ProjectParts;
  readonly #telephony: Telephony;
  #closing: Promise<void> | null = null;

  constructor(parts: ProjectParts) {
    this.#parts = parts;
    this.twilio = new TwilioApi(parts.outbound);
    this.network = new Network(parts.outbound);
    this.#telephony = telephonyOf(parts);
    this.twilio.onMessage((message) => this.#telephony.inbox.addSent(message));
  }

  /** `http://localhost:PORT`, or the public URL that was given. */
  get url(): string {
    return this.#parts.publicUrl ?? `http://localhost:${this.#parts.platform.port}`;
  }

  get port(): number {
    return this.#parts.platform.port;
  }

  /** Absolute path of the folder. */
  get root(): string {
    return this.#parts.platform.build.root;
  }

  /** Variables as Functions see them. */
  get variables(): Readonly<Record<string, string>> {
    return this.#parts.platform.build.variables;
  }

  /** Of all requests so far, in the order of their answers. */
  get records(): readonly InvocationRecord[] {
    return this.#parts.records.all;
  }

  /** What Functions wrote so far. */
  get logs(): readonly LogLine[] {
    return this.#parts.records.lines;
  }

  get(path: string, options: RequestOptions = {}): Promise<TestResponse> {
    return this.#ask('GET', path, options);
  }

  post(path: string, options: PostOptions = {}): Promise<TestResponse> {
    return this.#ask('POST', path, options);
  }

  /** Any other method. */
  request(method: string, path: string, options: PostOptions = {}): Promise<TestResponse> {
    return this.#ask(method.toUpperCase(), path, options);
  }

  /** A text to the project; resolves with the phone that sent it, once all that came of it is over. */
  async sms(text: string | SmsOptions): Promise<TestPhone> {
    this.#mustBeOpen();
    return this.#telephony.sms(text);
  }

  /** A call to the project; resolves once it waits for the caller, or is over. */
  async call(options: string | TestCallOptions = {}): Promise<TestCall> {
    this.#mustBeOpen();
    return this.#telephony.call(options);
  }

  /** The phone with this number; the same one each time. */
  phone(number?: string): TestPhone {
    return this.#telephony.phone(number);
  }

  /** Ends what runs and removes what was made. Repeatable. Rejects where an assertion failed that nobody awaited. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #mustBeOpen(): void {
    if (this.#closing !== null) throw closed();
  }

  async #ask(method: string, path: string, options: PostOptions): Promise<TestResponse> {
    this.#mustBeOpen();
    if (!String(path).startsWith('/')) throw noPath(path);
    const token = this.#isSigned(path, options) ? this.#token : null;
    const limitMs = QUEUE_WAIT_MS + 2 * this.#parts.timeoutMs + GRACE_MS;
    const place = { port: this.port, base: this.url, limitMs };
    const incoming = await send(place, { method, path, options, token });
    const at = incoming.rawHeaders.indexOf('Twilio-Request-Id');
    const record = await this.#parts.records.find(incoming.rawHeaders[at + 1] ?? '');
    return new TestResponse(incoming, record, this.#parts.parseJson);
  }

  get #token(): string {
    return this.#parts.platform.build.authToken ?? '';
  }

  #isSigned(path: string, { signed }: PostOptions): boolean {
    const { functions, assets } = this.#parts.platform.build;
    const [plain] = path.split('?');
    const found = [...functions, ...assets].find((resource) => resource.path === plain);
    return signed ?? found?.visibility === 'protected';
  }

  async #close(): Promise<void> {
    // Nothing of the platform keeps the process alive, but this has to come to its end.
    const alive = setInterval(() => {}, 1_000);
    try {
      await this.#telephony.close();
    } finally {
      await this.#parts.platform.close();
      await this.#parts.end();
      clearInterval(alive);
    }
  }
}

function telephonyOf({ platform, records, outbound, options, publicUrl }: ProjectParts): Telephony {
  const { sms, voice, network } = options;
  return new Telephony({
    baseUrl: `http://localhost:${platform.port}`,
    publicUrl,
    build: platform.build,
    evidence: new Evidence(records, outbound),
    sms,
    voice,
    reach: network === 'allow' ? 'everywhere' : 'project',
  });
}

function closed(): CodedError {
  return new CodedError('HS_TEST_USAGE', 'the project of this test is closed');
}

function noPath(path: string): CodedError {
  return new CodedError(
    'HS_TEST_USAGE',
    `${JSON.stringify(path)} is no path: it begins with /, such as /sms/reply`,
  );
}
