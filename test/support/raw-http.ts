/** HTTP over a plain socket: tests send exactly the bytes they mean and see exactly what comes back. */
import { connect, type Socket } from 'node:net';

export interface RawResponse {
  readonly status: number;
  readonly reason: string;
  /** Name and value of each line, in order. */
  readonly lines: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** The server closed the connection after this response. */
  readonly closed: boolean;
  header(name: string): string | undefined;
  headers(name: string): readonly string[];
  text(): string;
}

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: Buffer | string | null;
  /** Leave out what would be added: Host, Content-Length. */
  readonly bare?: boolean;
}

/** Throws when no whole response came within `timeoutMs`. */
export async function request(port: number, options: RawRequest, timeoutMs = 15_000): Promise<RawResponse> {
  return exchange(port, [requestBytes(options)], { timeoutMs, isHead: options.method === 'HEAD' });
}

export function requestBytes({ method, path, headers = [], body = null, bare = false }: RawRequest): Buffer {
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name);
  const content = body === null ? null : Buffer.from(body);
  const lines = [`${method} ${path} HTTP/1.1`];
  if (!bare && !has('host')) lines.push('Host: localhost');
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  const isFramed = has('content-length') || has('transfer-encoding');
  if (!bare && content !== null && !isFramed) lines.push(`Content-Length: ${content.length}`);
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return content === null ? head : Buffer.concat([head, content]);
}

export interface ExchangeOptions {
  readonly timeoutMs?: number;
  readonly isHead?: boolean;
  /** Between the chunks of what is sent. */
  readonly pauseMs?: number;
  /** Keep the connection and do not wait for its end. */
  readonly keep?: boolean;
}

/** Sends the chunks, one after the other, and reads one final response (`100 Continue` is skipped). */
export async function exchange(
  port: number,
  chunks: readonly (Buffer | string)[],
  { timeoutMs = 15_000, isHead = false, pauseMs = 0 }: ExchangeOptions = {},
): Promise<RawResponse> {
  const socket = connect(port, '127.0.0.1');
  try {
    const response = readResponse(socket, timeoutMs, isHead);
    void sendAll(socket, chunks, pauseMs);
    return await response;
  } finally {
    socket.destroy();
  }
}

export interface Conversation {
  readonly responses: readonly RawResponse[];
  /** `count` responses are there, the server closed the connection, or the code of a socket error. */
  readonly end: 'count' | 'closed' | string;
  /** The server sent `100 Continue`. */
  readonly continued: boolean;
}

export interface ConverseOptions {
  readonly timeoutMs?: number;
  readonly pauseMs?: number;
  /** Stop after so many responses; else when the server closes the connection. */
  readonly count?: number;
  /** End our side once everything is sent. */
  readonly halfClose?: boolean;
}

/** Sends the chunks over one connection and reads all responses. None of them may be the answer to a HEAD. */
export async function converse(
  port: number,
  chunks: readonly (Buffer | string)[],
  {
    timeoutMs = 15_000,
    pauseMs = 0,
    count = Number.POSITIVE_INFINITY,
    halfClose = false,
  }: ConverseOptions = {},
): Promise<Conversation> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const parts: Buffer[] = [];
  try {
    const end = waitForEnd(socket, parts, { timeoutMs, count });
    void sendAll(socket, chunks, pauseMs).then(() => halfClose && socket.end());
    const how = await end;
    const received = Buffer.concat(parts);
    return { responses: splitResponses(received), end: how, continued: received.includes('HTTP/1.1 100 ') };
  } finally {
    socket.destroy();
  }
}

function waitForEnd(
  socket: Socket,
  parts: Buffer[],
  { timeoutMs, count }: { timeoutMs: number; count: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no end after ${timeoutMs} ms: ${show(Buffer.concat(parts))}`)),
      timeoutMs,
    );
    const finish = (how: string): void => {
      clearTimeout(timer);
      resolve(how);
    };
    socket.on('data', (chunk: Buffer) => {
      parts.push(chunk);
      if (count !== Number.POSITIVE_INFINITY && splitResponses(Buffer.concat(parts)).length >= count)
        finish('count');
    });
    socket.once('end', () => finish('closed'));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    socket.once('close', () => finish('closed'));
  });
}

/** All whole responses; the last one may end with the connection. */
function splitResponses(bytes: Buffer): RawResponse[] {
  const responses: RawResponse[] = [];
  for (let rest = bytes; ; ) {
    const response = parseResponse(rest, false, false);
    if (response === null) return responses;
    responses.push(response);
    rest = rest.subarray(headBytes(rest) + response.body.length);
  }
}

/** Of the final response: what comes before with status 100 belongs to it. */
function headBytes(bytes: Buffer): number {
  let at = bytes.indexOf('\r\n\r\n') + 4;
  while (bytes.subarray(0, at).lastIndexOf('HTTP/1.1 100 ') === 0 && bytes.indexOf('HTTP/1.1', at) === at) {
    at = bytes.indexOf('\r\n\r\n', at) + 4;
  }
  return at;
}

async function sendAll(socket: Socket, chunks: readonly (Buffer | string)[], pauseMs: number): Promise<void> {
  for (const chunk of chunks) {
    if (socket.destroyed) return;
    await new Promise<void>((resolve) => socket.write(chunk, () => resolve()));
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

export function readResponse(socket: Socket, timeoutMs: number, isHead: boolean): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const timer = setTimeout(
      () => finish(new Error(`no whole response after ${timeoutMs} ms: ${show(received)}`)),
      timeoutMs,
    );
    const finish = (result: RawResponse | Error): void => {
      clearTimeout(timer);
      socket.removeListener('data', onData);
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const response = parseResponse(received, false, isHead);
      if (response !== null) finish(response);
    };
    const onEnd = (): void => {
      const response = parseResponse(received, true, isHead);
      finish(response ?? new Error(`the connection ended after: ${show(received)}`));
    };
    socket.on('data', onData);
    socket.once('end', onEnd);
    socket.once('error', (error) => {
      const response = parseResponse(received, true, isHead);
      finish(response ?? error);
    });
    socket.once('close', onEnd);
  });
}

/** `null`: not whole yet. */
export function parseResponse(bytes: Buffer, closed: boolean, isHead: boolean): RawResponse | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const [statusLine = '', ...headerLines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const [, status = '', reason = ''] = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
  if (status === '100') return parseResponse(bytes.subarray(headEnd + 4), closed, isHead);
  const lines = headerLines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const headers = (name: string) =>
    lines.filter(([given]) => given.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  const header = (name: string) => headers(name)[0];
  const body = bodyOf(
    bytes.subarray(headEnd + 4),
    header,
    closed,
    isHead || status === '204' || status === '304',
  );
  if (body === null) return null;
  return {
    status: Number(status),
    reason,
    lines,
    body,
    closed,
    header,
    headers,
    text: () => body.toString('utf8'),
  };
}

function bodyOf(
  rest: Buffer,
  header: (name: string) => string | undefined,
  closed: boolean,
  isEmpty: boolean,
): Buffer | null {
  if (isEmpty) return Buffer.alloc(0);
  const length = header('content-length');
  if (length !== undefined) return rest.length >= Number(length) ? rest.subarray(0, Number(length)) : null;
  if (header('transfer-encoding') === 'chunked') return unchunk(rest);
  return closed ? rest : null;
}

function unchunk(rest: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
    if (at > rest.length) return null;
  }
}

function show(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1').slice(0, 300));
}
