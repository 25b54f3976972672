/** One end of a call that carries out TwiML: its webhooks, its attributes, what it hears. */

import { VOICE_SCHEMA } from '../../model/twiml/voice-schema';
import { resolveStart, resolveUrl } from '../http/address';
import type { Fields, Purpose, WebhookMethod } from '../http/exchange';
import type { Reply } from '../http/webhook';
import type { Problem } from '../problem';
import { Attributes } from '../twiml/attributes';
import type { TwimlElement } from '../twiml/element';
import { type Input, Interruption, notify, type Steps, send, wait } from './effects';
import type { CallEventBody, CallStatus, LegName, Waiting } from './event';
import type { Ending } from './next';
import { callFields, type LegIdentity, progressFields } from './parameters';
import type { CallSession } from './session';

/** `wait`: what a queue or conference plays. `screening`: what a dialled party hears first. */
export type Scope = 'call' | 'wait' | 'screening';

export interface DocumentRequest {
  readonly purpose: Purpose;
  readonly method: WebhookMethod;
  readonly url: URL;
  readonly parameters: Fields;
}

/** `url` may be relative to `base`. */
export type CallbackRequest = Omit<DocumentRequest, 'url'> & { readonly url: string; readonly base: string };

export class Leg {
  readonly name: LegName;
  readonly identity: LegIdentity;
  readonly session: CallSession;
  readonly scope: Scope;
  /** While it waits in a queue or conference, everything that is heard can be interrupted by this. */
  readonly ambient: Waiting | null;
  /** Sent with each document request of this scope. */
  readonly extra: () => Fields;
  #status: CallStatus;
  /** Of its status callbacks. */
  #sequence = 0;

  constructor(parts: {
    readonly name: LegName;
    readonly identity: LegIdentity;
    readonly session: CallSession;
    readonly status: CallStatus;
    readonly scope?: Scope;
    readonly ambient?: Waiting | null;
    readonly extra?: () => Fields;
  }) {
    this.name = parts.name;
    this.identity = parts.identity;
    this.session = parts.session;
    this.scope = parts.scope ?? 'call';
    this.ambient = parts.ambient ?? null;
    this.extra = parts.extra ?? (() => ({}));
    this.#status = parts.status;
  }

  get status(): CallStatus {
    return this.#status;
  }

  /** The same leg while it waits. */
  waitingAs(ambient: Waiting, extra: () => Fields): Leg {
    const { name, identity, session } = this;
    return new Leg({ name, identity, session, status: this.#status, scope: 'wait', ambient, extra });
  }

  setStatus(status: CallStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    this.emit({ type: 'status', status, sid: this.identity.sid });
  }

  emit(body: CallEventBody): void {
    this.session.emit(this.name, body);
  }

  report(found: Problem): void {
    this.emit({ type: 'problem', problem: found });
  }

  attributes(element: TwimlElement, url: string): Attributes {
    const { onRead } = this.session.wiring;
    return new Attributes(element, {
      table: VOICE_SCHEMA,
      url,
      report: (found) => this.report(found),
      ...(onRead === undefined ? {} : { onRead }),
    });
  }

  fields(): Fields {
    return { ...callFields(this.identity, this.#status), ...this.extra() };
  }

  /** `null`: it cannot be resolved, which is reported. */
  resolve(reference: string, base: string): URL | null {
    const resolved = resolveUrl(reference, base);
    if ('url' in resolved) return resolved.url;
    this.report(resolved.problem);
    return null;
  }

  resolveStart(reference: string): URL | null {
    const resolved = resolveStart(reference, this.session.wiring.webhooks.project);
    if ('url' in resolved) return resolved.url;
    this.report(resolved.problem);
    return null;
  }

  run(request: DocumentRequest): Steps<Ending> {
    return this.session.run(this, request);
  }

  *ask(request: DocumentRequest): Steps<Reply> {
    const parameters = { ...this.fields(), ...request.parameters };
    const reply = yield* send({ ...request, parameters });
    this.emit({ type: 'request', exchange: reply.exchange });
    if (reply.extraMs > 0) yield* this.passTime(reply.extraMs);
    return reply;
  }

  /** A callback that says who calls whom as well. */
  *tell(request: CallbackRequest, delayMs = 0): Steps<void> {
    yield* this.tellOnly({ ...request, parameters: { ...this.fields(), ...request.parameters } }, delayMs);
  }

  /** A callback; a reference that cannot be resolved is reported. */
  *tellOnly({ purpose, method, url, base, parameters }: CallbackRequest, delayMs = 0): Steps<void> {
    const resolved = this.resolve(url, base);
    if (resolved === null) return;
    yield* notify({ purpose, method, url: resolved, parameters }, delayMs);
  }

  /** Of which call it is. */
  sidFields(): Fields {
    return { AccountSid: this.identity.accountSid, CallSid: this.identity.sid };
  }

  /** A status callback of this leg. `recording`: what it tells of one. */
  *tellProgress(
    callback: { url: string; method: WebhookMethod; base: string },
    durationMs: number | null,
    recording: Fields = {},
  ): Steps<void> {
    const progress = {
      sequence: this.#sequence++,
      wallTime: this.session.wallTime(),
      status: this.#status,
      durationMs,
    };
    const parameters = { ...progressFields(progress), ...recording };
    yield* this.tell({ ...callback, purpose: 'status', parameters });
  }

  /** Nobody is asked anything meanwhile; who hangs up ends it. Throws `Interruption`. */
  *passTime(ms: number): Steps<void> {
    const until = this.session.now() + ms;
    for (let left = ms; left > 0; left = until - this.session.now()) {
      const input = yield* wait(left, this.ambient, this.ambient === null);
      if (input.type !== 'elapsed') this.interrupt(input);
    }
  }

  /** Waits until somebody hangs up. Throws `Interruption`. */
  *passForever(): Steps<never> {
    for (;;) {
      const input = yield* wait(Infinity, this.ambient ?? { for: 'hang up' });
      if (input.type !== 'elapsed') this.interrupt(input);
    }
  }

  /** Keys and words that nobody listens to do not interrupt. */
  interrupt(input: Exclude<Input, { readonly type: 'elapsed' }>): void {
    if (input.type === 'digit') this.emit({ type: 'ignored', input: input.digit });
    else if (input.type === 'speech') this.emit({ type: 'ignored', input: input.text });
    else throw new Interruption(input);
  }
}
