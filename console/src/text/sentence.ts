/** What happened, in one sentence. */
import type { InvocationRecord } from '../../../src/model/record';
import { formatBytes, formatDuration, plural } from './format';

export function sentenceOf(record: InvocationRecord): string {
  const { resource, kind, status, durationMs } = record;
  const took = formatDuration(durationMs);
  if (record.error !== null) return `${whoFailed(record)} after ${took}: the caller got ${status}.`;
  if (kind === 'asset') return `The Asset ${resource} was sent with ${status} in ${took}${sizeOf(record)}.`;
  if (resource === null) return `Hookswitch itself answered ${status} in ${took}.`;
  return `${resource} answered ${status} in ${took}${sizeOf(record)}${wroteOf(record)}.`;
}

function whoFailed({ resource, timing }: InvocationRecord): string {
  if (resource === null) return 'The request reached no Function and was refused';
  return timing === null ? `The request for ${resource} was refused` : `${resource} failed`;
}

function sizeOf({ response }: InvocationRecord): string {
  return response.body === null || response.body.bytes === 0
    ? ''
    : ` with ${formatBytes(response.body.bytes)}`;
}

function wroteOf({ consoleLines }: InvocationRecord): string {
  return consoleLines === 0 ? '' : ` and wrote ${plural(consoleLines, 'line')}`;
}
