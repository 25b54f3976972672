/**
 * The life of an instance: wait frozen for a call, run its handler, send the result, freeze again. One call at a
 * time; what earlier calls left behind may run while a later one does, and is kept apart by async context.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { types } from 'node:util';
import type { ErrorCode } from '../errors';
import type { ConsoleLevel } from '../model/invocation';
import { LINE_BYTES, LOG_BYTES } from '../model/limits';
import type { InspectorSettings } from '../protocol/inspector';
import {
  type Boot,
  type BootFunction,
  type Call,
  encodeConsole,
  encodeExiting,
  encodeInput,
  encodeInspecting,
  encodeLoaded,
  encodePrepared,
  encodeReady,
  encodeResult,
  encodeRetire,
  encodeSkipped,
  encodeStarted,
  type Reply,
  type ToInstance,
} from '../protocol/messages';
import type { OutboundHook } from '../protocol/outbound';
import { AuthorModules } from './author-modules';
import { type Channel, ChannelClosed } from './channel';
import { saveCompiled } from './compile-cache';
import { flushConsole, installConsole } from './console';
import { createContext } from './context';
import { CostMeter } from './cost-meter';
import { parseEvent } from './event';
import { describeError, failureOf } from './failure';
import { installGlobals } from './globals';
import { Inputs, sleep } from './inputs';
import type { Inspector } from './inspector';
import type { Handler, Loaded } from './module';
import { FrozenReader, type Reader } from './reader';
import { neverAnswers, replyOf, replyOfError } from './result';
import { createSdk, type Sdk } from './sdk';
import { Unfrozen } from './unfrozen';

/** A look at a Proxy, as `instanceof` takes one, may run author's code and throw. */
const { isNativeError } = types;

/** After a freeze of this length the event loop turns before a handler starts: see `#begin`. */
const LONG_FREEZE_MS = 500;

/** What was saved while it was loaded waits so long for the gateway. */
const ASKS_AGAIN = 100;
const ASKS_EACH_MS = 5;

/** Taken before author's code runs, which may replace them (a test's fake timers do). */
const nextTurn = setImmediate;
const now = performance.now.bind(performance);

/** One call, from its arrival until nothing refers to it any more (it may outlive its answer). */
class CallState {
  answered = false;
  loggedBytes = 0;
  constructor(readonly id: number) {}
}

/** Thrown into leftovers of an answered call that want to end the process while another call runs. */
class ExitRefused extends Error {
  override readonly name = 'ExitRefused';
}

/** What one build gives to all calls; made once, when the gateway says which build it is. */
interface Environment {
  readonly boot: Boot;
  readonly sdk: Sdk;
  /** By the index of the Function. */
  readonly handlers: (Handler | undefined)[];
}

export class Loop {
  readonly #calls = new AsyncLocalStorage<CallState>();
  readonly #unfrozen = new Unfrozen();
  readonly #cost = new CostMeter();
  readonly #modules = new AuthorModules();
  readonly #exit = process.exit.bind(process);
  #environment: Environment | null = null;
  /** The call that the gateway waits for, or that was answered last. */
  #current: CallState | null = null;
  /** `null`: nobody asks for them. */
  #inputs: Inputs | null = null;
  #frozenAt = 0;
  /** Of the call that arrived last, run or skipped. */
  #lastCallId = 0;
  /** Why this instance must not be used again; told with the next answer. */
  #retire: string | null = null;
  #nextIsScheduled = false;
  #saidItExits = false;
  #reader: Reader;
  #inspector: Inspector | null = null;

  constructor(private readonly channel: Channel) {
    this.#reader = new FrozenReader(channel);
  }

