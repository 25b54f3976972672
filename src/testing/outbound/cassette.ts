/** Outbound requests and their answers in a file: recorded once, replayed from then on. Secrets do not get into it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CodedError } from '../../errors';
import type { Redactor } from '../../records/redact';
import { OutboundAnswer } from './answer';
import type { OutboundRequest } from './request';

/** With this in the environment, what a file does not hold is asked for and recorded. */
export const RECORD_VARIABLE = 'HOOKSWITCH_CASSETTE';

interface Recorded {
  readonly request: { readonly method: string; readonly url: string; readonly body: string };
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body: string;
    readonly base64?: true;
  };
}

const HEADERS_KEPT = ['content-type', 'location', 'twilio-request-id', 'content-encoding'];

export class Cassette {
  readonly records: boolean;
  readonly #file: string;
  readonly #recorded: Recorded[];
  readonly #used = new Set<Recorded>();
  readonly #redactor: Redactor;
  #changed = false;

  /** Throws `CodedError` (HS_TEST_USAGE) where the file is none. `redactor`: knows the secrets of the project. */
  constructor(file: string, redactor: Redactor) {
    this.#file = resolve(file);
    this.records = process.env[RECORD_VARIABLE] === 'record';
    this.#recorded = existsSync(this.#file) ? readCassette(this.#file) : [];
    this.#redactor = redactor;
  }

  /** Those that are the same are answered in their order; the last one again and again. */
  find(request: OutboundRequest): OutboundAnswer | null {
    const wanted = this.#keyOf(request);
    const same = this.#recorded.filter((one) => keyText(one.request) === keyText(wanted));
    const next = same.find((one) => !this.#used.has(one)) ?? same.at(-1);
    if (next === undefined) return null;
    this.#used.add(next);
    const { status, headers, body, base64 } = next.response;
    return new OutboundAnswer(status, headers, Buffer.from(body, base64 === true ? 'base64' : 'utf8'));
  }

  add(request: OutboundRequest, { status, headers, body }: OutboundAnswer): void {
    const kept = Object.entries(headers).filter(([name]) => HEADERS_KEPT.includes(name.toLowerCase()));
    const text = body.toString('utf8');
    const isText = Buffer.from(text).equals(body);
    const written = isText
      ? { body: this.#redactor.body(text, headers['content-type'] ?? null) }
      : { body: body.toString('base64'), base64: true as const };
    const recorded: Recorded = {
      request: this.#keyOf(request),
      response: { status, headers: Object.fromEntries(kept), ...written },
    };
    this.#recorded.push(recorded);
    this.#used.add(recorded);
    this.#changed = true;
  }

  save(): void {
    if (!this.#changed) return;
    this.#changed = false;
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, `${JSON.stringify(this.#recorded, null, 2)}\n`);
  }

  /** Fields are sorted, so that the order in which a client writes them does not matter. */
  #keyOf({ method, url, body, form, headers }: OutboundRequest): Recorded['request'] {
    const address = new URL(url);
    address.searchParams.sort();
    const text = body.toString('utf8');
    const isForm = Object.keys(form).length > 0;
    const type = isForm ? 'application/x-www-form-urlencoded' : (headers['content-type'] ?? null);
    const written = this.#redactor.body(isForm ? sortedFields(text) : text, type);
    return { method, url: this.#redactor.target(address.href), body: written };
  }
}

function sortedFields(text: string): string {
  const fields = new URLSearchParams(text);
  fields.sort();
  return fields.toString();
}

function readCassette(file: string): Recorded[] {
  try {
    const recorded: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(recorded) && recorded.every(isRecorded)) return recorded;
    throw new Error('it holds something else');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('HS_TEST_USAGE', `${file} is no file of recorded answers: ${why}`, { cause });
  }
}

function isRecorded(value: unknown): value is Recorded {
  const { request, response } = Object(value) as Partial<Recorded>;
  return (
    typeof request?.url === 'string' &&
    typeof response?.status === 'number' &&
    typeof response.body === 'string'
  );
}

function keyText({ method, url, body }: Recorded['request']): string {
  return `${method} ${url}\n${body}`;
}
