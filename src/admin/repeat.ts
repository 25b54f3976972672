/** Calls of the console and replays: what is sent, signed afresh, and what could not be the same. */
import { createHash } from 'node:crypto';
import { CodedError } from '../errors';
import { decodeBody } from '../gateway/body';
import type { Form } from '../gateway/event';
import { createOrigin } from '../gateway/origin';
import { sign, signedFields } from '../gateway/signature';
import type { Traffic } from '../model/invocation';
import type { InvocationRecord } from '../model/record';
import type { Kept } from '../records/records';
import { HIDDEN, type Redactor } from '../records/redact';
import { bytesOf, recordOf } from '../records/view';
import type { CallRequest, ReplayAnswer, ReplayRequest } from './api';
import type { AdminParts } from './parts';
import { type Outgoing, refused, sendRequest } from './send-request';

const MOST_RUNNING = 8;
const SIGNATURE = 'x-twilio-signature';
/** Of the connection, or of how a body is sent: made anew. */
const OF_THE_WIRE: readonly string[] = [
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

type Headers = Outgoing['headers'];

export class Repeater {
  #running = 0;

  constructor(private readonly parts: AdminParts) {}

  /** Throws `CodedError`: HS_CANNOT_REPLAY, HS_CONSOLE_BUSY. */
  async call({ method, target, headers, body, sign: isSigned }: CallRequest): Promise<InvocationRecord> {
    const given: Outgoing = { method, target, headers: this.#withHost(headers), body: Buffer.from(body) };
    const { outgoing } = isSigned ? await this.#signed(given) : { outgoing: given };
    return recordOf(await this.#send(outgoing, null), this.parts.redactor);
  }

  /** Throws `CodedError`: HS_CANNOT_REPLAY, HS_CONSOLE_BUSY. */
  async replay(kept: Kept, changes: ReplayRequest): Promise<ReplayAnswer> {
    const { record } = kept;
    if (record.traffic === null || record.method === '' || record.method === 'CONNECT') {
      throw refused('nothing is known of the request but that it was refused');
    }
    const original = recordOf(kept, this.parts.redactor);
    const edited = new EditedRequest(
      record.method,
      record.target,
      record.traffic,
      changes,
      this.parts.redactor,
      shownBodyOf(original),
    );
    const given = { ...edited.outgoing, headers: this.#withHost(edited.outgoing.headers) };
    const isSigned = edited.wasSigned || this.#isProtected(given.target);
    const { outgoing, warnings } = isSigned ? await this.#signed(given) : { outgoing: given, warnings: [] };
    const replay = recordOf(await this.#send(outgoing, record.id), this.parts.redactor);
    return { original, replay, warnings: [...edited.warnings, ...warnings] };
  }

  async #send(outgoing: Outgoing, replayOf: string | null): Promise<Kept> {
    if (this.#running >= MOST_RUNNING)
      throw new CodedError('HS_CONSOLE_BUSY', 'too many calls are under way');
    this.#running += 1;
    try {
      return await sendRequest(this.parts, withLength(outgoing), replayOf);
    } finally {
      this.#running -= 1;
    }
  }

  #withHost(headers: Headers): Headers {
    if (headerValue(headers, 'host') !== null) return headers;
    return [['Host', new URL(this.parts.gateway.url).host], ...headers];
  }

  #isProtected(target: string): boolean {
    const { build, checkSignatures } = this.parts.gateway;
    const path = target.split('?')[0];
    const resource = [...build.functions, ...build.assets].find((candidate) => candidate.path === path);
    return checkSignatures && resource?.visibility === 'protected';
  }

  /** With the token of the project, for the URL that the gateway will check. */
  async #signed(given: Outgoing): Promise<{ outgoing: Outgoing; warnings: readonly string[] }> {
    const { build, publicUrl, trustProxy } = this.parts.gateway;
    if (build.authToken === null) return { outgoing: given, warnings: [NO_TOKEN] };
    const { headers, body } = given;
    const target = withHashOf(body, given.target);
    const { base } = createOrigin(publicUrl, trustProxy).of(
      headerValue(headers, 'host') ?? undefined,
      '127.0.0.1',
      false,
      headerValue(headers, 'x-forwarded-host') ?? undefined,
      headerValue(headers, 'x-forwarded-proto') ?? undefined,
    );
    const form = await formOf(body, headers);
    const signature = sign(build.authToken, base + target + (form === null ? '' : signedFields(form)));
    const unsigned = headers.filter(([name]) => name.toLowerCase() !== SIGNATURE);
    return {
      outgoing: { ...given, target, headers: [...unsigned, ['X-Twilio-Signature', signature]] },
      warnings: [],
    };
  }
}

const NO_TOKEN = 'The project has no auth token, so the request could not be signed afresh.';
const CUT = 'The body was cut, or not read at all, when it was recorded: only what was kept of it is sent.';
const INFLATED = 'The body was edited, so it is sent without its Content-Encoding.';

/** What was recorded, with what was edited of it. Where it was not, secrets are as they were, and not as they were shown. */
class EditedRequest {
  readonly outgoing: Outgoing;
  readonly warnings: string[] = [];
  readonly wasSigned: boolean;

  constructor(
    method: string,
    private readonly originalTarget: string,
    private readonly traffic: Traffic,
    private readonly changes: ReplayRequest,
    private readonly redactor: Redactor,
    private readonly shownBody: string | null,
  ) {
    const originals = pairsOf(traffic.requestHeaders);
    this.wasSigned = headerValue(originals, SIGNATURE) !== null;
    const body = this.#body();
    const headers = this.#headers(originals).filter(([name]) => !OF_THE_WIRE.includes(name.toLowerCase()));
    this.outgoing = {
      method: changes.method ?? method,
      target: this.#target(),
      headers: this.#isBodyEdited ? this.#withoutEncoding(headers) : headers,
      body,
    };
  }

  #isBodyEdited = false;

  #target(): string {
    const { target } = this.changes;
    if (target === undefined || target === this.redactor.target(this.originalTarget))
      return this.originalTarget;
    this.#warnOfHidden('target', target);
    return target;
  }

  #headers(originals: Headers): Headers {
    const { headers } = this.changes;
    if (headers === undefined) return originals;
    // Each stands for one: two of a name may look the same where both are hidden.
    const left = [...originals];
    return headers.map(([name, value]) => {
      const at = left.findIndex(
        ([known, secret]) =>
          known.toLowerCase() === name.toLowerCase() && this.redactor.header(known, secret) === value,
      );
      const [original] = at === -1 ? [] : left.splice(at, 1);
      if (original === undefined) this.#warnOfHidden(`header ${name}`, value);
      return [name, original?.[1] ?? value] as const;
    });
  }

  #body(): Buffer {
    const { requestBody } = this.traffic;
    const original = requestBody === null ? Buffer.alloc(0) : bytesOf(requestBody);
    const { body } = this.changes;
    if (body === undefined || body === this.shownBody) {
      if (requestBody !== null && original.length < requestBody.bytes) this.warnings.push(CUT);
      return original;
    }
    this.#isBodyEdited = true;
    this.#warnOfHidden('body', body);
    return Buffer.from(body);
  }

  #withoutEncoding(headers: Headers): Headers {
    if (headerValue(headers, 'content-encoding') === null) return headers;
    this.warnings.push(INFLATED);
    return headers.filter(([name]) => name.toLowerCase() !== 'content-encoding');
  }

  #warnOfHidden(part: string, text: string): void {
    if (!text.includes(HIDDEN)) return;
    this.warnings.push(
      `The ${part} was edited and holds ${HIDDEN} where a secret was: that is sent as it is.`,
    );
  }
}

