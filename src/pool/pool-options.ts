import type { Build } from '../model/build';
import type { LateLine } from '../model/invocation';
import type { Failure } from '../protocol/messages';
import type { Invocation, Outcome } from './invocation';
import type { StarterOptions } from './starter';

export interface PoolOptions extends StarterOptions {
  readonly timeoutMs: number;
  /** `null`: what the memory of the machine can hold. */
  readonly maxInstances: number | null;
  /** For each Function: started and loaded before anybody calls it. */
  readonly minInstances: number;
  readonly maxInvocations: number | null;
  readonly isolation: 'function' | 'environment';
  /** Where nobody waits for the next first call, a spare is made once it is quiet. */
  readonly shortLived?: boolean;
}

export type OnInvocationEnd = (outcome: Outcome, invocation: Invocation) => void;

/** What the pool tells beside the outcomes of calls. */
export interface PoolEvents {
  late(line: LateLine): void;
  /** A Function of this build could not be loaded in advance. */
  loadFailed(build: Build, functionIndex: number, failure: Failure): void;
  /** Where newer builds may come: this file is a part of that Function, or of all that share instances; `''`: and many more. */
  input(functionIndex: number, file: string): void;
  /** What the operator should know. */
  notice(level: 'info' | 'warn' | 'error', message: string): void;
}
