/** Conversations that the gateway plays: known from its list, and from what it tells while they go on. */
import { batch, signal } from '@preact/signals';
import type {
  CallInput,
  CallView,
  PhoneEvent,
  PhoneState,
  StartCall,
  StartThread,
  TextRequest,
  ThreadView,
} from '../../../src/admin/phone-api';
import type { ApiClient } from '../api/client';

type Started = Pick<PhoneState, 'defaults' | 'paths'>;

export class PhoneModel {
  /** `null` until the gateway has answered. */
  readonly started = signal<Started | null>(null);
  readonly threads = signal<readonly ThreadView[]>([]);
  readonly calls = signal<readonly CallView[]>([]);
  /** Calls that this window began, by id. */
  readonly begun = new Set<string>();
  #isLoading = false;
  /** Something was told while the list was on its way: it may be in the list or not. */
  #isStale = false;

  constructor(private readonly api: ApiClient) {}

  /** Throws `ApiFailure`. */
  async load(): Promise<void> {
    this.#isStale = true;
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        this.#show(await this.api.phone());
      }
    } finally {
      this.#isLoading = false;
    }
  }

  /** Resolves with the id of the thread. */
  async text(start: StartThread, text: TextRequest): Promise<string> {
    const { id } = await this.api.startThread(start);
    await this.api.sendText(id, text);
    await this.load();
    return id;
  }

  async reply(id: string, text: TextRequest): Promise<void> {
    await this.api.sendText(id, text);
  }

  /** Resolves with the id of the call. */
  async call(start: StartCall): Promise<string> {
    const { id } = await this.api.startCall(start);
    this.begun.add(id);
    await this.load();
    return id;
  }

  async input(id: string, input: CallInput): Promise<void> {
    await this.api.callInput(id, input);
  }

  async forget(id: string): Promise<void> {
    await this.api.forgetConversation(id);
    this.#forgot(id);
  }

  take(told: PhoneEvent): void {
    if (this.#isLoading) this.#isStale = true;
    switch (told.type) {
      case 'text':
        this.threads.value =
          withEvent(this.threads.value, told.thread, told.event) ?? this.#unknown(this.threads.value);
        return;
      case 'call':
        this.calls.value =
          withEvent(this.calls.value, told.call, told.event) ?? this.#unknown(this.calls.value);
        return;
      case 'phone forgot':
        return this.#forgot(told.id);
    }
  }

  /** Another window began a conversation. */
  #unknown<T>(list: T): T {
    if (this.started.value !== null) void this.load().catch(() => {});
    return list;
  }

  #show({ defaults, paths, threads, calls }: PhoneState): void {
    batch(() => {
      this.started.value = { defaults, paths };
      this.threads.value = threads;
      this.calls.value = calls;
    });
  }

  #forgot(id: string): void {
    this.begun.delete(id);
    batch(() => {
      this.threads.value = this.threads.value.filter((thread) => thread.id !== id);
      this.calls.value = this.calls.value.filter((call) => call.id !== id);
    });
  }
}

interface Conversation<E> {
  readonly id: string;
  readonly events: readonly E[];
}

/** `null`: there is no such conversation. */
function withEvent<E, C extends Conversation<E>>(
  list: readonly C[],
  head: Omit<C, 'events'>,
  event: E | null,
): readonly C[] | null {
  const { id } = head as { readonly id: string };
  const known = list.find((conversation) => conversation.id === id);
  if (known === undefined) return null;
  const events = event === null ? known.events : [...known.events, event];
  // A head and its events are a conversation.
  const next = { ...head, events } as unknown as C;
  return list.map((conversation) => (conversation.id === id ? next : conversation));
}
