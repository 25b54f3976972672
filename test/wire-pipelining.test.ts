/** Many requests of one connection, sent before their answers came. */
import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { ERRORS } from '../src/errors';
import { expectGood, GOOD } from './support/bad-row';
import { converse, type RawResponse, request } from './support/raw-http';
import { eventually, type Served, serve } from './support/serve';

const HOST = 'Host: localhost\r\n';
const FILES = {
  'functions/good.js': GOOD,
  'functions/echo.js': `exports.handler = (context, { id, ms }, callback) => {
    console.log(id);
    if (ms === undefined) callback(null, id);
    else setTimeout(callback, Number(ms), null, id);
  };`,
  'functions/large.js': `exports.handler = (context, { id }, callback) => {
    console.log(id);
    callback(null, Buffer.alloc(1_000_000, 'a'));
  };`,
  'assets/large.txt': Buffer.alloc(1_000_000, 'a'),
};

function get(id: string, ms?: number): string {
  return `GET /echo?id=${id}${ms === undefined ? '' : `&ms=${ms}`} HTTP/1.1\r\n${HOST}\r\n`;
}

function post(id: string, ms?: number): string {
  const body = `id=${id}${ms === undefined ? '' : `&ms=${ms}`}`;
  const headers = `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n`;
  return `POST /echo HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
}

function postInChunks(id: string): string {
  const headers = 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n';
  const body = JSON.stringify({ id });
  return `POST /echo HTTP/1.1\r\n${HOST}${headers}\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}

