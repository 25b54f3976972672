/**
 * Records as JSON lines in a file. A record is made into text after its response was sent, in slices of time, and written by
 * the sink of the log: a disk that stalls or is full stalls no request. What is too much is dropped and counted.
 */
import { constants, fstatSync, openSync, renameSync } from 'node:fs';
import { CodedError } from '../errors';
import type { LateLine, RequestRecord } from '../model/invocation';
import { openDescriptor, type Sink } from '../telemetry/sink';
import { printedJson } from '../telemetry/untrusted';
import type { Records } from './records';
import type { Redactor } from './redact';
import { Ring } from './ring';
import { lateObject, recordOf } from './view';

/** At this size it becomes `FILE.1`, in place of the one that was called so, and a new one is begun. */
const MOST_FILE_BYTES = 64 * 1_048_576;
const MOST_WAITING = 10_000;
const MOST_WAITING_BYTES = 32 * 1_048_576;
const SLICE_MS = 3;
const LATE_CHARACTERS = 32_768;

/** A line comes behind the record that was the newest when it was written. */
interface WaitingLine {
  readonly line: LateLine;
  readonly after: number;
}

export class RecordFile {
  #sink: Sink;
  #bytes: number;
  /** A pipe or a device is never renamed. */
  readonly #isRegular: boolean;
  readonly #waiting = new Ring({ count: MOST_WAITING, bytes: MOST_WAITING_BYTES });
  readonly #lines: WaitingLine[] = [];
  #lineBytes = 0;
  #dropped = 0;
  #scheduled = false;
  readonly #unlisten: () => void;
  readonly #closing: Promise<void>[] = [];

  /** Throws `CodedError` (HS_RECORD_FILE). */
  constructor(
    private readonly path: string,
    records: Records,
    private readonly redactor: Redactor,
    private readonly mostBytes = MOST_FILE_BYTES,
  ) {
    const { descriptor, size, isRegular } = openFile(path);
    this.#isRegular = isRegular;
    this.#sink = openDescriptor(descriptor);
    this.#bytes = size;
    this.#unlisten = records.listen({
      added: (_number, record, replayOf) => this.#add(record, replayOf),
      late: (line) => this.#addLine(line),
      cleared: () => {},
    });
  }

  /** Writes what waits, for about a second. May be called again. */
  async close(): Promise<void> {
    this.#unlisten();
    this.#write(Number.POSITIVE_INFINITY);
    await Promise.all([...this.#closing, this.#sink.close()]);
  }

  /** Hot. */
  #add(record: RequestRecord, replayOf: string | null): void {
    if (!this.#waiting.offer(record, replayOf)) this.#dropped += 1;
    this.#schedule();
  }

  #addLine(line: LateLine): void {
    if (this.#lines.length < MOST_WAITING && this.#lineBytes + line.text.length <= MOST_WAITING_BYTES) {
      this.#lines.push({ line, after: this.#waiting.newest });
      this.#lineBytes += line.text.length;
    } else {
      this.#dropped += 1;
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#write(SLICE_MS);
      if (this.#isWaiting) this.#schedule();
    });
  }

  #write(limitMs: number): void {
    const until = performance.now() + limitMs;
    let lines = 0;
    while (this.#waiting.kept > 0 || lines < this.#lines.length) {
      const late = this.#lines[lines];
      if (late !== undefined && late.after < this.#waiting.oldest) {
        lines += 1;
        this.#writeLine(lateLineOf(late.line, this.redactor));
      } else {
        this.#writeOldest();
      }
      if (performance.now() >= until) break;
    }
    for (const { line } of this.#lines.splice(0, lines)) this.#lineBytes -= line.text.length;
    if (this.#dropped > 0 && !this.#isWaiting) this.#tellDropped();
  }

  get #isWaiting(): boolean {
    return this.#waiting.kept > 0 || this.#lines.length > 0;
  }

  #writeOldest(): void {
    const number = this.#waiting.oldest;
    const record = this.#waiting.recordAt(number);
    const replayOf = this.#waiting.replayOfAt(number);
    this.#waiting.dropOldest();
    if (record === null) return;
    this.#writeLine(printedJson(recordOf({ record, number, replayOf, late: null }, this.redactor)));
  }

  #tellDropped(): void {
    const time = new Date().toISOString();
    this.#writeLine(JSON.stringify({ type: 'dropped', time, count: this.#dropped }));
    this.#dropped = 0;
  }

  #writeLine(line: string): void {
    if (this.#bytes > this.mostBytes && this.#isRegular) this.#rotate();
    this.#bytes += Buffer.byteLength(line) + 1;
    this.#sink.write(`${line}\n`);
  }

  /** The old one is written to its end behind the new one's back. */
  #rotate(): void {
    const old = `${this.path}.1`;
    try {
      renameSync(this.path, old);
    } catch {
      // It goes on in the same file; after as much again it is tried once more.
      this.#bytes = 0;
      return;
    }
    this.#begin(old);
  }

  #begin(oldPath: string): void {
    try {
      const { descriptor, size } = openFile(this.path);
      const old = this.#sink;
      this.#sink = openDescriptor(descriptor);
      this.#bytes = size;
      this.#closing.push(old.close());
    } catch {
      // No descriptor is free, say: it goes on in the same file, under its own name, so that it is tried again.
      renameSync(oldPath, this.path);
      this.#bytes = 0;
    }
  }
}

function lateLineOf(line: LateLine, redactor: Redactor): string {
  return printedJson(lateObject({ ...line, text: redactor.text(line.text).slice(0, LATE_CHARACTERS) }));
}

interface OpenFile {
  readonly descriptor: number;
  readonly size: number;
  readonly isRegular: boolean;
}

/** A pipe that nobody reads must not hold up the start. */
function openFile(path: string): OpenFile {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK = 0 } = constants;
  try {
    const descriptor = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
    const stat = fstatSync(descriptor);
    return { descriptor, size: stat.size, isRegular: stat.isFile() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CodedError('HS_RECORD_FILE', `${path} cannot be written: ${why}`, { cause: error });
  }
}
