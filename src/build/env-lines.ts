import { parse } from 'dotenv';

export interface VariableLine {
  readonly name: string;
  readonly value: string;
  /** 1-based, of the name. */
  readonly line: number;
}

/** Every assignment of a file of variables in its order, also those that a later one replaces. */
export function linesOfVariables(text: string): readonly VariableLine[] {
  const unified = text.replace(/\r\n?/g, '\n');
  const lines: VariableLine[] = [];
  let line = 1;
  let counted = 0;
  for (const match of unified.matchAll(ASSIGNMENT)) {
    const [whole, name = ''] = match;
    const start = match.index + whole.indexOf(name);
    line += lineBreaks(unified.slice(counted, start));
    counted = start;
    const parsed = parse(whole);
    // A variable that is called `__proto__` is lost there too.
    if (Object.hasOwn(parsed, name)) lines.push({ name, value: parsed[name] ?? '', line });
  }
  return lines;
}

/** What dotenv takes for an assignment; a test holds both against each other. */
const ASSIGNMENT =
  /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm;

function lineBreaks(text: string): number {
  return text.split('\n').length - 1;
}
