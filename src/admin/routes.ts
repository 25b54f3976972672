/** What the admin API can do: one row for each request of the table in `api.ts`. */
import { CodedError } from '../errors';
import { findPlaces } from '../gateway/source-place';
import type { InvocationFilter } from '../model/record';
import type { Kept } from '../records/records';
import { searchRecords } from '../records/search';
import { bytesOf, recordOf } from '../records/view';
import type { InvocationPage, SourceExcerpt } from './api';
import type { EventStreams } from './event-stream';
import { explainSignature, readExplainRequest } from './explain';
import type { AdminParts } from './parts';
import type { Phone } from './phone';
import { phoneRows } from './phone-routes';
import { projectInfoOf } from './project-info';
import { Repeater } from './repeat';
import { bad, readCallRequest, readJson, readReplayRequest } from './request-body';
import { type ApiAnswer, type ApiRequest, type ApiRow, json, row } from './route';

const PAGE = 100;
const LARGEST_PAGE = 1_000;
const MOST_SEARCHES = 8;
const FILTERS = ['status', 'function', 'method', 'sid', 'q', 'since'] as const;
const LONGEST_FILTER = 1_000;
const LINES_AROUND = 5;
const MOST_PLACES = 10;

export class AdminRoutes {
  readonly #repeater: Repeater;
  #searches = 0;

  constructor(
    private readonly parts: AdminParts,
    private readonly streams: EventStreams,
    phone: Phone,
  ) {
    this.#repeater = new Repeater(parts);
    this.rows = [...this.#ownRows, ...phoneRows(phone)];
  }

  readonly rows: readonly ApiRow[];

  readonly #ownRows: readonly ApiRow[] = [
    row('GET', /^\/api\/project$/, async () => json(projectInfoOf(this.parts))),
    row('GET', /^\/api\/settings$/, async () => json(this.parts.settings())),
    row('GET', /^\/api\/invocations$/, (request) => this.#search(request)),
    row('DELETE', /^\/api\/invocations$/, async () => {
      this.parts.records.clear();
      return { kind: 'nothing' };
    }),
    row('GET', /^\/api\/invocations\/([^/]+)$/, async ({ id }) =>
      json(recordOf(this.#find(id), this.parts.redactor)),
    ),
    row('GET', /^\/api\/invocations\/([^/]+)\/source$/, async ({ id }) => json(this.#source(id))),
    row('GET', /^\/api\/invocations\/([^/]+)\/body$/, async ({ id, query }) =>
      this.#body(id, query.get('side')),
    ),
    row('POST', /^\/api\/invocations\/([^/]+)\/replay$/, async ({ id, req }) =>
      json(await this.#repeater.replay(this.#find(id), readReplayRequest(await readJson(req)))),
    ),
    row('POST', /^\/api\/call$/, async ({ req }) =>
      json(await this.#repeater.call(readCallRequest(await readJson(req)))),
    ),
    row('POST', /^\/api\/signature\/explain$/, async ({ req }) => {
      const request = readExplainRequest(await readJson(req));
      return json(await explainSignature(this.parts, request, (id) => this.#find(id)));
    }),
    row('GET', /^\/api\/events$/, async ({ res }) => {
      if (this.streams.isFull) throw new CodedError('HS_CONSOLE_BUSY', 'too many streams of events are open');
      this.streams.open(res);
      return { kind: 'stream' };
    }),
  ];

  /** `last` is the newest one. Throws `CodedError` (HS_NO_RECORD). */
  #find(id: string): Kept {
    const { records } = this.parts;
    const kept = id === 'last' ? records.at(records.seen) : records.find(id);
    if (kept !== null) return kept;
    throw new CodedError('HS_NO_RECORD', `${id.slice(0, 100)} is not kept, or never was`);
  }

  async #search({ query, res }: ApiRequest): Promise<ApiAnswer> {
    const { records, redactor } = this.parts;
    const search = { filter: filterOf(query), limit: limitOf(query), before: numberOf(query, 'before') };
    if (this.#searches >= MOST_SEARCHES) throw new CodedError('HS_CONSOLE_BUSY', 'too many searches run');
    this.#searches += 1;
    try {
      // What arrives while it is searched is no part of the page.
      const { kept, seen } = records;
      const { invocations, next } = await searchRecords(records, redactor, search, () => !res.destroyed);
      const page: InvocationPage = { invocations, next: next === null ? null : String(next), kept, seen };
      return json(page);
    } finally {
      this.#searches -= 1;
    }
  }

  /** Of the project that is served, whatever the stack says. */
  #source(id: string): readonly SourceExcerpt[] {
    const { detail } = this.#find(id).record;
    const places = detail === null ? [] : findPlaces(detail, this.parts.gateway.build.root, MOST_PLACES);
    return places.map(({ name, line, lines }) => {
      const firstLine = Math.max(1, line - LINES_AROUND);
      const shown = lines.slice(firstLine - 1, line + LINES_AROUND);
      return { file: name, line, firstLine, lines: shown.map((text) => this.parts.redactor.text(text)) };
    });
  }

  #body(id: string, side: string | null): ApiAnswer {
    if (side !== 'request' && side !== 'response') throw bad('side has to be request or response');
    const { record } = this.#find(id);
    const shown = recordOf(this.#find(id), this.parts.redactor)[side].body;
    const kept = record.traffic?.[side === 'request' ? 'requestBody' : 'responseBody'] ?? null;
    if (shown === null || kept === null)
      throw new CodedError('HS_NO_RECORD', `nothing is kept of its ${side}`);
    const bytes =
      shown.text === null
        ? Buffer.from(shown.base64 ?? bytesOf(kept).toString('base64'), 'base64')
        : Buffer.from(shown.text);
    return { kind: 'file', bytes, name: `${record.id}-${side}.bin` };
  }
}

function filterOf(query: URLSearchParams): InvocationFilter {
  const given = FILTERS.map((name) => [name, (query.get(name) ?? '').slice(0, LONGEST_FILTER)] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

function limitOf(query: URLSearchParams): number {
  return Math.max(1, Math.min(numberOf(query, 'limit') ?? PAGE, LARGEST_PAGE));
}

function numberOf(query: URLSearchParams, name: string): number | null {
  const text = query.get(name) ?? '';
  if (text === '') return null;
  if (!/^\d{1,15}$/.test(text)) throw bad(`${name} has to be a number`);
  return Number(text);
}
