/** The console port: the console's files, the link that opens it, and the admin API. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopback } from '../config/host';
import { CodedError, ERRORS } from '../errors';
import type { ApiError, ConsoleEvent } from './api';
import { EventStreams } from './event-stream';
import { bracketed, Gate, isFromConsole, isWildcard } from './gate';
import type { AdminParts } from './parts';
import { Phone } from './phone';
import { bad } from './request-body';
import type { ApiAnswer } from './route';
import { AdminRoutes } from './routes';
import { Sessions } from './sessions';
import { sendStatic, setSafeHeaders } from './static-files';

export interface ConsoleAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** So many ports after this one are tried where it is taken. */
  readonly spare: number;
}

const MOST_CONNECTIONS = 64;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const CHECK_MS = 1_000;
/** Without a word on the connection, for whoever did not show that they may come in. */
const SILENT_MS = 30_000;
const MOST_HEADER_BYTES = 16_384;

export interface AdminServer {
  readonly port: number;
  /** `http://127.0.0.1:3001` */
  readonly url: string;
  readonly token: string;
  /** A link that opens the console once. */
  issueLink(): string;
  tell(event: ConsoleEvent): void;
  close(): Promise<void>;
}

/** Throws `CodedError`: HS_PORT_IN_USE, HS_CANNOT_LISTEN. */
export async function startAdminServer(address: ConsoleAddress, parts: AdminParts): Promise<AdminServer> {
  const server = createServer({
    maxHeaderSize: MOST_HEADER_BYTES,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: CHECK_MS,
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = SILENT_MS;
  await listen(server, address);
  return new RunningServer(server, address.host, parts);
}

class RunningServer implements AdminServer {
  readonly port: number;
  readonly url: string;
  readonly #gate: Gate;
  readonly #sessions: Sessions;
  readonly #streams: EventStreams;
  readonly #phone: Phone;
  readonly #routes: AdminRoutes;
  #closing: Promise<void> | null = null;

  constructor(
    private readonly server: Server,
    host: string,
    private readonly parts: AdminParts,
  ) {
    const { address, port } = server.address() as AddressInfo;
    this.port = port;
    this.url = `http://${bracketed(reachableAt(host, address))}:${port}`;
    this.#gate = new Gate(host, port);
    this.#sessions = new Sessions(port);
    this.#streams = new EventStreams(parts.records, parts.redactor);
    this.#phone = new Phone({ ...parts, tell: (event) => this.#streams.tell(event) });
    this.#routes = new AdminRoutes(parts, this.#streams, this.#phone);
    server.on('request', (req, res) => void this.#handle(req, res));
    // A broken request gets what node:http says; a connection that cannot be accepted harms no other.
    server.on('error', () => {});
  }

  get token(): string {
    return this.#sessions.token;
  }

  issueLink(): string {
    return `${this.url}/open?ticket=${this.#sessions.issueTicket()}`;
  }

  tell(event: ConsoleEvent): void {
    this.#streams.tell(event);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#streams.close();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await Promise.all([closed, this.#phone.close()]);
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    res.on('error', () => {});
    setSafeHeaders(res);
    try {
      this.#gate.checkHost(req);
      const url = urlOf(req);
      const isApi = url.pathname.startsWith('/api/');
      this.#gate.checkSite(req, !isApi);
      if (isApi) await this.#answerApi(req, res, url);
      else if (req.method !== 'GET' && req.method !== 'HEAD') throw bad(`${req.method} is for /api/ only`);
      // Programs that show links look first with HEAD: that uses no ticket up.
      else if (url.pathname === '/open' && req.method === 'GET')
        this.#open(res, url.searchParams.get('ticket') ?? '');
      else await sendStatic(res, this.parts.consoleFolder, url.pathname);
    } catch (error) {
      sendError(req, res, error);
    }
  }

  #open(res: ServerResponse, ticket: string): void {
    const cookie = this.#sessions.exchange(ticket);
    if (cookie === null) {
      res.writeHead(401, { 'Content-Type': 'text/html; charset=utf-8' });
      res.end(USED_UP);
    } else {
      res.writeHead(303, { Location: '/', 'Set-Cookie': cookie });
      res.end();
    }
  }

  async #answerApi(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> {
    this.#checkAccess(req);
    // A Function may take its time, more so while it is debugged.
    req.socket.setTimeout(0);
    if (req.method === 'POST' && url.pathname === '/api/tickets') {
      if (!this.#sessions.hasToken(req.headers)) throw denied('only the token can have a new link');
      return sendAnswer(res, { kind: 'json', value: { url: this.issueLink() } });
    }
    const rows = this.#routes.rows.filter(({ path }) => path.test(url.pathname));
    const row = rows.find(({ method }) => method === req.method);
    if (row === undefined && rows.length > 0) throw bad(`${req.method} is not for ${url.pathname}`);
    if (row === undefined) throw new CodedError('HS_NO_RECORD', `there is nothing at ${url.pathname}`);
    const id = row.path.exec(url.pathname)?.[1] ?? '';
    sendAnswer(res, await row.run({ req, res, id, query: url.searchParams }));
  }

  #checkAccess(req: IncomingMessage): void {
    if (this.#sessions.hasToken(req.headers)) return;
    if (!this.#sessions.hasSession(req.headers)) throw denied(ERRORS.HS_CONSOLE_DENIED.text);
    if (req.method !== 'GET' && !isFromConsole(req)) {
      throw new CodedError('HS_CONSOLE_CROSS_SITE', 'nothing says that the console made it');
    }
  }
}

const USED_UP = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Hookswitch</title>
<h1>This link was used already, or is too old</h1>
<p>If the console is open in this browser, <a href="/">go on there</a>. Else get a new link: <code>hookswitch console</code></p>`;

/**
 * Never `localhost` where it listens on one address of this machine: that name may lead to the other one (browsers try
 * `::1` first), where another user may listen on the same port, and would be handed the ticket or the token.
 */
function reachableAt(host: string, address: string): string {
  if (isWildcard(host)) return address === '0.0.0.0' ? '127.0.0.1' : '::1';
  return isLoopback(address) ? address : host;
}

async function listen(server: Server, { host, port, spare }: ConsoleAddress): Promise<void> {
  for (let tried = 0; ; tried++) {
    try {
      return await listenOn(server, host, port === 0 ? 0 : port + tried);
    } catch (error) {
      const isTaken = error instanceof CodedError && error.code === 'HS_PORT_IN_USE';
      if (!isTaken || port === 0 || tried >= spare || port + tried >= 65_535) throw error;
    }
  }
}

function listenOn(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): CodedError {
  if (error.code === 'EADDRINUSE') {
    const message = `Port ${port} is in use. Choose another one with --console-port, or --console-port 0 for a free one.`;
    return new CodedError('HS_PORT_IN_USE', message, { cause: error });
  }
  const message = `The console cannot listen on ${host}:${port}: ${error.code ?? error.message}. Check --console-host and --console-port.`;
  return new CodedError('HS_CANNOT_LISTEN', message, { cause: error });
}

function urlOf({ url = '' }: IncomingMessage): URL {
  if (!url.startsWith('/') || !URL.canParse(url, 'http://console')) throw bad('the path is not valid');
  // A second slash would begin a host.
  return new URL(`http://console${url}`);
}

function sendAnswer(res: ServerResponse, answer: ApiAnswer): void {
  switch (answer.kind) {
    case 'json':
      return sendJson(res, 200, answer.value);
    case 'nothing':
      res.writeHead(204);
      res.end();
      return;
    case 'file':
      res.writeHead(200, {
        'Content-Type': 'application/octet-stream',
        'Content-Disposition': `attachment; filename="${answer.name}"`,
        'Content-Length': answer.bytes.length,
      });
      res.end(answer.bytes);
      return;
    case 'stream':
      return;
  }
}

function sendJson(res: ServerResponse, status: number, value: unknown): void {
  const text = Buffer.from(JSON.stringify(value));
  res.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': text.length });
  res.end(text);
}

function sendError(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const coded = error instanceof CodedError ? error : null;
  // What a command would say about its arguments.
  const code = coded?.code === 'HS_USAGE' ? 'HS_CONSOLE_BAD_REQUEST' : (coded?.code ?? 'HS_INTERNAL');
  const message = error instanceof Error ? error.message : String(error);
  const value: ApiError = { code, message };
  // What is left of a body that nobody wants is not read.
  if (!req.complete) res.setHeader('Connection', 'close');
  sendJson(res, ERRORS[code].status ?? 500, value);
}

function denied(detail: string): CodedError {
  return new CodedError('HS_CONSOLE_DENIED', detail);
}