  run(): void {
    process.on('uncaughtException', (error) => this.#onStrayError(error, 'HS_THREW'));
    process.on('unhandledRejection', (reason) => this.#onStrayError(reason, 'HS_REJECTED'));
    process.on('beforeExit', () => this.#onNothingLeft());
    process.exit = ((code) => this.#onExit(code)) as typeof process.exit;
    this.#unfrozen.install();
    this.#freeze();
  }

  // --- frozen

  readonly #freeze = (): void => {
    this.#nextIsScheduled = false;
    const retire = this.#retire ?? this.#unfrozen.reason;
    if (retire !== null) return this.#end(retire);
    this.#frozenAt = now();
    if (!this.#reader.hasMore) this.channel.markFrozen(this.#lastCallId);
    this.#reader.next(this.#receive);
  };

  readonly #receive = (message: ToInstance): void => {
    switch (message.type) {
      case 'boot':
        this.#boot(message.boot);
        return this.#scheduleFreeze();
      case 'prepare':
        this.#environment?.sdk.prepare();
        saveCompiled();
        this.channel.write(encodePrepared());
        return this.#scheduleFreeze();
      case 'load':
        return this.#load(message.functionIndex);
      case 'call':
        return this.#begin(message.call);
    }
  };

  /** A turn of the event loop first, so that what the author's code still does synchronously is finished. */
  #scheduleFreeze(): void {
    if (this.#nextIsScheduled) return;
    this.#nextIsScheduled = true;
    nextTurn(this.#freeze);
  }

  /** The gateway kills the whole process group when it sees the end, or does not see it soon. */
  #end(reason: string): void {
    this.channel.write(encodeRetire(this.#current?.id ?? 0, reason));
    this.#exit(0);
  }

  #boot(boot: Boot): void {
    replaceEnvironment(boot);
    if (boot.outbound !== undefined) interceptOutbound(boot.outbound);
    const sdk = createSdk(boot.root);
    if (boot.tellsInputs)
      this.#inputs = new Inputs(boot.root, (file) => this.channel.write(encodeInput(file)));
    installGlobals(boot, sdk, (file) => this.#inputs?.note(file));
    installConsole({
      current: () => this.#calls.getStore() ?? this.#current,
      emit: (level, text, state: CallState | null) => this.#log(level, text, state),
    });
    this.#environment = { boot, sdk, handlers: [] };
    if (boot.reading === 'events') this.#readByEvents();
    if (boot.inspector !== null) this.#openInspector(boot.inspector);
    this.channel.write(encodeReady());
  }

  #readByEvents(): void {
    const { EventReader } = require('./event-reader') as typeof import('./event-reader');
    this.#reader = new EventReader(this.channel.handOver(), () => this.#exit(0));
  }

  #openInspector(settings: InspectorSettings): void {
    const { Inspector } = require('./inspector') as typeof import('./inspector');
    const tell = (url: string | null) => this.channel.write(encodeInspecting(url));
    this.#inspector = new Inspector(settings, tell);
  }

  /** Before anybody calls it: what the module writes or leaves behind belongs to no call. */
  #load(functionIndex: number): void {
    const { boot, handlers } = this.#environment ?? noBoot();
    const state = new CallState(0);
    state.answered = true;
    const end = (loaded: Loaded): void => {
      flushConsole();
      // Files were saved meanwhile: it waits to be ended, for a process that loads them once they are whole.
      if (this.#inputs?.areAsBefore() === false) sleep(ASKS_AGAIN * ASKS_EACH_MS);
      this.#retire ??= this.#modules.stuck;
      if (loaded.handler !== null) handlers[functionIndex] = loaded.handler;
      const failure = loaded.handler === null ? failureOf(loaded.error, loaded.code) : null;
      this.channel.write(encodeLoaded(functionIndex, failure));
      this.#scheduleFreeze();
    };
    const resource = functionOf(boot, functionIndex);
    this.#calls.run(state, () => this.#modules.load(resource, boot.root, end));
  }

  // --- a call

  #begin(call: Call): void {
    this.#lastCallId = call.id;
    if (!this.channel.claim(call.id)) {
      this.channel.write(encodeSkipped(call.id));
      return this.#scheduleFreeze();
    }
    const state = new CallState(call.id);
    this.#current = state;
    this.#cost.begin();
    const start = () => this.#calls.run(state, () => this.#start(state, call));
    // Keep-alive connections that the far end closed during a long freeze are noticed by the event loop only;
    // without these turns the first request of http.Agent or fetch goes into a dead connection and fails.
    if (now() - this.#frozenAt > LONG_FREEZE_MS) nextTurn(() => nextTurn(start));
    else start();
  }

  #start(state: CallState, call: Call): void {
    try {
      this.#handle(state, call);
    } catch (error) {
      // What the runtime stands on was replaced.
      this.#retire ??= 'the runtime itself failed';
      this.#fail(state, error, 'HS_THREW');
    }
  }

  #handle(state: CallState, call: Call): void {
    const { boot, sdk, handlers } = this.#environment ?? noBoot();
    const handler = handlers[call.functionIndex];
    if (handler === undefined) return this.#loadFirst(state, call);
    const path = boot.functions[call.functionIndex]?.path ?? '';
    const context = createContext(boot, sdk, path, call.domainName);
    const event = parseEvent(call.event, call.body);
    const callback = (error?: unknown, value?: unknown): void => {
      if (state.answered) return;
      if (error) this.#answer(state, replyOfError(error, 'HS_CALLBACK_ERROR', boot.production));
      else this.#answer(state, replyOf(value, sdk));
    };
    try {
      const returned: unknown = handler(context, event, callback);
      if (isThenable(returned)) returned.then(ignore, (error) => this.#fail(state, error, 'HS_REJECTED'));
    } catch (error) {
      this.#fail(state, error, 'HS_THREW');
    }
  }

  #loadFirst(state: CallState, call: Call): void {
    const { boot, handlers } = this.#environment ?? noBoot();
    const called = functionOf(boot, call.functionIndex);
    const entry = called.module?.entry ?? called.file;
    this.#inspector?.beforeLoad(entry);
    this.#modules.load(called, boot.root, (loaded) => {
      this.#inspector?.afterLoad();
      if (loaded.handler !== null) handlers[call.functionIndex] = loaded.handler;
      this.#retire ??= this.#modules.stuck;
      // What the module left behind may have failed in its place.
      if (state.answered) return;
      if (!this.#isStillOurs(state)) return this.#skipLoaded(state);
      if (loaded.handler === null)
        return this.#answer(state, replyOfError(loaded.error, loaded.code, boot.production));
      this.channel.write(encodeStarted(state.id));
      if (this.#inspector === null) return this.#start(state, call);
      this.#inspector.whenBound(entry !== called.file, () => this.#start(state, call));
    });
  }

  /** Where files were saved meanwhile the gateway takes the call back, once it has heard of that. */
  #isStillOurs({ id }: CallState): boolean {
    const isDoubtful = this.#inputs?.areAsBefore() === false;
    for (let at = 0; isDoubtful && at < ASKS_AGAIN && this.channel.claim(id); at++) sleep(ASKS_EACH_MS);
    return this.channel.claim(id);
  }

