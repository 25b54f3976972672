/** Cuts a stream of bytes into frames; see `messages.ts` for their layout. */
import { HEAD_BYTES, ProtocolError } from './encoding';
import { MAX_PAYLOAD_BYTES } from './messages';

export type OnFrame = (type: number, id: number, payload: Buffer) => void;

/**
 * Takes chunks as they arrive and calls `onFrame` once for each whole frame. A payload is a view into the chunk
 * where it arrived whole. Throws `ProtocolError` when a frame claims to be larger than any message may be.
 */
export class FrameReader {
  #parts: Buffer[] = [];
  #bytes = 0;
  /** Bytes that must be there before it makes sense to look again. */
  #wanted = 4;

  constructor(private readonly onFrame: OnFrame) {}

  push(chunk: Buffer): void {
    if (this.#bytes === 0) {
      this.#cut(chunk);
      return;
    }
    this.#parts.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#wanted) return;
    const whole = Buffer.concat(this.#parts, this.#bytes);
    this.#parts = [];
    this.#bytes = 0;
    this.#cut(whole);
  }

  #cut(bytes: Buffer): void {
    let at = 0;
    while (bytes.length - at >= 4) {
      const length = bytes.readUInt32LE(at);
      if (length < 5 || length > MAX_PAYLOAD_BYTES + 5) throw new ProtocolError(`frame of ${length} bytes`);
      const end = at + 4 + length;
      if (end > bytes.length) return this.#keep(bytes, at, 4 + length);
      this.onFrame(bytes.readUInt8(at + 4), bytes.readUInt32LE(at + 5), bytes.subarray(at + HEAD_BYTES, end));
      at = end;
    }
    if (at < bytes.length) this.#keep(bytes, at, 4);
  }

  #keep(bytes: Buffer, at: number, wanted: number): void {
    const rest = at === 0 ? bytes : bytes.subarray(at);
    this.#parts.push(rest);
    this.#bytes = rest.length;
    this.#wanted = wanted;
  }
}
