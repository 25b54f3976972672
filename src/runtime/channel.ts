/** The instance's end of the messages: blocking reads and writes on a descriptor of its own. */
import { readSync, writeSync } from 'node:fs';
import { HEAD_BYTES } from '../protocol/encoding';
import { CHANNEL_FD, CLAIM_BYTES, CLAIM_FD, decodeToInstance, type ToInstance } from '../protocol/messages';

const INITIAL_BYTES = 64 * 1024;
/** How long a write waits before it tries again where the descriptor does not block. */
const RETRY_MS = 1;

/** The far end is gone, or user code changed the descriptor: either way this process has no purpose left. */
export class ChannelClosed extends Error {
  override readonly name = 'ChannelClosed';
}

/**
 * Reads block in the kernel: while an instance waits for its next call nothing of it runs. That is the freeze
 * after `callback` which the vendor documents, and it costs nothing.
 */
export class Channel {
  #buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  #start = 0;
  #end = 0;
  readonly #claim = Buffer.alloc(CLAIM_BYTES);
  #blocks = true;

  /** Waits for the next message. Throws `ChannelClosed`. */
  read(): ToInstance {
    this.#fill(4);
    const length = this.#buffer.readUInt32LE(this.#start) + 4;
    this.#fill(length);
    const { start, buffer } = this.#take(length);
    const payload = buffer.subarray(start + HEAD_BYTES, start + length);
    return decodeToInstance(buffer.readUInt8(start + 4), buffer.readUInt32LE(start + 5), payload);
  }

  /** Whether a call that was sent ahead is already here; then waiting costs no time. */
  get hasMore(): boolean {
    return this.#end > this.#start;
  }

  /** Blocks until everything is written. Throws `ChannelClosed`. */
  write(frame: Buffer): void {
    let at = 0;
    while (at < frame.length) {
      at += this.#blocks
        ? attempt(() => writeSync(CHANNEL_FD, frame, at, frame.length - at))
        : writeWhatFits(frame, at);
    }
  }

  /** From now on somebody else reads, and the descriptor does not block. Returns what was read but not taken yet. */
  handOver(): Buffer {
    const rest = Buffer.from(this.#buffer.subarray(this.#start, this.#end));
    this.#start = 0;
    this.#end = 0;
    this.#blocks = false;
    return rest;
  }

  /**
   * Makes the call ours, or tells that the gateway took it back. Positioned reads and writes of a file, so that the
   * gateway is not woken (0.5 us each): our word is written before the gateway's are read, and it does the reverse.
   */
  claim(callId: number): boolean {
    const words = this.#claim;
    words.writeUInt32LE(callId, 0);
    attempt(() => writeSync(CLAIM_FD, words, 0, 4, 0));
    attempt(() => readSync(CLAIM_FD, words, 4, 8, 4));
    return callId < words.readUInt32LE(4) || callId > words.readUInt32LE(8);
  }

  /** Tells, in the claim file, that nothing of the author's runs after this call until the next one. */
  markFrozen(callId: number): void {
    this.#claim.writeUInt32LE(callId, 12);
    attempt(() => writeSync(CLAIM_FD, this.#claim, 12, 4, 12));
  }

  #fill(bytes: number): void {
    if (this.#end - this.#start >= bytes) return;
    this.#makeRoom(bytes);
    while (this.#end - this.#start < bytes) {
      const buffer = this.#buffer;
      const got = attempt(() => readSync(CHANNEL_FD, buffer, this.#end, buffer.length - this.#end, null));
      if (got === 0) throw new ChannelClosed('the gateway is gone');
      this.#end += got;
    }
  }

  #makeRoom(bytes: number): void {
    if (this.#start + bytes <= this.#buffer.length && this.#end < this.#buffer.length) return;
    const grown = bytes > this.#buffer.length ? Buffer.allocUnsafe(bytes) : this.#buffer;
    this.#buffer.copy(grown, 0, this.#start, this.#end);
    this.#buffer = grown;
    this.#end -= this.#start;
    this.#start = 0;
  }

  /** Payloads are decoded before the next read, so a view is enough; a buffer that had to grow is not kept. */
  #take(length: number): { start: number; buffer: Buffer } {
    const { start, buffer } = { start: this.#start, buffer: this.#buffer };
    this.#start += length;
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
      if (buffer.length > INITIAL_BYTES) this.#buffer = Buffer.allocUnsafe(INITIAL_BYTES);
    }
    return { start, buffer };
  }
}

/** EAGAIN means that user code made the descriptor non-blocking (a `net.Socket` around it does). */
function attempt(operation: () => number): number {
  try {
    return operation();
  } catch (cause) {
    throw new ChannelClosed('the channel to the gateway is broken', { cause });
  }
}

/** Bytes written; 0 while the gateway has not read what was written before. */
function writeWhatFits(frame: Buffer, at: number): number {
  return attempt(() => {
    try {
      return writeSync(CHANNEL_FD, frame, at, frame.length - at);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      return 0;
    }
  });
}
