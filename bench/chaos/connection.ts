/** A client that is cheap enough to keep a gateway busy from one process: one request at a time, kept alive. */
import { connect, type Socket } from 'node:net';

/** Texts are Latin-1: everything that the bed sends and expects is ASCII. */
export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Longer than everything that may hold an answer up (the queue, loading, running), also on a busy machine. */
const PATIENCE_MS = 60_000;
const EMPTY = Buffer.alloc(0);

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class Connection {
  #socket: Socket | null = null;
  #received: Buffer = EMPTY;
  #waiting: Waiting | null = null;

  constructor(
    private readonly port: number,
    /** Bytes came that no request is waiting for: a second answer. */
    private readonly onStray: (text: string) => void,
  ) {}

  get isBusy(): boolean {
    return this.#waiting !== null;
  }

  /** Rejects where the connection ends, or nothing comes for a minute, before the answer is whole. */
  ask(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#open().write(request, 'latin1');
    });
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
    this.#fail(new Error('the client closed the connection'));
  }

  #open(): Socket {
    if (this.#socket !== null) return this.#socket;
    this.#received = EMPTY;
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', (error) => this.#onEnd(socket, error));
    socket.on('close', () => this.#onEnd(socket, new Error('the connection ended before the answer')));
    socket.setTimeout(PATIENCE_MS, () => this.#onSilence(socket));
    this.#socket = socket;
    return socket;
  }

  #onData(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const found = parseAnswer(this.#received);
    if (found === null) return;
    const waiting = this.#waiting;
    if (waiting === null || found.bytes < this.#received.length) {
      this.onStray(this.#received.toString('latin1', waiting === null ? 0 : found.bytes).slice(0, 200));
    }
    this.#received = EMPTY;
    this.#waiting = null;
    waiting?.resolve(found.answer);
  }

  #onSilence(socket: Socket): void {
    if (this.#waiting === null) return;
    this.#onEnd(socket, new Error(`no answer within ${PATIENCE_MS / 1000} s`));
    socket.destroy();
  }

  #onEnd(socket: Socket, error: Error): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#fail(error);
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.reject(error);
  }
}

/** Hot. `null`: not whole yet. Every answer of the gateway has a Content-Length, unless it has no body at all. */
function parseAnswer(received: Buffer): { readonly answer: Answer; readonly bytes: number } | null {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const head = received.toString('latin1', 0, headEnd);
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  const bytes = headEnd + 4 + length;
  if (received.length < bytes) return null;
  const answer = {
    status: Number(head.slice(9, 12)),
    head,
    body: received.toString('latin1', headEnd + 4, bytes),
  };
  return { answer, bytes };
}
