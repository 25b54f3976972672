/** The phone of a person who texts the project, and all that arrives at it. */
import {
  type Exchange,
  type MessageThread,
  messageTranscript,
  type OutboundMessage,
  type Text,
} from '../simulator';
import {
  beginsConversation,
  type ConversationOptions,
  type ConversationStart,
  type TextOptions,
} from './conversation';
import type { Evidence } from './evidence';
import { checkWords, matchesWords, type Words, wordsText } from './expectation';
import { checkDelivery } from './faults';
import { type Inbox, lossText, type ReceivedMessage } from './inbox';
import type { Step, Steps } from './step';

export interface PhoneParts {
  readonly number: string;
  readonly inbox: Inbox;
  readonly steps: Steps;
  readonly evidence: Evidence;
  /** Begins a conversation with a number of the project. */
  thread(options: ConversationStart): MessageThread;
}

export interface ReceiveOptions {
  /** The number that it comes from. */
  readonly from?: string;
}

export class TestPhone {
  readonly number: string;
  readonly #parts: PhoneParts;
  /** Each conversation; the last one goes on. */
  readonly #threads: MessageThread[] = [];
  /** What is expected next comes after this message. */
  #seen = 0;
  /** How many were lost before the last text was sent. */
  #lostBefore = 0;
  /** The message that was received last, or the one expected next: pictures may belong to it. */
  #current = 0;

  constructor(parts: PhoneParts) {
    this.number = parts.number;
    this.#parts = parts;
  }

  /** All that arrived so far: replies, and messages of the REST API that the test answers. */
  get messages(): readonly ReceivedMessage[] {
    return this.#parts.inbox.of(this.number);
  }

  /** As people read it. */
  get transcript(): string {
    const threads = this.#threads.map(({ exchanges }) => messageTranscript(exchanges));
    const sent = this.messages
      .filter(({ via }) => via === 'api')
      .map(({ body, from }) => `< (REST API, from ${from}) ${body}`);
    return [...threads, ...sent].filter((text) => text !== '').join('\n');
  }

  /** All that was asked of the project because of its texts. */
  get requests(): readonly Exchange[] {
    return this.#threads.flatMap(({ exchanges }) => exchanges).flatMap(({ requests }) => requests);
  }

  /**
   * Goes on with the last conversation, or begins one where the options say anything of it. Resolves once all that comes
   * of it is over.
   */
  sends(body: string, { media, delivery, ...conversation }: TextOptions = {}): Step {
    return this.#parts.steps.add(`phone.sends(${JSON.stringify(body)})`, this.sends, async () => {
      checkDelivery(delivery);
      const text = {
        body,
        ...(media === undefined ? {} : { media }),
        ...(delivery === undefined ? {} : { delivery }),
      };
      const thread = this.#threadFor(conversation, text);
      // What arrived before is no answer to it.
      this.#take(this.messages.length, this.messages.length);
      this.#lostBefore = this.#lost.length;
      await thread.send(text);
    });
  }

  /** A part of a message, or a pattern. Each looks at what arrived after the one before, and after the last text. */
  receives(words: Words, { from }: ReceiveOptions = {}): Step {
    checkWords(words);
    return this.#expects(`receives(${wordsText(words)})`, this.receives, () => {
      const messages = this.messages;
      const isMeant = (message: Pick<ReceivedMessage, 'body' | 'from'>) =>
        matchesWords(message.body, words) && (from === undefined || message.from === from);
      const at = messages.findIndex((message, index) => index >= this.#seen && isMeant(message));
      if (at !== -1) {
        this.#take(at + 1, at);
        return;
      }
      const why = messages.slice(0, this.#seen).some(isMeant)
        ? ' again: each receives() looks at what arrived after the one before, and after the last text'
        : lossText(this.#lost.slice(this.#lostBefore).findLast(isMeant));
      const sender = from === undefined ? '' : ` from ${from}`;
      this.#fail('receives', `${this.number} does not receive ${wordsText(words)}${sender}${why}`, words);
    });
  }

  /** A picture or the like: a part of its URL, or a pattern. It may belong to the text that was received last. */
  receivesMedia(url: Words): Step {
    checkWords(url);
    return this.#expects(`receivesMedia(${wordsText(url)})`, this.receivesMedia, () => {
      const at = this.messages.findIndex(
        ({ media }, index) => index >= this.#current && media.some((one) => matchesWords(one, url)),
      );
      if (at === -1)
        this.#fail('receivesMedia', `${this.number} does not receive the picture ${wordsText(url)}`, url);
      this.#take(at + 1, at);
    });
  }

  /** Nothing arrived since the last `receives`. */
  receivesNothing(): Step {
    return this.#expects('receivesNothing()', this.receivesNothing, () => {
      if (this.messages.length > this.#seen)
        this.#fail('receivesNothing', `${this.number} receives something`, '');
    });
  }

  #threadFor(conversation: ConversationOptions, { delivery }: Text): MessageThread {
    const last = this.#threads.at(-1);
    if (last !== undefined && !beginsConversation(conversation)) return last;
    const thread = this.#parts.thread({ ...conversation, ...(delivery === undefined ? {} : { delivery }) });
    this.#threads.push(thread);
    return thread;
  }

  get #lost(): readonly OutboundMessage[] {
    return this.#parts.inbox.lostTo(this.number);
  }

  #take(seen: number, current: number): void {
    this.#seen = seen;
    this.#current = current;
  }

  #expects(what: string, entry: (...parameters: never[]) => unknown, run: () => void): Step {
    return this.#parts.steps.add(`phone.${what}`, entry, run);
  }

  #fail(operator: string, message: string, expected: unknown): never {
    const actual = this.messages
      .slice(this.#seen)
      .map(({ body, media }) => [body, ...media].join(' '))
      .join('\n');
    throw this.#parts.evidence.fail({
      operator,
      message,
      expected,
      actual,
      transcript: this.transcript,
      // Of a phone that only receives, anybody's conversation may be to blame.
      requests: this.#threads.length === 0 ? null : this.requests,
    });
  }
}
