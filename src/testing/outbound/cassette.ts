/** Outbound requests and their answers in a file: recorded once, replayed from then on. Secrets do not get into it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CodedError } from '../../errors';
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
const SECRET_NAME = /token|secret|password|passwd|api_?key|authorization|credential|signature/i;
const REDACTED = '***';
/** Shorter ones are words. */
const SECRET_CHARACTERS = 8;

export class Cassette {
  readonly records: boolean;
  readonly #file: string;
  readonly #recorded: Recorded[];
  readonly #used = new Set<Recorded>();
  readonly #secrets: readonly string[];
  #changed = false;

  /** Throws `CodedError` (HS_TEST_USAGE) where the file is none. `variables`: those of the project. */
  constructor(file: string, variables: Readonly<Record<string, string>>) {
    this.#file = resolve(file);
    this.records = process.env[RECORD_VARIABLE] === 'record';
    this.#recorded = existsSync(this.#file) ? readCassette(this.#file) : [];
    const named = Object.entries(variables).filter(([name]) => SECRET_NAME.test(name));
    this.#secrets = named.map(([, value]) => value).filter((value) => value.length >= SECRET_CHARACTERS);
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
      ? { body: this.#redact(redactJson(text)) }
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

  #keyOf({ method, url, body, form }: OutboundRequest): Recorded['request'] {
    const fields =
      Object.keys(form).length > 0 ? redactFields(new URLSearchParams(body.toString('utf8'))) : null;
    const address = new URL(url);
    const query = redactFields(address.searchParams);
    address.search = query;
    const text = fields ?? redactJson(body.toString('utf8'));
    return { method, url: this.#redact(address.href), body: this.#redact(text) };
  }

  #redact(text: string): string {
    let clean = text;
    for (const secret of this.#secrets)
      clean = clean.replaceAll(secret, REDACTED).replaceAll(encodeURIComponent(secret), REDACTED);
    return clean;
  }
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

/** Sorted, so that the order in which a client writes them does not matter. */
function redactFields(fields: URLSearchParams): string {
  const clean = new URLSearchParams();
  for (const [name, value] of fields) clean.append(name, SECRET_NAME.test(name) ? REDACTED : value);
  clean.sort();
  return clean.toString();
}

/** Other text stays as it is. */
function redactJson(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(
      JSON.parse(text, (name, value: unknown) =>
        SECRET_NAME.test(name) && typeof value === 'string' ? REDACTED : value,
      ),
    );
  } catch {
    return text;
  }
}
