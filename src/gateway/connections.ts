/** The connections below the requests: whose turn it is on one, how one ends, and which ones a stop waits for. */
import { type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const LINGER_MS = 2_000;
const SWEEP_MS = 20;
/** How long a head that is on its way is waited for once the gateway stops. */
const LAST_HEAD_MS = 1_000;

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

  /** Accepts no more; resolves when every request that has begun is answered, and all connections are closed. */
  drain(): Promise<void> {
    const since = performance.now();
    return new Promise((resolve) => {
      // A connection that was busy is idle once its answer is out, and its client may keep it open for long.
      const sweep = setInterval(() => this.#sweep(performance.now() - since), SWEEP_MS);
      this.server.close(() => {
        clearInterval(sweep);
        resolve();
      });
      this.#sweep(0);
    });
  }

  #sweep(elapsedMs: number): void {
    this.server.closeIdleConnections();
    for (const socket of this.#sockets) {
      const response = currentResponse(socket);
      const isWanted =
        response === null
          ? elapsedMs < LAST_HEAD_MS && !hasSentNothing(socket)
          : elapsedMs < this.requestMs || response.req.complete;
      if (!isWanted) socket.destroy();
    }
  }
}
