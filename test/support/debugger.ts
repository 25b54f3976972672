/** A debugger as Chrome and VS Code are one: it finds its target by HTTP and speaks the inspector protocol over a WebSocket. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { eventually } from './serve';

export interface Message {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface Target {
  readonly id: string;
  readonly type: string;
  readonly webSocketDebuggerUrl: string;
}

export interface CallFrame {
  readonly callFrameId: string;
  readonly functionName: string;
  readonly location: { readonly scriptId: string; readonly lineNumber: number };
}

interface Waiter {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const PATIENCE_MS = 20_000;

export class Debugger {
  readonly events: Message[] = [];
  readonly #waiting = new Map<number, Waiter>();
  #lastId = 0;
  closed = false;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => this.#onMessage(JSON.parse(String(data))));
    socket.on('error', () => {});
    socket.on('close', () => this.#onClose());
  }

  /** Waits until something listens there, as VS Code does with `"restart": true`. */
  static async attach(port: number): Promise<Debugger> {
    const [target] = await eventually(() => targetsAt(port), PATIENCE_MS);
    const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
    const attached = new Debugger(socket);
    await once(socket, 'open');
    return attached;
  }

  /** What VS Code's js-debug sends first, in its order. */
  async start(): Promise<void> {
    await this.send('Runtime.enable');
    await this.send('Debugger.enable');
    await this.send('Debugger.setPauseOnExceptions', { state: 'none' });
    await this.send('Debugger.setAsyncCallStackDepth', { maxDepth: 32 });
    await this.send('Runtime.runIfWaitingForDebugger');
  }

  /** The result, or an error. */
  async send<Result = Readonly<Record<string, unknown>>>(
    method: string,
    params: object = {},
  ): Promise<Result> {
    if (this.closed) throw new Error(`${method}: the connection is closed`);
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.socket.send(JSON.stringify({ id, method, params }));
    return (await answer) as Result;
  }

  /** The next pause that nobody has seen yet. */
  async paused(): Promise<readonly CallFrame[]> {
    const event = await eventually(() => this.#take('Debugger.paused'), PATIENCE_MS);
    return event.params.callFrames as readonly CallFrame[];
  }

  /** Waits until a script is there that was made of this file. */
  async scriptOf(file: string): Promise<MappedScript> {
    return eventually(() => {
      const event = this.#take('Debugger.scriptParsed');
      const { url, sourceMapURL } = event?.params ?? {};
      if (typeof url !== 'string' || typeof sourceMapURL !== 'string') return undefined;
      if (!url.startsWith('file:') || sourceMapURL === '') return undefined;
      const script = new MappedScript(url, sourceMapURL);
      return script.isMadeOf(file) ? script : undefined;
    }, PATIENCE_MS);
  }

  /** Where the code of a frame comes from; the frame itself has it no more in newer protocols. */
  urlOf({ location }: CallFrame): string {
    const scripts = this.events.filter(({ method }) => method === 'Debugger.scriptParsed');
    return String(scripts.find(({ params }) => params.scriptId === location.scriptId)?.params.url);
  }

  /** Value of an expression in a frame. */
  async evaluate(frame: CallFrame, expression: string): Promise<unknown> {
    const parameters = { callFrameId: frame.callFrameId, expression, returnByValue: true };
    const { result } = await this.send<{ result: { value?: unknown } }>(
      'Debugger.evaluateOnCallFrame',
      parameters,
    );
    return result.value;
  }

  close(): void {
    this.socket.terminate();
  }

  #take(method: string): Message | undefined {
    const at = this.events.findIndex((event) => event.method === method);
    return at === -1 ? undefined : this.events.splice(at, 1)[0];
  }

  #onMessage(message: Message & { id?: number; result?: unknown; error?: { message: string } }): void {
    if (message.id === undefined) {
      this.events.push(message);
      return;
    }
    const waiter = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiter?.resolve(message.result);
    else waiter?.reject(new Error(message.error.message));
  }

  #onClose(): void {
    this.closed = true;
    for (const { reject } of this.#waiting.values()) reject(new Error('the connection was closed'));
    this.#waiting.clear();
  }
}

/** A compiled script, with the lines of its author. All lines are 0-based. */
export class MappedScript {
  readonly #map: SourceMap;
  readonly #mapUrl: string;
  #source = '';

  constructor(
    readonly url: string,
    sourceMapUrl: string,
  ) {
    this.#mapUrl = new URL(sourceMapUrl, url).href;
    this.#map = new SourceMap(JSON.parse(readFileSync(fileURLToPath(this.#mapUrl), 'utf8')));
  }

  isMadeOf(file: string): boolean {
    const source = this.#map.payload.sources.find(
      (name) => fileURLToPath(new URL(name, this.#mapUrl)) === file,
    );
    this.#source = source ?? '';
    return source !== undefined;
  }

  authorsLine(generated: number): number | null {
    const entry = this.#map.findEntry(generated, Number.MAX_SAFE_INTEGER);
    return 'originalLine' in entry && entry.originalSource === this.#source ? entry.originalLine : null;
  }

  /** The first line that the line of the author became. */
  generatedLine(authors: number): number {
    const lines = readFileSync(fileURLToPath(this.url), 'utf8').split('\n');
    return lines.findIndex((_, line) => this.authorsLine(line) === authors);
  }
}

export async function targetsAt(port: number): Promise<readonly Target[] | undefined> {
  const targets = await askJson<readonly Target[]>(port, '/json/list');
  return targets === undefined || targets.length === 0 ? undefined : targets;
}

/** `undefined` where nothing listens. */
export async function askJson<Answer>(port: number, path: string): Promise<Answer | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { Connection: 'close' } });
    return (await response.json()) as Answer;
  } catch {
    return undefined;
  }
}
