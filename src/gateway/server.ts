/** The HTTP server: its limits and deadlines, and what happens below the level of a request. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { CodedError, ERRORS, type ErrorCode } from '../errors';
import { defaultMaxConnections, RefusedConnections } from './connection-limit';
import { Connections, endGently, hasSentNothing, whenItsTurn } from './connections';
import { type Exchange, type OnRecord, unreadTraffic } from './exchange';
import type { Handler } from './handle';
import { LongHead } from './long-head';
import { refuse, TEXT_TYPE } from './send';

/** Above our own limits, so that the documented texts are sent; what is beyond this the parser refuses. */
const PARSER_HEADER_BYTES = 64 * 1024;
/** From the first byte of a connection or request on. */
const HEADERS_MS = 15_000;
/** Head and body together. */
const REQUEST_MS = 30_000;
/** Longer than the 60 s that load balancers commonly keep idle connections, so that they close first. */
const KEEP_ALIVE_MS = 65_000;
/** A connection on which nothing moves, for example because the client does not read its answer. */
const SILENCE_MS = 120_000;
const CHECK_MS = 1_000;
/** How long the end of a line that is too long is waited for. */
const LONG_HEAD_MS = 1_000;

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** The time limit of Functions, which the silence of a connection must exceed. */
  readonly timeoutMs: number;
  /** How long a client may take to send head and body together, ms; 30 s where nothing is said. */
  readonly requestMs?: number;
  /** `null`: what the open files that are allowed leave room for. */
  readonly maxConnections: number | null;
  /** Does not keep our process alive. */
  readonly shortLived?: boolean;
}

export class GatewayServer {
  readonly #server: Server;
  readonly #connections: Connections;
  /** The request whose body is being read, by connection: who a broken body belongs to. */
  readonly #current = new WeakMap<Duplex, Exchange>();
  /** Connections on which nothing more is understood. */
  readonly #broken = new WeakSet<Duplex>();
  /** Of these, those whose head is too long, until it is known which part of it is. */
  readonly #longHeads = new WeakMap<Duplex, LongHead>();
  readonly #refused = new RefusedConnections((detail) =>
    this.#record('HS_TOO_MANY_CONNECTIONS', null, detail),
  );

  constructor(
    private readonly handler: Handler,
    private readonly options: ListenOptions,
    private readonly onRecord: OnRecord,
  ) {
    const { requestMs = REQUEST_MS } = options;
    this.#server = createServer({
      maxHeaderSize: PARSER_HEADER_BYTES,
      headersTimeout: Math.min(HEADERS_MS, requestMs),
      requestTimeout: requestMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_MS,
      noDelay: true,
      // We look ourselves: node:http would answer without a text and without a record.
      requireHostHeader: false,
    });
    this.#server.maxHeadersCount = 0;
    this.#server.maxConnections = options.maxConnections ?? defaultMaxConnections();
    this.#server.on('drop', () => this.#refused.add(this.#server.maxConnections));
    this.#connections = new Connections(this.#server, requestMs);
    answerHalfClosed(this.#server);
    this.#server.timeout = Math.max(SILENCE_MS, options.timeoutMs * 2 + SILENCE_MS / 2);
    this.#server.on('request', (req, res) => this.#handle(req, res, false));
    this.#server.on('checkContinue', (req, res) => this.#handleExpecting(req, res));
    this.#server.on('checkExpectation', (req, res) => {
      const exchange = this.handler.open(req, res);
      refuse(exchange, 'HS_BAD_REQUEST', 'the expectation is not 100-continue', ['Connection', 'close']);
    });
    this.#server.on('connect', (req, socket) => this.#refuseConnect(req, socket));
    this.#server.on('clientError', (error, socket) => this.#onClientError(error, socket));
  }

  /** Resolves with the port. Throws `CodedError`: HS_PORT_IN_USE, HS_CANNOT_LISTEN. */
  listen(): Promise<number> {
    const { host, port } = this.options;
    return new Promise((resolve, reject) => {
      this.#server.on('error', (error: NodeJS.ErrnoException) => {
        // Once it listens: a connection could not be accepted (too many open files). Others can.
        if (this.#server.listening)
          this.#record('HS_INTERNAL', null, `a connection was lost: ${error.message}`);
        else reject(explainListenError(error, host, port));
      });
      if (this.options.shortLived === true) this.#server.unref();
      this.#server.listen(port, host, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  /** Stops accepting; resolves when the last request has its answer. */
  drain(): Promise<void> {
    this.handler.stopping = true;
    this.#refused.close();
    return this.#connections.drain();
  }

  close(): void {
    this.handler.stopping = true;
    this.#refused.close();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  // --- requests

  /** Hot. */
  #handle(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void {
    // Sent before the answer to the one before, or after the last answer: rare, and to be looked at.
    if (res.socket === null || res.socket.writableEnded) {
      if (!this.#connections.queue(req.socket, res)) return;
    }
    const exchange = this.handler.handle(req, res, expectsContinue);
    if (exchange.head.hasBody) this.#current.set(req.socket, exchange);
  }

  /** The client waits for `100 Continue` before it sends the body: it is only told to when the body is wanted. */
  #handleExpecting(req: IncomingMessage, res: ServerResponse): void {
    this.#handle(req, res, true);
  }

  // --- below requests

  /** CONNECT never gets a response object; its target may be an authority instead of a path. */
  #refuseConnect(req: IncomingMessage, socket: Duplex): void {
    const code = this.handler.refusalOfConnect(req);
    this.#record(code, socket, null, 'CONNECT', req.url ?? '');
    const headers = code === 'HS_METHOD_NOT_ALLOWED' ? 'Allow: GET, POST, OPTIONS\r\n' : '';
    whenItsTurn(socket, null, () => answerRaw(socket, code, headers));
  }

  #onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    // The parser says the same again for each chunk that still arrives.
    if (this.#broken.has(socket)) return this.#readHead(socket, packetOf(error), error);
    this.#broken.add(socket);
    // Browsers open connections before they need them.
    if (error.code === 'ECONNRESET' || !socket.writable || hasSentNothing(socket)) {
      socket.destroy();
      return;
    }
    const exchange = this.#current.get(socket);
    if (exchange !== undefined && !exchange.req.complete) this.#refuseBody(socket, exchange, error);
    else if (error.code === 'HPE_HEADER_OVERFLOW') this.#followHead(socket, error);
    else this.#refuseUnread(socket, codeOf(error), describe(error));
  }

  #followHead(socket: Duplex, error: NodeJS.ErrnoException): void {
    this.#longHeads.set(socket, new LongHead());
    setTimeout(() => this.#refuseHead(socket, 'headers', error), LONG_HEAD_MS).unref();
    this.#readHead(socket, unparsed(error), error);
  }

  #readHead(socket: Duplex, packet: Buffer, error: NodeJS.ErrnoException): void {
    const part = this.#longHeads.get(socket)?.read(packet) ?? null;
    if (part !== null) this.#refuseHead(socket, part, error);
  }

  #refuseHead(socket: Duplex, part: 'target' | 'headers', error: NodeJS.ErrnoException): void {
    if (!this.#longHeads.delete(socket) || socket.destroyed) return;
    const code = part === 'target' ? 'HS_TARGET_TOO_LONG' : 'HS_REQUEST_HEADERS_TOO_LONG';
    this.#refuseUnread(socket, code, describe(error));
  }

  /** What arrived is no request. Those before it on the connection still get their answers, in order. */
  #refuseUnread(socket: Duplex, code: ErrorCode, detail: string): void {
    this.#record(code, socket, detail);
    whenItsTurn(socket, null, () => answerRaw(socket, code, ''));
  }

  #refuseBody(socket: Duplex, exchange: Exchange, error: NodeJS.ErrnoException): void {
    if (exchange.ended) {
      // It has its answer. `linger` ends the connection, unless the rest was short and nobody lingers.
      if (exchange.res.writableFinished) endGently(socket, '');
      return;
    }
    const code = codeOf(error);
    exchange.fail(code, describe(error));
    exchange.end(ERRORS[code].status ?? 400, TEXT_TYPE);
    whenItsTurn(socket, exchange.res, () => answerRaw(socket, code, ''));
  }

  #record(error: ErrorCode, socket: Duplex | null, detail: string | null, method = '', target = ''): void {
    this.onRecord({
      id: this.handler.nextId(),
      startedAt: Date.now(),
      durationMs: 0,
      method,
      target,
      status: ERRORS[error].status ?? 400,
      contentType: TEXT_TYPE,
      resource: null,
      error,
      detail,
      console: [],
      consoleDropped: 0,
      traffic: this.handler.keepsTraffic ? unreadTraffic(socket) : null,
    });
  }
}

