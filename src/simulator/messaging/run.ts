/** One text from a person and all that comes of it: the webhook, its TwiML, what is sent, and how that is delivered. */

import { MESSAGING_SCHEMA } from '../../model/twiml/messaging-schema';
import { resolveStart, resolveUrl } from '../http/address';
import type { Exchange, Fields, Purpose } from '../http/exchange';
import type { Reply, WebhookSender } from '../http/webhook';
import { type Problem, problem } from '../problem';
import type { NewSid } from '../sid';
import { type AttributeSource, Attributes } from '../twiml/attributes';
import { checkDocument, rowOf } from '../twiml/check';
import { elementsOf, placeOf, type TwimlDocument, type TwimlElement, tidyTextOf } from '../twiml/element';
import { type Content, readContent } from '../twiml/read';
import type { BlockList } from './block-list';
import { type DeliveryOutcome, deliveryOf } from './delivery';
import type { InboundMessage, MessageEvent, MessageExchange, OutboundMessage } from './event';
import { MOST_MEDIA, mediaOf, tooManyMedia } from './media';
import { optOutOf } from './opt-out';
import { inboundFields, type Sender, statusFields } from './parameters';
import { draftOf, type Ends, type ReplyDraft, refusalOf } from './replies';
import { segmentsOf } from './segments';

/** twilio.com/docs/api/errors/14106 */
const MOST_DOCUMENTS = 50;
/** twilio.com/docs/api/errors/14109 */
const MOST_REPLIES = 10;

export interface RunSettings {
  readonly sender: WebhookSender;
  readonly account: Sender;
  readonly project: { readonly baseUrl: string; readonly publicUrl: string | null };
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly fallback: { readonly url: string; readonly method: 'GET' | 'POST' } | null;
  readonly newSid: NewSid;
  readonly now: () => number;
  readonly blocked: BlockList;
  readonly delivery: DeliveryOutcome;
  readonly onEvent: (event: MessageEvent) => void;
  readonly onRead?: AttributeSource['onRead'];
}

/** What to ask for next; `null`: nothing more. */
interface Next {
  readonly purpose: Purpose;
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly parameters: Fields;
}

export class MessageRun {
  readonly #settings: RunSettings;
  readonly #message: InboundMessage;
  readonly #ends: Ends;
  readonly #events: MessageEvent[] = [];
  readonly #sent: OutboundMessage[] = [];
  #documents = 0;
  #usedFallback = false;

  constructor(message: InboundMessage, settings: RunSettings) {
    this.#settings = settings;
    this.#message = message;
    this.#ends = { person: message.from, project: message.to };
  }

