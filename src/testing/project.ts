/** A project that is served for a test: asked, phoned, texted, and closed. */
import { setInterval } from 'node:timers';
import { CodedError } from '../errors';
import type { RequestRecord } from '../model/invocation';
import { QUEUE_WAIT_MS } from '../model/limits';
import type { Platform } from '../platform';
import { type PostOptions, type RequestOptions, send } from './client';
import { Network } from './outbound/network';
import type { Outbound } from './outbound/outbound';
import { TwilioApi } from './outbound/twilio';
import type { LogLine, Records } from './records';
import { TestResponse } from './response';

export interface ProjectParts {
  readonly platform: Platform;
  readonly records: Records;
  readonly outbound: Outbound;
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
  #closing: Promise<void> | null = null;

  constructor(parts: ProjectParts) {
    this.#parts = parts;
    this.twilio = new TwilioApi(parts.outbound);
    this.network = new Network(parts.outbound);
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
  get records(): readonly RequestRecord[] {
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

  /** Ends what runs and removes what was made. Repeatable. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #ask(method: string, path: string, options: PostOptions): Promise<TestResponse> {
    if (this.#closing !== null) throw closed();
    if (!String(path).startsWith('/')) throw noPath(path);
    const token = this.#isSigned(path, options) ? this.#token : null;
    const limitMs = QUEUE_WAIT_MS + 2 * this.#parts.timeoutMs + GRACE_MS;
    const place = { port: this.port, base: this.url, limitMs };
    const incoming = await send(place, { method, path, options, token });
    const at = incoming.rawHeaders.indexOf('Twilio-Request-Id');
    const record = await this.#parts.records.find(incoming.rawHeaders[at + 1] ?? '');
    return new TestResponse(incoming, record);
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
      await this.#parts.platform.close();
      await this.#parts.end();
    } finally {
      clearInterval(alive);
    }
  }
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
