/** What a failure message shows beside what was expected: the conversation, and what the Functions had to say. */
import { AssertionError } from 'node:assert';
import { ERRORS } from '../errors';
import type { InvocationRecord } from '../model/record';
import type { Outbound } from './outbound/outbound';
import type { TestRecords } from './records';

export interface Failure {
  readonly message: string;
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string;
  /** The conversation so far. */
  readonly transcript: string;
  /** Ids of the records that belong to it; `null`: all of the project may. */
  readonly recordIds: readonly string[] | null;
}

/** A flood of lines hides what matters. */
const MOST_LINES = 40;
const LONGEST_LINE = 300;

export class Evidence {
  constructor(
    private readonly records: TestRecords,
    private readonly outbound: Outbound,
  ) {}

  fail({ message, actual, expected, operator, transcript, recordIds }: Failure): AssertionError {
    const parts = [message, section('The conversation so far', transcript), this.#ofFunctions(recordIds)];
    const problems = section(
      'Outbound requests that the test did not answer',
      this.outbound.problems.join('\n'),
    );
    const text = [...parts, problems].filter((part) => part !== '').join('\n\n');
    return new AssertionError({ message: `${text}\n`, actual, expected, operator });
  }

  #ofFunctions(ids: readonly string[] | null): string {
    const belongs = (id: string | null) => id !== null && (ids === null || ids.includes(id));
    const failed = this.records.all.filter(({ id }) => belongs(id)).map(failureText);
    const failures = section('What failed', failed.filter((text) => text !== '').join('\n'));
    const lines = this.records.lines.filter(({ requestId }) => belongs(requestId));
    const written = lines.map(({ resource, level, text }) => `${resource ?? ''} ${level}: ${shorten(text)}`);
    return [failures, section('What the Functions wrote', written.join('\n'))]
      .filter((text) => text !== '')
      .join('\n\n');
  }
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
