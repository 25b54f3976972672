import { CodedError } from '../errors';
import type { Redactor } from '../records/redact';
import type { Call, Simulator } from '../simulator';
import type { ConsoleEvent } from './api';
import type { CallEvent, CallInput, CallView, StartCall } from './phone-api';
import { shownEvent } from './phone-event';

/** More than the simulator lets one call have. */
const MOST_EVENTS = 10_000;

/** One call, in real time. What happens is told while it happens. */
export class PhoneCall {
  readonly #call: Call;
  readonly #startedAt = Date.now();
  readonly #events: CallEvent[] = [];

  constructor(
    private readonly start: StartCall,
    simulator: Simulator,
    private readonly redactor: Redactor,
    private readonly tell: (event: ConsoleEvent) => void,
  ) {
    const { from, to, url, method, fallbackUrl, faults, callerName } = start;
    this.#call = simulator.dial({
      from,
      to,
      url,
      ...(method === undefined ? {} : { method }),
      ...(fallbackUrl === undefined ? {} : { fallbackUrl }),
      ...(faults === undefined ? {} : { faults }),
      ...(callerName === undefined ? {} : { callerName }),
      onEvent: (event) => this.#onEvent(event),
    });
    void this.#call.finished.then(() => this.#tellState());
  }

  get id(): string {
    return this.#call.sid;
  }

  get isOver(): boolean {
    return this.#call.isOver;
  }

  get view(): CallView {
    return { ...this.#head, events: this.#events };
  }

  /** Throws `CodedError` (HS_CALL_STATE). What comes of it is told as events. */
  input(input: CallInput): CallView {
    if (this.#call.isOver) throw new CodedError('HS_CALL_STATE', 'the call is over');
    void this.#act(input).then(
      () => this.#tellState(),
      (error: unknown) => this.#onRefused(error),
    );
    return this.view;
  }

  close(): void {
    void this.#call.close();
  }

  #act(input: CallInput): Promise<void> {
    switch (input.type) {
      case 'press':
        return this.#call.press(input.keys, input.leg);
      case 'speak':
        return this.#call.speak(input.text, input.leg === undefined ? {} : { leg: input.leg });
      case 'hang up':
        return this.#call.hangUp(input.leg);
      case 'answer':
        return this.#call.answer(input.party);
      case 'busy':
        return this.#call.busy(input.party);
      case 'no answer':
        return this.#call.noAnswer(input.party);
      case 'fail':
        return this.#call.fail(input.party);
    }
  }

  get #head(): Omit<CallView, 'events'> {
    const { from, to, url, method = 'POST', callerName = null, faults = [], fallbackUrl = null } = this.start;
    const { status, isOver, waiting } = this.#call;
    const given = { from, to, url, method, callerName, faults, fallbackUrl };
    return { id: this.id, ...given, startedAt: this.#startedAt, status, over: isOver, waiting };
  }

  #onEvent(event: CallEvent): void {
    const shown = shownEvent(event, this.redactor);
    if (this.#events.length < MOST_EVENTS) this.#events.push(shown);
    this.tell({ type: 'call', call: this.#head, event: shown });
    // What it waits for is known once it has come to rest.
    setImmediate(() => this.#tellState());
  }

  #tellState(): void {
    this.tell({ type: 'call', call: this.#head, event: null });
  }

  /** The call went on between what somebody saw and what they did. */
  #onRefused(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.tell({ type: 'notice', level: 'warn', message });
  }
}
