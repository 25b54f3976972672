/** Whatever docs/compatibility.md says is tested, is: each test that it names is there, under that name. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = join(__dirname, '..', '..');
const STATES = ['same', 'decided', 'different', 'extension', 'not yet'];
const HEAD = ['What', 'State', 'Notes', 'Test'];

interface Row {
  readonly what: string;
  readonly state: string;
  readonly tests: string;
}

const ROWS = readText('docs/compatibility.md').split('\n').flatMap(rowOf);
const VECTORS = new Set(readText('test/data/wire.ndjson').trim().split('\n').map(idOf));

describe('the page about compatibility', () => {
  it('has rows, each with a state that is explained', () => {
    assert.ok(ROWS.length > 80, `${ROWS.length} rows`);
    const unknown = ROWS.filter(({ state }) => !STATES.includes(state));
    assert.deepEqual(unknown, []);
  });

  it('says in each row which tests there are, or that there is none', () => {
    const silent = ROWS.filter(({ tests }) => testsIn(tests).length === 0 && !tests.startsWith('untested'));
    assert.deepEqual(silent, []);
  });

  it('names nothing in its last column but tests', () => {
    const odd = ROWS.filter(({ tests }) => (tests.match(/`/g)?.length ?? 0) !== 2 * testsIn(tests).length);
    assert.deepEqual(odd, []);
  });

  for (const { what, tests } of ROWS) {
    for (const test of testsIn(tests)) {
      it(`names a test that exists for "${what}": ${test}`, () => assert.ok(exists(test)));
    }
  }
});

/** A row of a table with four columns; none for every other line. */
function rowOf(line: string): readonly Row[] {
  const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
  const [, what = '', state = '', , tests = ''] = cells;
  if (cells.length !== 6 || what === HEAD[0] || /^-+$/.test(what)) return [];
  return [{ what, state, tests }];
}

/** `wire C14`, `test/event.test.ts: "a form is flat"`, `test/data/signature.ndjson: "SIG6 unicode"` */
function testsIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`(wire \w+|test\/[\w/-]+\.(?:test\.ts|ndjson): "[^`]+")`/g)].map(
    ([, test = '']) => test,
  );
}

function exists(test: string): boolean {
  if (test.startsWith('wire ')) return VECTORS.has(test.slice('wire '.length));
  const [file = '', ...rest] = test.split(': ');
  const name = rest.join(': ').slice(1, -1);
  return existsSync(join(ROOT, file)) && holdsName(readText(file), name);
}

/** As a text of its own: a test, a group of tests, or a row of a table. What is put into a text is written as `…`. */
function holdsName(source: string, name: string): boolean {
  const text = source.replaceAll(/\$\{[^}]*\}/g, '…');
  return ["'", '"', '`'].some((quote) => text.includes(quote + name + quote));
}

function idOf(line: string): unknown {
  return (JSON.parse(line) as { readonly id: unknown }).id;
}

function readText(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8');
}
