/** What a failure message shows beside what was expected: the conversation, and what the Functions had to say. */
import { AssertionError } from 'node:assert';
import { ERRORS } from '../errors';
import type { InvocationRecord } from '../model/record';
import type { Exchange } from '../simulator';
import type { Outbound } from './outbound/outbound';
import type { TestRecords } from './records';

export interface Failure {
  readonly message: string;
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string;
  /** The conversation so far. */
  readonly transcript: string;
  /** Of the conversation; `null`: all of the project may belong to it. */
  readonly requests: readonly Exchange[] | null;
}

/** A flood of lines hides what matters. */
const MOST_LINES = 40;
const LONGEST_LINE = 300;

export class Evidence {
  constructor(
    private readonly records: TestRecords,
    private readonly outbound: Outbound,
  ) {}

  fail({ message, actual, expected, operator, transcript, requests }: Failure): AssertionError {
    const parts = [message, section('The conversation so far', transcript), this.#ofFunctions(requests)];
    const problems = section(
      'Outbound requests that the test did not answer',
      this.outbound.problems.join('\n'),
    );
    const text = [...parts, problems].filter((part) => part !== '').join('\n\n');
    return new AssertionError({ message: `${text}\n`, actual, expected, operator });
  }

  #ofFunctions(requests: readonly Exchange[] | null): string {
    const records = this.records.all;
    const ids = requests === null ? null : idsOf(records, requests);
    const belongs = (id: string | null) => id !== null && (ids === null || ids.has(id));
    const failed = records.filter(({ id }) => belongs(id)).map(failureText);
    const failures = section('What failed', failed.filter((text) => text !== '').join('\n'));
    const lines = this.records.lines.filter(({ requestId }) => belongs(requestId));
    const written = lines.map(({ resource, level, text }) => `${resource ?? ''} ${level}: ${shorten(text)}`);
    return [failures, section('What the Functions wrote', written.join('\n'))]
      .filter((text) => text !== '')
      .join('\n\n');
  }
}

/** By the SID as well: of an answer that was lost on purpose, and of the first of two, the id is not known. */
function idsOf(records: readonly InvocationRecord[], requests: readonly Exchange[]): ReadonlySet<string> {
  const known = new Set(requests.flatMap(({ recordId }) => recordId ?? []));
  const sids = new Set(
    requests.flatMap(({ parameters: { CallSid, MessageSid } }) => CallSid ?? MessageSid ?? []),
  );
  const belong = records.filter(
    ({ id, callSid, messageSid }) => known.has(id) || sids.has(callSid ?? messageSid ?? ''),
  );
  return new Set(belong.map(({ id }) => id));
}

/** Whole events are a favourite of console.log. */
function shorten(text: string): string {
  const left = text.length - LONGEST_LINE;
  return left <= 0 ? text : `${text.slice(0, LONGEST_LINE)}… (${left} characters more)`;
}

function failureText({ error, resource, detail, target }: InvocationRecord): string {
  if (error === null) return '';
  const { when, fix } = ERRORS[error];
  return `${resource ?? target} ${error}: ${detail ?? when}\n  ${fix}`;
}

function section(title: string, text: string): string {
  if (text === '') return '';
  const lines = text.split('\n');
  const shown =
    lines.length <= MOST_LINES
      ? lines
      : [`… ${lines.length - MOST_LINES} lines more`, ...lines.slice(-MOST_LINES)];
  return `${title}:\n${shown.map((line) => `  ${line}`).join('\n')}`;
}
