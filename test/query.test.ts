/** Queries with brackets: the same members as the library that the emulator reads them with, in linear time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import qs from 'qs';
import { parseQuery } from '../src/gateway/query';

/** As the emulator's Express 4 calls it, but without a limit of fields. */
function parseWithLibrary(query: string): unknown {
  return qs.parse(query, {
    allowPrototypes: true,
    parameterLimit: Number.POSITIVE_INFINITY,
    arrayLimit: Math.max(1_000, query.split('&').length),
  });
}

const PIECES = [
  ...['a', 'b', 'toString', '__proto__', '[__proto__]', '[toString]', '.', '+', '%41', '%zz', '%C3', '"'],
  ...['[', ']', '[]', '[a]', '[b]', '%5B', '%5d', '=', '=1', '=2', '&', '&', '&', '&a', '&b'],
  ...['[0]', '[1]', '[2]', '[01]', '[-1]', '[999]', '[1000]', '[1500]', '0', '1', '&0=', '&[0]='],
  ...['&a=y', '&a[]', '&a[]=z', '&a[0]=w', '&a[b]=x', '&a[1001]=v', '&a[b][c]=u', '&a['],
];

describe('a query with brackets', () => {
  for (const [length, rounds] of [
    [14, 20_000],
    [60, 10_000],
  ] as const) {
    it(`is read as the library reads it, ${rounds} of up to ${length} pieces`, () => {
      const random = numbers(length);
      for (let round = 0; round < rounds; round++) {
        const query = Array.from({ length: 1 + (random() % length) }, () => PIECES[random() % PIECES.length]);
        const text = query.join('');
        assert.equal(JSON.stringify(parseQuery(text)), JSON.stringify(parseWithLibrary(text)), text);
      }
    });
  }

  for (const [name, query] of Object.entries(hostileQueries())) {
    it(`costs little: ${name}`, () => {
      assert.ok(query.length > 3_000 && query.length <= 8_192);
      assert.deepEqual(JSON.stringify(parseQuery(query)), JSON.stringify(parseWithLibrary(query)));
      // The library takes up to 40 ms. The best of several: other processes may take the processor away.
      const best = Math.min(...Array.from({ length: 10 }, () => durationOf(() => parseQuery(query))));
      assert.ok(best < 12, `${best} ms`);
    });
  }
});

/** Of 8 kB, as many as the limit of the target allows. */
function hostileQueries(): Readonly<Record<string, string>> {
  const fill = (part: (index: number) => string) => {
    let query = part(0);
    for (let index = 1; query.length + part(index).length < 8_186; index++) query += `&${part(index)}`;
    return query;
  };
  return {
    'one name 4,000 times, and a bracket': `${fill(() => 'a').slice(0, 8_000)}&b[]`,
    'an open bracket 4,000 times': fill(() => '['),
    'an array of names, each at the last index': fill((index) => `${index.toString(36)}[999]`),
    'an array of 1,000 indices': fill((index) => `a[${index}]`),
    'an array of 1,000 indices, the last one first': fill((index) => `a[${Math.max(0, 999 - index)}]`),
    'empty brackets': fill(() => 'a[]'),
    'a conflict at each field': fill((index) => (index % 2 === 0 ? 'a' : 'a[b]')),
    'indices beyond the limit': fill((index) => `${index.toString(36)}[1001]`),
    'five levels of the last index': fill((index) => `a[999][999][999][999][${index}]`),
    'one name of brackets alone': '['.repeat(8_000),
    'one name of closed brackets': '[a]'.repeat(2_700),
    'encoded brackets': fill(() => 'a%5B%5D'),
  };
}

function durationOf(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** The same ones at each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 8;
  };
}
