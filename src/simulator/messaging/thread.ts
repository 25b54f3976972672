/** The messages between a person and the project: one after the other, with the cookies and the opt-out that they share. */
import type { CookieJar } from '../http/cookies';
import { FaultPlan, type FaultRule } from '../http/faults';
import { WebhookSender } from '../http/webhook';
import type { ConversationOptions } from '../options';
import type { Wiring } from '../wiring';
import type { BlockList } from './block-list';
import type { DeliveryOutcome } from './delivery';
import type { InboundMessage, MessageEvent, MessageExchange, OutboundMessage } from './event';
import { mediaOf } from './media';
import { MessageRun } from './run';
import { segmentsOf } from './segments';

export interface ThreadOptions extends ConversationOptions {
  readonly messagingServiceSid?: string;
  /** How the replies fare. Default: all are delivered. */
  readonly delivery?: DeliveryOutcome;
  /** Told of everything at once, while it happens. */
  readonly onEvent?: (event: MessageEvent) => void;
}

/** What the person writes. */
export interface Text {
  readonly body?: string;
  /** URLs of pictures and the like. */
  readonly media?: readonly string[];
  readonly delivery?: DeliveryOutcome;
}

/** A bubble. */
export type ThreadMessage =
  | { readonly direction: 'inbound'; readonly message: InboundMessage }
  | { readonly direction: 'outbound'; readonly message: OutboundMessage };

export interface ThreadParts {
  readonly wiring: Wiring;
  readonly jar: CookieJar;
  readonly blocked: BlockList;
  readonly faults: readonly FaultRule[];
}

export class MessageThread {
  /** Of the person. */
  readonly from: string;
  /** Of the project. */
  readonly to: string;
  readonly #options: ThreadOptions;
  readonly #parts: ThreadParts;
  readonly #sender: WebhookSender;
  readonly #exchanges: MessageExchange[] = [];

  constructor(
    ends: { readonly from: string; readonly to: string },
    options: ThreadOptions,
    parts: ThreadParts,
  ) {
    this.from = ends.from;
    this.to = ends.to;
    this.#options = options;
    this.#parts = parts;
    this.#sender = new WebhookSender(parts.wiring.webhooks, parts.jar, new FaultPlan(parts.faults));
  }

  /** Sends a text and waits until all that comes of it is over. Never rejects for what the project does. */
  async send(text: Text): Promise<MessageExchange> {
    const { wiring, blocked } = this.#parts;
    const { url, method, fallbackUrl, fallbackMethod, delivery, messagingServiceSid, onEvent } =
      this.#options;
    const run = new MessageRun(this.#inbound(text), {
      sender: this.#sender,
      account: { accountSid: wiring.accountSid, messagingServiceSid: messagingServiceSid ?? null },
      project: wiring.webhooks.project,
      url,
      method: method ?? 'POST',
      fallback: fallbackUrl === undefined ? null : { url: fallbackUrl, method: fallbackMethod ?? 'POST' },
      newSid: wiring.newSid,
      now: () => wiring.clock.now(),
      blocked,
      delivery: text.delivery ?? delivery ?? 'delivered',
      onEvent: onEvent ?? (() => {}),
      ...(wiring.onRead === undefined ? {} : { onRead: wiring.onRead }),
    });
    const exchange = await run.run();
    this.#exchanges.push(exchange);
    return exchange;
  }

  /** In the order in which they were over. */
  get exchanges(): readonly MessageExchange[] {
    return this.#exchanges;
  }

  /** What this phone shows: what it wrote and what arrived at it. */
  get messages(): readonly ThreadMessage[] {
    return this.#exchanges.flatMap(({ message, sent }): ThreadMessage[] => [
      { direction: 'inbound', message },
      ...sent
        .filter(({ isReply }) => isReply)
        .map((reply): ThreadMessage => ({ direction: 'outbound', message: reply })),
    ]);
  }

  #inbound({ body = '', media = [] }: Text): InboundMessage {
    return {
      sid: this.#parts.wiring.newSid(media.length > 0 ? 'MM' : 'SM'),
      from: this.from,
      to: this.to,
      body,
      media: media.map(mediaOf),
      segments: segmentsOf(body),
    };
  }
}
