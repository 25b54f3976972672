/**
 * Records as bytes, outside of what the garbage collector looks at; the newest ones, up to a number and a size. They stand one
 * behind the other in segments, which are used again once all records in them are gone: no more memory is taken than was needed,
 * and the same memory is written again and again.
 *
 * All of them are larger than the caches of a processor, and the first write to each line of memory would wait for it. The newest
 * segment is therefore filled in a buffer that is always the same, and copied to its place at once.
 */
import type { RequestRecord } from '../model/invocation';
import { idIn, recordIn, replayIn } from './decoding';
import { writeRecord } from './encoding';

export interface RingOptions {
  /** Most that are kept. At least 1. */
  readonly count: number;
  /** Most that they take together. The newest one is always kept. */
  readonly bytes: number;
}

/** Half of a small second-level cache would be 128 kB; others need it too. */
const SEGMENT_BYTES = 64 * 1024;
/** A larger record has memory of its own, so that little of a segment stays empty. */
const MOST_BYTES = SEGMENT_BYTES / 8;
/** The place of one that has memory of its own. */
const APART = -1;

export class Ring {
  readonly #count: number;
  readonly #mostBytes: number;
  /** What `#current` is filled in. */
  readonly #stage = Buffer.allocUnsafeSlow(SEGMENT_BYTES);
  readonly #stageHead = viewOf(this.#stage);
  #staged = 0;
  /** By number of the segment. */
  readonly #segments: (Buffer | undefined)[] = [];
  #allocated = 0;
  readonly #live: number[] = [0];
  readonly #free: number[] = [];
  #current = 0;
  /** What was encoded and is too large for a segment. */
  #large: Buffer | null = null;
  /** By number of the record. */
  readonly #apart = new Map<number, Buffer>();
  #apartBytes = 0;
  /** By `number % count`: segment and offset, its size, and the end of its id, so that looking for one reads little. */
  readonly #places: Float64Array;
  readonly #sizes: Uint32Array;
  readonly #keys: Uint32Array;
  #newest = 0;
  /** `#newest + 1` where none is kept. */
  #oldest = 1;
  #bytes = 0;

  constructor({ count, bytes }: RingOptions) {
    this.#count = count;
    this.#mostBytes = bytes;
    this.#places = new Float64Array(count);
    this.#sizes = new Uint32Array(count);
    this.#keys = new Uint32Array(count);
  }

  get kept(): number {
    return this.#newest - this.#oldest + 1;
  }

  /** Numbers count up from 1, over all that were ever added. */
  get newest(): number {
    return this.#newest;
  }

