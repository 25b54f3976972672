/** Whatever arrives from an instance, in whatever pieces, is a message or a `ProtocolError`. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProtocolError } from '../src/protocol/encoding';
import { FrameReader } from '../src/protocol/frames';
import {
  BODY_KINDS,
  decodeFromInstance,
  encodeConsole,
  encodeExiting,
  encodeLoaded,
  encodePrepared,
  encodeReady,
  encodeResult,
  encodeRetire,
  encodeSkipped,
  encodeStarted,
  type FromInstance,
  type Reply,
} from '../src/protocol/messages';
import { seeded } from './simulation-machine';

type Random = () => number;

const ROUNDS = 400;

describe('any sequence of messages', () => {
  it('arrives as it was sent, wherever it is cut', () => {
    const random = seeded(1);
    for (let round = 0; round < ROUNDS; round++) {
      const frames = Array.from({ length: 1 + below(random, 12) }, () => anyFrame(random));
      const bytes = Buffer.concat(frames);
      const expected = read([bytes]);
      assert.equal(expected.length, frames.length);
      assert.deepEqual(read(cutAnywhere(bytes, random)), expected, `round ${round}`);
    }
  });

  it('arrives as it was sent, cut at every byte', () => {
    const random = seeded(2);
    const frames = Array.from({ length: 40 }, () => anyFrame(random)).filter(({ length }) => length < 200);
    const bytes = Buffer.concat(frames);
    const expected = read([bytes]);
    for (let at = 0; at <= bytes.length; at++) {
      assert.deepEqual(read([bytes.subarray(0, at), bytes.subarray(at)]), expected, `cut at ${at}`);
    }
    assert.deepEqual(read(Array.from(bytes, (byte) => Buffer.from([byte]))), expected, 'byte by byte');
  });

  it('is not kept from arriving by one that is not whole behind it', () => {
    const random = seeded(3);
    for (let round = 0; round < ROUNDS; round++) {
      const whole = anyFrame(random);
      const next = anyFrame(random);
      const part = next.subarray(0, below(random, next.length));
      assert.equal(read(cutAnywhere(Buffer.concat([whole, part]), random)).length, 1);
    }
  });
});

describe('a message that was tampered with', () => {
  const TAMPERINGS: readonly (readonly [string, (bytes: Buffer, random: Random) => Buffer])[] = [
    ['in a few bits', flipBits],
    ['in its length', (bytes, random) => withHead(bytes, (head) => head.writeUInt32LE(anyLength(random), 0))],
    ['in its type', (bytes, random) => withHead(bytes, (head) => head.writeUInt8(below(random, 256), 4))],
    [
      'in its call id',
      (bytes, random) => withHead(bytes, (head) => head.writeUInt32LE(anyLength(random), 5)),
    ],
    ['by cutting it off', (bytes, random) => bytes.subarray(0, below(random, bytes.length))],
    ['by cutting something out of it', cutOut],
    [
      'by repeating a part of it',
      (bytes, random) => Buffer.concat([bytes, bytes.subarray(below(random, bytes.length))]),
    ],
    ['by writing noise into it', withNoise],
    ['until it is noise', (bytes, random) => noise(bytes.length, random)],
  ];
  for (const [name, tamper] of TAMPERINGS) {
    it(`${name} is a message or a ProtocolError`, () => {
      const random = seeded(name.length);
      for (let round = 0; round < ROUNDS; round++) {
        const frames = [anyFrame(random), tamper(anyFrame(random), random), anyFrame(random)];
        verifyReadable(cutAnywhere(Buffer.concat(frames), random));
      }
    });
  }

  const BOMBS: readonly (readonly [string, string])[] = [
    ['deeply nested arrays', '['.repeat(1_000_000)],
    ['deeply nested arrays that end', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['deeply nested objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['headers that are nested', `{"headers":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['a prototype', '{"__proto__":{"headers":["a","b"]},"constructor":{"prototype":1}}'],
    ['an odd number of a million headers', `{"headers":[${'"",'.repeat(999_998)}""]}`],
    ['a number without end', `{"oversize":1e999999,"headers":[]}`],
    ['a long number', `{"oversize":${'9'.repeat(500_000)},"headers":[]}`],
    ['nothing', ''],
    ['null', 'null'],
    [
      'half of a surrogate pair',
      '{"failure":{"code":"HS_THREW","name":"\\ud800","message":"","stack":null}}',
    ],
  ];
  for (const [name, json] of BOMBS) {
    it(`holds ${name} instead of its JSON and is a message or a ProtocolError`, () => {
      const text = Buffer.from(json);
      for (const type of [18, 21, 23]) verifyReadable([frameOf(type, type === 18 ? resultWith(text) : text)]);
      assert.equal(({} as Record<string, unknown>).headers, undefined);
    });
  }
});

function verifyReadable(chunks: readonly Buffer[]): void {
  try {
    read(chunks);
  } catch (error) {
    assert.ok(error instanceof ProtocolError, error instanceof Error ? error.stack : String(error));
  }
}

function read(chunks: readonly Buffer[]): FromInstance[] {
  const messages: FromInstance[] = [];
  const reader = new FrameReader((type, id, payload) =>
    messages.push(copyOf(decodeFromInstance(type, id, payload))),
  );
  for (const chunk of chunks) reader.push(chunk);
  return messages;
}

/** A body is a view into what arrived. */
function copyOf(message: FromInstance): FromInstance {
  if (message.type !== 'result') return message;
  return { ...message, reply: { ...message.reply, body: Buffer.from(message.reply.body) } };
}

