/** The house rules of the console: imports go one way, files stay small, and no text ever becomes markup. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SourceTree } from './support/source-tree';

const ROOT = join(__dirname, '..', '..');
const TREE = new SourceTree(join(ROOT, 'console', 'src'));
const BUILT = join(ROOT, 'dist', 'console');

/** A folder imports values only from lower levels; views may show one another. */
const LEVELS: readonly (readonly string[])[] = [
  ['main'],
  ['app'],
  ['views'],
  ['parts'],
  ['state'],
  ['api', 'text'],
];
const MOST_LINES = 300;
const MOST_SCRIPT_BYTES = 60_000;

/** What would read text as markup or code. */
const READS_MARKUP =
  /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|srcdoc|createContextualFragment|DOMParser|\beval\b|new Function\b/;

describe('the house of the console', () => {
  for (const { from, to } of TREE.imports) {
    if (to.startsWith('..') || areaOf(from) === areaOf(to)) continue;
    it(`${from} may import ${to}`, () => assert.ok(levelOf(from) < levelOf(to)));
  }

  it('has types of the gateway, and nothing else of it', () => {
    assert.deepEqual(
      TREE.imports.filter(({ to }) => to.startsWith('..')),
      [],
    );
  });

  it('has no import cycles', () => assert.equal(TREE.findCycle(), null));

  it(`has no file of over ${MOST_LINES} lines`, () => {
    assert.deepEqual(
      TREE.files.filter((file) => TREE.lineCount(file) > MOST_LINES),
      [],
    );
  });

  it('reads no text as markup or code', () => {
    assert.deepEqual(
      TREE.files.filter((file) => READS_MARKUP.test(TREE.withoutComments(file))),
      [],
    );
  });

  it('makes links of hostile text in one place only', () => {
    const makers = TREE.files.filter((file) => /href=\{(?!formatRoute|bodyUrl|href\b)/.test(TREE.read(file)));
    assert.deepEqual(makers, []);
    assert.match(TREE.read('parts/safe-text.tsx'), /const href = safeLink\(text\)/);
  });

  it(`has a script of under ${MOST_SCRIPT_BYTES / 1000} kB, compressed`, () => {
    const bytes = gzipSync(readFileSync(join(BUILT, 'console.js'))).length;
    assert.ok(bytes < MOST_SCRIPT_BYTES, `${bytes} bytes`);
  });

  it('is one page with one script and one style sheet, and nothing that a strict policy refuses', () => {
    const page = readFileSync(join(BUILT, 'index.html'), 'utf8');
    assert.doesNotMatch(
      page,
      /<style|<script(?! src="console\.js")|\son\w+=|\sstyle=|https?:\/\/(?!www\.w3\.org\/2000\/svg)/,
    );
    assert.doesNotMatch(readFileSync(join(BUILT, 'console.css'), 'utf8'), /url\(|@import/);
    assert.ok(statSync(join(BUILT, 'console.css')).size < 60_000);
  });
});

function levelOf(file: string): number {
  return LEVELS.findIndex((areas) => areas.includes(areaOf(file)));
}

function areaOf(file: string): string {
  return file.split('/')[0]?.replace(/\.tsx?$/, '') ?? '';
}
