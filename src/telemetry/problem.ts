import type { BuildProblem } from '../model/build';

/** `functions/x.js: what is wrong`: most messages begin with the name of their file, and none names it twice. */
export function describeProblem({ file, message }: BuildProblem): string {
  return file === '.' || message.startsWith(file) ? message : `${file}: ${message}`;
}
