/**
 * Sends webhooks as the vendor does: signed, with cookies, as a form or a query, tried again where the URL asks for it,
 * redirects followed. twilio.com/docs/usage/webhooks, twilio.com/docs/usage/security
 */
import { sign, signedFields } from '../../protocol/signing';
import { type Problem, type ProblemCode, problem } from '../problem';
import { newToken, type Randomness } from '../sid';
import { decodeLeniently } from '../twiml/decode';
import { LARGEST_DOCUMENT_BYTES } from '../twiml/parse';
import { connectTo, isOfProject, type Project, resolveUrl } from './address';
import type { CookieJar } from './cookies';
import type { Exchange, Fields, Purpose, WebhookMethod } from './exchange';
import { type Fault, type FaultPlan, faultText } from './faults';
import { formText, withFields } from './form';
import { type Overrides, type RetryPolicy, readOverrides } from './overrides';
import type { Transport, TransportAnswer } from './transport';

export interface WebhookSettings {
  readonly project: Project;
  /** The auth token of the account; `null`: nothing is signed. */
  readonly authToken: string | null;
  readonly transport: Transport;
  readonly random: Randomness;
  /** `project`: requests to anywhere else fail, so that a test needs no network. */
  readonly reach: 'project' | 'everywhere';
}

export interface Webhook {
  readonly purpose: Purpose;
  readonly method: WebhookMethod;
  /** Absolute; its fragment holds connection overrides. */
  readonly url: URL;
  readonly parameters: Fields;
}

export interface Reply {
  readonly exchange: Exchange;
  /** Of the document: that of the last redirect. */
  readonly url: string;
  readonly body: Buffer;
  readonly tooLarge: boolean;
  /** How long the conversation had to wait for it where that was made longer on purpose. */
  readonly extraMs: number;
}

/** twilio.com/docs/api/errors/11215; the number is ours, that of most browsers is 20. */
const MOST_REDIRECTS = 10;

interface Attempt {
  readonly answer: TransportAnswer;
  readonly url: URL;
  readonly fault: Fault | null;
  readonly extraMs: number;
}

export class WebhookSender {
  readonly #settings: WebhookSettings;
  readonly #jar: CookieJar;
  readonly #faults: FaultPlan;

  constructor(settings: WebhookSettings, jar: CookieJar, faults: FaultPlan) {
    this.#settings = settings;
    this.#jar = jar;
    this.#faults = faults;
  }

  /** Never rejects: what goes wrong is the `problem` of the exchange. */
  async send(webhook: Webhook): Promise<Reply> {
    const started = performance.now();
    const token = newToken(this.#settings.random);
    const overrides = readOverrides(webhook.url.hash.slice(1));
    let attempt = await this.#attempt(webhook, overrides, token);
    let count = 1;
    while (count <= overrides.retries && isWorthRetrying(attempt.answer, overrides.policies)) {
      if (attempt.fault?.type === 'lost' || performance.now() - started >= overrides.totalMs) break;
      attempt = await this.#attempt(webhook, overrides, token);
      count++;
    }
    return replyOf(webhook, attempt, count, Math.round(performance.now() - started));
  }

  async #attempt(webhook: Webhook, overrides: Overrides, token: string): Promise<Attempt> {
    const fault = this.#faults.next(webhook.purpose, webhook.url);
    const url = webhook.url;
    switch (fault?.type) {
      case 'refused':
        return { answer: failure('connect', faultText(fault)), url, fault, extraMs: 0 };
      case 'lost':
        return { answer: failure('connect', faultText(fault)), url, fault, extraMs: 0 };
      case 'duplicate':
        await this.#follow(webhook, overrides, token);
        break;
      default:
    }
    const sent = await this.#follow(webhook, overrides, token);
    switch (fault?.type) {
      case 'slow': {
        const isTooLate = fault.ms >= Math.min(overrides.readMs, overrides.totalMs);
        const extraMs = Math.min(fault.ms, overrides.totalMs);
        const answer = isTooLate ? failure('read', faultText(fault)) : sent.answer;
        return { ...sent, answer, fault, extraMs };
      }
      case 'status':
        return { ...sent, answer: emptyAnswer(fault.status), fault, extraMs: 0 };
      case 'dropped':
        return { ...sent, answer: failure('read', faultText(fault)), fault, extraMs: 0 };
      default:
        return { ...sent, fault, extraMs: 0 };
    }
  }

