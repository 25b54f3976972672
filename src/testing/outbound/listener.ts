/** The address in the test process that takes the outbound requests of Functions, for all projects of the process. */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import type { OutboundLine } from '../../protocol/outbound';

/** One project's part in it. */
export interface OutboundTaker {
  answer(line: OutboundLine, request: IncomingMessage, response: ServerResponse): void;
  refused(line: OutboundLine): void;
}

/** The first line is ours and short. */
const LINE_BYTES = 2_048;
const NEWLINE = 0x0a;

export class OutboundListener {
  readonly #takers = new Map<string, OutboundTaker>();
  readonly #lines = new WeakMap<object, OutboundLine>();
  readonly #sockets = new Set<Socket>();
  readonly #http: Server;
  readonly #net: NetServer;
  readonly #port: Promise<number>;

  constructor() {
    this.#http = createHttpServer({ keepAliveTimeout: 60_000 }, (request, response) =>
      this.#take(request, response),
    );
    this.#net = createServer((socket) => this.#open(socket)).unref();
    this.#port = new Promise((resolve, reject) => {
      this.#net.once('error', reject);
      this.#net.listen(0, '127.0.0.1', () => resolve((this.#net.address() as AddressInfo).port));
    });
    // Whoever asks for the port is told.
    this.#port.catch(() => {});
  }

  port(): Promise<number> {
    return this.#port;
  }

  add(project: string, taker: OutboundTaker): void {
    this.#takers.set(project, taker);
  }

  remove(project: string): void {
    this.#takers.delete(project);
  }

  close(): void {
    this.#net.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(socket: Socket): void {
    this.#sockets.add(socket);
    socket.unref();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    let head = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(NEWLINE);
      if (end === -1 && head.length < LINE_BYTES) return;
      socket.off('data', onData);
      socket.pause();
      if (end === -1) socket.destroy();
      else this.#start(socket, lineIn(head.subarray(0, end)), head.subarray(end + 1));
    };
    socket.on('data', onData);
  }

  #start(socket: Socket, line: OutboundLine | null, rest: Buffer): void {
    if (line === null) return void socket.destroy();
    if (line.verdict === 'refused') {
      this.#takers.get(line.project)?.refused(line);
      return void socket.destroy();
    }
    this.#lines.set(socket, line);
    if (rest.length > 0) socket.unshift(rest);
    this.#http.emit('connection', socket);
    socket.resume();
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const line = this.#lines.get(request.socket);
    const taker = line === undefined ? undefined : this.#takers.get(line.project);
    if (line === undefined || taker === undefined) return void request.socket.destroy();
    taker.answer(line, request, response);
  }
}

/** Others on this machine may connect too: what is no line is no concern of ours. */
function lineIn(bytes: Buffer): OutboundLine | null {
  try {
    const line: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof line === 'object' && line !== null && 'project' in line ? (line as OutboundLine) : null;
  } catch {
    return null;
  }
}
