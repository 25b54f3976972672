/** The other decisions of the policy, as tables: who is refused, braked, evicted, gives way, is slow, rests, is prepared. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Lane } from '../src/pool/lane';
import {
  type ArrivalView,
  hasWaitedTooLong,
  mostWaiting,
  type Refusal,
  refuse,
} from '../src/pool/policy/admit';
import { type AdvanceView, failuresAfterEnd, startsInAdvance } from '../src/pool/policy/advance';
import { mostAtOnce } from '../src/pool/policy/ahead';
import { afterAnswer, afterDeath, brakeMs, type Debt, NO_DEBT } from '../src/pool/policy/brake';
import { hasRestedEnough } from '../src/pool/policy/rest';
import { findVictim, hasRoom, type RoomView } from '../src/pool/policy/room';
import { isSlow } from '../src/pool/policy/slow';
import { mayPrepare, startsSpare } from '../src/pool/policy/spare';
import { givesWay, goesBefore, type Holding, type Need } from '../src/pool/policy/turn';
import type { PoolInstance } from '../src/pool/pool-instance';

describe('a call that arrives', () => {
  const QUIET: ArrivalView = {
    queued: 0,
    queuedCharacters: 0,
    underWay: 0,
    mostUnderWay: Number.POSITIVE_INFINITY,
    brakeMs: 0,
    answers: true,
  };
  const rows: readonly (readonly [string, Partial<ArrivalView>, Refusal | null])[] = [
    ['may wait', {}, null],
    ['may wait as the 1,000th of its Function', { queued: 999 }, null],
    ['is refused as the 1,001st', { queued: 1_000 }, 'queue-full'],
    ['is refused where large events fill the queues', { queuedCharacters: 64 * 1_048_576 }, 'queue-full'],
    ['is refused where as many are under way as may be', { underWay: 30, mostUnderWay: 30 }, 'too-many'],
    ['may wait below that', { underWay: 29, mostUnderWay: 30 }, null],
    ['may wait alone while its processes keep dying', { brakeMs: 5_000, answers: false }, null],
    ['may wait with a few others then', { brakeMs: 250, answers: false, queued: 3 }, null],
    [
      'is refused where it would wait over a second then',
      { brakeMs: 250, answers: false, queued: 4 },
      'crash-loop',
    ],
    ['may wait where one of them answers', { brakeMs: 250, answers: true, queued: 500 }, null],
  ];
  for (const [name, change, expected] of rows) {
    it(name, () => assert.equal(refuse({ ...QUIET, ...change }), expected));
  }

  it('waits for 5 s at most', () => {
    assert.equal(hasWaitedTooLong(5_000), false);
    assert.equal(hasWaitedTooLong(5_001), true);
  });

  it('is not counted for ever: the longer the brake, the fewer wait, and at least one', () => {
    const most = [0, 100, 300, 2_000].map((ms) => mostWaiting({ ...QUIET, brakeMs: ms, answers: false }));
    assert.deepEqual(most, [1_000, 10, 3, 1]);
  });
});

describe('the brake', () => {
  const startMs = 60;
  const afterDeaths = (count: number, livedMs = 1): Debt => {
    let debt = NO_DEBT;
    for (let death = 0; death < count; death++) debt = afterDeath(debt, livedMs, { now: 1_000, startMs });
    return debt;
  };

  it('lets 10 processes die in a row', () => {
    assert.equal(brakeMs(afterDeaths(9), { now: 1_000, startMs }), 0);
    assert.equal(brakeMs(afterDeaths(10), { now: 1_000, startMs }), 240);
  });
  it('then lets one start in four times what a start takes', () => {
    let debt = afterDeaths(10);
    let starts = 0;
    for (let now = 1_000; now < 25_000; now += 10) {
      if (brakeMs(debt, { now, startMs }) > 0) continue;
      starts += 1;
      debt = afterDeath(debt, 1, { now, startMs });
    }
    assert.equal(starts, 100);
  });
  it('does not count those that lived for long', () => assert.equal(afterDeaths(50, 301).owed, 0));
  it('counts those that never were ready', () => assert.equal(afterDeaths(5, 0).owed, 5));
  it('is off 3 s after any number of deaths', () => {
    assert.equal(brakeMs(afterDeaths(1_000), { now: 4_000, startMs }), 0);
  });
  it('is off after answers', () => {
    let debt = afterDeaths(12);
    for (let answer = 0; answer < 9; answer++) debt = afterAnswer(debt);
    assert.equal(brakeMs(debt, { now: 1_000, startMs }), 0);
    for (let answer = 0; answer < 100; answer++) debt = afterAnswer(debt);
    assert.equal(debt.owed, 0);
  });
});

describe('room', () => {
  const FULL: RoomView = { total: 16, max: 16, instances: 1, without: 0, victim: false };
  const rows: readonly (readonly [string, Partial<RoomView>, boolean])[] = [
    ['is there below the limit', { total: 15 }, true],
    ['is not there at the limit', {}, false],
    ['is made by an idle instance of another Function', { victim: true }, true],
    ['is kept for a Function that has none', { total: 15, without: 1 }, false],
    ['is kept for them up to an eighth of the pool', { total: 13, without: 9 }, true],
    ['… and no more', { total: 14, without: 9 }, false],
    ['is taken by one that has none', { total: 15, without: 9, instances: 0 }, true],
    ['is not kept in a small pool', { total: 2, max: 3, without: 5 }, true],
    ['is kept for one in a pool of 4', { total: 3, max: 4, without: 5 }, false],
  ];
  for (const [name, change, expected] of rows) {
    it(name, () => assert.equal(hasRoom({ ...FULL, ...change }), expected));
  }
});

describe('who goes to make room', () => {
  const NOW = 100_000;
  const resting = (since: number, frozen = true) => ({ since, isFrozen: () => frozen });
  const owner = (idle: readonly ReturnType<typeof resting>[], busy = 0, least = 0) => ({
    idle,
    instances: [...idle, ...Array(busy).fill(null)],
    least,
  });
  const none = owner([]);
  const one = owner([], 1);
  const old = resting(10);
  const older = resting(5);
  const recent = resting(NOW - 1_000);

  it('is the one that was used least recently', () => {
    assert.equal(findVictim([none, owner([old]), owner([older, recent])], none, NOW), older);
  });
  it('is none of its own Function', () => assert.equal(findVictim([owner([old])], owner([older]), NOW), old));
  it('is nobody where all are busy', () => assert.equal(findVictim([one, none], none, NOW), null));
  it('is none that still writes', () => {
    assert.equal(findVictim([owner([resting(5, false)]), owner([old])], none, NOW), old);
  });
  it('is the only one of another Function, for one that has none', () => {
    assert.equal(findVictim([owner([recent])], none, NOW), recent);
  });
  it('is not the only one of another Function that is in use, for a further instance', () => {
    assert.equal(findVictim([owner([recent])], one, NOW), null);
    assert.equal(findVictim([owner([recent], 1)], one, NOW), recent);
    assert.equal(findVictim([owner([old])], one, NOW), old);
  });
  it('is none of those that are always kept', () => {
    assert.equal(findVictim([owner([old], 0, 1)], none, NOW), null);
    assert.equal(findVictim([owner([old], 1, 1)], none, NOW), old);
  });
});

describe('whose turn it is', () => {
  const need = (instances: number, waitingSince: number): Need => ({ instances, waitingSince });
  it('is that of the Function with fewer instances, however long the other one has waited', () => {
    assert.equal(goesBefore(need(0, 900), need(3, 100)), true);
    assert.equal(goesBefore(need(3, 100), need(0, 900)), false);
  });
  it('is among equals that of the one that has waited longer', () => {
    assert.equal(goesBefore(need(1, 100), need(1, 900)), true);
    assert.equal(goesBefore(need(1, 900), need(1, 100)), false);
  });

  const HOLDING: Holding = { instances: 1, waitingSince: 500, heldMs: 1_000, least: 0 };
  const rows: readonly (readonly [string, Partial<Holding>, Need, boolean])[] = [
    ['one of many goes to a Function that has none', { instances: 5 }, need(0, 900), true],
    ['one of two as well', { instances: 2 }, need(0, 900), true],
    ['one of many goes to a Function that has two fewer', { instances: 5 }, need(3, 900), true],
    ['… not to one that has one less', { instances: 5 }, need(4, 100), false],
    ['the only one goes in turn', {}, need(0, 100), true],
    ['… not before its turn is over', { heldMs: 100 }, need(0, 100), false],
    ['… not to one that waits less long', {}, need(0, 900), false],
    ['what is always kept stays', { instances: 2, least: 2 }, need(0, 100), false],
  ];
  for (const [name, change, needy, expected] of rows) {
    it(name, () => assert.equal(givesWay({ ...HOLDING, ...change }, needy), expected));
  }
});

describe('a running call', () => {
  const rows: readonly (readonly [elapsedMs: number, usualMs: number, slow: boolean])[] = [
    [19, 0, false],
    [21, 0, true],
    [21, 1, true],
    [40, 5, false],
    [51, 5, true],
    [900, 100, false],
    [1_100, 100, true],
  ];
  for (const [elapsedMs, usualMs, slow] of rows) {
    it(`of ${elapsedMs} ms where ${usualMs} ms are usual is ${slow ? 'slow' : 'not slow'}`, () =>
      assert.equal(isSlow(elapsedMs, usualMs), slow));
  }
});

describe('an idle instance', () => {
  it('rests for 5 minutes', () => {
    assert.equal(hasRestedEnough(300_000, 1, 0), false);
    assert.equal(hasRestedEnough(300_001, 1, 0), true);
  });
  it('rests for ever where so many are always kept', () => {
    assert.equal(hasRestedEnough(900_000, 2, 2), false);
    assert.equal(hasRestedEnough(900_000, 3, 2), true);
  });
});

describe('an instance in advance', () => {
  const LACKING: AdvanceView = {
    instances: 1,
    least: 2,
    failures: 0,
    sinceFailureMs: 0,
    braked: false,
    total: 1,
    max: 10,
    startingInPool: 0,
    startLimit: 2,
  };
  const rows: readonly (readonly [string, Partial<AdvanceView>, boolean])[] = [
    ['is started while there are too few', {}, true],
    ['is not started beyond them', { instances: 2 }, false],
    ['is not started without room', { total: 10 }, false],
    ['waits while as many start as there are cores', { startingInPool: 2 }, false],
    ['waits while those of its Function keep dying', { braked: true }, false],
    ['waits 0.5 s after one that could not be loaded', { failures: 1, sinceFailureMs: 499 }, false],
    ['… and is then tried again', { failures: 1, sinceFailureMs: 500 }, true],
    ['waits twice as long each time', { failures: 4, sinceFailureMs: 3_999 }, false],
    ['… up to 30 s', { failures: 50, sinceFailureMs: 30_000 }, true],
  ];
  for (const [name, change, expected] of rows) {
    it(name, () => assert.equal(startsInAdvance({ ...LACKING, ...change }), expected));
  }

  const ends: readonly (readonly [string, loadedForMs: number | null, served: number, failures: number])[] = [
    ['has failed where it ended before it was loaded', null, 0, 3],
    ['has failed where it ended right after that', 10, 0, 3],
    ['has not failed where it answered a call', 10, 1, 0],
    ['has not failed where it stood ready for a while', 5_000, 0, 0],
  ];
  for (const [name, loadedForMs, served, failures] of ends) {
    it(name, () => assert.equal(failuresAfterEnd(2, { loadedForMs, served }), failures));
  }
});

describe('a spare', () => {
  const rows: readonly (readonly [string, failures: number, sinceFailureMs: number, boolean])[] = [
    ['is started', 0, 0, true],
    ['is started at once after one that ended', 1, 0, true],
    ['waits 0.5 s after the second one', 2, 499, false],
    ['… and is then started', 2, 500, true],
    ['waits twice as long each time', 5, 3_999, false],
    ['… up to 30 s', 60, 30_000, true],
  ];
  for (const [name, failures, sinceFailureMs, expected] of rows) {
    it(name, () => assert.equal(startsSpare({ failures, sinceFailureMs }), expected));
  }

  it('is prepared, until two in a row did not stay', () => {
    assert.deepEqual([0, 1, 2, 3].map(mayPrepare), [true, true, false, false]);
  });
});

describe('a call is sent ahead', () => {
  const at = (id: number, pending: number): PoolInstance =>
    ({ id, pending: Array(pending), served: 1, phase: 'running', since: 0, mayGiveBack: true }) as never;
  const rows: readonly (readonly [string, readonly number[], number | null])[] = [
    ['to the instance at work with the fewest calls', [3, 2, 5], 1],
    ['never to an idle one, which is used', [3, 0, 5], 0],
    ['to nobody where all are idle', [0, 0], null],
    ['to nobody where all have enough', [8, 8], null],
  ];
  for (const [name, pending, expected] of rows) {
    it(name, () => {
      const lane = new Lane(0, 0);
      lane.instances.push(...pending.map((count, id) => at(id, count)));
      const best = lane.leastBusy(0);
      assert.equal(best === null ? null : lane.instances.indexOf(best), expected);
    });
  }
});

describe('an instance may have at once', () => {
  const rows: readonly (readonly [callMs: number | null, calls: number])[] = [
    [null, 8],
    [4, 8],
    [0.2, 20],
    [0.02, 64],
    [0, 64],
  ];
  for (const [callMs, calls] of rows) {
    it(`${calls} calls of ${callMs} ms`, () => assert.equal(mostAtOnce(callMs), calls));
  }
});
