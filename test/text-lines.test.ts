import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textLines } from '../src/cli/text-lines';

async function* chunksOf(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function linesOf(text: string, size: number): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of textLines(chunksOf(text, size))) lines.push(line);
  return lines;
}

const ROWS: readonly (readonly [text: string, lines: readonly string[]])[] = [
  ['', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\nbc\n\nd', ['a', 'bc', '', 'd']],
  ['a\u2028b\u2029c\rd\n', ['a\u2028b\u2029c\rd']],
];

for (const [text, lines] of ROWS) {
  test(`the lines of ${JSON.stringify(text)} are ${JSON.stringify(lines)}, however it arrives`, async () => {
    for (const size of [1, 2, 100]) assert.deepEqual(await linesOf(text, size), lines);
  });
}

test('a line that is too long is passed over, and those around it are read', async () => {
  const long = 'x'.repeat(16 * 1_048_576 + 1);
  assert.deepEqual(await linesOf(`a\n${long}\nb\n`, 1_000_000), ['a', 'b']);
});
