import type { FunctionModule } from '../model/build';
import type { InspectorSettings } from './inspector';
import type { OutboundHook } from './outbound';

/** What an instance must know before it can become any Function's; sent once. */
export interface Boot {
  /** Absolute path of the project; the working directory of Functions. */
  readonly root: string;
  /** `true`: errors are sent to clients without their stack. */
  readonly production: boolean;
  readonly functions: readonly BootFunction[];
  /** Private Assets only: what `Runtime.getAssets()` shows. */
  readonly assets: readonly BootResource[];
  readonly variables: Readonly<Record<string, string>>;
  readonly accountSid: string | null;
  readonly authToken: string | null;
  /** A folder that belongs to this instance alone. */
  readonly temporaryFolder: string;
  readonly reading: Reading;
  /** In tests. */
  readonly outbound?: OutboundHook;
  readonly inspector: InspectorSettings | null;
  /** It says which files Functions are made of: what a save reaches is to be known. */
  readonly tellsInputs: boolean;
}

/**
 * How an instance waits for its next call. `frozen`: in a blocking read, so that nothing of it runs meanwhile. `events`:
 * in the event loop, for what must go on between calls, such as a debugger.
 */
export type Reading = 'frozen' | 'events';

export interface BootResource {
  readonly path: string;
  readonly file: string;
}

export interface BootFunction extends BootResource {
  /** Absent: `file` is required as it is. */
  readonly module?: BootModule;
}

export type BootModule = Pick<FunctionModule, 'entry' | 'format' | 'failure'>;