function ids(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

describe('pipelined requests', { concurrency: 2 }, () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES);
  });
  after(() => served.close());

  /** What ran, each time that it ran, in the order of names. */
  function ranOf(prefix: string): string[] {
    return served.records
      .flatMap(({ console }) => console.map(({ text }) => text))
      .filter((text) => text.startsWith(prefix))
      .sort();
  }

  const mixes: readonly (readonly [string, (id: string, index: number) => string])[] = [
    ['fast GETs', (id) => get(id)],
    ['slow GETs', (id, index) => get(id, 1 + ((index * 7) % 20))],
    ['fast POSTs', (id) => post(id)],
    [
      'fast and slow GETs and POSTs',
      (id, index) =>
        [get(id), post(id, 5), postInChunks(id), get(id, 20 - (index % 20)), post(id)][index % 5] ?? '',
    ],
  ];
  for (const [name, make] of mixes) {
    it(`50 of them in one write, ${name}, are answered in order, and each ran once`, async () => {
      const names = ids(`${name.replaceAll(' ', '-')}.`, 50);
      const { responses } = await converse(served.port, [names.map(make).join('')], { count: 50 });
      assert.deepEqual(
        responses.map((response) => response.text()),
        names,
      );
      await eventually(() => (ranOf(`${name.replaceAll(' ', '-')}.`).length >= 50 ? true : undefined));
      assert.deepEqual(ranOf(`${name.replaceAll(' ', '-')}.`), [...names].sort());
    });
  }

  it('50 of them, cut into packets anywhere, are answered in order', async () => {
    const names = ids('cut.', 50);
    const bytes = names.map((id, index) => (index % 2 === 0 ? postInChunks(id) : post(id, 2))).join('');
    const packets = Array.from({ length: Math.ceil(bytes.length / 97) }, (_, at) =>
      bytes.slice(at * 97, at * 97 + 97),
    );
    const { responses } = await converse(served.port, packets, { count: 50, pauseMs: 1 });
    assert.deepEqual(
      responses.map((response) => response.text()),
      names,
    );
  });

  const refusals: readonly (readonly [string, string, number])[] = [
    ['a missing path', `GET /missing HTTP/1.1\r\n${HOST}\r\n`, 404],
    ['a missing path with a body', `POST /missing HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\n12345`, 404],
    ['another method', `PUT /echo HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\n12345`, 405],
    ['a GET with a body', `GET /echo HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\n12345`, 403],
    [
      'invalid JSON',
      `POST /echo HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 1\r\n\r\n{`,
      400,
    ],
    ['a long target', `GET /${'a'.repeat(9_000)} HTTP/1.1\r\n${HOST}\r\n`, 414],
  ];
  for (const [name, bytes, status] of refusals) {
    it(`go on behind one that is refused: ${name}`, async () => {
      const all = `${get('a', 50)}${post('b')}${bytes}${get('c')}${post('d', 10)}`;
      const { responses } = await converse(served.port, [all], { count: 5 });
      assert.deepEqual(
        responses.map((response) => (response.status === 200 ? response.text() : response.status)),
        ['a', 'b', status, 'c', 'd'],
      );
    });
  }

  const ends: readonly (readonly [string, string])[] = [
    ['no Host', 'GET /echo?id=x HTTP/1.1\r\n\r\n'],
    ['broken framing', `GET /echo?id=x HTTP/1.1\r\n${HOST}Content-Length: x\r\n\r\n`],
    ['broken chunks', `POST /echo?id=x HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nz\r\n`],
  ];
  for (const [name, bytes] of ends) {
    it(`end with one that ends the connection, ${name}, and nothing behind it runs`, async () => {
      const prefix = `${name.replaceAll(' ', '-')}.`;
      const all = `${get(`${prefix}a`, 50)}${post(`${prefix}b`)}${bytes}${get(`${prefix}c`)}${post(`${prefix}d`)}`;
      const { responses, end } = await converse(served.port, [all]);
      assert.deepEqual(
        [responses.map((response) => response.text()), end],
        [[`${prefix}a`, `${prefix}b`, 'Bad Request'], 'closed'],
      );
      await expectGood(served.port);
      assert.deepEqual(ranOf(prefix), [`${prefix}a`, `${prefix}b`]);
    });
  }

  for (const how of ['ends', 'resets'] as const) {
    it(`of a client that ${how} the connection half way are forgotten, each ran at most once`, async () => {
      const prefix = `${how}.`;
      const socket = connect(served.port, '127.0.0.1').on('error', () => {});
      socket.write(
        ids(prefix, 50)
          .map((id) => get(id, 10))
          .join(''),
      );
      let received = '';
      await new Promise<void>((resolve) => {
        socket.on('data', (chunk) => {
          received += chunk;
          if (received.split('HTTP/1.1 200').length > 10) resolve();
        });
      });
      if (how === 'ends') socket.destroy();
      else socket.resetAndDestroy();
      const recorded = () => served.records.filter(({ target }) => target.includes(`id=${prefix}`));
      await eventually(() => (recorded().length === 50 ? true : undefined));
      const ran = ranOf(prefix);
      assert.equal(new Set(ran).size, ran.length);
      assert.ok(ran.length >= 10 && ran.length < 50, `${ran.length} ran`);
      const unanswered = recorded().filter(({ error }) => error !== null);
      assert.equal(unanswered.length, 50 - ran.length);
      assert.ok(
        unanswered.every(({ detail }) => /the client left while its request waited/.test(detail ?? '')),
      );
      await expectGood(served.port);
    });
  }

  it('beyond what may wait are refused, and still each has one answer, in order', async () => {
    const names = ids('many.', 600);
    const { responses } = await converse(served.port, [names.map((id) => get(id, 3)).join('')], {
      count: 600,
    });
    const answered = responses.filter(({ status }) => status === 200).map((response) => response.text());
    assert.ok(answered.length >= 257 && answered.length < 600, `${answered.length}`);
    assert.deepEqual(
      answered,
      names.filter((name) => answered.includes(name)),
    );
    const refused = responses.filter(({ status }) => status !== 200);
    assert.ok(refused.every((response) => response.text() === ERRORS.HS_TOO_MANY_REQUESTS.text));
    assert.deepEqual(ranOf('many.'), [...answered].sort());
  });

  for (const path of ['/large', '/large.txt']) {
    it(`of a flood that reads no answer stop being read: ${path}`, async () => {
      const one = `GET ${path}?id=flood HTTP/1.1\r\n${HOST}\r\n`;
      const before = await settledMemory();
      const count = served.records.length;
      const socket = connect(served.port, '127.0.0.1').on('error', () => {});
      socket.pause();
      // 100,000 requests; 100 GB of answers.
      for (let packet = 0; packet < 100; packet++) socket.write(one.repeat(1_000));
      const ran = () =>
        served.records.slice(count).filter(({ error, target }) => error === null && target.includes('flood'))
          .length;
      await eventually(() => (served.records.length - count > 200 ? true : undefined), 10_000);
      await expectGood(served.port);
      const grown = (await settledMemory()) - before;
      const read = served.records.length - count;
      assert.ok(socket.writableLength > 1_000_000, 'what is not read stays with the client');
      assert.ok(ran() < 100 && read < 20_000, `${ran()} of ${read} ran`);
      assert.ok(grown < 150 * 1_048_576, `${grown} bytes`);
      socket.destroy();
      await expectGood(served.port);
    });
  }
});

