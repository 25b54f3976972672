/** Limits of all clients together, and heads that are too long for the parser. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { RefusedConnections } from '../src/gateway/connection-limit';
import { expectGood, GOOD, recordOf } from './support/bad-row';
import { converse, exchange, request } from './support/raw-http';
import { eventually, type Served, serve } from './support/serve';

const HOST = 'Host: localhost\r\n';
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
const FILES = {
  'functions/good.js': GOOD,
  'functions/size.js':
    'exports.handler = (context, { a }, callback) => setTimeout(callback, 30, null, String(a.length));',
  'functions/wait.js':
    "exports.handler = (context, event, callback) => setTimeout(callback, 1_000, null, 'waited');",
  'functions/hold.js': `exports.handler = (context, event, callback) => {
    require('node:fs').appendFileSync('holding', '.');
    const timer = setInterval(() => {
      if (!require('node:fs').existsSync('go')) return;
      clearInterval(timer);
      callback(null, 'held');
    }, 5);
  };`,
};

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

describe('the bodies of all requests together', () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES, { bodyMemoryMb: 4, maxInstances: 8 });
  });
  after(() => served.close());

  /** Sends this much of a body of 1,000,000 bytes and waits until it has arrived. */
  async function begin(bytes: number): Promise<Socket> {
    const socket = connect(served.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /size HTTP/1.1\r\n${HOST}Content-Type: ${FORM[1]}\r\nContent-Length: 1000000\r\n\r\na=`,
    );
    await new Promise<void>((resolve) => socket.write('b'.repeat(bytes), () => resolve()));
    return socket;
  }

  function post(path: string, body: string | Buffer, ...headers: (readonly [string, string])[]) {
    return request(served.port, { method: 'POST', path, body, headers: [FORM, ...headers] });
  }

  it('are bounded: one more is told to come again, small ones are served', async () => {
    const slow = await Promise.all(Array.from({ length: 4 }, () => begin(999_000)));
    const large = await eventually(async () => {
      const response = await post('/size', `a=${'b'.repeat(500_000)}`);
      return response.status === 429 ? response : undefined;
    });
    assert.deepEqual([large.text(), large.header('retry-after')], ['Too Many Requests', '1']);
    const record = await recordOf(served, large);
    assert.equal(record.error, 'HS_BODIES_TOO_LARGE');
    assert.match(
      record.detail ?? '',
      /^the bodies of all requests take \d+ bytes already, 4194304 are allowed$/,
    );
    const small = await post('/size', `a=${'b'.repeat(16_000)}`);
    assert.equal(small.text(), '16000');
    await expectGood(served.port);
    for (const socket of slow) socket.destroy();
    await expectRoom(4);
  });

  it('count what is compressed at its full size', async () => {
    const bomb = gzipSync(Buffer.from(`a=${'b'.repeat(1_000_000)}`));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post('/size', bomb, ['Content-Encoding', 'gzip'])),
    );
    const statuses = answers.map(({ status }) => status);
    assert.ok(statuses.includes(200) && statuses.includes(429), statuses.join());
    assert.ok(
      statuses.every((status) => status === 200 || status === 429),
      statuses.join(),
    );
    await expectRoom(3);
  });

  it('count until they are answered, also those whose clients have left', async () => {
    const sockets = Array.from({ length: 4 }, () => {
      const socket = connect(served.port, '127.0.0.1').on('error', () => {});
      socket.write(
        `POST /hold HTTP/1.1\r\n${HOST}Content-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n${'b'.repeat(1e6)}`,
      );
      return socket;
    });
    // All of them have arrived before others ask: these would take the room of the last.
    await eventually(() => (sizeOf(join(served.project.path, 'holding')) === 4 ? true : undefined));
    assert.equal(await statusOfHalfMegabyte(), 429);
    for (const socket of sockets) socket.destroy();
    await expectGood(served.port);
    assert.equal(await statusOfHalfMegabyte(), 429);
    await served.project.write('go', '');
    await expectRoom(4);
  });

  it('give back what was refused, cut or broken', async () => {
    for (let round = 0; round < 12; round++) {
      (await begin(500_000)).destroy();
      await converse(served.port, [
        `POST /size HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nffff\r\n${'a'.repeat(65_535)}\r\nzz\r\n`,
      ]);
      assert.equal((await post('/size', 'a'.repeat(1_048_576))).status, 413);
    }
    await expectRoom(4);
  });

  /** Refused either way, so that it waits for no instance: as invalid JSON (400) while there is room. */
  async function statusOfHalfMegabyte(): Promise<number> {
    const body = '{'.repeat(500_000);
    const headers: [string, string][] = [['Content-Type', 'application/json']];
    return (await request(served.port, { method: 'POST', path: '/good', headers, body })).status;
  }

  /** All at the same time. */
  async function expectRoom(count: number): Promise<void> {
    await eventually(async () => {
      const answers = await Promise.all(
        Array.from({ length: count }, () => post('/size', `a=${'b'.repeat(1_000_000)}`)),
      );
      return answers.every(({ status }) => status === 200) ? true : undefined;
    }, 10_000);
  }
});

describe('connections beyond their limit', () => {
  it('are closed at once and told once a second, and others are served meanwhile', async (t) => {
    const served = await serve(FILES, { maxConnections: 20 });
    t.after(() => served.close());
    const kept: Socket[] = [];
    for (let index = 0; index < 20; index++) {
      const socket = connect(served.port, '127.0.0.1').on('error', () => {});
      kept.push(socket);
      assert.match(await ask(socket), /^HTTP\/1\.1 200 /);
    }
    for (let round = 0; round < 30; round++) {
      const { responses } = await converse(served.port, [`GET /good HTTP/1.1\r\n${HOST}\r\n`]);
      assert.deepEqual(responses, []);
    }
    const told = served.records.filter(({ error }) => error === 'HS_TOO_MANY_CONNECTIONS');
    assert.ok(told.length >= 1 && told.length <= 4, `${told.length} lines`);
    assert.equal(told[0]?.detail, 'a connection was closed at once: 20 are open');
    await eventually(() =>
      served.records.find(({ detail }) =>
        /^\d+ connections were closed at once: 20 are open$/.test(detail ?? ''),
      ),
    );
    for (const socket of kept) assert.match(await ask(socket), /^HTTP\/1\.1 200 /);
    for (const socket of kept) socket.destroy();
    await eventually(async () => {
      const answered = await request(served.port, { method: 'GET', path: '/good' }).catch(() => null);
      return answered?.status === 200 ? true : undefined;
    });
  });
});

describe('connections that are refused all the time', () => {
  it('are told no more than once a second', async () => {
    const times: number[] = [];
    const refused = new RefusedConnections(() => times.push(performance.now()));
    const flood = setInterval(() => refused.add(20), 5);
    await eventually(() => (times.length >= 3 ? true : undefined), 10_000);
    clearInterval(flood);
    refused.close();
    const [first = 0, second = 0, third = 0] = times;
    const pauses = [second - first, third - second];
    assert.ok(
      pauses.every((pause) => pause > 950),
      `${pauses}`,
    );
  });
});

async function ask(socket: Socket): Promise<string> {
  const answer = new Promise((resolve) => socket.once('data', resolve));
  socket.write(`GET /good HTTP/1.1\r\n${HOST}\r\n`);
  return String(await answer);
}

describe('a head that is too long for the parser', { concurrency: 4 }, () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES);
  });
  after(() => served.close());

  const long = (bytes: number) => 'a'.repeat(bytes);
  const rows: readonly (readonly [string, readonly string[], number])[] = [
    ['a target of 66 kB', [`GET /${long(66_000)} HTTP/1.1\r\n${HOST}\r\n`], 414],
    ['a target of 66 kB in HTTP/1.0', [`GET /${long(66_000)} HTTP/1.0\r\n\r\n`], 414],
    ['a query of 100 kB', [`POST /good?${long(100_000)} HTTP/1.1\r\n${HOST}\r\n`], 414],
    ['a target of 400 kB', [`GET /${long(400_000)} HTTP/1.1\r\n${HOST}\r\n`], 414],
    [
      'a target of 100 kB in pieces',
      [`GET /${long(60_000)}`, long(30_000), long(10_000), ' HTT', 'P/1.1\r', `\n${HOST}\r\n`],
      414,
    ],
    ['a header of 66 kB', [`GET /good HTTP/1.1\r\n${HOST}A: ${long(66_000)}\r\n\r\n`], 431],
    [
      'a header of 100 kB in pieces',
      [`GET /good HTTP/1.1\r\n${HOST}A: `, long(50_000), long(50_000), '\r\n\r\n'],
      431,
    ],
    ['a line of 700 kB without an end', [`GET /${long(700_000)}`], 431],
    ['a line of 70 kB that stalls', [`GET /${long(70_000)}`], 431],
  ];
  for (const [name, chunks, status] of rows) {
    it(`gets ${status} for ${name}, in its turn`, async () => {
      const alone = await exchange(served.port, chunks, { pauseMs: 20 });
      assert.equal(alone.status, status);
      const { responses, end } = await converse(
        served.port,
        [`GET /wait HTTP/1.1\r\n${HOST}\r\n`, ...chunks],
        {
          pauseMs: 20,
        },
      );
      assert.deepEqual([responses.map((response) => response.status), end], [[200, status], 'closed']);
      await expectGood(served.port);
    });
  }
});
