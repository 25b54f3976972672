/** The connections below the requests: whose turn it is on one, how one ends, and which ones a stop waits for. */
import { type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const LINGER_MS = 2_000;
const SWEEP_MS = 20;
/** How long a head that is on its way is waited for once the gateway stops. */
const LAST_HEAD_MS = 1_000;
/**
 * Once the gateway stops: how long a client may leave an answer unread, or say nothing in the middle of a body. Node
 * looks twice before it believes that a write stands still, so an unread answer has twice that.
 */
const LAST_SILENCE_MS = 4_000;

/** Nothing may go out before the answers of earlier requests of the connection. `own`: where to stop waiting. */
export function whenItsTurn(socket: Duplex, own: ServerResponse | null, next: () => void): void {
  const current = currentResponse(socket);
  if (current === null || current === own || socket.destroyed) return next();
  current.once('close', () => whenItsTurn(socket, own, next));
}

/** Reads on for a while: closing at once would make a reset of what is still arriving, and hide the answer. */
export function endGently(socket: Duplex, bytes: string): void {
  if (!socket.writable) return;
  socket.end(bytes);
  socket.on('error', () => socket.destroy());
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
}

export function hasSentNothing(socket: Duplex): boolean {
  return 'bytesRead' in socket && socket.bytesRead === 0;
}

/** node:http keeps the response that a connection is working on here; there is no public way to ask. */
function currentResponse(socket: Duplex): ServerResponse | null {
  return '_httpMessage' in socket && socket._httpMessage instanceof ServerResponse
    ? socket._httpMessage
    : null;
}

/** The open ones of a server. */
export class Connections {
  readonly #sockets = new Set<Socket>();
  /** The last response of a connection, where requests came before the answers to those before them. */
  readonly #queued = new WeakMap<Socket, ServerResponse>();
  #stopping = false;

  constructor(
    private readonly server: Server,
    /** As while it runs: once a server closes, node:http no longer looks at its deadlines. */
    private readonly requestMs: number,
  ) {
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      // node:http takes its own listener away from a socket that it hands over (CONNECT).
      socket.on('error', () => {});
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /**
   * `response` goes out after others of this connection. `false`: after none, because one of them ends the connection.
   * Its request must not run then, for nobody would ever get its answer (RFC 9112, 9.6).
   */
  queue(socket: Socket, response: ServerResponse): boolean {
    const before = this.#lastResponse(socket);
    if (socket.writableEnded || endsConnection(before)) return false;
    // What comes while the gateway stops is refused with a 503 of its own, and that one closes.
    if (this.#stopping) setLast(before, false);
    this.#queued.set(socket, response);
    return true;
  }

  /** Accepts no more; resolves when every request that has begun is answered, and all connections are closed. */
  drain(): Promise<void> {
    this.#stopping = true;
    const since = performance.now();
    // Clients learn with the answer that the connection ends, instead of by a request that fails.
    for (const socket of this.#sockets) setLast(this.#lastResponse(socket), true);
    return new Promise((resolve) => {
      // A connection that was busy is idle once its answer is out, and its client may keep it open for long.
      const sweep = setInterval(() => this.#sweep(performance.now() - since), SWEEP_MS);
      this.#sparingUnread(() =>
        this.server.close(() => {
          clearInterval(sweep);
          resolve();
        }),
      );
      this.#sweep(0);
    });
  }

  #lastResponse(socket: Socket): ServerResponse | null {
    const queued = this.#queued.get(socket);
    return queued !== undefined && !queued.writableFinished ? queued : currentResponse(socket);
  }

  /**
   * node:http takes a connection for idle once its answer is handed over, also while the client still reads it, and
   * would cut the answer. (`server.close` closes idle connections too.)
   */
  #sparingUnread(close: () => void): void {
    const unread = Array.from(this.#sockets, currentResponse).filter(isUnread);
    for (const response of unread) response.finished = false;
    close();
    for (const response of unread) response.finished = true;
  }

  #sweep(elapsedMs: number): void {
    this.#sparingUnread(() => this.server.closeIdleConnections());
    for (const socket of this.#sockets) {
      const response = currentResponse(socket);
      if (!this.#isWanted(socket, response, elapsedMs)) socket.destroy();
      else if (response !== null) limitSilence(socket, response, this.server.timeout);
    }
  }

  #isWanted(socket: Socket, response: ServerResponse | null, elapsedMs: number): boolean {
    if (response === null) return elapsedMs < LAST_HEAD_MS && !hasSentNothing(socket);
    return elapsedMs < this.requestMs || response.req.complete;
  }
}

function isUnread(response: ServerResponse | null): response is ServerResponse {
  return response?.writableEnded === true && !response.writableFinished;
}

/** node:http knows once the head of the response is made; there is no public way to ask. */
function endsConnection(response: ServerResponse | null): boolean {
  return response !== null && '_last' in response && response._last === true;
}

/** Whether this response carries `Connection: close`. Its head may have gone already. */
function setLast(response: ServerResponse | null, isLast: boolean): void {
  if (response !== null && !response.headersSent) response.shouldKeepAlive = !isLast;
}

/** Silence is the client's as long as it has an answer to read or a body to send; in between its Function runs. */
function limitSilence(socket: Socket, { writableEnded, req }: ServerResponse, usualMs: number): void {
  const limitMs = writableEnded || !req.complete ? LAST_SILENCE_MS : usualMs;
  if (socket.timeout !== limitMs) socket.setTimeout(limitMs);
}
