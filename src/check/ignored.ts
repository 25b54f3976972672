/** `// hookswitch-ignore relative-require` on the line before, or in the first line for what is about the whole file. */
import type { Finding } from './finding';

export function isIgnored({ rule, line }: Finding, lines: readonly string[]): boolean {
  const comment = lines[Math.max(0, line - 2)] ?? '';
  if (line === 1) return false;
  return namesIn(comment).includes(rule);
}

const COMMENT =
  /(?:\/\/|\/\*|<!--|#)\s{0,8}hookswitch-ignore[ \t]{1,8}([\w-]{1,64}(?:[ \t,]{1,8}[\w-]{1,64}){0,32})/;

function namesIn(line: string): readonly string[] {
  return COMMENT.exec(line.slice(0, LONGEST_COMMENT))?.[1]?.split(/[ \t,]+/) ?? [];
}

const LONGEST_COMMENT = 1_000;