  #skipLoaded(state: CallState): void {
    state.answered = true;
    this.channel.write(encodeSkipped(state.id));
    this.#scheduleFreeze();
  }

  #fail(state: CallState, error: unknown, code: ErrorCode): void {
    if (state.answered) return this.#logError(error, state);
    this.#answer(state, replyOfError(error, code, this.#environment?.boot.production ?? true));
  }

  #answer(state: CallState, reply: Reply): void {
    if (state.answered) return;
    this.#calls.run(state, flushConsole);
    state.answered = true;
    const retire = reply.retire || this.#retire !== null;
    this.channel.write(encodeResult(state.id, retire ? { ...reply, retire } : reply, this.#cost.measure()));
    this.#scheduleFreeze();
  }

  // --- what happens outside of a handler's own promise

  /** Errors belong to the call that caused them: an answered one only gets log lines, never another call's answer. */
  #onStrayError(error: unknown, code: ErrorCode): void {
    if (isNativeError(error) && error instanceof ChannelClosed) this.#exit(0);
    const state = this.#ownerOfStray();
    if (state === null || state.answered) {
      if (!isNativeError(error) || !(error instanceof ExitRefused)) this.#logError(error, state);
      this.#retire ??= `something that ${state?.id === 0 ? 'the module' : 'an answered call'} left behind failed`;
      return;
    }
    // A throw that went through foreign stack frames may have left anything half done; a rejection did not.
    if (code === 'HS_THREW') this.#retire ??= 'an exception was not caught';
    this.#fail(state, error, code);
  }

  /** Async context tells; where it was lost, the error is the running call's only if nobody else ever ran here. */
  #ownerOfStray(): CallState | null {
    const owner = this.#calls.getStore();
    if (owner !== undefined) return owner;
    return this.#current?.id === 1 ? this.#current : null;
  }

  /** The event loop is empty: nothing is left that could call `callback`. */
  #onNothingLeft(): void {
    this.#modules.giveUp();
    const state = this.#current;
    if (state !== null && !state.answered) this.#answer(state, neverAnswers());
    this.#scheduleFreeze();
  }

  #onExit(code: unknown): never {
    const owner = this.#calls.getStore() ?? this.#current;
    const current = this.#current;
    if (owner !== null && owner !== current && current !== null && !current.answered) {
      const error = new ExitRefused('process.exit() was called by what an answered call left behind');
      this.#logError(error, owner);
      this.#retire ??= error.message;
      throw error;
    }
    // A listener of `exit` may exit once more.
    if (owner !== null && !owner.answered && !this.#saidItExits) {
      this.#saidItExits = true;
      this.#calls.run(owner, flushConsole);
      this.channel.write(encodeExiting(owner.id, Number(code ?? process.exitCode ?? 0) || 0));
    }
    return this.#exit(code as number | undefined);
  }

  // --- console

  #log(level: ConsoleLevel, text: string, state: CallState | null): void {
    if (state === null) return;
    this.#inspector?.write(level, text);
    if (state.loggedBytes > LOG_BYTES) return;
    state.loggedBytes += text.length + LINE_BYTES;
    if (state.loggedBytes > LOG_BYTES) {
      const over = `[console output over ${LOG_BYTES / 1024} kB for one call is dropped]`;
      this.channel.write(encodeConsole(state.id, 'warn', over));
      return;
    }
    this.channel.write(encodeConsole(state.id, level, text));
  }

  #logError(error: unknown, state: CallState | null): void {
    const { name, message, stack } = describeError(error);
    const text = stack ?? `${name}: ${message}`;
    const since = state?.id === 0 ? 'after it was loaded' : 'after the answer';
    this.channel.write(encodeConsole(state?.id ?? 0, 'error', `${since}: ${text}`));
  }
}

function interceptOutbound(hook: OutboundHook): void {
  const outbound = require('./outbound') as typeof import('./outbound');
  outbound.interceptOutbound(hook);
}

/** Set here and not at spawn, so that a project's NODE_OPTIONS or LD_PRELOAD never steer this process. */
function replaceEnvironment(boot: Boot): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  process.env.TMPDIR = boot.temporaryFolder;
  Object.assign(process.env, boot.variables);
  process.chdir(boot.root);
}

function noBoot(): never {
  throw new Error('a message came before the boot message');
}

function functionOf(boot: Boot, functionIndex: number): BootFunction {
  const resource = boot.functions[functionIndex];
  if (resource === undefined) throw new Error(`no Function ${functionIndex}`);
  return resource;
}

/** Some thenables call what they were given without looking. */
function ignore(): void {}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
