/** The house rules that a machine can check: imports go one way, without cycles; files stay small enough to read. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = join(__dirname, '..', '..');
const SRC = join(ROOT, 'src');

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
  ['gateway', 'api', 'simulator', 'check'],
  ['pool', 'store', 'build', 'telemetry'],
  ['protocol', 'config'],
  ['model'],
  ['errors'],
];
const RUNTIME_MAY_IMPORT = ['protocol', 'model', 'errors'];
const MOST_LINES = 400;

interface Import {
  readonly from: string;
  readonly to: string;
}

const FILES = sourceFiles(SRC);
const IMPORTS = FILES.flatMap(valueImports);

describe('the house', () => {
  for (const { from, to } of IMPORTS) {
    if (areaOf(from) === areaOf(to)) continue;
    it(`${from} may import ${to}`, () => assert.ok(mayImport(areaOf(from), areaOf(to))));
  }

  it('has a level for every folder', () => {
    const known = [...LEVELS.flat(), 'runtime', 'index'];
    assert.deepEqual(
      [...new Set(FILES.map(areaOf))].filter((area) => !known.includes(area)),
      [],
    );
  });

  it('has no import cycles', () => {
    assert.equal(findCycle(), null);
  });

  it(`has no file of over ${MOST_LINES} lines, tables aside`, () => {
    const tables = ['errors.ts', 'config/options.ts'];
    const long = FILES.filter((file) => !tables.includes(file) && lineCount(file) > MOST_LINES);
    assert.deepEqual(long, []);
  });

  it('ends its process in main.ts only', () => {
    const ends = FILES.filter((file) => /^\s*(?:return )?process\.exit\(/m.test(withoutComments(file)));
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

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.split('\\').join('/'))
    .sort();
}

function read(file: string): string {
  return readFileSync(join(SRC, file), 'utf8');
}

function lineCount(file: string): number {
  return read(file).split('\n').length;
}

function withoutComments(file: string): string {
  return read(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

/** Imports that exist at run time: `import type` and imports of types only are gone then. */
function valueImports(file: string): Import[] {
  const statements = read(file).matchAll(
    /(?:^|\n)(?:import|export) (?!type\b)([^;'"]*?)from '(\.[^']+)';|(?:require|import)\('(\.[^']+)'\)/g,
  );
  const found: Import[] = [];
  for (const [, names = '', fromPath, callPath] of statements) {
    if (fromPath !== undefined && isTypesOnly(names)) continue;
    const to = relative(SRC, resolve(SRC, dirname(file), fromPath ?? callPath ?? ''));
    found.push({ from: file, to: `${to.split('\\').join('/')}.ts` });
  }
  return found;
}

function isTypesOnly(names: string): boolean {
  const inner = /^\{([^}]*)\}\s*$/.exec(names.trim())?.[1];
  if (inner === undefined) return false;
  const items = inner
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return items.length > 0 && items.every((item) => item.startsWith('type '));
}

function findCycle(): string | null {
  const edges = new Map<string, string[]>();
  for (const { from, to } of IMPORTS) edges.set(from, [...(edges.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(' -> ');
    if (done.has(file)) return null;
    for (const next of edges.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle !== null) return cycle;
    }
    done.add(file);
    return null;
  };
  for (const file of FILES) {
    const cycle = visit(file, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
