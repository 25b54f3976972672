/** What is said of an instance that rests, and whether it is looked at. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Instance } from '../src/pool/instance';
import { inspectIdle } from '../src/pool/watchdog';

interface Resting {
  readonly restedMs: number;
  readonly isFrozen: boolean;
  readonly excess?: string;
  readonly leftover?: string;
  readonly isInspected?: boolean;
}

const BUSY = 'it was still busy with what an answered call left behind, and was ended';

const rows: readonly [what: string, resting: Resting, why: string | null, looks: number][] = [
  ['frozen', { restedMs: 500, isFrozen: true }, null, 1],
  ['busy for a moment', { restedMs: 500, isFrozen: false }, null, 1],
  ['busy for long', { restedMs: 1_500, isFrozen: false }, BUSY, 1],
  ['busy beyond a limit', { restedMs: 1_500, isFrozen: false, excess: 'much' }, 'much; it was ended', 1],
  ['busy for very long', { restedMs: 60_000, isFrozen: false, excess: 'much' }, 'much; it was ended', 1],
  ['frozen beyond a limit', { restedMs: 500, isFrozen: true, excess: 'much' }, 'much; it was ended', 1],
  ['with a leftover', { restedMs: 1_500, isFrozen: true, leftover: 'a child' }, 'a child; it was ended', 1],
  ['frozen for long', { restedMs: 6_000, isFrozen: true, excess: 'much', leftover: 'a child' }, null, 0],
  ['at a breakpoint', { restedMs: 1_500, isFrozen: false, isInspected: true }, null, 1],
  ['at a breakpoint for long', { restedMs: 60_000, isFrozen: false, isInspected: true }, null, 0],
];
for (const [what, resting, why, looks] of rows) {
  it(`an instance that is ${what} ${why === null ? 'goes on' : 'is ended, and why is told'}`, () => {
    let looked = 0;
    const instance = {
      since: 1_000,
      inspector: resting.isInspected ? {} : null,
      isFrozen: () => resting.isFrozen,
      findExcess: () => {
        looked += 1;
        return resting.excess === undefined ? null : { code: 'HS_OUT_OF_MEMORY', detail: resting.excess };
      },
      findLeftover: () => resting.leftover ?? null,
    };
    assert.equal(inspectIdle(instance as unknown as Instance, 1_000 + resting.restedMs), why);
    assert.equal(looked, looks);
  });
}
