/** Finds records: newest first, in slices of time, so that a search over all that is kept stalls no request. */
import { setImmediate } from 'node:timers/promises';
import type { InvocationFilter, InvocationRecord, InvocationSummary } from '../model/record';
import type { Records } from './records';
import type { Redactor } from './redact';
import { recordOf, summaryOf } from './view';

export interface Search {
  readonly filter: InvocationFilter;
  readonly limit: number;
  /** Only older ones than this number; `null`: from the newest on. */
  readonly before: number | null;
}

export interface SearchResult {
  readonly invocations: readonly InvocationSummary[];
  /** `before` of the next page; `null` at the end. */
  readonly next: number | null;
}

const SLICE_MS = 4;

/** `isWanted` is asked between slices: whoever searched may have left. */
export async function searchRecords(
  records: Records,
  redactor: Redactor,
  { filter, limit, before }: Search,
  isWanted: () => boolean,
): Promise<SearchResult> {
  const found: InvocationSummary[] = [];
  let until = performance.now() + SLICE_MS;
  for (let number = Math.min(before ?? records.seen + 1, records.seen + 1) - 1; ; number--) {
    const kept = records.at(number);
    if (kept === null) return { invocations: found, next: null };
    const summary = summaryOf(kept, redactor);
    if (isBefore(summary, filter.since)) return { invocations: found, next: null };
    if (matchesSummary(summary, filter) && matchesText(() => recordOf(kept, redactor), filter.q)) {
      found.push(summary);
      if (found.length >= limit) return { invocations: found, next: number };
    }
    if (performance.now() < until) continue;
    await setImmediate();
    if (!isWanted()) return { invocations: found, next: null };
    until = performance.now() + SLICE_MS;
  }
}

/** For those that are in no ring: lines of a file. */
export function matchesRecord(record: InvocationRecord, filter: InvocationFilter): boolean {
  return (
    !isBefore(record, filter.since) && matchesSummary(record, filter) && matchesText(() => record, filter.q)
  );
}

function isBefore({ time }: InvocationSummary, since: string | undefined): boolean {
  return since !== undefined && since !== '' && time < since;
}

function matchesSummary(summary: InvocationSummary, filter: InvocationFilter): boolean {
  return (
    matchesStatus(summary, filter.status) &&
    includes(`${summary.resource ?? ''}\n${summary.target}`, filter.function) &&
    (!filter.method || summary.method.toLowerCase() === filter.method.toLowerCase()) &&
    matchesSid(summary, filter.sid)
  );
}

function matchesStatus({ status, error }: InvocationSummary, wanted: string | undefined): boolean {
  if (!wanted) return true;
  const failed = error !== null || status >= 500;
  if (wanted === 'error') return failed;
  if (wanted === 'ok') return !failed;
  return /^[1-5]xx$/i.test(wanted)
    ? String(status).charAt(0) === wanted.charAt(0)
    : String(status) === wanted;
}

function matchesSid(summary: InvocationSummary, wanted: string | undefined): boolean {
  if (!wanted) return true;
  const { id, callSid, messageSid, from, to } = summary;
  if ([id, callSid, messageSid].some((sid) => sid?.toLowerCase() === wanted.toLowerCase())) return true;
  // A plus that was not encoded arrives as a space, and people leave it out.
  const digits = wanted.replace(/[\s+()-]/g, '');
  return digits !== '' && [from, to].some((number) => number?.replace(/[\s+()-]/g, '') === digits);
}

function includes(text: string, wanted: string | undefined): boolean {
  return !wanted || text.toLowerCase().includes(wanted.toLowerCase());
}

/** In what is shown, so that nobody finds out a secret by searching for it. */
function matchesText(record: () => InvocationRecord, wanted: string | undefined): boolean {
  return !wanted || textsOf(record()).join('\n').toLowerCase().includes(wanted.toLowerCase());
}

function textsOf(record: InvocationRecord): readonly string[] {
  const { request, response } = record;
  return [
    record.id,
    `${record.method} ${record.target}`,
    record.resource ?? '',
    record.error ?? '',
    record.reason ?? '',
    record.detail ?? '',
    request.body?.text ?? '',
    response.body?.text ?? '',
    // Also what a form has encoded.
    record.parameters === null ? '' : JSON.stringify(record.parameters),
    ...record.console.map(({ text }) => text),
    ...record.late.map(({ text }) => text),
  ];
}
