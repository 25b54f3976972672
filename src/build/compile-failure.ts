import { join, relative, sep } from 'node:path';
import type { BuildFailure, Message } from 'esbuild';
import type { ModuleFailure } from '../model/build';

/** For every build: what is wrong is told by us, and all of it. */
export const FAILED = { logLevel: 'silent', logLimit: 0 } as const;

export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

/** `file`: the Function's own, for what has no place. Both absolute. */
export function failureOf(error: unknown, file: string, root: string): ModuleFailure {
  const own = nameOf(file, root);
  if (!isBuildFailure(error)) return { message: `${own}: ${String(error)}`, file: own, line: 0, column: 0 };
  const messages = error.errors;
  // A broken tsconfig explains everything else that is not found.
  const first =
    messages.find(isOfConfiguration) ?? messages.find((one) => one.location !== null) ?? messages[0];
  return first === undefined
    ? { message: `${own} cannot be compiled`, file: own, line: 0, column: 0 }
    : { ...placeOf(first, own, root), message: describe(first, own, root) };
}

/** Where something is wrong: absolute paths. */
export function filesOf(error: unknown, root: string): readonly string[] {
  if (!isBuildFailure(error)) return [];
  return error.errors.flatMap(({ location }) => (location === null ? [] : join(root, location.file)));
}

export function isOfConfiguration({ location }: Message): boolean {
  return location?.file.endsWith('.json') === true;
}

/** `functions/a.ts:3:14: Expected ";" but found "}"` */
export function describe(message: Message, own: string, root: string): string {
  const { file, line, column } = placeOf(message, own, root);
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  return `${place}: ${message.text.replaceAll(/\s*\n\s*/g, ' ')}`;
}

function placeOf({ location }: Message, own: string, root: string): Omit<ModuleFailure, 'message'> {
  if (location === null) return { file: own, line: 0, column: 0 };
  const before = Buffer.from(location.lineText).subarray(0, location.column).toString();
  return {
    file: nameOf(join(root, location.file), root),
    line: location.line,
    column: before.length + 1,
  };
}

function nameOf(file: string, root: string): string {
  return relative(root, file).split(sep).join('/');
}
