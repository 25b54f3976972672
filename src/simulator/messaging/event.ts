/** What happens in a thread of messages between two numbers. Public. */
import type { Exchange } from '../http/exchange';
import type { Problem } from '../problem';

export interface Media {
  readonly url: string;
  readonly contentType: string;
}

/** The states of an outbound message, in this order; `undelivered` and `failed` instead of the last ones. */
export type DeliveryStatus =
  | 'accepted'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed';

/** A text of the person to the project. */
export interface InboundMessage {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly media: readonly Media[];
  readonly segments: number;
}

/** A text of the project: a reply of its TwiML. */
export interface OutboundMessage extends InboundMessage {
  /** The last one. */
  readonly status: DeliveryStatus;
  readonly errorCode: number | null;
  /** Sent to the one who wrote, or to somebody else (`to`). */
  readonly isReply: boolean;
  /** By the vendor itself: the answers to STOP, START and HELP. */
  readonly automatic: boolean;
}

export type MessageEvent =
  | { readonly type: 'received'; readonly at: number; readonly message: InboundMessage }
  | { readonly type: 'request'; readonly at: number; readonly exchange: Exchange }
  | { readonly type: 'sent'; readonly at: number; readonly message: OutboundMessage }
  | { readonly type: 'delivery'; readonly at: number; readonly sid: string; readonly status: DeliveryStatus }
  | { readonly type: 'opt-out'; readonly at: number; readonly keyword: string; readonly blocked: boolean }
  | { readonly type: 'problem'; readonly at: number; readonly problem: Problem };

/** One text and all that came of it. */
export interface MessageExchange {
  readonly message: InboundMessage;
  /** All in order; the lists below are made from it. */
  readonly events: readonly MessageEvent[];
  /** What arrives at the phone that wrote. */
  readonly replies: readonly OutboundMessage[];
  /** All that the project sent, also to others, also what was not delivered. */
  readonly sent: readonly OutboundMessage[];
  readonly requests: readonly Exchange[];
  readonly problems: readonly Problem[];
}