function anyFrame(random: Random): Buffer {
  const id = below(random, 5);
  const makers: readonly (() => Buffer)[] = [
    encodeReady,
    encodePrepared,
    () => encodeStarted(id),
    () => encodeSkipped(id),
    () => encodeLoaded(id, random() < 0.5 ? null : anyFailure(random)),
    () =>
      encodeResult(id, anyReply(random), { cpuUs: below(random, 2 ** 32), ownUs: below(random, 2 ** 32) }),
    () => encodeConsole(id, random() < 0.5 ? 'info' : 'error', anyText(random)),
    () => encodeExiting(id, below(random, 256) - 128),
    () => encodeRetire(id, anyText(random)),
  ];
  return makers[below(random, makers.length)]?.() ?? encodeReady();
}

function anyReply(random: Random): Reply {
  const headers = Array.from({ length: 2 * below(random, 3) }, () => anyText(random));
  return {
    status: below(random, 65_536),
    kind: BODY_KINDS[below(random, BODY_KINDS.length)] ?? 'none',
    headers,
    body: noise(random() < 0.1 ? 70_000 : below(random, 200), random),
    failure: random() < 0.3 ? anyFailure(random) : null,
    oversize: random() < 0.2 ? below(random, 1e9) : 0,
    retire: random() < 0.5,
  };
}

function anyFailure(random: Random): NonNullable<Reply['failure']> {
  const stack = random() < 0.5 ? null : anyText(random);
  return { code: 'HS_THREW', name: anyText(random), message: anyText(random), stack };
}

function anyText(random: Random): string {
  const alphabet = ['a', '"', '\\', '\n', '\0', 'é', '✓', '👋', '{', ']'];
  return Array.from({ length: below(random, 20) }, () => alphabet[below(random, alphabet.length)]).join('');
}

/** Small ones, and those around the limits. */
function anyLength(random: Random): number {
  const edges = [0, 4, 5, 6, 8, 5_242_885, 5_242_886, 2 ** 31, 2 ** 32 - 1];
  return random() < 0.5 ? below(random, 100) : (edges[below(random, edges.length)] ?? 0);
}

function cutAnywhere(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + below(random, random() < 0.5 ? 12 : bytes.length);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

function flipBits(bytes: Buffer, random: Random): Buffer {
  const flipped = Buffer.from(bytes);
  for (let count = 1 + below(random, 4); count > 0; count--) {
    const at = below(random, flipped.length);
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << below(random, 8)), at);
  }
  return flipped;
}

function withHead(bytes: Buffer, change: (head: Buffer) => void): Buffer {
  const changed = Buffer.from(bytes);
  change(changed);
  return changed;
}

function cutOut(bytes: Buffer, random: Random): Buffer {
  const from = below(random, bytes.length);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + below(random, 8))]);
}

function withNoise(bytes: Buffer, random: Random): Buffer {
  const at = below(random, bytes.length);
  return Buffer.concat([bytes.subarray(0, at), noise(1 + below(random, 20), random), bytes.subarray(at)]);
}

function noise(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => below(random, 256)));
}

function frameOf(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUInt32LE(5 + payload.length, 0);
  head.writeUInt8(type, 4);
  return Buffer.concat([head, payload]);
}

/** Status 200, text, and these extras. */
function resultWith(extras: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16LE(200, 0);
  head.writeUInt8(1, 2);
  head.writeUInt32LE(extras.length, 8);
  return Buffer.concat([head, extras]);
}

function below(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}
