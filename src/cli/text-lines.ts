/** Longer ones are passed over: no record is that long. */
const LONGEST_LINE = 16 * 1_048_576;

/**
 * The lines of a file as `\n` ends them. The reader of Node also ends them at U+2028, from Node 24 on, which may stand in
 * the JSON of other programs.
 */
export async function* textLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  let isTooLong = false;
  for await (const chunk of chunks) {
    const [first = '', ...more] = chunk.split('\n');
    for (const [at, part] of [first, ...more].entries()) {
      if (at > 0) {
        if (!isTooLong) yield rest;
        rest = '';
        isTooLong = false;
      }
      if (!isTooLong) rest += part;
      isTooLong ||= rest.length > LONGEST_LINE;
      if (isTooLong) rest = '';
    }
  }
  if (rest !== '') yield rest;
}
