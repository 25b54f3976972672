/** What a kind of Function is: its source, what it is asked, and which answers are right. */

/** How often the handler may run for one request. */
export type Runs = 'once' | 'at most once' | 'never';

/** `{id}` stands for the id of the request. A text is the whole body; `startsWith` its beginning. */
export type Body = string | { readonly startsWith: string; readonly length?: number };

export interface Right {
  readonly status: number;
  readonly body: Body;
}

/** One way to ask. */
export interface Variant {
  /** How often it is chosen, beside the others; 1 where nothing is said. */
  readonly weight?: number;
  /** A GET with everything in the query, unless it is a POST of a form or of JSON. */
  readonly method?: 'GET' | 'form' | 'json';
  /** Members of `event`, beside `id`. */
  readonly event?: Readonly<Record<string, string>>;
  /** One of them. */
  readonly right: readonly Right[];
  /** `once` where nothing is said. */
  readonly runs?: Runs;
}

export interface Kind {
  /** Its path, without the slash. */
  readonly name: string;
  readonly source: string;
  /** That ask it all the time, one request after the other. */
  readonly connections: number;
  /** Mean of the random pause of a connection between an answer and the next request, ms. */
  readonly pauseMs: number;
  readonly variants: readonly Variant[];
  /** Its file is written anew now and then; then its answers end with ` build ` and a number. */
  readonly isRewritten?: boolean;
}

export const FAILED = 'Internal Server Error';
export const TIMED_OUT = 'runtime application timed out';
export const TOO_MUCH_MEMORY = 'runtime application used too much memory';

/** The variable that names the file of runs. */
export const RUNS_VARIABLE = 'CHAOS_RUNS';

/**
 * At the top of each file: `note` writes down that a handler began. With O_APPEND, so that lines of many processes do
 * not mix, and at once, so that whatever happens next does not lose it.
 */
const NOTE = `
const fs = require('node:fs');
const { writeSync } = fs;
const runs = fs.openSync(process.env.${RUNS_VARIABLE}, 'a');
const note = ({ id }) => writeSync(runs, id + ' ' + process.pid + '\\n');
`;

/** A Function that notes its run first. `top`: what stands above the handler. */
export function handler(body: string, top = ''): string {
  return `${NOTE}${top}
exports.handler = (context, event, callback) => {
  note(event);
  ${body}
};
`;
}

/** One statement for each value of `event.how`. */
export function handlerByHow(cases: Readonly<Record<string, string>>, top = ''): string {
  const branches = Object.entries(cases).map(([how, body]) => `case '${how}': { ${body} break; }`);
  return handler(`switch (event.how) {\n${branches.join('\n')}\n}`, top);
}

export function variantsByHow(
  cases: Readonly<Record<string, string>>,
  rest: Omit<Variant, 'event'>,
): readonly Variant[] {
  return Object.keys(cases).map((how) => ({ ...rest, event: { how } }));
}

export function ok(body: Body): Right {
  return { status: 200, body };
}

export function status(code: number, body: Body = { startsWith: '' }): Right {
  return { status: code, body };
}

/** Whether a body is the one that was expected for this id. */
export function matches(expected: Body, id: number, body: string): boolean {
  if (typeof expected === 'string') return body === expected.replaceAll('{id}', String(id));
  if (expected.length !== undefined && body.length !== expected.length) return false;
  return body.startsWith(expected.startsWith.replaceAll('{id}', String(id)));
}
