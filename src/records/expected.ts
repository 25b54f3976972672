/**
 * Calls that this program makes itself, and whose records it waits for: a replay, a call from the console. They are known by
 * the port that they come from, which is taken as long as their connection is open. So nothing has to be added to the
 * request, and no client can claim to be one of them.
 */
import type { Traffic } from '../model/invocation';
import type { Kept } from './records';

export interface ExpectedCall {
  /** Id of the invocation that it repeats, or `null`. */
  readonly replayOf: string | null;
  readonly met: (kept: Kept) => void;
}

export class Expected {
  readonly #calls = new Map<string, ExpectedCall>();

  get size(): number {
    return this.#calls.size;
  }

  /** `address` and `port`: of our end of the connection. Returns what ends the wait. */
  expect(address: string, port: number, call: ExpectedCall): () => void {
    const key = keyOf(address, port);
    this.#calls.set(key, call);
    return () => void this.#calls.delete(key);
  }

  /** The call that this was, which is then expected no more; or `null`. */
  take(traffic: Traffic | null): ExpectedCall | null {
    if (traffic === null || traffic.remoteAddress === null) return null;
    const key = keyOf(traffic.remoteAddress, traffic.remotePort);
    const call = this.#calls.get(key) ?? null;
    this.#calls.delete(key);
    return call;
  }
}

/** A gateway that listens on `::` sees IPv4 clients as `::ffff:127.0.0.1`. */
function keyOf(address: string, port: number): string {
  return `${address.replace(/^::ffff:/, '')} ${port}`;
}
