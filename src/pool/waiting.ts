/** The calls that wait in the queues of a pool, counted. */
import type { ErrorCode } from '../errors';
import { QUEUE_WAIT_MS } from '../model/limits';
import type { Invocation } from './invocation';
import type { Lane } from './lane';

/** Calls that may wait for one Function. With 5 s as the longest wait, more would be refused anyway. */
const QUEUE_CALLS = 1_000;
/** Of the events of all waiting calls: a flood of large ones must not fill the memory of the gateway. */
const QUEUE_CHARACTERS = 64 * 1_048_576;

export class Waiting {
  /** Of all queues. */
  count = 0;
  #characters = 0;

  hasRoom(lane: Lane): boolean {
    return lane.queue.length < QUEUE_CALLS && this.#characters < QUEUE_CHARACTERS;
  }

  add(lane: Lane, invocation: Invocation): void {
    lane.queue.push(invocation);
    this.#note(invocation, 1);
  }

  /** For one that had its turn already. */
  addFirst(lane: Lane, invocation: Invocation): void {
    lane.queue.unshift(invocation);
    this.#note(invocation, 1);
  }

  take(lane: Lane): Invocation | undefined {
    const invocation = lane.queue.shift();
    if (invocation !== undefined) this.#note(invocation, -1);
    return invocation;
  }

  failAll(lane: Lane, code: ErrorCode, detail: string): void {
    while (lane.queue.length > 0) this.take(lane)?.fail(code, detail);
  }

  refuseOverdue(lane: Lane, now: number): void {
    while (lane.queue[0] !== undefined && now - lane.queue[0].queuedAt > QUEUE_WAIT_MS) {
      this.take(lane)?.fail('HS_TOO_MANY_REQUESTS', `it waited over ${QUEUE_WAIT_MS} ms for an instance`);
    }
  }

  #note(invocation: Invocation, sign: 1 | -1): void {
    this.count += sign;
    this.#characters += sign * invocation.size;
  }
}
