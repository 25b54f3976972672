/** Single requests from this process, for what is about one answer and not about load. */
import { Agent, request } from 'node:http';
import type { WireRequest } from './load';

export interface TimedAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  /** From before the request was made until the whole answer was read. */
  readonly tookMs: number;
}

/** Keeps its connection, as the vendor's proxy does. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, noDelay: true });

  constructor(private readonly port: number) {}

  get(target: string): Promise<TimedAnswer> {
    return this.send({ method: 'GET', target, headers: {}, body: '' });
  }

  send({ method, target, headers, body }: WireRequest): Promise<TimedAnswer> {
    const startedAt = performance.now();
    const length = method === 'POST' ? { 'Content-Length': Buffer.byteLength(body) } : {};
    const options = { port: this.port, host: '127.0.0.1', agent: this.#agent, method, path: target };
    return new Promise((resolve, reject) => {
      const req = request({ ...options, headers: { ...headers, ...length } }, (res) => {
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (chunk: string) => {
          text += chunk;
        });
        res.on('error', reject);
        res.on('end', () =>
          resolve({
            status: res.statusCode ?? 0,
            body: text,
            contentType: res.headers['content-type'] ?? '',
            tookMs: performance.now() - startedAt,
          }),
        );
      });
      req.on('error', reject);
      req.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