describe('pipelined requests that wait', { concurrency: 1 }, () => {
  let served: Served;
  before(async () => {
    served = await serve({ ...FILES, 'assets/small.txt': 'small' }, { bodyMemoryMb: 4 });
  });
  after(() => served.close());

  const body = 'a'.repeat(900_000);
  const ends: readonly (readonly [string, string, number])[] = [
    ['Assets', `GET /large.txt?id=left HTTP/1.1\r\n${HOST}\r\n`.repeat(8), 8],
    ['an Asset that is posted to', postTo('/large.txt?id=left', body), 1],
    [
      'answers of Functions',
      `${get('left').repeat(4)}${postTo('/echo?id=left', body)}${get('left').repeat(3)}`,
      8,
    ],
  ];
  for (const [name, bytes, count] of ends) {
    it(`give back files and memory when the client leaves before their turn: ${name}`, async () => {
      const before = recordsOf('left');
      const socket = connect(served.port, '127.0.0.1').on('error', () => {});
      // Two of them: of what is behind one alone node:http tells the end of the connection.
      socket.write(`${get('ahead', 3_000).repeat(2)}${bytes}`);
      await eventually(() =>
        openFiles('large.txt') + recordsOf('left') - before === count ? true : undefined,
      );
      socket.destroy();
      await eventually(
        () => (recordsOf('left') - before === count && openFiles('large.txt') === 0 ? true : undefined),
        10_000,
      );
      await expectRoom();
    });
  }

  it('are counted with their bodies, however small', async () => {
    const socket = connect(served.port, '127.0.0.1').on('error', () => {});
    const running = `GET /small.txt HTTP/1.1\r\n${HOST}\r\n`.repeat(16);
    const waiting = postTo('/small.txt?id=counted', 'a'.repeat(16_000)).repeat(220);
    socket.write(`${get('ahead', 4_000)}${running}${waiting}`);
    await eventually(async () => ((await postLarge()).status === 429 ? true : undefined), 3_500);
    const alone = await request(served.port, {
      method: 'POST',
      path: '/echo?id=alone',
      body: 'a'.repeat(16_000),
    });
    assert.equal(alone.text(), 'alone');
    socket.resetAndDestroy();
    await eventually(() => (recordsOf('counted') === 220 ? true : undefined), 10_000);
    await expectRoom();
  });

  function recordsOf(id: string): number {
    return served.records.filter(({ target }) => target.includes(`id=${id}`)).length;
  }

  /** Refused as invalid while there is room, so that it waits for no instance. */
  function postLarge(): Promise<RawResponse> {
    const headers = [['Content-Type', 'application/json']] as const;
    return request(served.port, { method: 'POST', path: '/echo', headers, body: '{'.repeat(1_000_000) });
  }

  /** For as many bodies as there is room for at all. */
  async function expectRoom(): Promise<void> {
    await eventually(async () => {
      const answers = await Promise.all(Array.from({ length: 4 }, postHeld));
      return answers.every(({ status }) => status === 200) ? true : undefined;
    }, 10_000);
  }

  /** Holds its body for a while. */
  function postHeld(): Promise<RawResponse> {
    return request(served.port, {
      method: 'POST',
      path: '/echo?id=held&ms=100',
      body: 'a'.repeat(1_000_000),
    });
  }
});

function postTo(target: string, body: string): string {
  return `POST ${target} HTTP/1.1\r\n${HOST}Content-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** How often this process has a file of this name open. */
function openFiles(name: string): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).endsWith(`/${name}`);
    } catch {
      return false;
    }
  }).length;
}

/** Once it no longer grows. */
async function settledMemory(): Promise<number> {
  let last = 0;
  return eventually(async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { rss } = process.memoryUsage();
    const grown = rss - last;
    last = rss;
    return grown < 4 * 1_048_576 ? rss : undefined;
  }, 20_000);
}
