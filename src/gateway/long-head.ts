/** A head that is too long for the parser: was it the target, or the headers? The parser does not say. */

const UNDECIDED_BYTES = 512 * 1024;
/** A request line ends with this, carriage return included. */
const VERSION = /HTTP\/\d\.\d\r?$/;
const VERSION_CHARACTERS = 9;

/** Follows the line that the parser gave up in to its end. */
export class LongHead {
  #seenBytes = 0;
  /** The end of what came before. */
  #tail = '';

  /** `packet`: from where the parser stopped, then all that arrives. `null`: the line goes on. */
  read(packet: Buffer): 'target' | 'headers' | null {
    const lineEnd = packet.indexOf('\n');
    const line = packet.subarray(0, lineEnd === -1 ? packet.length : lineEnd);
    this.#tail += line.toString('latin1', Math.max(0, line.length - VERSION_CHARACTERS));
    this.#tail = this.#tail.slice(-VERSION_CHARACTERS);
    this.#seenBytes += packet.length;
    if (lineEnd !== -1) return VERSION.test(this.#tail) ? 'target' : 'headers';
    return this.#seenBytes > UNDECIDED_BYTES ? 'headers' : null;
  }
}
