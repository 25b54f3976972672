/**
 * Requests that a client sends before it has the answers to those before them. All of one packet are parsed at once:
 * 64 kB of them could make a thousand answers of 4 MB that wait for a client that does not read. So only some of a
 * connection run at a time, and only some more wait. The refusals of the rest fill what node:http holds for a
 * connection; then it stops reading.
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Exchange } from './exchange';
import { refuse } from './send';

/** Beside the one whose answer is on its way. */
const MOST_RUNNING = 16;
const MOST_WAITING = 240;

interface Waiting {
  readonly exchange: Exchange;
  readonly run: () => void;
}

export class Pipelines {
  readonly #pipelines = new WeakMap<Socket, Pipeline>();

  /** `true`: may run now. Else `run` is called in its turn, or the request is refused. */
  enter(exchange: Exchange, run: () => void): boolean {
    if (exchange.hasTurn) return true;
    const { socket } = exchange.req;
    const known = this.#pipelines.get(socket);
    if (known !== undefined) return known.enter(exchange, run);
    const pipeline = new Pipeline(socket);
    this.#pipelines.set(socket, pipeline);
    return pipeline.enter(exchange, run);
  }
}

/** Of one connection. */
class Pipeline {
  readonly #running = new Set<ServerResponse>();
  readonly #waiting: Waiting[] = [];

  constructor(private readonly socket: Socket) {
    socket.once('close', () => this.#forget());
  }

  enter(exchange: Exchange, run: () => void): boolean {
    // Nobody would tell its response that the connection is gone.
    if (this.socket.destroyed) {
      endUnanswered(exchange);
      return false;
    }
    if (this.#running.size < MOST_RUNNING) {
      this.#start(exchange);
      return true;
    }
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push({ exchange, run });
    else refuse(exchange, 'HS_TOO_MANY_REQUESTS', TOO_MANY, ['Retry-After', '1']);
    return false;
  }

  #start(exchange: Exchange): void {
    exchange.hasTurn = true;
    this.#running.add(exchange.res);
    whenDelivered(exchange.res, () => this.#next(exchange.res));
  }

  #next(delivered: ServerResponse): void {
    this.#running.delete(delivered);
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#start(next.exchange);
    next.run();
  }

  /** node:http tells it only to the response whose turn it is. */
  #forget(): void {
    for (const { exchange } of this.#waiting.splice(0)) endUnanswered(exchange);
    for (const response of this.#running) {
      if (response.socket === null) tellClosed(response);
    }
  }
}

const TOO_MANY = `${MOST_RUNNING} requests of this connection run and ${MOST_WAITING} wait already`;

/** Only then its memory is free. */
function whenDelivered(response: ServerResponse, next: () => void): void {
  response.once('close', next);
}

/** As node:http does it: who sends an Asset waits for this to close its file. */
function tellClosed(response: ServerResponse): void {
  response.destroy();
  response.emit('close');
}

function endUnanswered(exchange: Exchange): void {
  exchange.fail(
    'HS_TOO_MANY_REQUESTS',
    'the client left while its request waited behind others of its connection',
  );
  exchange.end(429, null);
}
