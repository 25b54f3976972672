/** The house rules that a machine can check: imports go one way, without cycles; files stay small enough to read. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SourceTree } from './support/source-tree';

const TREE = new SourceTree(join(__dirname, '..', '..', 'src'));

/**
 * docs/architecture.md: a folder imports values only from lower levels; types may cross freely. `index.ts` is the
 * public face and sees all. `runtime` runs in processes of its own and is imported by nobody.
 */
const LEVELS: readonly (readonly string[])[] = [
  ['main'],
  ['cli'],
  ['testing'],
  ['platform'],
  ['admin', 'reload'],
  ['records'],
  ['gateway', 'api', 'simulator', 'check', 'scaffold'],
  ['pool', 'store', 'build', 'telemetry'],
  ['protocol', 'config'],
  ['model'],
  ['errors'],
];
const RUNTIME_MAY_IMPORT = ['protocol', 'model', 'errors'];
const MOST_LINES = 400;

describe('the house', () => {
  for (const { from, to } of TREE.imports) {
    if (areaOf(from) === areaOf(to)) continue;
    it(`${from} may import ${to}`, () => assert.ok(mayImport(areaOf(from), areaOf(to))));
  }

  it('has a level for every folder', () => {
    const known = [...LEVELS.flat(), 'runtime', 'index'];
    assert.deepEqual(
      [...new Set(TREE.files.map(areaOf))].filter((area) => !known.includes(area)),
      [],
    );
  });

  it('has no import cycles', () => {
    assert.equal(TREE.findCycle(), null);
  });

  it(`has no file of over ${MOST_LINES} lines, tables aside`, () => {
    const tables = ['errors.ts', 'config/options.ts'];
    const long = TREE.files.filter((file) => !tables.includes(file) && TREE.lineCount(file) > MOST_LINES);
    assert.deepEqual(long, []);
  });

  it('ends its process in main.ts only', () => {
    const ends = TREE.files.filter((file) =>
      /^\s*(?:return )?process\.exit\(/m.test(TREE.withoutComments(file)),
    );
    assert.deepEqual(
      ends.filter((file) => file !== 'main.ts' && areaOf(file) !== 'runtime'),
      [],
    );
  });
});

function mayImport(from: string, to: string): boolean {
  if (from === 'index') return true;
  if (from === 'runtime') return RUNTIME_MAY_IMPORT.includes(to);
  return levelOf(from) < levelOf(to) && to !== 'runtime';
}

function levelOf(area: string): number {
  const level = LEVELS.findIndex((areas) => areas.includes(area));
  return level === -1 ? Number.NaN : level;
}

/** `gateway/send.ts` -> `gateway`; `platform.ts` -> `platform`. */
function areaOf(file: string): string {
  return file.split('/')[0]?.replace(/\.ts$/, '') ?? '';
}
