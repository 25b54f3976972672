/** One request over the wire. Everything has a limit: connecting, waiting, the size of head and body. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ConnectionLimits } from './overrides';

export interface TransportRequest {
  readonly method: 'GET' | 'POST';
  /** Where it is sent: `http:` or `https:`. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly limits: ConnectionLimits;
  /** More of the body is not read. */
  readonly mostBytes: number;
}

export type TransportAnswer =
  | {
      readonly type: 'response';
      readonly status: number;
      readonly contentType: string | null;
      readonly location: string | null;
      readonly cookies: readonly string[];
      readonly recordId: string | null;
      /** At most `mostBytes`. */
      readonly body: Buffer;
      /** There was more. */
      readonly tooLarge: boolean;
    }
  | { readonly type: 'failure'; readonly kind: FailureKind; readonly detail: string };

/** `connect`: also the time for it. `read`: the answer did not come in time. `protocol`: what came is not HTTP. */
export type FailureKind = 'redirects' | 'host' | 'connect' | 'read' | 'protocol' | 'tls' | 'certificate';

/** Replaced where a test wants no sockets. Never rejects. */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>;

/** Ours; the vendor does not publish one. */
const MOST_HEAD_BYTES = 32 * 1024;

export const sendOverNetwork: Transport = (request) =>
  new Promise((resolve) => {
    new NetworkExchange(request, resolve).start();
  });

class NetworkExchange {
  readonly #request: TransportRequest;
  readonly #resolve: (answer: TransportAnswer) => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  #destroy: () => void = () => {};
  #done = false;

  constructor(request: TransportRequest, resolve: (answer: TransportAnswer) => void) {
    this.#request = request;
    this.#resolve = resolve;
  }

  start(): void {
    const { url, method, headers, body, limits } = this.#request;
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const options = {
      method,
      headers,
      agent: false as const,
      maxHeaderSize: MOST_HEAD_BYTES,
      // A name without a certificate of its own is the default of the vendor: `#sni=n` leaves the name out.
      ...(limits.serverName ? {} : { servername: '' }),
    };
    this.#after(limits.totalMs, 'read', `no whole answer within ${limits.totalMs} ms`);
    const connecting = this.#after(
      limits.connectMs,
      'connect',
      `not connected within ${limits.connectMs} ms`,
    );
    try {
      const sent = request(url, options);
      this.#destroy = () => sent.destroy();
      sent.on('socket', (socket) => {
        const connected = () => this.#clear(connecting);
        if (socket.connecting)
          socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
        else connected();
      });
      sent.setTimeout(limits.readMs, () => {
        this.#end({ type: 'failure', kind: 'read', detail: `nothing came for ${limits.readMs} ms` });
      });
      sent.on('error', (error) => this.#end(failureOf(error)));
      sent.on('response', (response) => this.#receive(response));
      sent.end(body);
    } catch (error) {
      this.#end(failureOf(error));
    }
  }

  #receive(response: import('node:http').IncomingMessage): void {
    const { mostBytes } = this.#request;
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (tooLarge: boolean): void => {
      const { statusCode = 0, headers } = response;
      this.#end({
        type: 'response',
        status: statusCode,
        contentType: headers['content-type'] ?? null,
        location: headers.location ?? null,
        cookies: headers['set-cookie'] ?? [],
        recordId: oneOf(headers['twilio-request-id']),
        body: Buffer.concat(chunks).subarray(0, mostBytes),
        tooLarge,
      });
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > mostBytes) finish(true);
    });
    response.on('end', () => finish(false));
    response.on('error', (error) => this.#end(failureOf(error)));
  }

  #after(ms: number, kind: FailureKind, detail: string): NodeJS.Timeout {
    const timer = setTimeout(() => this.#end({ type: 'failure', kind, detail }), ms);
    this.#timers.add(timer);
    return timer;
  }

  #clear(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }

  #end(answer: TransportAnswer): void {
    if (this.#done) return;
    this.#done = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#destroy();
    this.#resolve(answer);
  }
}

function oneOf(value: string | string[] | undefined): string | null {
  return (typeof value === 'string' ? value : value?.[0]) ?? null;
}

function failureOf(error: unknown): TransportAnswer {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = error instanceof Error ? error.message || code : String(error);
  const detail = text.replace(/\s+/g, ' ').trim().slice(0, 300);
  return { type: 'failure', kind: kindOf(code), detail };
}

function kindOf(code: string): FailureKind {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'host';
  if (code.startsWith('HPE_') || code === 'ERR_INVALID_CHAR' || code.startsWith('ERR_HTTP'))
    return 'protocol';
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(code)) return 'certificate';
  // It was connected, and gone before the answer was whole.
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'read';
  if (/SSL|TLS|EPROTO/.test(code)) return 'tls';
  return 'connect';
}
