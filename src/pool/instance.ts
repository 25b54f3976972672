/** One process: sending calls, receiving messages, and what is known once it is gone. No policy. */

import type { ErrorCode } from '../errors';
import { expect, ProtocolError } from '../protocol/encoding';
import { FrameReader } from '../protocol/frames';
import type { InspectorSettings } from '../protocol/inspector';
import {
  type CallCost,
  decodeFromInstance,
  encodeCall,
  encodeLoad,
  encodePrepare,
  type Failure,
  type FromInstance,
  type Reply,
} from '../protocol/messages';
import { AskedBack } from './asked-back';
import type { ClaimFile } from './claim-file';
import { CLOSED_CHANNEL, explainEnd, type Reason } from './explain-end';
import { withoutInspectorWords } from './inspector-words';
import type { InstanceEvents } from './instance-events';
import { InstanceLog } from './instance-log';
import type { InstanceProcess } from './instance-process';
import type { Invocation } from './invocation';
import { readBeforeDestroyed } from './last-messages';
import type { Phase, PoolInstance } from './pool-instance';
import { settleCalls } from './settle-calls';
import { ToldInputs } from './told-inputs';

const FLOODS = 'it floods the log';
/** How long a process may live on after its channel closed, or after it said that it ends, before it is killed. */
const ENDING_MS = 250;
const WENT_ON = 'it said that it ends, and went on';
const REASON_LENGTH = 1_000;

export class Instance implements PoolInstance {
  readonly id: number;
  readonly startedAt: number;
  functionIndex = -1;
  ownedSince = 0;
  phase: Phase = 'booting';
  since: number;
  readyAt: number | null = null;
  resultSince = 0;
  served = 0;
  readonly pending: Invocation[] = [];
  dead = false;
  retiring = false;
  killed = false;
  /** Where it is debugged; `null`: it is not. */
  inspector: InspectorSettings | null = null;
  endedBecause = ''; // once it is gone
  readonly #claims: ClaimFile;
  readonly #frames: FrameReader;
  readonly #outbox: Buffer[] = [];
  #lastCallId = 0;
  readonly #askedBack: AskedBack;
  #announcedCallId = 0;
  /** Functions that it was told to load. */
  readonly #loading = new Set<number>();
  readonly #log: InstanceLog;
  readonly #inputs = new ToldInputs();
  /** Why it was killed or is about to end; the first reason counts. */
  #cause: Reason | null = null;
  #isLoaded = false;
  #saidItExits = false;
  #saidItInspects = false;
  /** Why it ends, as it said itself. */
  #farewell: string | null = null;
  #channelClosed = false;

