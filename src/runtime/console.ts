import { Console } from 'node:console';
import { EventEmitter } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import type { ConsoleLevel } from '../model/invocation';

/** Whose lines they are is asked when they are written, since a line may be ended by somebody else. */
export interface ConsoleOwners<Owner> {
  current(): Owner;
  emit(level: ConsoleLevel, text: string, owner: Owner): void;
}

/**
 * Sends what author's code writes to the console, `process.stdout` and `process.stderr` to `emit`, line by line and
 * at once. The descriptors 1 and 2 are left alone: a freeze would keep what is still in their buffers for the next
 * call. Formatting, groups, counters and tables are Node's own.
 */
export function installConsole<Owner>(owners: ConsoleOwners<Owner>): void {
  const level: CurrentLevel = { now: null };
  const outputOf = (fd: 1 | 2, own: ConsoleLevel) =>
    new Output(
      fd,
      () => owners.current(),
      (text, owner) => owners.emit(level.now ?? own, text, owner as Owner),
    );
  const stdout = outputOf(1, 'info');
  const stderr = outputOf(2, 'error');
  // The casts: of a stream the console needs `write` alone.
  const lines = new Console({
    stdout: stdout as unknown as NodeJS.WritableStream,
    stderr: stderr as unknown as NodeJS.WritableStream,
    ignoreErrors: false,
    colorMode: false,
  });
  for (const [name, own] of LEVELS) lines[name] = atLevel(lines[name].bind(lines), own, level);
  for (const name of WRITERS) console[name] = lines[name] as Console['log'];
  replaceStream('stdout', stdout);
  replaceStream('stderr', stderr);
}

/** Writes what stands there without an end of line; called when a call ends. */
export function flushConsole(): void {
  for (const output of outputs) output.flush();
}

/** Which level the console method that is writing right now stands for; `null`: that of the stream. */
interface CurrentLevel {
  now: ConsoleLevel | null;
}

const LEVELS = [
  ['log', 'info'],
  ['info', 'info'],
  ['debug', 'debug'],
  ['warn', 'warn'],
  ['error', 'error'],
] as const satisfies readonly (readonly [keyof Console, ConsoleLevel])[];

/** The methods that write; `trace` goes through `error`, `assert` through `warn`, most others through `log`. */
const WRITERS = [
  'assert',
  'count',
  'countReset',
  'debug',
  'dir',
  'dirxml',
  'error',
  'group',
  'groupCollapsed',
  'groupEnd',
  'info',
  'log',
  'table',
  'time',
  'timeEnd',
  'timeLog',
  'trace',
  'warn',
] as const satisfies readonly (keyof Console)[];

type Write = (...parameters: unknown[]) => void;

/** Nests: an object may have an inspect function that writes to the console itself. */
function atLevel(write: Write, own: ConsoleLevel, level: CurrentLevel): Write {
  return (...parameters) => {
    const before = level.now;
    level.now = own;
    try {
      write(...parameters);
    } finally {
      level.now = before;
    }
  };
}

/** There is one standard output in a process, so its state is the process's: what `flushConsole` goes through. */
const outputs: Output[] = [];

/** Text without a line break is kept up to this, and a text is emitted in parts of this (UTF-16 units). */
const LONGEST_PART = 262_144;

/**
 * Stands in for a Writable without the cost of `node:stream`: the members and events that loggers and `pipe` use.
 * Ending or destroying it does nothing, so that the next call can still write.
 */
class Output extends EventEmitter {
  readonly isTTY = false;
  readonly columns = undefined;
  readonly rows = undefined;
  readonly writable = true;
  readonly writableEnded = false;
  readonly writableFinished = false;
  readonly writableLength = 0;
  readonly writableNeedDrain = false;
  readonly writableHighWaterMark = 16_384;
  readonly writableObjectMode = false;
  readonly destroyed = false;
  readonly closed = false;
  readonly errored = null;
  readonly #decoder = new StringDecoder('utf8');
  #pending = '';
  #pendingOwner: unknown = null;

  constructor(
    readonly fd: 1 | 2,
    private readonly currentOwner: () => unknown,
    private readonly emitText: (text: string, owner: unknown) => void,
  ) {
    super();
    outputs.push(this);
  }

  /** Hot, with a string that ends in a line break. */
  write(chunk: unknown, ...rest: unknown[]): boolean {
    const text = typeof chunk === 'string' && rest.length === 0 ? chunk : this.#decode(chunk, rest[0]);
    const owner = this.currentOwner();
    if (this.#pendingOwner !== owner) this.flush();
    if (this.#pending === '' && text.length <= LONGEST_PART && text.endsWith('\n'))
      this.emitText(text.slice(0, -1), owner);
    else this.#writeLines(this.#pending + text, owner);
    callLater(rest);
    return true;
  }

  end(...parameters: unknown[]): this {
    const [chunk, ...rest] = parameters;
    if (chunk === undefined || chunk === null || typeof chunk === 'function') callLater(parameters);
    else this.write(chunk, ...rest);
    return this;
  }

  flush(): void {
    const text = this.#pending;
    this.#pending = '';
    if (text !== '') this.emitText(text, this.#pendingOwner);
  }

  cork(): void {}
  uncork(): void {}
  destroy(): this {
    return this;
  }
  setDefaultEncoding(): this {
    return this;
  }
  getColorDepth(): number {
    return 1;
  }
  hasColors(): boolean {
    return false;
  }

  /** A character may be cut in two by chunks of bytes. */
  #decode(chunk: unknown, encoding: unknown): string {
    if (typeof chunk === 'string') return Buffer.from(chunk, encodingOf(encoding)).toString('utf8');
    if (!ArrayBuffer.isView(chunk)) throw invalidChunk();
    return this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  #writeLines(text: string, owner: unknown): void {
    const end = text.lastIndexOf('\n');
    this.#pending = text.slice(end + 1);
    this.#pendingOwner = owner;
    for (let at = 0; at < end; at += LONGEST_PART)
      this.emitText(text.slice(at, Math.min(end, at + LONGEST_PART)), owner);
    if (end === 0) this.emitText('', owner);
    if (this.#pending.length > LONGEST_PART) this.#flushParts();
  }

  #flushParts(): void {
    const text = this.#pending;
    this.#pending = '';
    for (let at = 0; at < text.length; at += LONGEST_PART) {
      this.emitText(text.slice(at, at + LONGEST_PART), this.#pendingOwner);
    }
  }
}

function encodingOf(value: unknown): BufferEncoding {
  return typeof value === 'string' && Buffer.isEncoding(value) ? value : 'utf8';
}

function invalidChunk(): TypeError {
  const error = new TypeError('The "chunk" argument must be of type string or an instance of Buffer');
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

/** As a stream: never before `write` has returned. */
function callLater(parameters: readonly unknown[]): void {
  const done = parameters.at(-1);
  if (typeof done === 'function') process.nextTick(done as () => void);
}

function replaceStream(name: 'stdout' | 'stderr', output: Output): void {
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => output });
  // Loggers (winston) write to the stream of the console instead of that of the process.
  Object.defineProperty(console, `_${name}`, { configurable: true, writable: true, value: output });
}
