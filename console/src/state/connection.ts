/** The stream of events: opened again by itself, and known to be gone when it is. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { ConsoleEvent } from '../../../src/admin/api';
import type { ApiClient } from '../api/client';

export type ConnectionState = 'connecting' | 'live' | 'gone';

export interface ConnectionEvents {
  event(event: ConsoleEvent): void;
  /** The stream is open; `wasLost`: things may have happened that it did not tell. */
  opened(wasLost: boolean): void;
}

const FIRST_PAUSE_MS = 300;
const MOST_PAUSE_MS = 3_000;

export class Connection {
  readonly #state = signal<ConnectionState>('connecting');
  #source: EventSource | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #pauseMs = FIRST_PAUSE_MS;
  #wasLost = false;

  constructor(
    private readonly api: ApiClient,
    private readonly events: ConnectionEvents,
  ) {}

  get state(): ReadonlySignal<ConnectionState> {
    return this.#state;
  }

  open(): void {
    this.close();
    const source = new EventSource('/api/events');
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onmessage = ({ data }) => this.#take(String(data));
    source.onerror = () => this.#lost();
  }

  close(): void {
    this.#source?.close();
    this.#source = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #opened(): void {
    this.#state.value = 'live';
    this.#pauseMs = FIRST_PAUSE_MS;
    const wasLost = this.#wasLost;
    this.#wasLost = false;
    this.events.opened(wasLost);
  }

  #take(data: string): void {
    this.events.event(JSON.parse(data) as ConsoleEvent);
  }

  /** A browser gives up for good when it gets an answer that is no stream; so the tries are our own. */
  #lost(): void {
    this.close();
    this.#state.value = 'gone';
    this.#wasLost = true;
    this.#timer = setTimeout(() => void this.#tryAgain(), this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, MOST_PAUSE_MS);
  }

  /** Asks first: a stream does not say why it failed, a request does (401: signed out). */
  async #tryAgain(): Promise<void> {
    try {
      await this.api.project();
      this.open();
    } catch {
      this.#lost();
    }
  }
}