  constructor(
    private readonly process: InstanceProcess,
    private readonly now: () => number,
    private readonly events: InstanceEvents,
  ) {
    this.id = process.id;
    this.startedAt = now();
    this.since = this.startedAt;
    this.#claims = process.claims;
    this.#askedBack = new AskedBack(process.claims);
    this.#log = new InstanceLog(this.pending, {
      late: (call, level, text) => events.late(this, call, level, text),
      flood: () => this.#onFlood(),
    });
    this.#frames = new FrameReader((type, id, payload) =>
      this.#onMessage(decodeFromInstance(type, id, payload)),
    );
    this.#listen();
  }

  /** From the launch of its process until it was ready, ms; `null` where it was launched in advance. */
  get startMs(): number | null {
    const { launchedAt } = this.process;
    return this.readyAt === null || this.startedAt - launchedAt > 1 ? null : this.readyAt - launchedAt;
  }

  boot(frame: Buffer): void {
    this.#outbox.push(frame);
    this.flush();
  }

  /** While nobody waits for it: a call that comes meanwhile waits until it is done. */
  prepare(): void {
    this.#enter('preparing');
    this.#outbox.push(encodePrepare());
    this.flush();
  }

  /** Behind calls that are already here, it is sent ahead. */
  send(invocation: Invocation): void {
    this.#lastCallId += 1;
    invocation.callId = this.#lastCallId;
    this.pending.push(invocation);
    if (this.phase === 'idle') this.#enter(this.served === 0 && !this.#isLoaded ? 'loading' : 'running');
    else if (this.pending.length === 1) invocation.noteProgress(false, this.now());
    this.#outbox.push(encodeCall(invocation.asCall()));
  }

  load(functionIndexes: readonly number[]): void {
    for (const index of functionIndexes) {
      this.#loading.add(index);
      this.#outbox.push(encodeLoad(index));
    }
    if (this.phase === 'idle' && this.#loading.size > 0) this.#enter('loading');
  }

  /** Hot. Writes what was sent since the last time, at once. */
  flush(): void {
    const [first] = this.#outbox;
    if (first === undefined) return;
    const frames = this.#outbox.length === 1 ? first : Buffer.concat(this.#outbox);
    this.#outbox.length = 0;
    if (!this.process.channel.destroyed) this.process.channel.write(frames);
  }

  takeBack(): Invocation[] {
    return this.dead ? [] : this.#askedBack.take(this.pending, 1);
  }

  withdraw(): Invocation[] {
    return this.dead || this.#isLoaded || !this.mayGiveBack ? [] : this.#askedBack.take(this.pending, 0);
  }

  get mayGiveBack(): boolean {
    return this.#askedBack.isOpen;
  }

  /** Whether author's code has begun with the first call. */
  firstHasStarted(): boolean {
    const callId = this.pending[0]?.callId ?? 0;
    return callId === this.#announcedCallId || this.#claims.hasStarted(callId);
  }

  /** Whether it sleeps, as it should once its calls are answered. */
  isFrozen(): boolean {
    return this.#claims.hasFrozenAfter(this.#lastCallId);
  }

  /** What it has left running although it should be at rest, or `null`. */
  findLeftover(): string | null {
    return this.process.usage.findLeftover(this.now());
  }

  /** Which limit it is over, with all that it started; `null`: none. */
  findExcess(): Reason | null {
    return this.process.usage.findExcess(this.now());
  }

  /** SIGKILL to the whole group. `cause` is what its running call is told, if it has not been told yet. */
  kill(code: ErrorCode, detail: string): void {
    this.#cause ??= { code, detail };
    this.retiring = true;
    this.killed = true;
    this.process.kill();
  }

  // --- what arrives

  #listen(): void {
    const { channel, stdout, stderr } = this.process;
    channel.on('data', (chunk: Buffer) => this.#onData(chunk));
    readBeforeDestroyed(channel, (chunk) => this.#onData(chunk));
    channel.on('close', () => this.#onChannelClosed());
    // One that was launched in advance may be dying.
    if (channel.closed) setImmediate(() => this.#onChannelClosed());
    stdout.on('data', (chunk: Buffer) => this.#log.addOutput(stdout, 'info', chunk));
    stderr.on('data', (chunk: Buffer) =>
      this.#log.addOutput(stderr, 'error', withoutInspectorWords(chunk, this.inspector)),
    );
    this.process.onEnd((failure) => this.#onEnd(failure));
  }

  #onData(chunk: Buffer): void {
    try {
      this.#frames.push(chunk);
    } catch (error) {
      this.kill('HS_BROKE_PROTOCOL', error instanceof Error ? error.message : String(error));
      this.process.channel.destroy();
    }
  }

  #onMessage(message: FromInstance): void {
    switch (message.type) {
      case 'inspecting':
        return this.#onInspecting(message.url);
      case 'ready':
        return this.#onReady();
      case 'prepared':
        return this.#onPrepared();
      case 'loaded':
        return this.#onLoaded(message.functionIndex, message.failure);
      case 'started':
        return this.#onStarted(message.id);
      case 'result':
        return this.#onResult(message.id, message.reply, message.cost);
      case 'skipped':
        return this.#onSkipped(message.id);
      case 'input':
        this.#inputs.add(message.file);
        return this.events.input(this, message.file);
      case 'console':
        return this.#log.addLine(message.id, message.level, message.text);
      case 'exiting':
        return this.#onExiting(message.exitCode);
      case 'retire':
        return this.#onRetire(message.reason);
    }
  }

  #onInspecting(url: string | null): void {
    const isAsked = this.inspector !== null && this.phase === 'booting' && !this.#saidItInspects;
    expect(isAsked, 'it opened an inspector unasked');
    this.#saidItInspects = true;
    if (url === null) this.kill('HS_CANNOT_INSPECT', `port ${this.inspector?.port} is in use`);
    this.events.inspecting(this, url);
  }

  #onReady(): void {
    expect(this.phase === 'booting', 'it said twice that it is ready');
    this.readyAt = this.now();
    this.#enterFirst();
    this.events.ready(this);
  }

  #onPrepared(): void {
    expect(this.phase === 'preparing', 'it prepared itself unasked');
    this.#enterFirst();
  }

  #onLoaded(functionIndex: number, failure: Failure | null): void {
    expect(this.#loading.delete(functionIndex), `it loaded Function ${functionIndex} unasked`);
    if (failure === null) this.#isLoaded = true;
    if (this.#loading.size > 0) this.#enter('loading');
    else if (this.pending.length === 0) this.#enter('idle');
    else this.#enter(this.#isLoaded ? 'running' : 'loading');
    this.events.loaded(this, functionIndex, failure);
  }

  /** Once for each call at most: it starts the clock of the handler. */
  #onStarted(id: number): void {
    expect(
      this.pending[0]?.callId === id && this.#announcedCallId !== id,
      `it started call ${id} out of turn`,
    );
    this.#announcedCallId = id;
    this.#isLoaded = true;
    this.#enter('running');
  }

  /** Hot. */
  #onResult(id: number, reply: Reply, cost: CallCost): void {
    const invocation = this.pending[0];
    if (invocation === undefined || invocation.callId !== id) {
      throw new ProtocolError(`it answered call ${id}, which is not running`);
    }
    this.#next(id);
    this.served += 1;
    this.#log.noteAnswer(id, invocation);
    if (reply.retire) this.retiring = true;
    this.events.result(this, invocation, reply, cost);
  }

  #onSkipped(id: number): void {
    expect(id !== this.#announcedCallId, `it skipped call ${id}, which it had started`);
    const isAsked = this.#askedBack.covers(id);
    const invocation = this.pending[0];
    if (invocation !== undefined && invocation.callId === id) {
      if (!isAsked) this.retiring = true;
      this.#next(id);
      this.events.returned(this, invocation);
      // One that was taken back for certain is not here any more.
    } else if (isAsked) this.#askedBack.notePassed(id);
    // Its claim file was changed, and it would skip what it is given again and again; or it only says so.
    expect(isAsked, `it skipped call ${id}, which nobody took back`);
  }

  #onExiting(exitCode: number): void {
    expect(!this.#saidItExits, 'it said twice that it exits');
    this.#saidItExits = true;
    this.#cause ??= { code: 'HS_EXITED', detail: `it called process.exit(${exitCode})` };
    this.retiring = true;
    if (this.inspector !== null) this.#killSoon(WENT_ON); // Node waits for the debugger to leave.
  }

  #onRetire(reason: string): void {
    expect(this.#farewell === null, 'it said twice that it ends');
    this.#farewell = reason.slice(0, REASON_LENGTH);
    this.retiring = true;
    this.events.retiring(this);
    this.#killSoon(WENT_ON);
  }

  #next(id: number): void {
    this.resultSince = this.since;
    this.pending.shift();
    this.#askedBack.notePassed(id);
    this.#enter(this.pending.length > 0 ? 'running' : 'idle');
  }

  /** What it does once it has booted, or is prepared. */
  #enterFirst(): void {
    this.#enter(this.pending.length > 0 || this.#loading.size > 0 ? 'loading' : 'idle');
  }

  #enter(phase: Phase): void {
    this.phase = phase;
    this.since = this.now();
    this.pending[0]?.noteProgress(phase === 'running', this.since);
  }

  #onFlood(): void {
    if (this.killed) return;
    this.events.late(this, null, 'warn', `${FLOODS}, and was ended`);
    this.kill('HS_LOG_FLOOD', FLOODS);
  }

  // --- the end

  #onEnd(failure: Error | null): void {
    if (failure !== null) {
      this.#cause ??= { code: 'HS_START_FAILED', detail: failure.message };
      this.process.channel.destroy();
    }
    // Before its calls are settled: those that go back must not come here again.
    this.retiring = true;
    this.events.retiring(this);
    // What it had written is there by now; a child that left the group may hold the other end for ever.
    setTimeout(() => this.process.channel.destroy(), ENDING_MS).unref();
    this.#endWhenGone();
  }

  #onChannelClosed(): void {
    this.#channelClosed = true;
    if (this.process.exit !== null) return this.#endWhenGone();
    // Of a dying process the channel closes first. One that stays alive has closed it itself.
    this.retiring = true;
    this.events.retiring(this);
    this.#killSoon(CLOSED_CHANNEL);
  }

  #killSoon(why: string): void {
    const timer = setTimeout(() => this.kill('HS_BROKE_PROTOCOL', why), ENDING_MS);
    this.process.onEnd(() => clearTimeout(timer));
  }

  /** Both ends first: what a dead process had written must be read before anything is given to another one. */
  #endWhenGone(): void {
    if (this.dead || this.process.exit === null || !this.#channelClosed) return;
    this.dead = true;
    const claimed = this.#claims.lastClaimed();
    this.process.release();
    // V8's last words about memory may still be in the pipe.
    setImmediate(() => this.#settlePending(claimed));
  }

  #settlePending(claimed: number): void {
    const { code, detail } = explainEnd({
      cause: this.#cause,
      status: this.process.exit,
      lastWords: this.#log.lastWords,
      memoryMb: this.process.memoryMb,
    });
    this.endedBecause = this.#farewell ?? detail;
    // A child that left the group may still hold the other ends.
    this.process.stdout.destroy();
    this.process.stderr.destroy();
    settleCalls(this.pending.splice(0), {
      lastStarted: Math.max(claimed, this.#announcedCallId),
      reason: { code, detail },
      returned: (invocation) => this.events.returned(this, invocation),
      failed: (invocation) => this.events.failed(this, invocation),
    });
    for (const index of this.#loading) {
      this.events.loaded(this, index, { code, name: '', message: detail, stack: null });
    }
    this.events.gone(this);
  }
}
