/** Records as bytes in one block of memory: what is read is what was written, and the oldest go when there is no room. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ERRORS, type ErrorCode } from '../src/errors';
import type { ConsoleLine, KeptBody, RequestRecord, Traffic } from '../src/model/invocation';
import { LOG_BYTES } from '../src/model/limits';
import { writeRecord } from '../src/records/encoding';
import { Expected } from '../src/records/expected';
import { Records } from '../src/records/records';
import { Ring } from '../src/records/ring';

/** The same numbers each time (mulberry32). */
class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(most: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * most);
  }

  of<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }

  list<T>(most: number, make: () => T): readonly T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  /** Without a line break, as everything that stands in a head. */
  latin1(most: number): string {
    return String.fromCharCode(...this.list(most, () => 32 + this.below(224)));
  }

  /** Anything, also halves of characters, line breaks and zeros. */
  text(most: number): string {
    const range = this.of([128, 256, 0x10000]);
    return String.fromCharCode(...this.list(most, () => this.below(range)));
  }

  bytes(most: number): Buffer {
    return Buffer.from(this.list(most, () => this.below(256)));
  }
}

const CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

function randomRecord(chance: Chance, number: number): RequestRecord {
  const largest = chance.of([0, 10, 100, chance.of([100, 100, 100, 3_000])]);
  return {
    id: idOf(number),
    startedAt: Date.UTC(2026, 0, 1) + chance.below(1e9) / 7,
    durationMs: chance.below(1e6) / 13,
    method: chance.of(['GET', 'POST', '', 'M-SEARCH']),
    target: chance.latin1(largest),
    status: 200 + chance.below(400),
    contentType: chance.of([null, '', 'text/xml', chance.latin1(20)]),
    resource: chance.of([null, 'functions/a.js', 'functions/grüße.js', 'functions/挨拶.js']),
    error: chance.of([null, chance.of(CODES)]),
    detail: chance.of([null, '', chance.text(largest)]),
    console: chance.list(chance.of([0, 0, 5]), (): ConsoleLine => {
      return { level: chance.of(['debug', 'info', 'warn', 'error']), text: chance.text(largest) };
    }),
    consoleDropped: chance.of([0, chance.below(1e9)]),
    traffic: chance.of([null, randomTraffic(chance, largest), randomTraffic(chance, largest)]),
  };
}

function randomTraffic(chance: Chance, largest: number): Traffic {
  const at = () => chance.of([0, chance.below(1e9)]);
  const lines = () => chance.list(20, () => chance.latin1(Math.min(largest, 100)));
  const body = (): KeptBody | null => {
    const content = chance.of([Buffer.alloc(0), chance.bytes(largest)]);
    return chance.of([null, { content, bytes: content.length }, { content, bytes: content.length + at() }]);
  };
  return {
    remoteAddress: chance.of([null, '127.0.0.1', 'fe80::1%eth0']),
    remotePort: chance.below(65_536),
    kind: chance.of([null, 'function', 'asset']),
    visibility: chance.of([null, 'public', 'protected', 'private']),
    build: chance.of([null, '', 'b1f3']),
    requestHeaders: lines(),
    requestBody: body(),
    responseHeaders: lines(),
    running: chance.of([null, 0, 17]),
    responseBody: body(),
    timing: chance.of([
      null,
      { queuedAt: at(), takenAt: at(), startedAt: at(), answeredAt: at(), sentAt: at() },
    ]),
  };
}

function idOf(number: number): string {
  return `RQ${number.toString(16).padStart(32, '0')}`;
}

/** Takes exactly so many bytes. */
function sized(number: number, bytes: number): RequestRecord {
  const plain = {
    ...randomRecord(new Chance(1), number),
    target: '',
    detail: null,
    console: [],
    traffic: null,
  };
  const scratch = Buffer.alloc(1_000);
  const least = writeRecord(plain, null, scratch, new DataView(scratch.buffer, scratch.byteOffset), 0);
  assert.ok(bytes >= least, `a record has at least ${least} bytes`);
  return { ...plain, target: 'x'.repeat(bytes - least) };
}

function ringOf(count: number, bytes: number): { ring: Ring; add: (number: number, size: number) => void } {
  const ring = new Ring({ count, bytes });
  return { ring, add: (number, size) => ring.add(sized(number, size), null) };
}

function numbersIn(ring: Ring): readonly number[] {
  return Array.from({ length: ring.kept }, (_, at) => ring.oldest + at);
}

