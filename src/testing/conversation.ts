/** What a test may say about a conversation of texts: with which number it is, and what goes wrong in it. */
import type { DeliveryOutcome, FaultRule } from '../simulator';

export interface ConversationOptions {
  /** Of the project. */
  readonly to?: string;
  /** The webhook of that number: a path of the project. */
  readonly url?: string;
  /** Of the webhook. Default: POST. */
  readonly method?: 'GET' | 'POST';
  /** Asked where the webhook fails: a path of the project. */
  readonly fallbackUrl?: string;
  /** Default: POST. */
  readonly fallbackMethod?: 'GET' | 'POST';
  /** Failure on purpose. `after` and `times` count the requests of all texts of the conversation. */
  readonly faults?: readonly FaultRule[];
  /** `MG…`: the number belongs to this Messaging Service. */
  readonly messagingServiceSid?: string;
}

export interface TextOptions extends ConversationOptions {
  /** URLs of pictures and the like. */
  readonly media?: readonly string[];
  /**
   * How the answers fare: of the whole conversation where the text begins one, else of this text alone. What is not
   * `delivered` never arrives at the phone. Default: `delivered`.
   */
  readonly delivery?: DeliveryOutcome;
}

/** How one begins. */
export type ConversationStart = ConversationOptions & Pick<TextOptions, 'delivery'>;

/** A text that says nothing of a conversation goes on with the last one. */
export function beginsConversation(options: ConversationOptions): boolean {
  return Object.values(options).some((value) => value !== undefined);
}
