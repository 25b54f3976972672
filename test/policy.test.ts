/** The pool's policy as a table: what is seen, what is done. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Choice, choose, type PoolView } from '../src/pool/policy/choose';

/** One warm instance that is busy with short calls, on a machine with two cores and plenty of room. */
const BUSY: PoolView = {
  idle: 0,
  instances: 1,
  moving: 1,
  coming: 0,
  queued: 1,
  waitedMs: 0,
  ahead: true,
  callMs: 0.1,
  ownMs: 0.1,
  useful: 2,
  load: 0.1,
  braked: false,
  spare: true,
  startMs: 60,
  startingInPool: 0,
  startLimit: 2,
  busyInPool: 1,
  cores: 2,
  room: true,
};
const NONE: Partial<PoolView> = { instances: 0, ahead: false, callMs: null, useful: null };
const WAITING: Partial<PoolView> = {
  instances: 10,
  busyInPool: 10,
  queued: 200,
  ahead: false,
  callMs: 50,
  useful: 300,
};

const ROWS: readonly (readonly [string, Partial<PoolView>, Choice])[] = [
  ['a free instance is used', { idle: 1, instances: 1 }, 'use'],
  ['the first call of a Function takes the spare', NONE, 'adopt'],
  ['without a spare the first call starts a process', { ...NONE, spare: false }, 'start'],
  [
    'while as many start as there are cores, the first call waits',
    { ...NONE, spare: false, startingInPool: 2 },
    'wait',
  ],
  ['without room the first call waits', { ...NONE, room: false }, 'wait'],
  ['while its processes keep dying, the first call waits', { ...NONE, braked: true }, 'wait'],
  [
    'behind a first call that is starting, one more waits for it',
    { ...NONE, instances: 1, queued: 1 },
    'wait',
  ],
  [
    'while an instance loads in advance, the one call that waits is its',
    { ...NONE, instances: 1, coming: 1, waitedMs: 300 },
    'wait',
  ],
  ['… for a second', { ...NONE, instances: 1, coming: 1, waitedMs: 1_100 }, 'adopt'],
  [
    '… and one more call may take another',
    { ...NONE, instances: 1, coming: 1, queued: 2, waitedMs: 300 },
    'adopt',
  ],
  ['behind a slow first call a second instance helps', { ...NONE, instances: 1, waitedMs: 100 }, 'adopt'],
  ['… and a twelfth, the longer it lasts', { ...NONE, instances: 11, waitedMs: 700 }, 'adopt'],
  ['… but not all at once', { ...NONE, instances: 11, waitedMs: 100 }, 'wait'],
  ['a short call is sent ahead to a busy instance', {}, 'send-ahead'],
  ['when the busy instance has enough, it waits', { ahead: false }, 'wait'],
  ['a long call is not sent ahead', { callMs: 30 }, 'wait'],
  ['… unless it is long only because others have the cores', { callMs: 30, ownMs: 0.1 }, 'send-ahead'],
  [
    'calls that wait for a core get no further instance, however long they take',
    { ...WAITING, ownMs: 0.5, useful: 2 },
    'wait',
  ],
  [
    'short calls that wait too long get a second instance',
    { ahead: false, queued: 50, waitedMs: 150 },
    'adopt',
  ],
  [
    '… but not more than there are cores',
    { instances: 2, busyInPool: 2, ahead: false, queued: 50, waitedMs: 150 },
    'wait',
  ],
  ['… whoever keeps them busy', { busyInPool: 2, ahead: false, queued: 50, waitedMs: 150 }, 'wait'],
  ['… and are sent ahead rather than wake a further idle one', { instances: 4, idle: 2 }, 'send-ahead'],
  ['… which is used when the hot ones have enough', { instances: 4, idle: 2, ahead: false }, 'use'],
  ['long calls never go behind another one while one is idle', { instances: 4, idle: 2, callMs: 30 }, 'use'],
  ['calls that wait for something else get many instances', WAITING, 'adopt'],
  ['… one at a time', { ...WAITING, spare: false, startingInPool: 2 }, 'wait'],
  ['… as long as the queue is long', { ...WAITING, queued: 3 }, 'wait'],
  ['… and the cores are not taken', { ...WAITING, load: 0.9 }, 'wait'],
  ['calls of seconds do not wait for one another', { ...WAITING, callMs: 6_000, queued: 1 }, 'adopt'],
  ['calls that need the cores all the time do not', { ...WAITING, useful: 2 }, 'wait'],
  ['… until they wait so long that it is worth a try', { ...WAITING, useful: 6, waitedMs: 1_100 }, 'adopt'],
  [
    '… which it is not while they take all cores',
    { ...WAITING, useful: 6, load: 0.9, waitedMs: 1_100 },
    'wait',
  ],
  ['… up to twice as many as are useful', { ...WAITING, useful: 5, waitedMs: 1_100 }, 'wait'],
  [
    'behind calls that take far longer than usual a further instance helps',
    { ahead: false, moving: 0, busyInPool: 2, waitedMs: 70 },
    'adopt',
  ],
  [
    '… and another one, the longer it lasts',
    { instances: 3, ahead: false, moving: 0, busyInPool: 3, waitedMs: 70 },
    'wait',
  ],
  ['nobody starts anything for calls that do not wait long', { queued: 1, callMs: 30, ahead: false }, 'wait'],
];

describe('the policy', () => {
  for (const [name, change, expected] of ROWS) {
    // Where a row says nothing else, nothing is in the way of calls.
    const { callMs = BUSY.callMs, ownMs = callMs } = change;
    it(name, () => assert.equal(choose({ ...BUSY, ...change, ownMs }), expected));
  }
});