  async run(): Promise<MessageExchange> {
    const message = this.#message;
    this.#emit({ type: 'received', at: this.#now(), message });
    await this.#optOut();
    const start = resolveStart(this.#settings.url, this.#settings.project);
    if ('problem' in start) this.#report(start.problem);
    else
      await this.#follow({
        purpose: 'document',
        method: this.#settings.method,
        url: start.url,
        parameters: {},
      });
    return this.#result();
  }

  async #optOut(): Promise<void> {
    const { blocked } = this.#settings;
    const found = optOutOf(this.#message.body, blocked.has(this.#ends));
    if (found === null) return;
    if (found.does === 'unblock') blocked.remove(this.#ends);
    this.#emit({ type: 'opt-out', at: this.#now(), keyword: found.keyword, blocked: found.does === 'block' });
    if (found.answer !== null) await this.#deliver(automaticDraft(found.answer, this.#ends), true);
    if (found.does === 'block') blocked.add(this.#ends);
  }

  async #follow(first: Next): Promise<void> {
    let next: Next | null = first;
    while (next !== null) {
      if (this.#documents >= MOST_DOCUMENTS) {
        this.#report(
          problem(14106, `the limit is ${MOST_DOCUMENTS}`, { url: next.url.href, line: null, column: null }),
        );
        return;
      }
      this.#documents++;
      next = await this.#carryOut(await this.#ask(next));
    }
  }

  async #ask(next: Next): Promise<{ readonly content: Content; readonly url: string }> {
    const parameters = { ...inboundFields(this.#message, this.#settings.account), ...next.parameters };
    const reply = await this.#send({ ...next, parameters });
    return { content: readContent(reply), url: reply.url };
  }

  async #carryOut({
    content,
    url,
  }: {
    readonly content: Content;
    readonly url: string;
  }): Promise<Next | null> {
    switch (content.type) {
      case 'document':
        return this.#interpret(content.document);
      case 'text':
        if (content.text.trim() !== '')
          await this.#deliver({ ...automaticDraft(content.text.trim(), this.#ends) }, false);
        return null;
      case 'empty':
        return null;
      case 'sound':
        this.#report(problem(12300, 'sound is no answer to a message', { url, line: null, column: null }));
        return null;
      case 'problem':
        this.#report(content.problem);
        return this.#fallback(content.problem);
    }
  }

  #fallback(found: Problem): Next | null {
    const { fallback, project } = this.#settings;
    if (fallback === null || this.#usedFallback) return null;
    this.#usedFallback = true;
    const resolved = resolveStart(fallback.url, project);
    if ('problem' in resolved) {
      this.#report(resolved.problem);
      return null;
    }
    const parameters = { ErrorCode: String(found.code), ErrorUrl: found.url ?? '' };
    return { purpose: 'fallback', method: fallback.method, url: resolved.url, parameters };
  }

  async #interpret(document: TwimlDocument): Promise<Next | null> {
    for (const found of checkDocument(document, MESSAGING_SCHEMA)) this.#report(found);
    for (const element of elementsOf(document.root)) {
      if (rowOf(MESSAGING_SCHEMA, element.name) === null) continue;
      if (element.name === 'Redirect') return this.#redirect(element, document.url);
      if (element.name !== 'Message' && element.name !== 'Sms') continue;
      const next = await this.#reply(element, document.url);
      // What stands behind a Message with an action is not reached.
      if (next !== 'go on') return next;
    }
    return null;
  }

  #redirect(element: TwimlElement, base: string): Next | null {
    const method = this.#attributesOf(element, base).method('method');
    return this.#nextFrom(tidyTextOf(element), base, { purpose: 'redirect', method, parameters: {} });
  }

  async #reply(element: TwimlElement, base: string): Promise<Next | null | 'go on'> {
    if (this.#sent.filter(({ automatic }) => !automatic).length >= MOST_REPLIES) {
      this.#report(problem(14109, `the limit is ${MOST_REPLIES}`, placeOf(element, base)));
      return null;
    }
    const draft = draftOf(element, this.#attributesOf(element, base), this.#ends);
    const refusal =
      refusalOf(draft) ?? (draft.media.length > MOST_MEDIA ? tooManyMedia(draft.media.length) : null);
    if (refusal !== null) {
      this.#report({ ...refusal, ...placeOf(element, base) });
      return 'go on';
    }
    const sent = await this.#deliver(draft, false, base);
    if (draft.action === null) return 'go on';
    const parameters = { MessageSid: sent.sid, MessageStatus: sent.errorCode === null ? 'sent' : 'failed' };
    return this.#nextFrom(draft.action, base, { purpose: 'action', method: draft.method, parameters });
  }

  #nextFrom(reference: string, base: string, next: Omit<Next, 'url'>): Next | null {
    const resolved = resolveUrl(reference, base);
    if ('url' in resolved) return { ...next, url: resolved.url };
    this.#report(resolved.problem);
    return null;
  }

  async #deliver(
    draft: ReplyDraft,
    automatic: boolean,
    base: string | null = null,
  ): Promise<OutboundMessage> {
    const { newSid, blocked } = this.#settings;
    const isBlocked = !automatic && blocked.has({ person: draft.to, project: draft.from });
    const { states, errorCode } = deliveryOf(isBlocked ? 'blocked' : this.#settings.delivery);
    const message: OutboundMessage = {
      sid: newSid(draft.media.length > 0 ? 'MM' : 'SM'),
      from: draft.from,
      to: draft.to,
      body: draft.body,
      media: draft.media.map((url) => mediaOf(absolute(url, base))),
      segments: segmentsOf(draft.body),
      status: states.at(-1) ?? 'failed',
      errorCode,
      isReply: draft.to === this.#ends.person,
      automatic,
    };
    this.#sent.push(message);
    this.#emit({ type: 'sent', at: this.#now(), message });
    if (isBlocked) this.#report(problem(21610, draft.to));
    for (const status of states) {
      this.#emit({ type: 'delivery', at: this.#now(), sid: message.sid, status });
      if (draft.statusCallback !== null && base !== null)
        await this.#tell(message, status, draft.statusCallback, base);
    }
    return message;
  }

  async #tell(
    message: OutboundMessage,
    status: OutboundMessage['status'],
    reference: string,
    base: string,
  ): Promise<void> {
    const resolved = resolveUrl(reference, base);
    if ('problem' in resolved) {
      this.#report(
        problem(14105, JSON.stringify(reference.slice(0, 100)), { url: base, line: null, column: null }),
      );
      return;
    }
    const parameters = statusFields(message, status, this.#settings.account);
    const { exchange } = await this.#send({
      purpose: 'status',
      method: 'POST',
      url: resolved.url,
      parameters,
    });
    if (exchange.problem !== null) this.#report({ ...exchange.problem, level: 'warning' });
  }

  async #send(next: Next): Promise<Reply> {
    const reply = await this.#settings.sender.send(next);
    this.#emit({ type: 'request', at: this.#now(), exchange: reply.exchange });
    return reply;
  }

  #attributesOf(element: TwimlElement, url: string): Attributes {
    const { onRead } = this.#settings;
    const report = (found: Problem): void => this.#report(found);
    return new Attributes(element, {
      table: MESSAGING_SCHEMA,
      url,
      report,
      ...(onRead === undefined ? {} : { onRead }),
    });
  }

  #report(found: Problem): void {
    this.#emit({ type: 'problem', at: this.#now(), problem: found });
  }

  #emit(event: MessageEvent): void {
    this.#events.push(event);
    this.#settings.onEvent(event);
  }

  #now(): number {
    return this.#settings.now();
  }

  #result(): MessageExchange {
    const events = this.#events;
    const isHeard = ({ isReply, status }: OutboundMessage): boolean => isReply && status === 'delivered';
    return {
      message: this.#message,
      events,
      replies: this.#sent.filter(isHeard),
      sent: this.#sent,
      requests: events.flatMap((event): Exchange[] => (event.type === 'request' ? [event.exchange] : [])),
      problems: events.flatMap((event): Problem[] => (event.type === 'problem' ? [event.problem] : [])),
    };
  }
}

function automaticDraft(body: string, { person, project }: Ends): ReplyDraft {
  return { from: project, to: person, body, media: [], action: null, method: 'POST', statusCallback: null };
}

function absolute(url: string, base: string | null): string {
  return base !== null && URL.canParse(url, base) ? new URL(url, base).href : url;
}
