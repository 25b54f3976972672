/** The outbound requests of one project's Functions: who answers them, and which ones there were. */
import { renameSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { matchesHost, type OutboundLine, type OutboundRules } from '../../protocol/outbound';
import type { Redactor } from '../../records/redact';
import { answerOf, type OutboundAnswer, twilioError } from './answer';
import { Cassette, RECORD_VARIABLE } from './cassette';
import { forward } from './forward';
import type { OutboundTaker } from './listener';
import { type OutboundRequest, readOutboundRequest } from './request';
import { createRoute, isTwilio, matchRoute, type OutboundHandler, type OutboundRoute } from './route';

export interface OutboundSettings {
  readonly network: 'refuse' | 'allow' | readonly string[];
  /** File of recorded answers. */
  readonly cassette: string | undefined;
  /** Knows the secrets of the project. */
  readonly redactor: Redactor;
  /** Where the rules of the instances lie. */
  readonly folder: string;
}

const TWILIO_HOSTS = ['twilio.com', '*.twilio.com'];

export class Outbound implements OutboundTaker {
  readonly rulesFile: string;
  readonly requests: OutboundRequest[] = [];
  /** In words; what the test neither answered nor allowed, or where its own answer failed. */
  readonly problems: string[] = [];
  readonly #routes: OutboundRoute[] = [];
  readonly #allowed: string[];
  #allowsTwilio = false;
  #cassette: Cassette | null = null;

  constructor(private readonly settings: OutboundSettings) {
    const { network, folder } = settings;
    this.rulesFile = join(folder, 'outbound.json');
    this.#allowed =
      network === 'allow' ? ['*'] : network === 'refuse' ? [] : network.map((host) => host.toLowerCase());
    this.#writeRules();
  }

  /** Throws `CodedError` (HS_TEST_USAGE). The newest one goes first. */
  on(pattern: string, handler: OutboundHandler): void {
    this.#routes.unshift(createRoute(pattern, handler));
    this.#writeRules();
  }

  allow(hosts: readonly string[]): void {
    this.#allowed.push(...hosts.map((host) => host.toLowerCase()));
    this.#writeRules();
  }

  allowTwilio(): void {
    this.#allowsTwilio = true;
  }

  save(): void {
    this.#cassette?.save();
  }

  // --- what instances send

  answer(line: OutboundLine, message: IncomingMessage, response: ServerResponse): void {
    this.#answer(line, message).then(
      ({ status, headers, body }) => {
        response.writeHead(status, { ...headers, 'content-length': body.length });
        response.end(body);
      },
      () => response.destroy(),
    );
  }

  refused({ scheme, host, port }: OutboundLine): void {
    this.problems.push(`a connection to ${scheme}://${host}:${port} was refused`);
  }

  async #answer(line: OutboundLine, message: IncomingMessage): Promise<OutboundAnswer> {
    const request = await readOutboundRequest(line, message);
    const { route, params } = this.#find(request);
    const asked = { ...request, params };
    this.requests.push(asked);
    if (route !== null) return this.#ask(route, asked);
    return (await this.#fromCassette(asked)) ?? this.#beyond(asked);
  }

  #find(request: OutboundRequest): {
    readonly route: OutboundRoute | null;
    readonly params: Record<string, string>;
  } {
    for (const route of this.#routes) {
      const params = matchRoute(route, request);
      if (params !== null) return { route, params };
    }
    return { route: null, params: {} };
  }

  async #ask({ handler }: OutboundRoute, request: OutboundRequest): Promise<OutboundAnswer> {
    try {
      return answerOf(request.method, await handler(request));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const text = `the answer of the test to ${request.method} ${request.url} failed: ${why}`;
      this.problems.push(text);
      return twilioError(500, 'HS_TEST_ANSWER', text);
    }
  }

  async #fromCassette(request: OutboundRequest): Promise<OutboundAnswer | null> {
    if (this.settings.cassette === undefined) return null;
    this.#cassette ??= new Cassette(this.settings.cassette, this.settings.redactor);
    const known = this.#cassette.find(request);
    if (known !== null || !this.#cassette.records) return known;
    const answered = await forward(request);
    this.#cassette.add(request, answered);
    this.#cassette.save();
    return answered;
  }

  async #beyond(request: OutboundRequest): Promise<OutboundAnswer> {
    if (this.#lets(request.host)) return forward(request);
    const text = `the test does not answer ${request.method} ${request.url}: ${this.#advice(request)}`;
    this.problems.push(text);
    return twilioError(501, 'HS_OUTBOUND_REFUSED', text);
  }

  #lets(host: string): boolean {
    if (isTwilio(host)) return this.#allowsTwilio;
    return this.#allowed.some((pattern) => matchesHost(pattern, host));
  }

  #advice(request: OutboundRequest): string {
    if (this.settings.cassette !== undefined) {
      return `record it into ${this.settings.cassette} with ${RECORD_VARIABLE}=record in the environment, or answer it with ${example(request)}`;
    }
    const ready = request.path.endsWith('/Messages.json') ? 'call app.twilio.answerMessages(), ' : '';
    const allow = isTwilio(request.host) ? ', or let it through with app.twilio.allow()' : '';
    return `${ready}answer it with ${example(request)}${allow}`;
  }

  /** As a whole and at once: instances may read at any time. */
  #writeRules(): void {
    const hosts = this.#routes.flatMap(({ host }) => (host === null ? [] : [host]));
    const all = this.settings.cassette === undefined ? [] : ['*'];
    const rules: OutboundRules = { answered: [...TWILIO_HOSTS, ...hosts, ...all], allowed: this.#allowed };
    writeFileSync(`${this.rulesFile}.new`, JSON.stringify(rules));
    renameSync(`${this.rulesFile}.new`, this.rulesFile);
  }
}

function example({ method, host, path }: OutboundRequest): string {
  const general = path
    .replace(/\/AC[0-9a-fA-F]{32}\b/, '/:account')
    .replace(/\/[A-Z]{2}[0-9a-fA-F]{32}\b/, '/:sid');
  if (isTwilio(host)) return `app.twilio.on('${method} ${general}', (request) => ({ … }))`;
  return `app.network.on('${method} https://${host}${general}', (request) => ({ … }))`;
}
