import { CodedError } from '../errors';

/** What the program says to whoever started it. Stopped by a second signal it is 128 and the signal's number. */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;

export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done, or stopped by SIGINT, SIGTERM or SIGHUP after everything that ran had ended',
  failure: 'could not start, or failed while it ran',
  usage: 'the command line or a HOOKSWITCH_ variable is wrong (HS_USAGE)',
};

export function exitCodeOf(error: unknown): number {
  return error instanceof CodedError && error.code === 'HS_USAGE' ? EXIT.usage : EXIT.failure;
}