/**
 * A client that ends its side after the request still reads (a shell pipe into `nc`, some proxies). The switch of
 * node:http for that is not in its types.
 */
function answerHalfClosed(server: Server): void {
  Object.assign(server, { httpAllowHalfOpen: true });
}

/** Writes a whole response to a connection that has no response object. */
function answerRaw(socket: Duplex, code: ErrorCode, headers: string): void {
  const { status, text } = ERRORS[code];
  const reason = text.length > 40 ? 'Error' : text;
  endGently(
    socket,
    `HTTP/1.1 ${status} ${reason}\r\n${headers}Content-Type: ${TEXT_TYPE}\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
  );
}

function codeOf(error: NodeJS.ErrnoException): ErrorCode {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'HS_REQUEST_HEADERS_TOO_LONG';
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 'HS_REQUEST_TOO_LARGE';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'HS_REQUEST_TIMEOUT';
    default:
      return 'HS_BAD_REQUEST';
  }
}

function packetOf(error: NodeJS.ErrnoException): Buffer {
  return 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket : NO_BYTES;
}

/** What the parser did not understand of the packet in which it stopped; with later ones it says the same number. */
function unparsed(error: NodeJS.ErrnoException): Buffer {
  const packet = packetOf(error);
  const parsed = 'bytesParsed' in error && typeof error.bytesParsed === 'number' ? error.bytesParsed : 0;
  return packet.subarray(Math.min(parsed, packet.length));
}

const NO_BYTES = Buffer.alloc(0);

function describe(error: NodeJS.ErrnoException): string {
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
  return error.code === undefined ? reason : `${reason} (${error.code})`;
}

function explainListenError(error: NodeJS.ErrnoException, host: string, port: number): CodedError {
  if (error.code === 'EADDRINUSE') {
    const message = `Port ${port} is in use. Choose another one with --port, or --port 0 for a free one.`;
    return new CodedError('HS_PORT_IN_USE', message, { cause: error });
  }
  const message = `Cannot listen on ${host}:${port}: ${error.code ?? error.message}. Check --host and --port.`;
  return new CodedError('HS_CANNOT_LISTEN', message, { cause: error });
}
