import type { ErrorCode } from '../errors';

/** What is known of a process that is gone. */
export interface EndOfProcess {
  /** Why it was killed or was about to end; `null` where it died by itself. */
  readonly cause: Reason | null;
  readonly status: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | null;
  /** The last that it wrote to its stderr. */
  readonly lastWords: string;
  readonly memoryMb: number;
}

export interface Reason {
  readonly code: ErrorCode;
  readonly detail: string;
}

export const CLOSED_CHANNEL = 'it closed the channel to the gateway, or made it unusable';

/** What its running call is told. */
export function explainEnd({ cause, status, lastWords, memoryMb }: EndOfProcess): Reason {
  if (/heap out of memory|Reached heap limit|allocation failed/i.test(lastWords)) {
    const detail = `its JavaScript heap was full, the limit is ${memoryMb} MB (--memory)`;
    return { code: 'HS_OUT_OF_MEMORY', detail };
  }
  if (cause !== null) return cause;
  const { code, signal } = status ?? { code: null, signal: null };
  const wrote = lastWords === '' ? '' : `; it wrote: ${lastWords.slice(-1000)}`;
  if (signal !== null) return { code: 'HS_CRASHED', detail: `its process was ended by ${signal}${wrote}` };
  // What the runtime does when its channel is unusable; process.exit would have been announced.
  if (code === 0) return { code: 'HS_BROKE_PROTOCOL', detail: CLOSED_CHANNEL };
  return { code: 'HS_EXITED', detail: `its process ended with exit code ${code}${wrote}` };
}
