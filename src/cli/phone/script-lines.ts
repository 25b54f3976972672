/** The syntax that scripts of calls and of texts share: a step a line, whatever the case; `#` starts a comment. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CodedError } from '../../errors';
import type { Surroundings } from '../command';
import { linesOf } from './lines';

/** Where it stands, and what stands there. */
export interface ScriptLine {
  readonly line: number;
  readonly text: string;
}

export type Rule<T> = readonly [pattern: RegExp, step: (found: readonly string[]) => T];

export interface Syntax<T> {
  readonly rules: readonly Rule<T>[];
  /** All that a line may be, for people. */
  readonly help: string;
}

/** `null`: the script was fulfilled. */
export type ScriptFailure = (ScriptLine & { readonly message: string }) | null;

/** Longer ones are a mistake, and each line may be a request. */
const MOST_LINES = 1_000;

/** `name` is a file; `-`: stdin. Throws `CodedError` (HS_USAGE). */
export async function readScript<T>(
  name: string,
  parse: (text: string, name: string) => T,
  { currentFolder, stdin }: Surroundings,
): Promise<T> {
  if (name !== '-') return parse(readFile(resolve(currentFolder, name), name), name);
  const lines: string[] = [];
  for await (const line of linesOf(stdin)) lines.push(line);
  return parse(lines.join('\n'), 'the script');
}

function readFile(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CodedError('HS_USAGE', `the script ${name} cannot be read`, { cause });
  }
}

/** Throws `CodedError` (HS_USAGE) with the number of the line. */
export function parseLines<T extends object>(
  text: string,
  name: string,
  syntax: Syntax<T>,
): readonly (T & ScriptLine)[] {
  const lines = text.split(/\r\n|\n/);
  if (lines.length > MOST_LINES) throw new CodedError('HS_USAGE', `${name} has over ${MOST_LINES} lines`);
  return lines.flatMap((raw, at) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    return [{ ...stepOf(line, `${name}:${at + 1}`, syntax), line: at + 1, text: line }];
  });
}

function stepOf<T>(line: string, place: string, { rules, help }: Syntax<T>): T {
  try {
    for (const [pattern, step] of rules) {
      const found = pattern.exec(line);
      if (found !== null) return step(found);
    }
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw new CodedError(error.code, `${place}: ${error.message}`, { cause: error });
  }
  throw new CodedError(
    'HS_USAGE',
    `${place}: ${JSON.stringify(line.slice(0, 80))} is not understood. ${help}`,
  );
}

/** Until all of it is done or something is not as expected: that is what `take` says. */
export async function runSteps<T extends ScriptLine>(
  steps: readonly T[],
  take: (step: T) => Promise<string | null>,
): Promise<ScriptFailure> {
  for (const step of steps) {
    const message = await take(step);
    if (message !== null) return { line: step.line, text: step.text, message };
  }
  return null;
}

/** For people. */
export function tellFailure(failure: ScriptFailure, stderr: NodeJS.WritableStream): void {
  if (failure === null) return;
  stderr.write(`hookswitch: line ${failure.line} of the script, ${failure.text}\n  ${failure.message}\n`);
}

/** `; heard since: "a", "b"` */
export function sinceText(verb: string, texts: readonly string[]): string {
  if (texts.length === 0) return `; nothing was ${verb} since`;
  const list = texts.map((text) => JSON.stringify(text)).join(', ');
  return `; ${verb} since: ${list.slice(0, 600)}`;
}
