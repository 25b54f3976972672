/** The protocol between real processes: Functions that write what they like to the channel, and messages in pieces. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ClaimFile } from '../src/pool/claim-file';
import { killGroup, launch } from '../src/pool/launch';
import { createTag } from '../src/pool/process-tag';
import { FrameReader } from '../src/protocol/frames';
import {
  decodeFromInstance,
  encodeBoot,
  encodeCall,
  encodeLoad,
  type FromInstance,
} from '../src/protocol/messages';
import { seeded } from './simulation-machine';
import { expectGood, GOOD } from './support/bad-row';
import { type TestProject, writeProject } from './support/project';
import { request } from './support/raw-http';
import { eventually, serve } from './support/serve';

/** Each call writes something else to descriptor 3, made from the seed, and then answers or not. */
const FUZZING = `
const { writeSync } = require('node:fs');
const seeded = (state) => () => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};
exports.handler = async (context, event, callback) => {
  const random = seeded(Number(event.seed));
  const below = (bound) => Math.floor(random() * bound);
  const noise = (length) => Buffer.from(Array.from({ length }, () => below(256)));
  const frame = (type, id, payload, length = 5 + payload.length) => {
    const head = Buffer.alloc(9);
    head.writeUInt32LE(length >>> 0, 0);
    head.writeUInt8(type, 4);
    head.writeUInt32LE(id, 5);
    return Buffer.concat([head, payload]);
  };
  const result = (extras) => {
    const head = Buffer.alloc(12);
    head.writeUInt16LE(random() < 0.5 ? 200 : below(65536), 0);
    head.writeUInt8(below(7), 2);
    head.writeUInt8(below(2), 3);
    head.writeUInt32LE(random() < 0.8 ? extras.length : below(2 ** 32), 8);
    return Buffer.concat([head, extras, noise(below(40))]);
  };
  const bombs = [
    '['.repeat(100000), '{"headers":' + '['.repeat(50000) + ']'.repeat(50000) + '}', '{"headers":["a\\\\r\\\\nb","c"]}',
    '{"headers":["content-length","1","transfer-encoding","chunked"]}', '{"oversize":1e999}', 'null', '',
    '{"failure":{"code":"HS_THREW","name":"x","message":"' + 'y'.repeat(100000) + '","stack":null}}',
  ];
  const bomb = () => Buffer.from(bombs[below(bombs.length)]);
  const makers = {
    noise: () => noise(1 + below(300)),
    frames: () => frame(16 + below(8), below(8), noise(below(30))),
    lengths: () => frame(16 + below(8), 1, noise(below(30)), [0, 4, 5, 100, 5242885, 5242886, 2 ** 31, 2 ** 32 - 1][below(8)]),
    results: () => frame(18, 1 + below(4), result(Buffer.alloc(0))),
    bombs: () => frame([18, 21, 23][below(3)], 1 + below(3), random() < 0.5 ? bomb() : result(bomb())),
    events: () => frame([16, 17, 19, 20, 21, 22, 23][below(7)], below(4), random() < 0.5 ? Buffer.alloc(4) : bomb()),
  };
  for (let count = 1 + below(5); count > 0; count--) {
    let bytes = makers[event.kind]();
    if (random() < 0.3) bytes = bytes.subarray(0, below(bytes.length));
    if (random() < 0.3) for (let at = 0; at < Math.min(bytes.length, 200); at++) writeSync(3, bytes, at, 1);
    else for (let at = 0; at < bytes.length; ) at += writeSync(3, bytes, at);
    if (random() < 0.2) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (random() < 0.7) callback(null, 'answered');
};
`;
const KINDS = ['noise', 'frames', 'lengths', 'results', 'bombs', 'events'];
/** Fewer than a crash loop is, so that each one is run. */
const CALLS_OF_EACH = 9;

describe('a Function that writes to its channel', () => {
  it('costs its own instance only: others, later calls and the gateway are right', async (t) => {
    const files: Record<string, string> = { 'functions/good.js': GOOD, 'functions/noting.js': NOTING };
    for (const kind of KINDS) files[`functions/${kind}.js`] = FUZZING;
    const served = await serve(files, { timeoutMs: 1_000 });
    t.after(() => served.close());
    await expectGood(served.port);
    let sent = 0;
    const fuzz = async (kind: string, first: number): Promise<void> => {
      for (let seed = first; seed < first + CALLS_OF_EACH; seed++) {
        const path = `/${kind}?kind=${kind}&seed=${seed}`;
        const answer = await request(served.port, { method: 'GET', path }, 20_000);
        assert.ok(answer.status >= 200 && answer.status <= 599, `${path}: ${answer.status}`);
        await expectGood(served.port);
        sent += 1;
        const noted = await request(served.port, { method: 'GET', path: `/noting?token=t${sent}` });
        assert.equal(noted.status, 200);
      }
    };
    await Promise.all(KINDS.map((kind, index) => fuzz(kind, index * 1_000)));
    const runs = readFileSync(served.project.file('runs.txt'), 'utf8').split('\n').slice(0, -1);
    assert.equal(runs.length, KINDS.length * CALLS_OF_EACH);
    for (const kind of KINDS) {
      const records = served.records.filter(({ target }) => target.startsWith(`/${kind}?`));
      assert.equal(records.length, CALLS_OF_EACH, `one answer for each call of ${kind}`);
    }
  });
});

const NOTING = `
const { appendFileSync } = require('node:fs');
const { join } = require('node:path');
exports.handler = (context, event, callback) => {
  appendFileSync(join(__dirname, '..', 'runs.txt'), event.token + '\\n');
  callback(null, event.token);
};
`;

