import { createInterface } from 'node:readline';

/** Longer ones are cut: nobody types that. */
const LONGEST_LINE = 4_000;

/** The lines of stdin, until its end. */
export async function* linesOf(stdin: NodeJS.ReadStream): AsyncGenerator<string> {
  const reader = createInterface({ input: stdin, terminal: false, crlfDelay: Infinity });
  try {
    for await (const line of reader) yield line.slice(0, LONGEST_LINE);
  } finally {
    reader.close();
  }
}
