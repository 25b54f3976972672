/** Records of a running gateway: those that it has, and more as requests come to their end. */
import type { ConsoleEvent, InvocationPage } from '../admin/api';
import type { AdminClient } from '../admin/client';
import { CodedError } from '../errors';
import type { LateLine } from '../model/invocation';
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
    private readonly tell: (text: string) => void,
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
        return this.tell(`… ${event.count} more, too fast to be shown`);
      case 'invocation':
        return this.#showRecord(event.invocation.id);
      case 'late':
        return this.#showLate(event);
    }
  }

  async #showRecord(id: string): Promise<void> {
    if (this.#shown.has(id)) return;
    const record = await findRecord(this.client, id);
    if (record === null || !matchesRecord(record, this.filter)) return;
    this.#remember(id, record.late.length);
    this.show.record(record);
  }

  async #showLate({ id, resource, line }: Extract<ConsoleEvent, { type: 'late' }>): Promise<void> {
    if (id === null) {
      if (Object.keys(this.filter).length === 0) this.show.late({ requestId: null, resource, ...line });
      return;
    }
    const shown = this.#shown.get(id);
    if (shown === undefined) return;
    // Some came with the record; some may have come since this one.
    const late = (await findRecord(this.client, id))?.late ?? [];
    for (const one of late.slice(shown)) this.show.late({ requestId: id, resource, ...one });
    this.#remember(id, Math.max(shown, late.length));
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