describe('an instance', () => {
  const CALLS = 40;

  it('runs each call once and in order, whatever pieces the messages come in', async (t) => {
    for (const seed of [1, 2, 3, 4]) {
      const random = seeded(seed);
      const driven = await drive(t);
      const tokens = Array.from({ length: CALLS }, (_, index) => `s${seed}-${index}`);
      const bytes = Buffer.concat([driven.boot, encodeLoad(0), ...tokens.map(callOf)]);
      for (let at = 0; at < bytes.length; ) {
        const size = 1 + Math.floor(random() * (random() < 0.3 ? 4_000 : 40));
        driven.channel.write(bytes.subarray(at, at + size));
        at += size;
        if (random() < 0.2) await new Promise((resolve) => setImmediate(resolve));
      }
      await eventually(() => answersOf(driven).length === CALLS || undefined, 20_000);
      assert.deepEqual(answersOf(driven), tokens);
      assert.deepEqual(runsOf(driven.project), tokens);
      driven.channel.end();
      assert.deepEqual(await driven.ended, [0, null]);
    }
  });

  interface Damage {
    readonly name: string;
    /** Of the frame of the third call; what comes back is sent in its place, and nothing after it. */
    damage(frame: Buffer): Buffer;
  }
  const rows: readonly Damage[] = [
    { name: 'is cut off', damage: (frame) => frame.subarray(0, frame.length - 3) },
    { name: 'is cut off in its head', damage: (frame) => frame.subarray(0, 6) },
    { name: 'has an unknown type', damage: (frame) => changed(frame, (copy) => copy.writeUInt8(99, 4)) },
    {
      name: 'is a message of the other direction',
      damage: (frame) => changed(frame, (copy) => copy.writeUInt8(18, 4)),
    },
    { name: 'claims to be shorter', damage: (frame) => changed(frame, (copy) => copy.writeUInt32LE(30, 0)) },
    {
      name: 'claims to be shorter than a head',
      damage: (frame) => changed(frame, (copy) => copy.writeUInt32LE(0, 0)),
    },
    {
      name: 'claims to be far longer',
      damage: (frame) => changed(frame, (copy) => copy.writeUInt32LE(5_000_000, 0)),
    },
    {
      name: 'claims to be of 4 GB',
      damage: (frame) => changed(frame, (copy) => copy.writeUInt32LE(2 ** 32 - 1, 0)),
    },
    {
      name: 'names a Function that is not there',
      damage: (frame) => changed(frame, (copy) => copy.writeUInt16LE(7, 9)),
    },
    {
      name: 'has an event that is no JSON',
      damage: (frame) => changed(frame, (copy) => copy.write('}{', frame.length - 2)),
    },
    {
      name: 'has a domain longer than it',
      damage: (frame) => changed(frame, (copy) => copy.writeUInt16LE(65_535, 11)),
    },
  ];
  for (const { name, damage } of rows) {
    it(`runs no call whose message ${name}, and ends`, async (t) => {
      const driven = await drive(t);
      driven.channel.write(Buffer.concat([driven.boot, ...['1', '2'].map(callOf)]));
      await eventually(() => answersOf(driven).length === 2 || undefined, 20_000);
      driven.channel.write(damage(callOf('3', 2)));
      driven.channel.end();
      await driven.ended;
      assert.deepEqual(runsOf(driven.project), ['1', '2']);
      assert.ok(!answersOf(driven).includes('3'));
    });
  }
});

interface Driven {
  readonly project: TestProject;
  readonly boot: Buffer;
  readonly channel: ReturnType<typeof launch>['channel'];
  readonly messages: readonly FromInstance[];
  /** Exit code and signal. */
  readonly ended: Promise<unknown[]>;
}

/** A process as the pool starts it, with this test in the place of the gateway. */
async function drive(t: TestContext): Promise<Driven> {
  const project = await writeProject({ 'functions/noting.js': NOTING });
  const folder = await mkdtemp(join(tmpdir(), 'hookswitch-fuzz-'));
  const claims = new ClaimFile(folder, 'claims');
  const { child, channel, stdout, stderr } = launch({
    memoryMb: 64,
    maxOpenFiles: 1_024,
    tag: createTag(),
    claimFd: claims.fd,
    compileCache: join(folder, 'compiled'),
  });
  stdout.resume();
  stderr.resume();
  t.after(async () => {
    killGroup(child);
    claims.close();
    await Promise.all([project.remove(), rm(folder, { recursive: true, force: true })]);
  });
  const messages: FromInstance[] = [];
  const frames = new FrameReader((type, id, payload) =>
    messages.push(decodeFromInstance(type, id, Buffer.from(payload))),
  );
  channel.on('data', (chunk: Buffer) => frames.push(chunk));
  channel.on('error', () => {});
  const boot = encodeBoot({
    root: project.path,
    production: false,
    functions: [{ path: '/noting', file: project.file('functions/noting.js') }],
    assets: [],
    variables: {},
    accountSid: null,
    authToken: null,
    temporaryFolder: folder,
    reading: 'frozen',
    inspector: null,
    tellsInputs: false,
  });
  return { project, boot, channel, messages, ended: once(child, 'exit') };
}

function callOf(token: string, index: number): Buffer {
  const event = JSON.stringify({ request: { headers: {} }, token });
  return encodeCall({ id: index + 1, functionIndex: 0, domainName: 'localhost', event, body: '' });
}

function answersOf({ messages }: Driven): string[] {
  return messages.flatMap((message) => (message.type === 'result' ? [message.reply.body.toString()] : []));
}

function runsOf(project: TestProject): string[] {
  const path = project.file('runs.txt');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}

function changed(frame: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(frame);
  change(copy);
  return copy;
}
