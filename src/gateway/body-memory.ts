/** What the bodies of all requests may take together: each is bounded by 1 MB, connections are many. */
import { totalmem } from 'node:os';
import type { Exchange } from './exchange';

const MB = 1_048_576;
const MOST_MB = 256;
const LEAST_MB = 16;

/** A sixteenth of the memory that there is, from 16 to 256 MB. In megabytes. */
export function defaultBodyMemoryMb(): number {
  // 0, or a number beyond all memory: no limit is set for this process (a container).
  const constrained = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const sixteenth = Math.floor(Math.min(totalmem(), constrained) / 16 / MB);
  return Math.max(LEAST_MB, Math.min(MOST_MB, sixteenth));
}

const UNCOUNTED_BYTES = 16 * 1024;

/**
 * Hot. Bodies up to this size are not counted: what webhooks send costs nothing here, and goes on while somebody else
 * fills the memory. Only for the request whose answer is the next one of its connection: there is one such at a time,
 * so the limit of connections bounds what they take. Those behind it are counted whole, for hundreds of them may wait
 * (`Pipelines`).
 */
export function uncountedBytesOf({ res }: Exchange): number {
  return res.socket === null ? 0 : UNCOUNTED_BYTES;
}

export class BodyMemory {
  readonly limitBytes: number;
  #heldBytes = 0;

  constructor(limitMb: number) {
    this.limitBytes = limitMb * MB;
  }

  /**
   * From now on the bodies of this exchange take so much, until it ends. `false`: they cannot, and nothing changes.
   * Less than before always fits.
   */
  hold(exchange: Exchange, bytes: number): boolean {
    const change = bytes - exchange.heldBytes;
    if (exchange.ended) return false;
    if (change > 0 && this.#heldBytes + change > this.limitBytes) return false;
    exchange.heldBytes = bytes;
    exchange.bodyMemory = this;
    this.#heldBytes += change;
    return true;
  }

  release(bytes: number): void {
    this.#heldBytes -= bytes;
  }

  /** For the author's log. */
  explain(): string {
    return `the bodies of all requests take ${this.#heldBytes} bytes already, ${this.limitBytes} are allowed`;
  }
}
