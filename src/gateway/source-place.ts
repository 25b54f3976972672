/** The lines of the author's own source that a stack names. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { extname, isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAX_SOURCE_BYTES = 512 * 1_024;
const SOURCE_EXTENSIONS: readonly string[] = ['.js', '.cjs', '.mjs', '.ts', '.mts', '.cts'];
const READ_CHARACTERS = 20_000;
const READ_LINES = 100;

export interface Place {
  /** Relative to the project. */
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  /** Of the whole file. */
  readonly lines: readonly string[];
}

/** In the order of the stack, each once, at most so many. */
export function findPlaces(stack: string, root: string, most: number): readonly Place[] {
  const places: Place[] = [];
  for (const text of stack.slice(0, READ_CHARACTERS).split('\n').slice(0, READ_LINES)) {
    if (places.length >= most) break;
    const frame = parseFrame(text);
    const place = frame === null ? null : readPlace(frame, root);
    if (place !== null && !places.some(({ name, line }) => name === place.name && line === place.line)) {
      places.push(place);
    }
  }
  return places;
}

interface Frame {
  readonly file: string;
  readonly line: number;
}

/** `at name (/file.js:1:2)`, `at /file.js:1:2`, and the `/file.js:1` that a syntax error begins with. */
function parseFrame(text: string): Frame | null {
  const found =
    /^(?:\s*at (?:.*\()?(?:async )?)?((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()]*?):(\d{1,7})(?::\d+)?\)?$/.exec(
      text,
    );
  const [, file = '', line = ''] = found ?? [];
  if (file === '') return null;
  if (!file.startsWith('file://')) return { file, line: Number(line) };
  return URL.canParse(file) ? { file: pathOf(file), line: Number(line) } : null;
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return '';
  }
}

/** A stack is text that a Function made: only plain source files inside the project are read, and only small ones. */
function readPlace(frame: Frame, root: string): Place | null {
  if (!isAbsolute(frame.file)) return null;
  try {
    const file = realpathSync(frame.file);
    if (!SOURCE_EXTENSIONS.includes(extname(file))) return null;
    const name = relative(realpathSync(root), file);
    if (isAbsolute(name) || name.split(sep).some((part) => part.startsWith('.') || part === 'node_modules'))
      return null;
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > MAX_SOURCE_BYTES) return null;
    const lines = readFileSync(file, 'utf8').split('\n');
    return frame.line <= lines.length ? { name: name.split(sep).join('/'), line: frame.line, lines } : null;
  } catch {
    // The file is gone or cannot be read: the page does without it.
    return null;
  }
}
