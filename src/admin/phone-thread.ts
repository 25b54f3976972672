import { CodedError } from '../errors';
import type { Redactor } from '../records/redact';
import type { MessageThread, Simulator } from '../simulator';
import type { MessageEvent, PhoneEvent, StartThread, TextRequest, ThreadView } from './phone-api';
import { shownEvent } from './phone-event';

/** Texts that are not answered yet, of one thread. */
const MOST_UNDER_WAY = 10;
const MOST_EVENTS = 1_000;

/** One thread of messages. What comes of a text is told while it happens. */
export class PhoneThread {
  readonly #thread: MessageThread;
  #events: MessageEvent[] = [];
  #underWay = 0;

  constructor(
    readonly id: string,
    private readonly start: StartThread,
    simulator: Simulator,
    private readonly redactor: Redactor,
    private readonly tell: (event: PhoneEvent) => void,
  ) {
    const { from, to, url, method, fallbackUrl, faults } = start;
    this.#thread = simulator.thread({
      from,
      to,
      url,
      ...(method === undefined ? {} : { method }),
      ...(fallbackUrl === undefined ? {} : { fallbackUrl }),
      ...(faults === undefined ? {} : { faults }),
      onEvent: (event) => this.#onEvent(event),
    });
  }

  get isOver(): boolean {
    return this.#underWay === 0;
  }

  get view(): ThreadView {
    return { ...this.#head, events: this.#events };
  }

  isOf(other: StartThread): boolean {
    return JSON.stringify(identityOf(other)) === JSON.stringify(identityOf(this.start));
  }

  /** Throws `CodedError` (HS_CONSOLE_BUSY). */
  send(text: TextRequest): ThreadView {
    if (this.#underWay >= MOST_UNDER_WAY)
      throw new CodedError('HS_CONSOLE_BUSY', 'too many texts are under way');
    this.#underWay += 1;
    void this.#thread.send(text).finally(() => {
      this.#underWay -= 1;
      this.tell({ type: 'text', thread: this.#head, event: null });
    });
    return this.view;
  }

  get #head(): Omit<ThreadView, 'events'> {
    const { from, to, url } = this.start;
    return { id: this.id, from, to, url, busy: this.#underWay > 0 };
  }

  #onEvent(event: MessageEvent): void {
    const shown = shownEvent(event, this.redactor);
    this.#events.push(shown);
    if (this.#events.length > MOST_EVENTS) this.#events = this.#events.slice(-MOST_EVENTS / 2);
    this.tell({ type: 'text', thread: this.#head, event: shown });
  }
}

function identityOf({ from, to, url, method, fallbackUrl, faults }: StartThread): readonly unknown[] {
  return [from, to, url, method ?? 'POST', fallbackUrl ?? null, faults ?? []];
}