/** What an editor was given of it. `null`: it is no text. */
function shownBodyOf({ request: { body } }: InvocationRecord): string | null {
  return body === null ? '' : body.text;
}

function pairsOf(headers: readonly string[]): Headers {
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) pairs.push([headers[at] ?? '', headers[at + 1] ?? '']);
  return pairs;
}

function headerValue(headers: Headers, wanted: string): string | null {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
}

function withLength(outgoing: Outgoing): Outgoing {
  const { method, body } = outgoing;
  const kept = outgoing.headers.filter(([name]) => !OF_THE_WIRE.includes(name.toLowerCase()));
  const hasLength = body.length > 0 || method === 'POST';
  const length: Headers = hasLength ? [['Content-Length', String(body.length)]] : [];
  return { ...outgoing, headers: [...kept, ...length, ['Connection', 'close']] };
}

/** Where the URL holds the hash of the body, it holds that of this one. */
function withHashOf(body: Buffer, target: string): string {
  const hash = createHash('sha256').update(body).digest('hex');
  return target.replace(/([?&]bodySHA256=)[^&]*/, `$1${hash}`);
}

/** The fields that a signature covers, or `null`: it is no form, or cannot be read, which the gateway will say. */
function formOf(body: Buffer, headers: Headers): Promise<Form | null> {
  const type = headerValue(headers, 'content-type') ?? undefined;
  const encoding = headerValue(headers, 'content-encoding') ?? undefined;
  return new Promise((resolve) => {
    decodeBody(body, type, encoding, (_problem, decoded) =>
      resolve(decoded?.kind === 'form' ? decoded.form : null),
    );
  });
}
