/**
 * Records as bytes, one behind the other in one block of memory that is outside of what the garbage collector looks at. Once
 * the block is full it begins again at its start, over the oldest. Pages of it are taken only when they are written first.
 */
import { constants } from 'node:buffer';
import type { RequestRecord } from '../model/invocation';
import { type EncodedRecord, idIn, recordIn, replayIn } from './encoding';

export interface RingOptions {
  /** Most that are kept. At least 1. */
  readonly count: number;
  readonly bytes: number;
}

export class Ring {
  readonly #count: number;
  readonly #block: Buffer;
  readonly #head: DataView;
  /** One that is larger than the block has memory of its own, and is then the only one. */
  #large: Buffer | null = null;
  /** By `number % count`: where it begins, its size, and the end of its id, so that looking for one reads little. */
  readonly #starts: Float64Array;
  readonly #sizes: Uint32Array;
  readonly #keys: Uint32Array;
  #newest = 0;
  /** `#newest + 1` where none is kept. */
  #oldest = 1;
  #bytes = 0;
  /** Behind the newest. */
  #end = 0;

  constructor({ count, bytes }: RingOptions) {
    this.#count = count;
    this.#block = Buffer.allocUnsafeSlow(Math.min(bytes, constants.MAX_LENGTH));
    this.#head = viewOf(this.#block);
    this.#starts = new Float64Array(count);
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

  /** Whether it can be added and none has to go. */
  hasRoom(size: number): boolean {
    if (this.kept === 0) return true;
    if (this.kept === this.#count || this.#large !== null) return false;
    const start = this.#startOf(this.#oldest);
    const end = this.#end;
    if (end <= start) return end + size <= start;
    return end + size <= this.#block.length || size <= start;
  }

  /** Hot. The oldest ones go where there is no room for it. */
  add(record: EncodedRecord): void {
    const { size } = record;
    if (this.kept === this.#count || this.#large !== null) this.dropOldest();
    const start = this.#makeRoom(size);
    this.#newest += 1;
    const slot = this.#newest % this.#count;
    this.#starts[slot] = start;
    this.#sizes[slot] = size;
    this.#keys[slot] = keyOf(record.id);
    this.#bytes += size;
    this.#end = start + size;
    if (this.#large === null) record.write(this.#block, this.#head, start);
    else record.write(this.#large, viewOf(this.#large), start);
  }

  dropOldest(): void {
    if (this.kept === 0) return;
    this.#bytes -= this.#sizes[this.#oldest % this.#count] ?? 0;
    this.#oldest += 1;
    this.#large = null;
    // So that where few are kept at a time, the same few pages are written.
    if (this.kept === 0) this.#end = 0;
  }

  clear(): void {
    this.#oldest = this.#newest + 1;
    this.#bytes = 0;
    this.#large = null;
    this.#end = 0;
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

  /** Where so many bytes in a row are free, after the oldest were dropped that stood there. */
  #makeRoom(size: number): number {
    if (size > this.#block.length) {
      this.clear();
      this.#large = Buffer.allocUnsafeSlow(size);
      return 0;
    }
    let start = this.#end;
    if (start + size > this.#block.length) {
      while (this.kept > 0 && this.#startOf(this.#oldest) >= start) this.dropOldest();
      start = 0;
    }
    while (this.kept > 0 && this.#isWithin(this.#startOf(this.#oldest), start, size)) this.dropOldest();
    return this.kept === 0 ? 0 : start;
  }

  #isWithin(place: number, start: number, size: number): boolean {
    return place >= start && place < start + size;
  }

  #startOf(number: number): number {
    return this.#starts[number % this.#count] ?? 0;
  }

  #viewOf(number: number): Buffer {
    const start = this.#startOf(number);
    const size = this.#sizes[number % this.#count] ?? 0;
    return (this.#large ?? this.#block).subarray(start, start + size);
  }
}

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
