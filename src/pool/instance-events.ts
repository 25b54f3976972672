import type { ConsoleLevel } from '../model/invocation';
import type { CallCost, Failure, Reply } from '../protocol/messages';
import type { Instance } from './instance';
import type { AnsweredCall } from './instance-log';
import type { Invocation } from './invocation';

/** What the pool is told. Every callback gets the instance first. */
export interface InstanceEvents {
  /** While it boots: a debugger can attach there. `null`: the port could not be opened, and the instance ends. */
  inspecting(instance: Instance, url: string | null): void;
  ready(instance: Instance): void;
  /** What `load` asked for, or why it failed; also where the instance died of it. */
  loaded(instance: Instance, functionIndex: number, failure: Failure | null): void;
  /** A file that is about to be loaded; `''`: there are too many to tell. */
  input(instance: Instance, file: string): void;
  result(instance: Instance, invocation: Invocation, reply: Reply, cost: CallCost): void;
  /** The call did not run here, and will not. */
  returned(instance: Instance, invocation: Invocation): void;
  /** The call ended without a reply, because the instance is gone. */
  failed(instance: Instance, invocation: Invocation): void;
  /** It is about to end by itself and must not get another call. */
  retiring(instance: Instance): void;
  /** A line of a call that was answered before; `null` where nobody knows which. */
  late(instance: Instance, call: AnsweredCall | null, level: ConsoleLevel, text: string): void;
  gone(instance: Instance): void;
}