  get oldest(): number {
    return this.#oldest;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Memory that is taken, in bytes, with what is empty of it. */
  get held(): number {
    return this.#stage.length + this.#allocated * SEGMENT_BYTES + this.#apartBytes;
  }

  /** Hot. The oldest ones go where there is no room for it. */
  add(record: RequestRecord, replayOf: string | null): void {
    const size = this.#encode(record, replayOf);
    while (!this.#hasRoom(size)) this.dropOldest();
    this.#keep(record.id, size);
  }

  /** Adds it unless an older one would have to go for it. */
  offer(record: RequestRecord, replayOf: string | null): boolean {
    const size = this.#encode(record, replayOf);
    if (!this.#hasRoom(size)) return false;
    this.#keep(record.id, size);
    return true;
  }

  dropOldest(): void {
    if (this.kept === 0) return;
    const slot = this.#oldest % this.#count;
    const place = this.#places[slot] ?? APART;
    const size = this.#sizes[slot] ?? 0;
    if (place === APART) {
      this.#apart.delete(this.#oldest);
      this.#apartBytes -= size;
    } else {
      this.#leave(Math.floor(place / SEGMENT_BYTES));
    }
    this.#bytes -= size;
    this.#oldest += 1;
  }

  clear(): void {
    while (this.kept > 0) this.dropOldest();
    this.#segments.fill(undefined);
    this.#allocated = 0;
  }

  has(number: number): boolean {
    return number >= this.#oldest && number <= this.#newest;
  }

  /** A copy. `null`: it is not kept any more, or not yet. */
  recordAt(number: number): RequestRecord | null {
    return this.has(number) ? recordIn(this.#viewOf(number)) : null;
  }

  replayOfAt(number: number): string | null {
    return this.has(number) ? replayIn(this.#viewOf(number)) : null;
  }

  /** Its number, or 0. From the newest on: what is looked for is mostly new. */
  find(id: string): number {
    const key = keyOf(id);
    for (let number = this.#newest; number >= this.#oldest; number--) {
      if (this.#keys[number % this.#count] === key && idIn(this.#viewOf(number)) === id) return number;
    }
    return 0;
  }

  /** Its size. It stands behind what is staged, or in `#large`. */
  #encode(record: RequestRecord, replayOf: string | null): number {
    const end = writeRecord(record, replayOf, this.#stage, this.#stageHead, this.#staged);
    const size = end - this.#staged;
    this.#large = null;
    if (size > MOST_BYTES) {
      this.#large = Buffer.allocUnsafeSlow(size);
      writeRecord(record, replayOf, this.#large, viewOf(this.#large), 0);
    } else if (end > SEGMENT_BYTES) {
      this.#beginSegment();
      writeRecord(record, replayOf, this.#stage, this.#stageHead, 0);
    }
    return size;
  }

  #hasRoom(size: number): boolean {
    return this.kept === 0 || (this.kept < this.#count && this.#bytes + size <= this.#mostBytes);
  }

  #keep(id: string, size: number): void {
    this.#newest += 1;
    const slot = this.#newest % this.#count;
    this.#sizes[slot] = size;
    this.#keys[slot] = keyOf(id);
    this.#bytes += size;
    if (this.#large !== null) {
      this.#places[slot] = APART;
      this.#apart.set(this.#newest, this.#large);
      this.#apartBytes += size;
      this.#large = null;
      this.#release();
    } else {
      this.#places[slot] = this.#current * SEGMENT_BYTES + this.#staged;
      this.#staged += size;
      this.#live[this.#current] = (this.#live[this.#current] ?? 0) + 1;
    }
  }

  /** Where all that was in the newest one is gone already, it is used again as it is. */
  #beginSegment(): void {
    const current = this.#current;
    if (this.#live[current] !== 0) {
      const segment = this.#segments[current] ?? this.#allocate(current);
      segment.set(this.#stage.subarray(0, this.#staged));
      this.#current = this.#free.pop() ?? this.#live.push(0) - 1;
    }
    this.#staged = 0;
  }

  #leave(segment: number): void {
    const live = (this.#live[segment] ?? 0) - 1;
    this.#live[segment] = live;
    if (live > 0 || segment === this.#current) return;
    this.#free.push(segment);
    this.#release();
  }

  #allocate(segment: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(SEGMENT_BYTES);
    this.#segments[segment] = bytes;
    this.#allocated += 1;
    return bytes;
  }

  /** Memory of free segments, where all that is held is more than what may be kept: others need it. */
  #release(): void {
    for (const segment of this.#free) {
      if (this.held <= this.#mostBytes) return;
      if (this.#segments[segment] === undefined) continue;
      this.#segments[segment] = undefined;
      this.#allocated -= 1;
    }
  }

  #viewOf(number: number): Buffer {
    const slot = number % this.#count;
    const place = this.#places[slot] ?? APART;
    if (place === APART) return this.#apart.get(number) ?? EMPTY;
    const segment = Math.floor(place / SEGMENT_BYTES);
    const start = place % SEGMENT_BYTES;
    const bytes = segment === this.#current ? this.#stage : this.#segments[segment];
    return (bytes ?? EMPTY).subarray(start, start + (this.#sizes[slot] ?? 0));
  }
}

const EMPTY = Buffer.alloc(0);

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Ids are random to their end. */
function keyOf(id: string): number {
  let key = id.length;
  for (let at = Math.max(0, id.length - 8); at < id.length; at++) {
    key = (Math.imul(key, 31) + id.charCodeAt(at)) | 0;
  }
  return key >>> 0;
}
