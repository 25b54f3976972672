/** `GET /api/events`: what happens, while it happens, for clients that keep up. */
import type { ServerResponse } from 'node:http';
import type { Kept, Records } from '../records/records';
import type { Redactor } from '../records/redact';
import { lateObject, summaryOf } from '../records/view';
import type { ConsoleEvent } from './api';

const MOST_STREAMS = 16;
/** Told together; and no more than so many invocations and lines each time. */
const BATCH_MS = 100;
const MOST_OF_A_BATCH = 100;
/** A large form takes long to read; requests go on in between. */
const SLICE_MS = 4;
/** What may wait for a client that does not read; beyond that it is dropped, and comes again or not. */
const WAITING_BYTES = 1_048_576;
const HEARTBEAT_MS = 15_000;
const SHOWN_CHARACTERS = 8_192;

export class EventStreams {
  readonly #streams = new Set<ServerResponse>();
  #batch: Kept[] = [];
  #lines: ConsoleEvent[] = [];
  #missed = 0;
  #missedLines = 0;
  #timer: NodeJS.Timeout | null = null;
  #heartbeat: NodeJS.Timeout | null = null;
  readonly #unlisten: () => void;

  constructor(
    private readonly records: Records,
    private readonly redactor: Redactor,
  ) {
    this.#unlisten = records.listen({
      added: (number) => this.#add(number),
      late: (line, at) => {
        const whole = this.redactor.text(line.text);
        const text = whole.slice(0, SHOWN_CHARACTERS);
        this.#addLine({ ...lateObject({ ...line, text }), at, isCut: text.length < whole.length });
      },
      cleared: () => this.#forget(),
    });
  }

  get isFull(): boolean {
    return this.#streams.size >= MOST_STREAMS;
  }

  open(res: ServerResponse): void {
    res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    res.write(': hello\n\n');
    this.#streams.add(res);
    res.on('close', () => this.#close(res));
    res.on('error', () => this.#close(res));
    this.#heartbeat ??= setInterval(() => this.#write(': still here\n\n'), HEARTBEAT_MS).unref();
  }

  tell(event: ConsoleEvent): void {
    if (this.#streams.size > 0) this.#write(textOf(event));
  }

  close(): void {
    this.#unlisten();
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const res of this.#streams) res.destroy();
    this.#streams.clear();
    this.#stopHeartbeat();
  }

  /** Hot where somebody looks. */
  #add(number: number): void {
    if (this.#streams.size === 0) return;
    const kept = this.#batch.length < MOST_OF_A_BATCH ? this.records.at(number) : null;
    if (kept === null) this.#missed += 1;
    else this.#batch.push(kept);
    this.#schedule();
  }

  #addLine(event: ConsoleEvent): void {
    if (this.#streams.size === 0) return;
    if (this.#lines.length < MOST_OF_A_BATCH) this.#lines.push(event);
    else this.#missedLines += 1;
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS).unref();
  }

  #flush(): void {
    this.#timer = null;
    const events = this.#takeInvocations();
    if (this.#batch.length > 0) {
      this.#write(events.map(textOf).join(''));
      this.#timer = setTimeout(() => this.#flush(), 1).unref();
      return;
    }
    events.push(...this.#lines.splice(0));
    const [count, lines] = [this.#missed, this.#missedLines];
    if (count + lines > 0) events.push({ type: 'missed', count, lines });
    this.#missed = 0;
    this.#missedLines = 0;
    this.#write(events.map(textOf).join(''));
  }

  #takeInvocations(): ConsoleEvent[] {
    const until = performance.now() + SLICE_MS;
    const taken: ConsoleEvent[] = [];
    for (const kept of this.#batch) {
      // With the lines that came meanwhile, unless it is gone again.
      const latest = this.records.at(kept.number) ?? kept;
      taken.push({ type: 'invocation', invocation: summaryOf(latest, this.redactor) });
      if (performance.now() >= until) break;
    }
    this.#batch.splice(0, taken.length);
    return taken;
  }

  #forget(): void {
    this.#batch = [];
    this.#lines = [];
    this.#missed = 0;
    this.#missedLines = 0;
    this.tell({ type: 'cleared' });
  }

  #write(text: string): void {
    for (const res of this.#streams) {
      if (res.writableLength > WAITING_BYTES) res.destroy();
      else res.write(text);
    }
  }

  #close(res: ServerResponse): void {
    this.#streams.delete(res);
    if (this.#streams.size === 0) this.#stopHeartbeat();
  }

  #stopHeartbeat(): void {
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#heartbeat = null;
  }
}

/** JSON has no line break of its own. */
function textOf(event: ConsoleEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
