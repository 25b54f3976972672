/**
 * The last requests, in memory: bounded by number and by bytes. Those of some milliseconds are written behind the others together
 * (`ring.ts`): one after the other costs half of what each by itself would between two requests. Nothing of them stays where the
 * garbage collector would look at it; one becomes an object again when somebody looks.
 */
import type { ConsoleLine, KeptBody, LateLine, RequestRecord } from '../model/invocation';
import { LINE_BYTES, LOG_BYTES } from '../model/limits';
import type { Expected, ExpectedCall } from './expected';
import { Ring } from './ring';

export interface RecordsOptions {
  /** Most that are kept; 0: they are only told. */
  readonly count: number;
  readonly bytes: number;
}

/** A request that is over, as it was kept; made when somebody looks. */
export interface Kept {
  readonly record: RequestRecord;
  /** Counts up from 1. */
  readonly number: number;
  /** Lines that came after the answer, or `null`. */
  readonly late: readonly ConsoleLine[] | null;
  /** Id of the invocation that this one repeats, or `null`. */
  readonly replayOf: string | null;
}

/** Told some milliseconds after it happens, or as soon as anybody looks; in order. */
export interface RecordsListener {
  /** Hot. The record itself is not to be kept; the number leads to what is kept. */
  added(number: number, record: RequestRecord, replayOf: string | null): void;
  /** `at`: its place among the late lines of its record; `null` where it is not kept there. */
  late(line: LateLine, at: number | null): void;
  cleared(): void;
}

interface LateLines {
  readonly lines: ConsoleLine[];
  /** As a call may write them. */
  written: number;
  /** What they take. */
  bytes: number;
}

/** How many records wait to be written together, and for how long. */
const MOST_WAITING = 32;
const LONGEST_WAIT_MS = 5;
/** A record with a larger body does not wait. */
const LARGE_BYTES = 64 * 1024;
/** Of a text that a Function wrote: it takes two as soon as one letter is none of Latin-1. */
const CHARACTER_BYTES = 2;

export class Records {
  readonly #ring: Ring;
  readonly #options: RecordsOptions;
  readonly #listeners = new Set<RecordsListener>();
  /** None of them is expected. */
  #waiting: RequestRecord[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** Few requests leave lines behind. By the number of their record, the oldest first. */
  readonly #late = new Map<number, LateLines>();
  #lateBytes = 0;
  /** Lines after an answer come in runs of one request. */
  #lastLate: { readonly id: string; readonly number: number } | null = null;

