import type { DestinationStream } from 'pino';

/** Where the text of a log goes; every text ends with a line break. */
export interface Sink {
  write(text: string): void;
  /** Hands over what is collected. */
  flush(): void;
  close(): Promise<void>;
}

/** People read it: every text at once. A terminal takes writes in the same turn, on every system. */
export function terminalSink(stream: NodeJS.WriteStream): Sink {
  // A terminal that is gone must not end the gateway.
  stream.on('error', () => {});
  return {
    write: (text) => stream.write(text),
    flush: () => {},
    close: async () => {},
  };
}

/** Tools read it: in batches. 1 is stdout. */
export function openDescriptor(descriptor: number): Sink {
  return new DescriptorSink(descriptor);
}

/** What is collected before it is handed over, and for how long: together they make a line cost next to nothing. */
const BATCH_CHARACTERS = 32_768;
const BATCH_MS = 50;
/** What may wait for a reader that has stalled; what is beyond is dropped and counted. */
const WAITING_BYTES = 32 * 1_048_576;
const CLOSE_MS = 1_000;

/**
 * Writes batches through the asynchronous destination of pino, so that a reader that stalls (a full pipe) stalls no
 * request. The destination joins lines itself, but counts the bytes of the whole batch for each of them: joining
 * them here is what makes it cheap. It is loaded with the first batch, after the port is open (about 13 ms).
 */
class DescriptorSink implements Sink {
  readonly #descriptor: number;
  #destination: Destination | null = null;
  #batch = '';
  #timer: NodeJS.Timeout | null = null;
  #dropped = 0;
  #closed: Promise<void> | null = null;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Hot. */
  write(text: string): void {
    this.#batch += text;
    if (this.#batch.length >= BATCH_CHARACTERS) this.flush();
    else if (this.#timer === null) this.#timer = setTimeout(() => this.flush(), BATCH_MS).unref();
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#batch === '' || this.#closed !== null) return;
    const batch = this.#batch;
    this.#batch = '';
    if (this.#dropped === 0) this.#open().write(batch);
    else this.#writeWithNote(batch);
  }

  close(): Promise<void> {
    this.flush();
    this.#closed ??= this.#destination === null ? Promise.resolve() : ended(this.#destination);
    return this.#closed;
  }

  #open(): Destination {
    if (this.#destination !== null) return this.#destination;
    // The casts say what `require` and `pino.destination` really return: its own type leaves out that it is an emitter.
    const { destination } = require('pino') as typeof import('pino');
    const opened = destination({
      dest: this.#descriptor,
      sync: false,
      maxLength: WAITING_BYTES,
    }) as unknown as Destination;
    // A log that cannot be written (a closed pipe, a full disk) must not end the gateway.
    opened.on('error', () => {});
    opened.on('drop', (batch: string) => {
      this.#dropped += batch.split('\n').length - 1;
    });
    this.#destination = opened;
    return opened;
  }

  /** Says how many lines are missing before the batch; where both are dropped as well, they are counted again. */
  #writeWithNote(batch: string): void {
    const missing = this.#dropped;
    this.#dropped = 0;
    this.#open().write(droppedLine(missing) + batch);
    if (this.#dropped > 0) this.#dropped += missing - 1;
  }
}

function droppedLine(count: number): string {
  const time = new Date().toISOString();
  return `{"time":"${time}","level":"warn","msg":"whoever reads this log stalled: lines were dropped","dropped":${count}}\n`;
}

interface Destination extends DestinationStream, NodeJS.EventEmitter {
  end(): void;
  destroy(): void;
}

/**
 * A reader that never reads must not keep the program from ending. What could not be written is given up in the end:
 * the destination would try again at the exit of the process, for ever.
 */
function ended(destination: Destination): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      destination.destroy();
      resolve();
    };
    const timer = setTimeout(done, CLOSE_MS);
    destination.once('close', done);
    destination.once('error', done);
    destination.end();
  });
}