describe('a ring of records', () => {
  it('gives back 20,000 random ones as they were added, the newest ones in order', () => {
    const chance = new Chance(20_261_125);
    const ring = new Ring({ count: 500, bytes: 400_000 });
    const added = new Map<number, { readonly record: RequestRecord; readonly replayOf: string | null }>();
    for (let number = 1; number <= 20_000; number++) {
      const record = randomRecord(chance, number);
      const replayOf = chance.of([null, null, idOf(number - 1)]);
      ring.add(record, replayOf);
      added.set(number, { record, replayOf });
      added.delete(number - 500);
      assert.equal(ring.newest, number);
      assert.ok(ring.kept >= 1 && ring.kept <= 500 && ring.bytes <= 400_000);
      // The one that was just written, the one that it came closest to, and one in between.
      for (const looked of [number, ring.oldest, ring.oldest + chance.below(ring.kept)]) {
        assert.deepEqual(ring.recordAt(looked), added.get(looked)?.record);
        assert.equal(ring.replayOfAt(looked), added.get(looked)?.replayOf);
      }
      assert.equal(ring.recordAt(ring.oldest - 1), null);
    }
    for (const number of numbersIn(ring)) assert.equal(ring.find(idOf(number)), number);
  });

  it('keeps bytes that were text with one character for each', () => {
    const ring = new Ring({ count: 2, bytes: 10_000 });
    const traffic = { ...randomTraffic(new Chance(1), 10), responseBody: { content: 'caf\xe9\0', bytes: 5 } };
    ring.add({ ...sized(1, 500), traffic }, null);
    const kept = ring.recordAt(1)?.traffic?.responseBody;
    assert.deepEqual(kept, { content: Buffer.from([0x63, 0x61, 0x66, 0xe9, 0]), bytes: 5 });
  });

  it('gives back copies, which stay as they were when their bytes are written over', () => {
    const ring = new Ring({ count: 1, bytes: 10_000 });
    const traffic = {
      ...randomTraffic(new Chance(1), 10),
      requestBody: { content: Buffer.from('first'), bytes: 5 },
    };
    ring.add({ ...sized(1, 500), traffic }, null);
    const kept = ring.recordAt(1)?.traffic?.requestBody?.content;
    for (let number = 2; number < 50; number++) ring.add(sized(number, 900), null);
    assert.deepEqual(kept, Buffer.from('first'));
  });

  it('is filled to its last byte before the oldest one goes', () => {
    const { ring, add } = ringOf(100, 4_000);
    for (const number of [1, 2, 3, 4]) add(number, 1_000);
    assert.deepEqual([numbersIn(ring), ring.bytes], [[1, 2, 3, 4], 4_000]);
    add(5, 1_000);
    assert.deepEqual([numbersIn(ring), ring.bytes], [[2, 3, 4, 5], 4_000]);
    add(6, 1_001);
    assert.deepEqual([numbersIn(ring), ring.bytes], [[4, 5, 6], 3_001]);
  });

  it('drops no more than must go for the newest one', () => {
    const { ring, add } = ringOf(100, 4_000);
    add(1, 1_500);
    add(2, 1_500);
    add(3, 1_200);
    assert.deepEqual(numbersIn(ring), [2, 3]);
    add(4, 300);
    assert.deepEqual(numbersIn(ring), [2, 3, 4]);
    add(5, 2_600);
    assert.deepEqual(numbersIn(ring), [4, 5]);
  });

  it('keeps as many as were asked for and not one more', () => {
    for (const count of [1, 2, 7]) {
      const { ring, add } = ringOf(count, 100_000);
      for (let number = 1; number <= 100; number++) {
        add(number, 300 + number);
        assert.deepEqual(
          numbersIn(ring),
          Array.from({ length: Math.min(count, number) }, (_, at) => Math.max(0, number - count) + at + 1),
        );
      }
    }
  });

  it('always has the newest one, also where that is larger than all of it', () => {
    const { ring, add } = ringOf(100, 1_000);
    add(1, 400);
    add(2, 1_001);
    assert.deepEqual([numbersIn(ring), ring.bytes], [[2], 1_001]);
    assert.deepEqual(ring.recordAt(2), sized(2, 1_001));
    add(3, 400);
    add(4, 600);
    assert.deepEqual([numbersIn(ring), ring.bytes], [[3, 4], 1_000]);
    add(5, 5_000);
    add(6, 5_000);
    assert.deepEqual([numbersIn(ring), ring.recordAt(6)], [[6], sized(6, 5_000)]);
    const none = ringOf(1, 0);
    none.add(1, 300);
    assert.deepEqual(none.ring.recordAt(1), sized(1, 300));
  });

  it('finds none by its id once it is gone', () => {
    const { ring, add } = ringOf(3, 100_000);
    for (let number = 1; number <= 5; number++) add(number, 300);
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6].map((number) => ring.find(idOf(number))),
      [0, 0, 3, 4, 5, 0],
    );
    for (const id of ['', 'RQ', idOf(5).slice(1), `${idOf(5)} `, idOf(5).replace('RQ', 'XX')]) {
      assert.equal(ring.find(id), 0);
    }
    ring.clear();
    assert.deepEqual([ring.find(idOf(5)), ring.kept, ring.bytes, ring.recordAt(5)], [0, 0, 0, null]);
    add(6, 300);
    assert.deepEqual([numbersIn(ring), ring.find(idOf(6))], [[6], 6]);
  });

  it('takes what is offered only where none has to go for it', () => {
    const chance = new Chance(7);
    const { ring } = ringOf(10, 4_000);
    let refused = 0;
    for (let number = 1; number <= 5_000; number++) {
      const record = sized(number, 300 + chance.below(1_000));
      const before = numbersIn(ring);
      if (ring.offer(record, null)) {
        assert.deepEqual(numbersIn(ring), [...before, ring.newest]);
      } else {
        refused += 1;
        assert.deepEqual(numbersIn(ring), before);
        ring.add(record, null);
        assert.ok(ring.kept <= before.length, `number ${number}`);
      }
      assert.deepEqual(ring.recordAt(ring.newest), record);
      if (chance.below(3) === 0) ring.dropOldest();
    }
    assert.ok(refused > 100);
  });

  it('takes hardly more memory than is allowed, whatever sizes follow each other', () => {
    const bytes = 2_000_000;
    const { ring, add } = ringOf(10_000, bytes);
    let number = 0;
    for (const size of [4_000, 20_000, 7_000, 300, 100_000, 1_000]) {
      for (let written = 0; written < 2 * bytes; written += size) {
        number += 1;
        add(number, size);
        assert.ok(ring.held < 1.25 * bytes, `${ring.held} bytes, after number ${number} of ${size}`);
      }
    }
    ring.clear();
    assert.ok(ring.held < 100_000);
  });

  it('is the same however many are written before anybody looks', () => {
    const chance = new Chance(11);
    const ring = new Ring({ count: 400, bytes: 1_000_000 });
    const added: RequestRecord[] = [];
    for (let number = 1; number <= 5_000; number++) {
      const record = randomRecord(chance, number);
      // Some larger than what is written at a time, and a few larger than all.
      const bytes = chance.of([0, 0, 0, 0, 0, 0, 0, 70_000, chance.of([0, 0, 300_000, 1_100_000])]);
      const content = Buffer.alloc(bytes, number);
      const traffic =
        bytes === 0 ? record.traffic : { ...randomTraffic(chance, 10), requestBody: { content, bytes } };
      added.push({ ...record, traffic });
      ring.add(added.at(-1) ?? record, null);
      if (chance.below(500) > 0) continue;
      for (const kept of numbersIn(ring)) assert.deepEqual(ring.recordAt(kept), added[kept - 1]);
    }
  });
});

