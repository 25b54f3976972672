import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { extname } from 'node:path';
import { compileFunction } from 'node:vm';
import { type Options, type Program, parse } from 'acorn';
import { CodedError } from '../errors';

/** A Function as it was parsed. */
export interface Source {
  /** What was parsed: the author's text, or what is left of it without types. */
  readonly code: string;
  readonly program: Program;
  readonly isModule: boolean;
  readonly isTypeScript: boolean;
  /** The author's own text. */
  readonly text: string;
  /** 1-based line and column in the author's text. */
  place(offset: number): Place;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface ParseFailure extends Place {
  readonly message: string;
}

/** Longer ones are generated, and no rule has something to say about them that is worth seconds. */
export const LONGEST_SOURCE = 1_048_576;

export type ParsedFile =
  | { readonly kind: 'source'; readonly source: Source }
  | { readonly kind: 'failure'; readonly failure: ParseFailure }
  /** Too long, or newer than the parser. */
  | { readonly kind: 'passed over' };

/** Reads and parses a Function without running it. */
export function parseFile(file: string): ParsedFile {
  try {
    return parseText(file, readFileSync(file));
  } catch (error) {
    return { kind: 'failure', failure: failureOf(error) };
  }
}

function parseText(file: string, bytes: Buffer): ParsedFile {
  if (bytes.length > LONGEST_SOURCE) return { kind: 'passed over' };
  if (bytes.includes(0)) throw new CodedError('HS_INTERNAL', 'the file is no text');
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const extension = extname(file);
  const isTypeScript = /^\.[cm]?ts$/.test(extension);
  const { code, map } = isTypeScript ? withoutTypes(text, extension) : { code: text, map: null };
  const parsed = parseOrPassOver(code, extension);
  if (parsed === null) return { kind: 'passed over' };
  const { program, isModule } = parsed;
  const lines = new LineStarts(code);
  const place = (offset: number): Place => originalPlace(lines.place(offset), map);
  return { kind: 'source', source: { code, program, isModule, isTypeScript, text, place } };
}

function withoutTypes(text: string, extension: string): { code: string; map: SourceMap } {
  // Loaded only where there is TypeScript: it starts a process of its own.
  const { transformSync } = require('esbuild') as typeof import('esbuild');
  const { code, map } = transformSync(text, {
    loader: 'ts',
    target: 'esnext',
    sourcemap: 'external',
    sourcefile: `source${extension}`,
    logLevel: 'silent',
  });
  return { code, map: new SourceMap(JSON.parse(map) as SourceMapPayload) };
}

/** `null`: Node reads what the parser does not know yet. */
function parseOrPassOver(code: string, extension: string): ReturnType<typeof parseCode> | null {
  try {
    return parseCode(code, extension);
  } catch (error) {
    if (extension === '.js' && isReadByNode(code)) return null;
    throw error;
  }
}

function isReadByNode(code: string): boolean {
  try {
    compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname']);
    return true;
  } catch {
    return false;
  }
}

const COMMON: Options = { ecmaVersion: 'latest', allowHashBang: true };

/** As Node decides, but for `"type"`: what parses as CommonJS is taken for that, and else for a module. */
function parseCode(code: string, extension: string): { program: Program; isModule: boolean } {
  const asModule = (): Program => parse(code, { ...COMMON, sourceType: 'module' });
  if (/^\.m/.test(extension)) return { program: asModule(), isModule: true };
  try {
    const program = parse(code, { ...COMMON, sourceType: 'commonjs', allowReturnOutsideFunction: true });
    return { program, isModule: false };
  } catch (error) {
    if (/^\.c/.test(extension) || !/^\s*(?:import|export)\b|\bawait\b|import\.meta/m.test(code)) throw error;
    try {
      return { program: asModule(), isModule: true };
    } catch (other) {
      throw /'import' and 'export' may appear only with/.test(messageOf(error)) ? other : error;
    }
  }
}

function originalPlace(place: Place, map: SourceMap | null): Place {
  if (map === null) return place;
  const entry = map.findEntry(place.line - 1, place.column - 1);
  if (!('originalLine' in entry)) return place;
  return { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

/** The places of offsets in one text. */
export class LineStarts {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  place(offset: number): Place {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}

/** Of acorn, of esbuild, of the file system, or of a stack that was too short for a deeply nested text. */
function failureOf(error: unknown): ParseFailure {
  if (error instanceof RangeError) return { line: 0, column: 0, message: 'it is nested too deeply' };
  const [first] = esbuildErrors(error);
  if (first !== undefined) return first;
  const place = acornPlace(error);
  return { ...place, message: messageOf(error).replace(/ \(\d+:\d+\)$/, '') };
}

function acornPlace(error: unknown): Place {
  if (!(error instanceof SyntaxError) || !('loc' in error)) return { line: 0, column: 0 };
  const { line, column } = error.loc as { line: number; column: number }; // what acorn documents
  return { line, column: column + 1 };
}

function esbuildErrors(error: unknown): readonly ParseFailure[] {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return [];
  const errors = error.errors as import('esbuild').Message[]; // what esbuild documents
  return errors.map(({ text, location }) => ({
    message: text,
    line: location?.line ?? 0,
    column: (location?.column ?? -1) + 1,
  }));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