  /** 301, 302 and 303 become GET without the fields, 307 and 308 stay as they are: as browsers do. */
  async #follow(
    webhook: Webhook,
    overrides: Overrides,
    token: string,
  ): Promise<{ answer: TransportAnswer; url: URL }> {
    let { method, parameters, url } = webhook;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const answer = await this.#sendOnce({ ...webhook, method, parameters, url }, overrides, token);
      if (answer.type === 'failure') return { answer, url };
      this.#jar.keep(answer.cookies, url);
      if (!isRedirect(answer.status) || answer.location === null) return { answer, url };
      const next = resolveUrl(answer.location, url.href);
      if ('problem' in next) return { answer: failure('protocol', next.problem.message), url };
      url = next.url;
      if (answer.status < 307) {
        method = 'GET';
        parameters = {};
      }
    }
    return { answer: failure('redirects', `over ${MOST_REDIRECTS}`), url };
  }

  async #sendOnce(webhook: Webhook, overrides: Overrides, token: string): Promise<TransportAnswer> {
    const { project, reach, transport } = this.#settings;
    const { method, parameters } = webhook;
    if (reach === 'project' && !isOfProject(webhook.url, project)) {
      return failure('connect', `${webhook.url.origin} is not the project, and nothing else is called here`);
    }
    const url = method === 'GET' ? withFields(webhook.url, parameters) : webhook.url;
    const body = method === 'GET' ? '' : formText(parameters);
    return transport({
      method,
      url: connectTo(withoutFragment(url), project),
      headers: this.#headersOf({ ...webhook, url }, body, token),
      body,
      limits: overrides,
      mostBytes: LARGEST_DOCUMENT_BYTES,
    });
  }

  #headersOf({ method, parameters, url }: Webhook, body: string, token: string): Record<string, string> {
    const cookie = this.#jar.headerFor(url);
    const { authToken } = this.#settings;
    const signed = signedUrlOf(url);
    const fields = method === 'POST' ? signedFields(parameters) : '';
    return {
      Host: url.host,
      'User-Agent': 'TwilioProxy/1.1',
      Accept: '*/*',
      'Cache-Control': 'max-age=259200',
      ...(method === 'POST'
        ? {
            'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
            'Content-Length': String(Buffer.byteLength(body)),
          }
        : {}),
      ...(authToken === null ? {} : { 'X-Twilio-Signature': sign(authToken, signed + fields) }),
      'I-Twilio-Idempotency-Token': token,
      'X-Home-Region': 'us1',
      ...(cookie === null ? {} : { Cookie: cookie }),
      ...(url.username === '' ? {} : { Authorization: basicOf(url) }),
      Connection: 'close',
    };
  }
}

function withoutFragment(url: URL): URL {
  const changed = new URL(url);
  changed.hash = '';
  return changed;
}

/** Without fragment and user information, as the gateway sees it. */
export function signedUrlOf(url: URL): string {
  const changed = withoutFragment(url);
  changed.username = '';
  changed.password = '';
  return changed.href;
}

function basicOf(url: URL): string {
  const plain = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(plain).toString('base64')}`;
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function failure(kind: 'connect' | 'read' | 'protocol' | 'redirects', detail: string): TransportAnswer {
  return { type: 'failure', kind, detail };
}

function emptyAnswer(status: number): TransportAnswer {
  return {
    type: 'response',
    status,
    contentType: null,
    location: null,
    cookies: [],
    recordId: null,
    body: Buffer.alloc(0),
    tooLarge: false,
  };
}

/** twilio.com/docs/usage/webhooks/webhooks-connection-overrides, "Retry policy" */
function isWorthRetrying(answer: TransportAnswer, policies: readonly RetryPolicy[]): boolean {
  return policies.some((policy) => isFailureOf(policy, answer));
}

function isFailureOf(policy: RetryPolicy, answer: TransportAnswer): boolean {
  switch (policy) {
    case '4xx':
      return answer.type === 'response' && answer.status >= 400 && answer.status < 500;
    case '5xx':
      return answer.type === 'response' && answer.status >= 500;
    case 'ct':
      return answer.type === 'failure' && ['connect', 'tls', 'certificate', 'host'].includes(answer.kind);
    case 'rt':
      return answer.type === 'failure' && answer.kind === 'read';
    case 'all':
      return answer.type === 'failure' || answer.status >= 400;
  }
}

function replyOf(webhook: Webhook, attempt: Attempt, count: number, tookMs: number): Reply {
  const { answer, url, fault, extraMs } = attempt;
  const response = answer.type === 'response' ? answer : null;
  const body = response?.body ?? Buffer.alloc(0);
  const isLost = fault?.type === 'lost';
  return {
    exchange: {
      purpose: webhook.purpose,
      method: webhook.method,
      url: signedUrlOf(webhook.method === 'GET' ? withFields(webhook.url, webhook.parameters) : webhook.url),
      parameters: webhook.parameters,
      attempt: count,
      status: response?.status ?? null,
      contentType: response?.contentType ?? null,
      recordId: response?.recordId ?? null,
      body: decodeLeniently(body),
      durationMs: tookMs + extraMs,
      problem: isLost ? null : failureOf(answer, signedUrlOf(url)),
      fault: fault === null ? null : faultText(fault),
    },
    url: signedUrlOf(url),
    body,
    tooLarge: response?.tooLarge ?? false,
    extraMs,
  };
}

function failureOf(answer: TransportAnswer, url: string): Problem | null {
  const place = { url, line: null, column: null };
  if (answer.type === 'failure') return problem(codeOf(answer.kind), answer.detail, place);
  if (answer.status >= 200 && answer.status < 300) return null;
  return problem(11200, `the answer has the status ${answer.status}${saidIn(answer)}`, place);
}

/** What the answer says for itself, where that is short text: a refused signature, a Function that threw. */
function saidIn({ contentType, body }: TransportAnswer & { type: 'response' }): string {
  if (!/^(?:text\/plain|application\/json)/i.test(contentType ?? '')) return '';
  const text = decodeLeniently(body.subarray(0, LONGEST_QUOTE)).replace(/\s+/g, ' ').trim();
  return text === '' ? '' : `: ${text}`;
}

const LONGEST_QUOTE = 200;

function codeOf(kind: (TransportAnswer & { type: 'failure' })['kind']): ProblemCode {
  switch (kind) {
    case 'host':
      return 11210;
    case 'connect':
      return 11205;
    case 'read':
      return 11200;
    case 'protocol':
      return 11206;
    case 'redirects':
      return 11215;
    case 'tls':
      return 11220;
    case 'certificate':
      return 11237;
  }
}
