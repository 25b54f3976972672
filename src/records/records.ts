/**
 * The last requests, in memory: a ring that is bounded by number and by bytes. Adding costs next to nothing (an object and
 * a slot); what people see is made when somebody looks (`view.ts`).
 */
import type { ConsoleLine, LateLine, RequestRecord } from '../model/invocation';
import { LINE_BYTES, LOG_BYTES } from '../model/limits';
import type { Expected } from './expected';

export interface RecordsOptions {
  /** Most that are kept. At least 1. */
  readonly count: number;
  readonly bytes: number;
}

/** A request that is over, as it is kept. */
export class Kept {
  late: ConsoleLine[] | null = null;
  lateBytes = 0;
  lateDropped = 0;
  /** Id of the invocation that this one repeats, or `null`. */
  replayOf: string | null = null;

  constructor(
    readonly record: RequestRecord,
    /** Counts up from 1. */
    readonly number: number,
    /** What it takes, about. */
    public bytes: number,
  ) {}
}

/** Told in the turn of the event loop in which it happens. */
export interface RecordsListener {
  added(kept: Kept): void;
  late(line: LateLine): void;
  cleared(): void;
}

export class Records {
  readonly #ring: (Kept | null)[];
  readonly #options: RecordsOptions;
  readonly #listeners = new Set<RecordsListener>();
  #seen = 0;
  /** Number of the oldest that is kept; `#seen + 1` where none is. */
  #oldest = 1;
  #bytes = 0;
  /** Lines after an answer come in runs of one request. */
  #lastLate: { readonly id: string; readonly kept: Kept | null } | null = null;

  constructor(
    options: RecordsOptions,
    /** Calls that this program makes itself. */
    private readonly expected: Expected,
  ) {
    this.#options = options;
    this.#ring = new Array<Kept | null>(options.count).fill(null);
  }

  get kept(): number {
    return this.#seen - this.#oldest + 1;
  }

  /** Since the start. */
  get seen(): number {
    return this.#seen;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Hot. */
  add(record: RequestRecord): void {
    const bytes = sizeOf(record);
    this.#seen += 1;
    const kept = new Kept(record, this.#seen, bytes);
    if (this.#seen - this.#oldest >= this.#options.count) this.#dropOldest();
    this.#ring[this.#seen % this.#options.count] = kept;
    this.#bytes += bytes;
    while (this.#bytes > this.#options.bytes && this.#oldest < this.#seen) this.#dropOldest();
    if (this.expected.size > 0) this.expected.meet(kept);
    for (const listener of this.#listeners) listener.added(kept);
  }

  /** A line that a call left behind; it is kept with its record, as much as a call may write. */
  addLate(line: LateLine): void {
    const kept = line.requestId === null ? null : this.#findForLate(line.requestId);
    if (kept !== null) this.#keepLate(kept, line);
    for (const listener of this.#listeners) listener.late(line);
  }

  /** From the newest on: what is looked for is mostly new. */
  find(id: string): Kept | null {
    for (let number = this.#seen; number >= this.#oldest; number--) {
      const kept = this.at(number);
      if (kept?.record.id === id) return kept;
    }
    return null;
  }

  /** `null`: it is not kept any more, or not yet. */
  at(number: number): Kept | null {
    if (number < this.#oldest || number > this.#seen) return null;
    return this.#ring[number % this.#options.count] ?? null;
  }

  clear(): void {
    this.#ring.fill(null);
    this.#oldest = this.#seen + 1;
    this.#bytes = 0;
    this.#lastLate = null;
    for (const listener of this.#listeners) listener.cleared();
  }

  /** Returns what ends it. */
  listen(listener: RecordsListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #dropOldest(): void {
    const slot = this.#oldest % this.#options.count;
    this.#bytes -= this.#ring[slot]?.bytes ?? 0;
    this.#ring[slot] = null;
    this.#oldest += 1;
  }

  #findForLate(id: string): Kept | null {
    if (this.#lastLate?.id !== id) this.#lastLate = { id, kept: this.find(id) };
    const { kept } = this.#lastLate;
    return kept !== null && this.at(kept.number) === kept ? kept : null;
  }

  #keepLate(kept: Kept, { level, text }: LateLine): void {
    const bytes = text.length + LINE_BYTES;
    if (kept.lateBytes + bytes > LOG_BYTES) {
      kept.lateDropped += text.length;
      return;
    }
    kept.late ??= [];
    kept.late.push({ level, text });
    kept.lateBytes += bytes;
    const held = text.length * CHARACTER_BYTES + LINE_BYTES;
    kept.bytes += held;
    this.#bytes += held;
    while (this.#bytes > this.#options.bytes && this.#oldest < this.#seen) this.#dropOldest();
  }
}

/** The objects of one record without its texts (measured, rounded up). */
const RECORD_BYTES = 900;

/** Of a text that a Function wrote: it takes two as soon as one letter is none of Latin-1. Headers and bodies never are more. */
const CHARACTER_BYTES = 2;

/** Hot. About what it takes in memory. */
function sizeOf({ target, traffic, console, detail }: RequestRecord): number {
  let bytes = RECORD_BYTES + target.length;
  if (detail !== null) bytes += detail.length * CHARACTER_BYTES;
  for (const { text } of console) bytes += text.length * CHARACTER_BYTES + LINE_BYTES;
  if (traffic === null) return bytes;
  const { requestHeaders, requestBody, responseHeaders, responseBody } = traffic;
  if (requestBody !== null) bytes += requestBody.latin1.length;
  if (responseBody !== null) bytes += responseBody.latin1.length;
  return bytes + requestHeaders.length + responseHeaders.length;
}
