import { relative } from 'node:path';
import type { Build } from '../model/build';
import type { Failure } from '../protocol/messages';

/**
 * `functions/a.js cannot be loaded: Error: no key, at lib/keys.js:3`; `null` for what is told without
 * calling it: a syntax error of the Function's own file, or that it could not be compiled.
 */
export function describeLoadFailure(build: Build, functionIndex: number, failure: Failure): string | null {
  const resource = build.functions[functionIndex];
  if (resource !== undefined && resource.module.failure !== null) return null;
  const file = resource?.name ?? 'a Function';
  const { name, message, stack } = failure;
  if (name === 'SyntaxError' && message.startsWith(`${file}:`)) return null;
  const place = name === 'SyntaxError' ? '' : placeOf(stack ?? '', build.root);
  return `${file} cannot be loaded: ${name === '' ? '' : `${name}: `}${message}${place}`;
}

/** Where it was thrown, in the project: `, at lib/keys.js:3`. */
function placeOf(stack: string, root: string): string {
  for (const [, path = '', line] of stack.matchAll(/^ {4}at .*?\(?((?:\/|[A-Za-z]:\\).*?):(\d+):\d+\)?$/gm)) {
    const file = relative(root, path);
    if (!file.startsWith('..')) return `, at ${file}:${line}`;
  }
  return '';
}
