/** The phone of the console: conversations that the simulator plays in real time, kept while the console runs. */
import { CodedError } from '../errors';
import { likelyFunctions } from '../model/phone-path';
import type { Redactor } from '../records/redact';
import {
  createSimulator,
  DEFAULT_FROM,
  DEFAULT_TO,
  REAL_CLOCK,
  type Simulator,
  type SimulatorOptions,
} from '../simulator';
import type { ConsoleEvent } from './api';
import type { ServedGateway } from './parts';
import type {
  CallInput,
  CallView,
  PhoneState,
  StartCall,
  StartThread,
  TextRequest,
  ThreadView,
} from './phone-api';
import { PhoneCall } from './phone-call';
import { PhoneThread } from './phone-thread';

export interface PhoneParts {
  readonly gateway: ServedGateway;
  readonly redactor: Redactor;
  readonly tell: (event: ConsoleEvent) => void;
}

const MOST_THREADS = 50;
const MOST_CALLS = 50;
const MOST_RUNNING_CALLS = 10;

export class Phone {
  readonly #threads = new Map<string, PhoneThread>();
  readonly #calls = new Map<string, PhoneCall>();
  /** The last one is for the account of the build that is live; earlier conversations keep theirs. */
  readonly #simulators: { readonly key: string; readonly simulator: Simulator }[] = [];
  #counter = 0;

  constructor(private readonly parts: PhoneParts) {}

  get state(): PhoneState {
    const { functions, assets } = this.parts.gateway.build;
    const reachable = [...functions, ...assets].filter(({ visibility }) => visibility !== 'private');
    return {
      defaults: {
        from: DEFAULT_FROM,
        to: DEFAULT_TO,
        smsPath: likelyFunctions('sms', functions)[0]?.path ?? null,
        voicePath: likelyFunctions('call', functions)[0]?.path ?? null,
      },
      paths: reachable.map(({ path }) => path),
      threads: Array.from(this.#threads.values(), (thread) => thread.view),
      calls: Array.from(this.#calls.values(), (call) => call.view),
    };
  }

  /** A thread of the same numbers and webhook goes on. */
  startThread(start: StartThread): ThreadView {
    const known = [...this.#threads.values()].find((thread) => thread.isOf(start));
    if (known !== undefined) return known.view;
    this.#forgetOldest(this.#threads, MOST_THREADS);
    this.#counter += 1;
    const id = `TH${String(this.#counter).padStart(4, '0')}`;
    const thread = new PhoneThread(id, start, this.#simulator(), this.parts.redactor, this.parts.tell);
    this.#threads.set(id, thread);
    return thread.view;
  }

  /** Throws `CodedError` (HS_NO_CONVERSATION, HS_CONSOLE_BUSY). */
  send(id: string, text: TextRequest): ThreadView {
    return found(this.#threads.get(id), id).send(text);
  }

  /** Throws `CodedError` (HS_CONSOLE_BUSY). */
  startCall(start: StartCall): CallView {
    const running = [...this.#calls.values()].filter(({ isOver }) => !isOver);
    if (running.length >= MOST_RUNNING_CALLS)
      throw new CodedError('HS_CONSOLE_BUSY', 'too many calls are under way');
    this.#forgetOldest(this.#calls, MOST_CALLS);
    const call = new PhoneCall(start, this.#simulator(), this.parts.redactor, this.parts.tell);
    this.#calls.set(call.id, call);
    return call.view;
  }

  /** Throws `CodedError` (HS_NO_CONVERSATION, HS_CALL_STATE). */
  input(id: string, input: CallInput): CallView {
    return found(this.#calls.get(id), id).input(input);
  }

  /** Throws `CodedError` (HS_NO_CONVERSATION). */
  forget(id: string): void {
    if (this.#threads.delete(id)) return this.parts.tell({ type: 'phone forgot', id });
    const call = found(this.#calls.get(id), id);
    this.#calls.delete(id);
    call.close();
    this.parts.tell({ type: 'phone forgot', id });
  }

  async close(): Promise<void> {
    await Promise.all(this.#simulators.splice(0).map(({ simulator }) => simulator.close()));
  }

  #simulator(): Simulator {
    const { build, url, publicUrl } = this.parts.gateway;
    const options: SimulatorOptions = {
      baseUrl: url,
      publicUrl: publicUrl === null ? null : publicUrl.href.replace(/\/+$/, ''),
      authToken: build.authToken,
      accountSid: build.accountSid,
      clock: REAL_CLOCK,
    };
    const key = JSON.stringify([options.baseUrl, options.publicUrl, options.authToken, options.accountSid]);
    const last = this.#simulators.at(-1);
    if (last?.key === key) return last.simulator;
    const simulator = createSimulator(options);
    this.#simulators.push({ key, simulator });
    return simulator;
  }

  /** Conversations that are over go before those that are not. */
  #forgetOldest(kept: ReadonlyMap<string, { readonly isOver: boolean }>, most: number): void {
    if (kept.size < most) return;
    const entries = [...kept];
    const [oldest] = entries.find(([, { isOver }]) => isOver) ?? entries[0] ?? [];
    if (oldest !== undefined) this.forget(oldest);
  }
}

function found<T>(conversation: T | undefined, id: string): T {
  if (conversation !== undefined) return conversation;
  throw new CodedError('HS_NO_CONVERSATION', `there is no conversation ${id.slice(0, 100)}`);
}