  constructor(
    options: RecordsOptions,
    /** Calls that this program makes itself. */
    private readonly expected: Expected,
  ) {
    this.#options = options;
    this.#ring = new Ring({
      count: Math.max(1, options.count),
      bytes: options.count === 0 ? 0 : options.bytes,
    });
  }

  get kept(): number {
    this.#settle();
    return this.#ring.kept;
  }

  /** Since the start. */
  get seen(): number {
    this.#settle();
    return this.#ring.newest;
  }

  get bytes(): number {
    this.#settle();
    return this.#ring.bytes + this.#lateBytes;
  }

  /** Hot. The memory that bodies are in must not be written again. */
  add(record: RequestRecord): void {
    if (this.expected.size > 0) return this.#addNow(record, this.expected.take(record.traffic));
    if (this.#waiting.push(record) >= MOST_WAITING || isLarge(record)) this.#settle();
    else this.#timer ??= setTimeout(this.#endWait, LONGEST_WAIT_MS);
  }

  readonly #endWait = (): void => {
    this.#timer = null;
    this.#settle();
  };

  #settle(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const record of waiting) this.#write(record, null);
  }

  #addNow(record: RequestRecord, call: ExpectedCall | null): void {
    this.#settle();
    this.#write(record, call);
  }

  #write(record: RequestRecord, call: ExpectedCall | null): void {
    try {
      this.#writeNow(record, call);
    } catch (error) {
      // A defect: neither others nor the gateway have to do with it.
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }

  #writeNow(record: RequestRecord, call: ExpectedCall | null): void {
    const replayOf = call === null ? null : call.replayOf;
    if (this.#options.count > 0) this.#keep(record, replayOf);
    const number = this.#ring.newest;
    if (call !== null) this.#tell(number, call.met);
    for (const listener of this.#listeners) listener.added(number, record, replayOf);
  }

  /** A line that a call left behind; it is kept with its record, as much as a call may write. */
  addLate(line: LateLine): void {
    this.#settle();
    const number = line.requestId === null ? 0 : this.#findForLate(line.requestId);
    const at = number > 0 ? this.#keepLate(number, line) : null;
    for (const listener of this.#listeners) listener.late(line, at);
  }

  find(id: string): Kept | null {
    this.#settle();
    return this.at(this.#ring.find(id));
  }

  /** `null`: it is not kept any more, or not yet. */
  at(number: number): Kept | null {
    this.#settle();
    const record = this.#ring.recordAt(number);
    if (record === null) return null;
    const late = this.#late.get(number)?.lines ?? null;
    return { record, number, late, replayOf: this.#ring.replayOfAt(number) };
  }

  clear(): void {
    this.#settle();
    this.#ring.clear();
    this.#late.clear();
    this.#lateBytes = 0;
    this.#lastLate = null;
    for (const listener of this.#listeners) listener.cleared();
  }

  /** Returns what ends it. */
  listen(listener: RecordsListener): () => void {
    this.#settle();
    this.#listeners.add(listener);
    return () => {
      this.#settle();
      this.#listeners.delete(listener);
    };
  }

  #keep(record: RequestRecord, replayOf: string | null): void {
    const oldest = this.#ring.oldest;
    this.#ring.add(record, replayOf);
    if (this.#late.size > 0) this.#forgetLateFrom(oldest);
  }

  #tell(number: number, met: (kept: Kept) => void): void {
    const kept = this.at(number);
    if (kept !== null) met(kept);
  }

  /** 0: its record is not there any more. */
  #findForLate(id: string): number {
    if (this.#lastLate?.id !== id) this.#lastLate = { id, number: this.#ring.find(id) };
    const { number } = this.#lastLate;
    return this.#ring.has(number) ? number : 0;
  }

  #keepLate(number: number, { level, text }: LateLine): number | null {
    const late = this.#late.get(number) ?? { lines: [], written: 0, bytes: 0 };
    const written = text.length + LINE_BYTES;
    if (late.written + written > LOG_BYTES) return null;
    const bytes = CHARACTER_BYTES * text.length + LINE_BYTES;
    this.#late.set(number, late);
    const at = late.lines.push({ level, text }) - 1;
    late.written += written;
    late.bytes += bytes;
    this.#lateBytes += bytes;
    this.#forgetLateFrom(this.#ring.oldest);
    return at;
  }

  /** Those of records that are gone, from this number on; and records, where they are too much together with such lines. */
  #forgetLateFrom(number: number): void {
    for (let gone = number; ; gone++) {
      for (; gone < this.#ring.oldest; gone++) this.#forgetLateOf(gone);
      if (this.bytes <= this.#options.bytes || this.kept <= 1) return;
      this.#ring.dropOldest();
      this.#forgetLateOf(gone);
    }
  }

  #forgetLateOf(number: number): void {
    this.#lateBytes -= this.#late.get(number)?.bytes ?? 0;
    this.#late.delete(number);
  }
}

/** What waits keeps the whole body in memory, however little of it is kept then. */
function isLarge({ traffic }: RequestRecord): boolean {
  if (traffic === null) return false;
  return sizeOf(traffic.requestBody) > LARGE_BYTES || sizeOf(traffic.responseBody) > LARGE_BYTES;
}

function sizeOf(body: KeptBody | null): number {
  return body === null ? 0 : body.bytes;
}