describe('lines that come after an answer', () => {
  const add = (records: Records, number: number, bytes = 300) => records.add(sized(number, bytes));
  const late = (records: Records, number: number, text = 'late') =>
    records.addLate({ requestId: idOf(number), resource: 'functions/a.js', level: 'info', text });

  it('go with their record', () => {
    const records = new Records({ count: 3, bytes: 100_000 }, new Expected());
    for (const number of [1, 2, 3]) add(records, number);
    for (const number of [1, 3, 1]) late(records, number);
    assert.equal(records.find(idOf(1))?.late?.length, 2);
    const { bytes } = records;
    add(records, 4);
    assert.equal(records.find(idOf(1)), null);
    assert.ok(records.bytes < bytes);
    add(records, 5);
    add(records, 6);
    assert.deepEqual([records.bytes, records.find(idOf(3))], [900, null]);
  });

  it('are not kept where their record is gone already, and are told nevertheless', () => {
    const records = new Records({ count: 1, bytes: 100_000 }, new Expected());
    const told: string[] = [];
    records.listen({ added: () => {}, late: ({ text }) => told.push(text), cleared: () => {} });
    add(records, 1);
    late(records, 1, 'kept');
    add(records, 2);
    for (const number of [1, 2, 1, 9]) late(records, number, `of ${number}`);
    assert.deepEqual(records.find(idOf(2))?.late, [{ level: 'info', text: 'of 2' }]);
    assert.deepEqual(told, ['kept', 'of 1', 'of 2', 'of 1', 'of 9']);
    records.clear();
    late(records, 2);
    assert.equal(records.bytes, 0);
  });

  it('take the place of the oldest records, and are no more than a call may write', () => {
    const records = new Records({ count: 100, bytes: 20_000 }, new Expected());
    for (let number = 1; number <= 50; number++) add(records, number);
    late(records, 50, 'x'.repeat(5_000));
    assert.ok(records.kept < 50 && records.bytes <= 20_000);
    assert.ok(records.kept > 25);
    for (let line = 0; line < 100; line++) late(records, 50, 'x'.repeat(5_000));
    assert.deepEqual([records.kept, records.seen], [1, 50]);
    assert.ok(records.bytes <= 2 * LOG_BYTES + 300);
  });
});
