/** Messages between gateway and instance: what is sent arrives, however it is cut; what is no message is refused. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { ProtocolError } from '../src/protocol/encoding';
import { FrameReader } from '../src/protocol/frames';
import {
  type Boot,
  type Call,
  decodeFromInstance,
  decodeToInstance,
  encodeBoot,
  encodeCall,
  encodeConsole,
  encodeExiting,
  encodeInspecting,
  encodePrepared,
  encodeReady,
  encodeResult,
  encodeRetire,
  encodeSkipped,
  encodeStarted,
  type FromInstance,
  MAX_PAYLOAD_BYTES,
  type Reply,
} from '../src/protocol/messages';

const BOOT: Boot = {
  root: '/project',
  production: false,
  functions: [{ path: '/sms', file: '/project/functions/sms.js' }],
  assets: [],
  variables: { GREETING: 'é✓ "quoted"' },
  accountSid: null,
  authToken: null,
  temporaryFolder: '/tmp/x',
  reading: 'frozen',
  inspector: null,
  tellsInputs: false,
};
const CALLS: readonly Call[] = [
  { id: 1, functionIndex: 0, domainName: 'localhost:3000', event: '{"request":{}}', body: '' },
  {
    id: 4_294_967_295,
    functionIndex: 65_535,
    domainName: 'ä.example',
    event: '{"a":"é✓👋"}',
    body: '[1,{"b":2}]',
  },
  { id: 2, functionIndex: 3, domainName: '', event: '{}', body: `{"long":"${'x'.repeat(200_000)}"}` },
];
const REPLY: Reply = {
  status: 200,
  kind: 'xml',
  headers: [],
  body: Buffer.from('<Response/>'),
  failure: null,
  oversize: 0,
  retire: false,
};
const MESSAGES: readonly (readonly [string, Buffer, FromInstance])[] = [
  ['ready', encodeReady(), { type: 'ready' }],
  ['prepared', encodePrepared(), { type: 'prepared' }],
  [
    'inspecting',
    encodeInspecting('ws://[::1]:9229/5c2b-0'),
    { type: 'inspecting', url: 'ws://[::1]:9229/5c2b-0' },
  ],
  ['inspecting nothing', encodeInspecting(null), { type: 'inspecting', url: null }],
  ['started', encodeStarted(7), { type: 'started', id: 7 }],
  ['skipped', encodeSkipped(8), { type: 'skipped', id: 8 }],
  [
    'a result',
    encodeResult(9, REPLY, { cpuUs: 12, ownUs: 34 }),
    { type: 'result', id: 9, reply: REPLY, cost: { cpuUs: 12, ownUs: 34 } },
  ],
  ...resultVariants(),
  [
    'a console line',
    encodeConsole(3, 'warn', 'é\n\u001b[31m'),
    { type: 'console', id: 3, level: 'warn', text: 'é\n\u001b[31m' },
  ],
  ['exiting', encodeExiting(4, -1), { type: 'exiting', id: 4, exitCode: -1 }],
  ['retire', encodeRetire(5, 'a worker'), { type: 'retire', id: 5, reason: 'a worker' }],
];

function resultVariants(): (readonly [string, Buffer, FromInstance])[] {
  const variants: readonly (readonly [string, Partial<Reply>])[] = [
    ['a result with headers', { headers: ['X-A', '1', 'x-a', 'é'] }],
    [
      'a result that failed',
      { status: 500, failure: { code: 'HS_THREW', name: 'E', message: 'm', stack: null } },
    ],
    ['a result that was too large', { body: Buffer.alloc(0), oversize: 5_000_000 }],
    ['a result of an instance that ends', { retire: true }],
    ['a large result', { kind: 'binary', body: randomBytes(1_000_000) }],
  ];
  return variants.map(([name, change]) => {
    const reply = { ...REPLY, ...change };
    return [name, encodeResult(9, reply), { type: 'result', id: 9, reply, cost: { cpuUs: 0, ownUs: 0 } }];
  });
}

describe('a message to an instance', () => {
  it('boot arrives as it was sent', () => {
    assert.deepEqual(readToInstance(encodeBoot(BOOT)), [{ type: 'boot', boot: BOOT }]);
  });
  for (const call of CALLS) {
    it(`call ${call.id} arrives as it was sent`, () => {
      assert.deepEqual(readToInstance(encodeCall(call)), [{ type: 'call', call }]);
    });
  }
});

describe('a message from an instance', () => {
  for (const [name, frame, expected] of MESSAGES) {
    it(`${name} arrives as it was sent`, () => assert.deepEqual(read([frame]), [expected]));
  }

  it('arrives whatever pieces it comes in', () => {
    const small = MESSAGES.filter(([, frame]) => frame.length < 1_000);
    const bytes = Buffer.concat(small.map(([, frame]) => frame));
    const expected = small.map(([, , message]) => message);
    for (let size = 1; size <= 64; size++)
      assert.deepEqual(read(cut(bytes, size)), expected, `pieces of ${size}`);
  });
});

describe('what is no message', () => {
  const frame = (type: number, payload: Buffer): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUInt32LE(5 + payload.length, 0);
    head.writeUInt8(type, 4);
    return Buffer.concat([head, payload]);
  };
  const result = (change: (payload: Buffer) => void): Buffer => {
    const payload = Buffer.from(encodeResult(1, { ...REPLY, headers: ['a', 'b'] }).subarray(9));
    change(payload);
    return frame(18, payload);
  };
  const rows: readonly (readonly [string, Buffer])[] = [
    ['a frame shorter than its head', Buffer.from([4, 0, 0, 0, 0])],
    ['a frame longer than any message', Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['one byte more than the largest message', sized(MAX_PAYLOAD_BYTES + 6)],
    ['a type that nobody has', frame(99, Buffer.alloc(0))],
    ['a message of the other direction', encodeBoot(BOOT)],
    ['a result that is cut', frame(18, Buffer.alloc(5))],
    ['a result of an unknown kind', result((payload) => payload.writeUInt8(200, 2))],
    ['a result whose extras are longer than it', result((payload) => payload.writeUInt32LE(1e6, 12))],
    ['a result whose extras are no JSON', result((payload) => payload.write('{{{', 12))],
    ['headers without a value', encodeResult(1, { ...REPLY, headers: ['alone'] })],
    ['headers that are no strings', encodeResult(1, { ...REPLY, headers: [1, 2] as unknown as string[] })],
    ['a failure with a code that nobody has', encodeResult(1, failing({ code: 'constructor' }))],
    ['a failure without a message', encodeResult(1, failing({ message: undefined }))],
    ['a negative size', encodeResult(1, { ...REPLY, oversize: -1 })],
    ['a console line without a level', frame(19, Buffer.alloc(0))],
    ['a console line of an unknown level', frame(19, Buffer.from([9, 65]))],
    ['an exit code of the wrong size', frame(20, Buffer.alloc(3))],
    ['a reason that is no text', frame(21, Buffer.from('{}'))],
    ['a debugger at another place than a WebSocket', frame(25, Buffer.from('"javascript:alert(1)"'))],
    ['a debugger whose address has a line break', frame(25, Buffer.from('"ws://h:1/a\\nb"'))],
    ['a debugger that is no text', frame(25, Buffer.from('{}'))],
    ['a line of text', Buffer.from('console.log from a native module\n')],
  ];
  for (const [name, bytes] of rows) {
    it(`${name} is refused`, () => assert.throws(() => read([bytes]), ProtocolError));
  }

  it('random bytes are refused or read, and never anything else', () => {
    for (let round = 0; round < 2_000; round++) {
      const bytes = randomBytes(1 + (round % 200));
      if (round % 2 === 0 && bytes.length > 9) bytes.writeUInt32LE(bytes.length - 4, 0);
      if (round % 4 === 0 && bytes.length > 9) bytes.writeUInt8(16 + (round % 7), 4);
      try {
        read([bytes]);
      } catch (error) {
        assert.ok(error instanceof ProtocolError, String(error));
      }
    }
  });
});

function failing(change: object): Reply {
  const failure = { code: 'HS_THREW', name: 'E', message: 'm', stack: null, ...change };
  return { ...REPLY, failure: failure as Reply['failure'] };
}

function sized(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(length, 0);
  return bytes;
}

function cut(bytes: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

function read(chunks: readonly Buffer[]): FromInstance[] {
  const messages: FromInstance[] = [];
  const reader = new FrameReader((type, id, payload) => messages.push(decodeFromInstance(type, id, payload)));
  for (const chunk of chunks) reader.push(chunk);
  return messages.map(copyBody);
}

/** Bodies are views into what arrived; compared as they are. */
function copyBody(message: FromInstance): FromInstance {
  if (message.type !== 'result') return message;
  return { ...message, reply: { ...message.reply, body: Buffer.from(message.reply.body) } };
}

function readToInstance(frame: Buffer): unknown[] {
  const messages: unknown[] = [];
  const reader = new FrameReader((type, id, payload) => messages.push(decodeToInstance(type, id, payload)));
  reader.push(frame);
  return messages;
}
