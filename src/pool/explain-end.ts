import type { ErrorCode } from '../errors';

/** Why an instance is gone: `code` for its call, `detail` for the log. */
export interface EndReason {
  readonly code: ErrorCode;
  readonly detail: string;
}

export interface EndEvidence {
  /** Why it was killed or announced its end, where either happened. */
  readonly cause: EndReason | null;
  readonly exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | null;
  /** The last that it wrote to its real stderr. */
  readonly lastWords: string;
}

export const CLOSED_CHANNEL = 'it closed the channel to the gateway, or made it unusable';

export function explainEnd({ cause, exit, lastWords }: EndEvidence): EndReason {
  if (/heap out of memory|Reached heap limit|allocation failed/i.test(lastWords)) {
    return { code: 'HS_OUT_OF_MEMORY', detail: 'its JavaScript heap was full' };
  }
  if (cause !== null) return cause;
  const { code, signal } = exit ?? { code: null, signal: null };
  const wrote = lastWords === '' ? '' : `; it wrote: ${lastWords.slice(-1000)}`;
  if (signal !== null) return { code: 'HS_CRASHED', detail: `its process was ended by ${signal}${wrote}` };
  // What the runtime does when its channel is unusable; process.exit would have been announced.
  if (code === 0) return { code: 'HS_BROKE_PROTOCOL', detail: CLOSED_CHANNEL };
  return { code: 'HS_EXITED', detail: `its process ended with exit code ${code}${wrote}` };
}
