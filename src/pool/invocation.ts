import type { ErrorCode } from '../errors';
import type { ConsoleLevel, ConsoleLine } from '../model/invocation';
import { LINE_BYTES } from '../model/limits';
import type { Call, Reply } from '../protocol/messages';

/** How an invocation ended; exactly one for each. */
export type Outcome =
  | { readonly type: 'reply'; readonly reply: Reply }
  /** Nothing ran: a newer build is being made, which the call should go to. */
  | { readonly type: 'superseded' }
  /** There is no reply: the pool refused, or the instance died. `detail` is for the log. */
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly detail: string };

export interface InvocationInput {
  /** Id of the request, for what is logged after its end. */
  readonly requestId: string;
  readonly functionIndex: number;
  readonly domainName: string;
  /** JSON text; see `Call`. */
  readonly event: string;
  readonly body: string;
  /** It may be superseded by a newer build where it waits. */
  readonly mayRestart: boolean;
}

/** One call of one Function on its way through the pool. One shape, made once for each request. */
export class Invocation {
  readonly requestId: string;
  readonly functionIndex: number;
  readonly domainName: string;
  readonly event: string;
  readonly body: string;
  readonly mayRestart: boolean;
  readonly queuedAt: number;
  /** Id within the instance that it was last sent to. */
  callId = 0;
  /** Instances that died before it started there. */
  lostStarts = 0;
  console: ConsoleLine[] | null = null;
  consoleBytes = 0;
  consoleDropped = 0;
  /** When a process took it, and when its handler began; 0: not yet. */
  takenAt = 0;
  startedAt = 0;
  #onEnd: ((outcome: Outcome, invocation: Invocation) => void) | null;

  constructor(
    input: InvocationInput,
    now: number,
    onEnd: (outcome: Outcome, invocation: Invocation) => void,
  ) {
    this.requestId = input.requestId;
    this.functionIndex = input.functionIndex;
    this.domainName = input.domainName;
    this.event = input.event;
    this.body = input.body;
    this.mayRestart = input.mayRestart;
    this.queuedAt = now;
    this.#onEnd = onEnd;
  }

  /** Characters of what it carries. */
  get size(): number {
    return this.event.length + this.body.length;
  }

  /** Hot. As it is sent to the instance. */
  asCall(): Call {
    const { callId: id, functionIndex, domainName, event, body } = this;
    return { id, functionIndex, domainName, event, body };
  }

  get ended(): boolean {
    return this.#onEnd === null;
  }

  /** The first outcome counts. */
  end(outcome: Outcome): void {
    const onEnd = this.#onEnd;
    if (onEnd === null) return;
    this.#onEnd = null;
    onEnd(outcome, this);
  }

  fail(code: ErrorCode, detail: string): void {
    this.end({ type: 'failed', code, detail });
  }

  /** Hot. The process that it is at has entered this phase. */
  noteProgress(runs: boolean, now: number): void {
    if (this.takenAt === 0) this.takenAt = now;
    if (runs) this.startedAt = now;
  }

  /** Keeps a line for the record, up to `limit` bytes in all. */
  addConsole(level: ConsoleLevel, text: string, limit: number): void {
    this.consoleBytes += text.length + LINE_BYTES;
    if (this.consoleBytes > limit) {
      this.consoleDropped += text.length;
      return;
    }
    this.console ??= [];
    this.console.push({ level, text });
  }
}
