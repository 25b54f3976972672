/** What an instance writes, and who it belongs to: the running call, one that was answered, or nobody knows. */
import type { Readable } from 'node:stream';
import type { ConsoleLevel } from '../model/invocation';
import { LINE_BYTES, LOG_BYTES } from '../model/limits';
import type { Invocation } from './invocation';

/** Who a line that comes after the answer belongs to. */
export interface AnsweredCall {
  readonly requestId: string;
  readonly functionIndex: number;
}

export interface InstanceLogEvents {
  late(call: AnsweredCall | null, level: ConsoleLevel, text: string): void;
  /** It writes far more than the runtime would let it. */
  flood(): void;
}

interface Remembered extends AnsweredCall {
  callId: number;
  requestId: string;
  functionIndex: number;
}

const STDERR_TAIL_BYTES = 8 * 1024;
const REMEMBERED_CALLS = 64;
const FLOOD_FACTOR = 8;
/**
 * Between two chunks of 64 kB; it doubles. With 5 ms only, a flood cost the gateway 35 ms of CPU a second; with much
 * more than 20, a child that writes 10 MB would not come to its end in time.
 */
const FLOOD_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 20;

export class InstanceLog {
  /** By call id modulo their number: a map that grows and shrinks with each call costs more than the rest of this. */
  readonly #answered: Remembered[] = [];
  #lateBytes = 0;
  #stderrTail = '';
  #pauseMs = FLOOD_PAUSE_MS;

  constructor(
    /** Calls that are at the instance; the first one runs. */
    private readonly pending: readonly Invocation[],
    private readonly events: InstanceLogEvents,
  ) {}

  /** The last that it wrote to its real stderr, trimmed. */
  get lastWords(): string {
    return this.#stderrTail.trim();
  }

  /** Hot. */
  noteAnswer(callId: number, { requestId, functionIndex }: AnsweredCall): void {
    this.#lateBytes = 0;
    this.#pauseMs = FLOOD_PAUSE_MS;
    const slot = callId % REMEMBERED_CALLS;
    const known = this.#answered[slot];
    if (known === undefined) {
      this.#answered[slot] = { callId, requestId, functionIndex };
      return;
    }
    known.callId = callId;
    known.requestId = requestId;
    known.functionIndex = functionIndex;
  }

  #findAnswered(callId: number): AnsweredCall | null {
    const known = this.#answered[callId % REMEMBERED_CALLS];
    return known?.callId === callId ? known : null;
  }

  /** A console line, with the id of the call that wrote it. */
  addLine(callId: number, level: ConsoleLevel, text: string): void {
    const invocation = this.pending.find((candidate) => candidate.callId === callId);
    if (invocation === undefined) return this.#tellLate(this.#findAnswered(callId), level, text);
    invocation.addConsole(level, text, LOG_BYTES);
    // The runtime stops at the limit; who goes on is not the runtime.
    if (invocation.consoleBytes > FLOOD_FACTOR * LOG_BYTES) this.events.flood();
  }

  /** From the real descriptors 1 and 2: native modules, children, V8's last words. */
  addOutput(stream: Readable, level: ConsoleLevel, chunk: Buffer): void {
    if (chunk.length === 0) return;
    const text = chunk.toString('utf8');
    if (level === 'error') this.#stderrTail = (this.#stderrTail + text).slice(-STDERR_TAIL_BYTES);
    const [invocation] = this.pending;
    const shown = text.endsWith('\n') ? text.slice(0, -1) : text;
    if (invocation === undefined) return this.#tellLate(null, level, shown);
    invocation.addConsole(level, shown, LOG_BYTES);
    if (invocation.consoleBytes > LOG_BYTES) this.#slowDown(stream);
  }

  /** A flood must not keep the gateway busy; not reading at all would block a child that the Function waits for. */
  #slowDown(stream: Readable): void {
    stream.pause();
    setTimeout(() => stream.resume(), this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }

  /** As much as a call may write is told until the next answer; who floods beyond that is ended. */
  #tellLate(call: AnsweredCall | null, level: ConsoleLevel, text: string): void {
    this.#lateBytes += text.length + LINE_BYTES;
    if (this.#lateBytes <= LOG_BYTES) this.events.late(call, level, text);
    else if (this.#lateBytes > FLOOD_FACTOR * LOG_BYTES) this.events.flood();
  }
}
