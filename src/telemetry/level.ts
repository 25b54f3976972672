import type { LogLevel } from '../config/log-level';
import { ERRORS } from '../errors';
import type { RequestRecord } from '../model/invocation';

/** The numbers of pino, so that tools which know them can compare. */
export const LEVEL = { debug: 20, info: 30, warn: 40, error: 50, silent: Number.POSITIVE_INFINITY } as const;

export function levelNumber(level: LogLevel): number {
  return LEVEL[level];
}

/** Hot. A request that went well is `info`, one that was refused `warn`, one that failed `error`. */
export function levelOfRequest(record: RequestRecord): 'info' | 'warn' | 'error' {
  if (record.error === null) return 'info';
  return record.status >= 500 ? 'error' : 'warn';
}

/** The code that the vendor's debugger shows for the same event. */
export function vendorCodeOf(record: Pick<RequestRecord, 'error'>): number | null {
  return record.error === null ? null : ERRORS[record.error].vendor;
}
