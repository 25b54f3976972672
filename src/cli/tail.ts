/** Records of a running gateway: those that it has, and more as requests come to their end. */
import type { ConsoleEvent, InvocationPage } from '../admin/api';
import type { AdminClient } from '../admin/client';
import { CodedError } from '../errors';
import type { ConsoleLine, LateLine } from '../model/invocation';
import type { InvocationFilter, InvocationRecord, InvocationSummary } from '../model/record';
import { matchesRecord } from '../records/search';

/** Of one answer of the gateway. */
const PAGE = 1_000;
/** Whose late lines are shown: the newest ones. */
const MOST_REMEMBERED = 10_000;

export interface Show {
  record(record: InvocationRecord): void;
  /** What a Function wrote after its record was shown. */
  late(line: LateLine): void;
  notice(text: string): void;
}

/** Oldest first. */
export async function listIds(
  client: AdminClient,
  filter: InvocationFilter,
  limit: number,
): Promise<readonly string[]> {
  const found: InvocationSummary[] = [];
  let before: string | null = '';
  while (found.length < limit && before !== null) {
    const query: URLSearchParams = new URLSearchParams({ ...filter, before });
    query.set('limit', String(Math.min(PAGE, limit - found.length)));
    const page: InvocationPage = await client.get<InvocationPage>(`/api/invocations?${query}`);
    found.push(...page.invocations);
    before = page.next;
  }
  return found.map(({ id }) => id).reverse();
}

/** `null`: it has gone meanwhile, when newer ones took its place. */
export async function findRecord(client: AdminClient, id: string): Promise<InvocationRecord | null> {
  try {
    return await client.get<InvocationRecord>(`/api/invocations/${id}`);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'HS_NO_RECORD') throw error;
    return null;
  }
}

export class Tail {
  /** Id of a record that was shown -> how many of its late lines were. */
  readonly #shown = new Map<string, number>();

  constructor(
    private readonly client: AdminClient,
    private readonly filter: InvocationFilter,
    private readonly show: Show,
  ) {}

  /** First the stream, then the list: what happens in between is in both, and shown once. Ends with the gateway. */
  async follow(limit: number): Promise<void> {
    await this.client.events(
      (event) => this.#take(event),
      async () => {
        for (const id of await listIds(this.client, this.filter, limit)) await this.#showRecord(id);
      },
    );
  }

  async #take(event: ConsoleEvent): Promise<void> {
    switch (event.type) {
      case 'missed':
        return this.#tellMissed(event);
      case 'invocation':
        return this.#showRecord(event.invocation.id);
      case 'late':
        return this.#showLate(event);
    }
  }

  #tellMissed({ count, lines }: Extract<ConsoleEvent, { type: 'missed' }>): void {
    if (count > 0) this.show.notice(`… ${count} more, too fast to be shown`);
    if (lines > 0) this.show.notice(`… ${lines} more lines after answers, too fast to be shown`);
  }

  async #showRecord(id: string): Promise<void> {
    if (this.#shown.has(id)) return;
    const record = await findRecord(this.client, id);
    if (record === null || !matchesRecord(record, this.filter)) return;
    this.#remember(id, record.late.length);
    this.show.record(record);
  }

  async #showLate(event: Extract<ConsoleEvent, { type: 'late' }>): Promise<void> {
    const { id, resource, at } = event;
    const shown = id === null ? null : this.#shown.get(id);
    // Where the record was not shown, it may be this line that somebody looks for.
    if (shown === undefined && id !== null && this.filter.q !== undefined) return this.#showRecord(id);
    if (shown === undefined || (shown === null && Object.keys(this.filter).length > 0)) return;
    // Some came with the record.
    if (shown !== null && at !== null && at < shown) return;
    this.show.late({ requestId: id, resource, ...(await this.#lineOf(event)) });
  }

  /** As long as it is, where that is still known. */
  async #lineOf({ id, line, at, isCut }: Extract<ConsoleEvent, { type: 'late' }>): Promise<ConsoleLine> {
    if (!isCut || id === null || at === null) return line;
    return (await findRecord(this.client, id))?.late[at] ?? line;
  }

  #remember(id: string, lateLines: number): void {
    this.#shown.set(id, lateLines);
    if (this.#shown.size <= MOST_REMEMBERED) return;
    for (const oldest of this.#shown.keys()) {
      this.#shown.delete(oldest);
      break;
    }
  }
}
