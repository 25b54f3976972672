/** The calls that wait in the queues of a pool, counted. */
import type { ErrorCode } from '../errors';
import { QUEUE_WAIT_MS } from '../model/limits';
import type { Invocation } from './invocation';
import type { Lane } from './lane';
import type { LaneView } from './lane-view';
import { type ArrivalView, hasWaitedTooLong, mostWaiting, type Refusal } from './policy/admit';

export class Waiting {
  /** Of all queues. */
  count = 0;
  /** Of the events of all of them. */
  characters = 0;

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

  /** A newer build decides about them. */
  supersedeAll(lane: Lane): void {
    for (const invocation of lane.queue.filter(({ mayRestart }) => mayRestart)) {
      lane.queue.splice(lane.queue.indexOf(invocation), 1);
      this.#note(invocation, -1);
      invocation.end({ type: 'superseded' });
    }
  }

  failAll(lane: Lane, code: ErrorCode, detail: string): void {
    while (lane.queue.length > 0) this.take(lane)?.fail(code, detail);
  }

  /** Those that waited too long, and those for which there is no process before they would have. */
  refuseOverdue(lane: Lane, view: LaneView): void {
    while (lane.queue.length > 0 && hasWaitedTooLong(view.waitedMs)) {
      this.take(lane)?.fail('HS_TOO_MANY_REQUESTS', `it waited over ${QUEUE_WAIT_MS} ms for an instance`);
    }
    const most = view.braked ? mostWaiting(view) : Number.POSITIVE_INFINITY;
    while (lane.queue.length > most) {
      const invocation = this.#takeLast(lane);
      if (invocation !== undefined) failRefused(invocation, 'crash-loop', view);
    }
  }

  #takeLast(lane: Lane): Invocation | undefined {
    const invocation = lane.queue.pop();
    if (invocation !== undefined) this.#note(invocation, -1);
    return invocation;
  }

  #note(invocation: Invocation, sign: 1 | -1): void {
    this.count += sign;
    this.characters += sign * invocation.size;
  }
}

export function failRefused(invocation: Invocation, refusal: Refusal, view: ArrivalView): void {
  const { code, detail } = explainRefusal(refusal, view);
  invocation.fail(code, detail);
}

function explainRefusal(refusal: Refusal, view: ArrivalView): { code: ErrorCode; detail: string } {
  switch (refusal) {
    case 'queue-full':
      return { code: 'HS_TOO_MANY_REQUESTS', detail: `${view.queued} calls are waiting already` };
    case 'too-many':
      return { code: 'HS_TOO_MANY_REQUESTS', detail: `${view.underWay} calls are under way already` };
    case 'crash-loop': {
      const next = `the next one is started in ${Math.ceil(view.brakeMs)} ms`;
      return { code: 'HS_CRASH_LOOP', detail: `the processes of this Function keep dying; ${next}` };
    }
  }
}
