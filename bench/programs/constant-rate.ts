/**
 * Sends requests at a constant rate, whether answers come or not (an open loop), and prints what it saw as one line of
 * JSON. Times count from the moment at which a request was due, so that a server that stalls is not spared the
 * requests that would have come meanwhile. Reads its load as JSON from its first argument's file.
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { ConstantRate, LoadResult, WireRequest } from '../measure/load';

/** Requests become due all the time, and are sent this often. */
const STEP_MS = 1;
const PATIENCE_MS = 15_000;
const HEAD_END = Buffer.from('\r\n\r\n');

interface Sent {
  readonly dueAt: number;
  readonly bytes: Buffer;
}

class Connection {
  readonly #socket: Socket;
  #current: Sent | null = null;
  #received: Buffer = Buffer.alloc(0);

  constructor(
    port: number,
    private readonly onAnswer: (connection: Connection, sent: Sent, status: number) => void,
    private readonly onBroken: (sent: Sent | null) => void,
  ) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#onData(chunk));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.onBroken(this.#current));
  }

  send(sent: Sent): void {
    this.#current = sent;
    this.#socket.write(sent.bytes);
  }

  end(): void {
    this.#current = null;
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headBytes = this.#received.indexOf(HEAD_END);
    if (headBytes === -1) return;
    const head = this.#received.toString('latin1', 0, headBytes);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < headBytes + HEAD_END.length + length) return;
    this.#received = Buffer.alloc(0);
    const sent = this.#current;
    this.#current = null;
    if (sent !== null) this.onAnswer(this, sent, Number(head.slice(9, 12)));
  }
}

class Generator {
  readonly #free: Connection[] = [];
  readonly #overdue: Sent[] = [];
  readonly #latencies: number[] = [];
  readonly #requests: readonly Buffer[];
  #open = 0;
  #sent = 0;
  #answered = 0;
  #errors = 0;
  #refused = 0;
  #startedAt = 0;

  constructor(private readonly load: ConstantRate) {
    this.#requests = load.requests.map((request) => bytesOf(request, load.port));
  }

  async run(): Promise<LoadResult> {
    this.#startedAt = performance.now();
    await this.#sendAll();
    const tookMs = performance.now() - this.#startedAt;
    await this.#waitForAnswers();
    for (const connection of this.#free) connection.end();
    const sorted = this.#latencies.sort((one, other) => one - other);
    return {
      perSecond: this.#sent / (tookMs / 1000),
      requests: this.#sent,
      p50Ms: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
      maxMs: sorted.at(-1) ?? 0,
      errors: this.#errors + (this.#sent - this.#answered),
      refused: this.#refused,
    };
  }

  #sendAll(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const elapsedMs = Math.min(performance.now() - this.#startedAt, this.load.seconds * 1000);
        const due = Math.floor((elapsedMs * this.load.perSecond) / 1000);
        while (this.#sent < due) this.#send();
        if (elapsedMs < this.load.seconds * 1000) return;
        clearInterval(timer);
        resolve();
      }, STEP_MS);
    });
  }

  #send(): void {
    const bytes = this.#requests[this.#sent % this.#requests.length] ?? Buffer.alloc(0);
    const sent = { dueAt: this.#startedAt + (this.#sent * 1000) / this.load.perSecond, bytes };
    this.#sent += 1;
    const free = this.#free.pop();
    if (free !== undefined) free.send(sent);
    else if (this.#open < this.load.connections) this.#connect().send(sent);
    else this.#overdue.push(sent);
  }

  #connect(): Connection {
    this.#open += 1;
    return new Connection(
      this.load.port,
      (connection, { dueAt }, status) => this.#onAnswer(connection, dueAt, status),
      (sent) => {
        this.#open -= 1;
        if (sent !== null) this.#count(sent.dueAt, 0);
      },
    );
  }

  #onAnswer(connection: Connection, dueAt: number, status: number): void {
    this.#count(dueAt, status);
    const next = this.#overdue.shift();
    if (next === undefined) this.#free.push(connection);
    else connection.send(next);
  }

  #count(dueAt: number, status: number): void {
    this.#answered += 1;
    this.#latencies.push(performance.now() - dueAt);
    if (status === 0 || status >= 400) this.#errors += 1;
    if (status === 429) this.#refused += 1;
  }

  async #waitForAnswers(): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    while (this.#answered < this.#sent && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

function bytesOf({ method, target, headers, body }: WireRequest, port: number): Buffer {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (method === 'POST') lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

async function main(file: string): Promise<void> {
  const load = JSON.parse(readFileSync(file, 'utf8')) as ConstantRate;
  console.log(JSON.stringify(await new Generator(load).run()));
  process.exit(0);
}

void main(process.argv[2] ?? '');
