/** Runs tables of bad Functions against a real gateway: each row is one Function, and may harm nobody but its own call. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { ERRORS, type ErrorCode } from '../../src/errors';
import { expectGood, GOOD, recordOf } from './bad-row';
import { childrenOf, isAlive } from './program';
import { converse, type RawResponse, request, requestBytes } from './raw-http';
import { eventually, type Served, serve } from './serve';

export interface FunctionRow {
  /** Reads on from "a Function that". */
  readonly name: string;
  /** Statements of a handler with `context`, `event` and `callback`. A call with `?ok=1` does not run them. */
  readonly code: string;
  /** `null`: the client gets an ordinary answer. A list: one of them, where it is a matter of timing. */
  readonly error: ErrorCode | null | readonly (ErrorCode | null)[];
  /** The body; by default `x` where nothing failed, else the text of the code. */
  readonly text?: string | RegExp;
  /** What the author is told. */
  readonly detail?: RegExp;
  /** A line that is logged after the answer, under the request that caused it. */
  readonly late?: RegExp;
  /** Status and body of the next call, where it may not be right. */
  readonly next?: RegExp;
}

export interface Group {
  /** Short for those that reach the limit, long for those that must not, however busy the machine. */
  readonly timeoutMs: number;
  readonly tables: Readonly<Record<string, readonly FunctionRow[]>>;
}

/** For those that reach the limit of time. */
export const SHORT_MS = 1_500;
/** For those that must not, however busy the machine. */
export const LONG_MS = 8_000;

/** For rows that are about containment alone: what the author is told is up to others. */
export const ANY_FAILURE: readonly ErrorCode[] = Object.keys(ERRORS) as ErrorCode[];

export function describeFunctions(groups: readonly Group[]): void {
  for (const { timeoutMs, tables } of groups) {
    // Those that reach the limit mostly wait; the others keep a core busy.
    describe('a Function that', { concurrency: timeoutMs === SHORT_MS ? 4 : 2 }, () => {
      let served: Served;
      before(async () => {
        served = await serve(filesOf(tables), { timeoutMs, memoryMb: 96, maxInstances: 24 });
      });
      after(async () => {
        await served.platform.close();
        await nothingLeft(served);
        await served.close();
      });

      for (const [table, rows] of Object.entries(tables)) {
        rows.forEach((row, index) => {
          it(row.name, () => verifyRow(served, `${table}-${index}`, row, timeoutMs));
        });
      }
    });
  }
}

/** How long a Function that works may take while others are bad; the machine may be busy besides. */
const PROMPT_MS = 5_000;

function filesOf(tables: Group['tables']): Record<string, string> {
  const files: Record<string, string> = { 'functions/good.js': GOOD };
  for (const [table, rows] of Object.entries(tables)) {
    rows.forEach(({ code }, index) => {
      files[`functions/${table}-${index}.js`] = `const { appendFileSync } = require('node:fs');
      exports.handler = (context, event, callback) => {
        if (event.ok) return callback(null, 'fine');
        appendFileSync(${JSON.stringify(runsOf(`${table}-${index}`))}, 'x');
        \n${code}\n};`;
    });
  }
  return files;
}

async function verifyRow(served: Served, name: string, row: FunctionRow, timeoutMs: number): Promise<void> {
  const [response] = await Promise.all([askOnce(served, name), expectPrompt(served)]);
  await verifyAnswer(served, name, response, row, timeoutMs);
  const [again] = await Promise.all([
    request(served.port, { method: 'GET', path: `/${name}?ok=1` }),
    expectPrompt(served),
  ]);
  assert.match(`${again.status} ${again.text()}`, row.next ?? /^200 fine$/, 'the next call');
  if (again.status === 200) assert.equal((await recordOf(served, again)).error, null);
  if (row.late !== undefined) await verifyLate(served, response, row.late);
  verifyRuns(served, name);
}

/** Exactly one answer: a request that follows on the same connection gets its own. */
async function askOnce({ port }: Served, name: string): Promise<RawResponse> {
  const both = [`/${name}`, '/good'].map((path) => requestBytes({ method: 'GET', path }));
  const { responses, end } = await converse(port, both, { count: 2 });
  const [response, behind] = responses;
  assert.ok(response !== undefined && behind !== undefined, `${responses.length} answers, then ${end}`);
  assert.equal(`${behind.status} ${behind.text()}`, '200 good', 'the request behind it');
  return response;
}

async function expectPrompt({ port }: Served): Promise<void> {
  const start = performance.now();
  await expectGood(port);
  const elapsed = performance.now() - start;
  assert.ok(elapsed < PROMPT_MS, `another Function took ${Math.round(elapsed)} ms`);
}

async function verifyAnswer(
  served: Served,
  name: string,
  response: RawResponse,
  row: FunctionRow,
  timeoutMs: number,
): Promise<void> {
  const shown = response.text().slice(0, 500);
  const record = await recordOf(served, response);
  const { error, detail } = record;
  const expected = [row.error].flat();
  assert.ok(expected.includes(error), `${error}: ${response.status} ${shown} ${detail}`);
  // The status of a row that lets it open may be the author's.
  if (expected.length === 1) assert.equal(response.status, error === null ? 200 : ERRORS[error].status);
  const text = row.text ?? (error === null ? 'x' : ERRORS[error].text);
  if (typeof text === 'string') assert.equal(response.text(), text);
  else assert.match(shown, text);
  assert.deepEqual([record.status, record.resource], [response.status, `functions/${name}.js`]);
  if (error !== null) assert.match(detail ?? 'no detail', row.detail ?? /./);
  const limitMs = error === 'HS_NEVER_ANSWERS' ? PROMPT_MS : timeoutMs + PROMPT_MS;
  assert.ok(record.durationMs < limitMs, `it took ${record.durationMs} ms`);
  assert.equal(served.records.filter(({ id }) => id === record.id).length, 1, 'one record');
}

async function verifyLate({ late }: Served, response: RawResponse, expected: RegExp): Promise<void> {
  const id = response.header('twilio-request-id');
  const line = await eventually(() => late.find(({ requestId }) => requestId === id));
  assert.match(line.text, expected);
}

/** At most once, whatever it died of. */
function verifyRuns({ project }: Served, name: string): void {
  const runs = readFileSync(project.file(runsOf(name)), 'utf8').length;
  assert.ok(runs <= 1, `it ran ${runs} times`);
}

function runsOf(name: string): string {
  return `runs-${name}.txt`;
}

/** Processes that work in the project, and instances, wherever they went. */
async function nothingLeft({ project }: Served): Promise<void> {
  const left = () =>
    [...processesIn(project.path), ...childrenOf(process.pid).filter(isInstance)].filter(isAlive);
  await eventually(() => (left().length === 0 ? true : undefined), PROMPT_MS).catch(() => {
    assert.deepEqual(left().map(commandOf), [], 'processes that are left');
  });
}

function processesIn(folder: string): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && (read(() => readlinkSync(`/proc/${pid}/cwd`)) ?? '').startsWith(folder));
}

function isInstance(pid: number): boolean {
  return commandOf(pid).includes('runtime/main.js');
}

function commandOf(pid: number): string {
  return (read(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1')) ?? '').replaceAll('\0', ' ');
}

/** `null`: it ended in between. */
function read(look: () => string): string | null {
  try {
    return look();
  } catch {
    return null;
  }
}
