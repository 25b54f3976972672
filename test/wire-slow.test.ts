/** Connections that are slow, half closed or reset, in every phase of a request; and very many of them that are idle. */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { expectGood, GOOD } from './support/bad-row';
import { startGateway } from './support/program';
import { writeProject } from './support/project';
import { converse, exchange, type RawResponse, readResponse, request } from './support/raw-http';
import { eventually, type Served, type ServeOptions, serve } from './support/serve';

const HOST = 'Host: localhost\r\n';
const FILES = {
  'functions/good.js': GOOD,
  'functions/body.js':
    "exports.handler = (context, { a = 'none', ms = 0 }, callback) => setTimeout(callback, Number(ms), null, a);",
  'functions/large.js':
    "exports.handler = (context, event, callback) => callback(null, Buffer.alloc(4_000_000, 'a'));",
  'assets/large.bin': Buffer.alloc(8_000_000, 'a'),
};
const FORM = 'Content-Type: application/x-www-form-urlencoded\r\n';
const CHUNKED = 'Transfer-Encoding: chunked\r\n';

function get(target: string): string {
  return `GET ${target} HTTP/1.1\r\n${HOST}\r\n`;
}

function post(headers: string, body: string): string {
  return `POST /body HTTP/1.1\r\n${HOST}${FORM}${headers}\r\n${body}`;
}

describe('a body that arrives', () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES);
  });
  after(() => served.close());

  const bodies: readonly (readonly [string, string])[] = [
    ['with a length', post('Content-Length: 11\r\n', 'a=0123456789'.slice(0, 11))],
    ['in chunks', post(CHUNKED, '2\r\na=\r\n9\r\n012345678\r\n0\r\n\r\n')],
    [
      'in chunks of one byte',
      post(CHUNKED, `${[...'a=012345678'].map((one) => `1\r\n${one}\r\n`).join('')}0\r\n\r\n`),
    ],
    ['with extensions and trailers', post(CHUNKED, 'b;x="y"\r\na=012345678\r\n0;z\r\nA: b\r\n\r\n')],
  ];
  for (const [name, bytes] of bodies) {
    it(`${name}, byte by byte, is whole`, async () => {
      const response = await exchange(served.port, [...bytes], { pauseMs: 1 });
      assert.equal(response.text(), '012345678');
    });
    it(`${name}, and the end of the connection with it, is answered`, async () => {
      const { responses, end } = await converse(served.port, [bytes], { halfClose: true });
      assert.deepEqual([responses.map((response) => response.text()), end], [['012345678'], 'closed']);
    });
    it(`${name}, cut anywhere by the end of the connection, runs nothing`, async () => {
      const head = bytes.indexOf('\r\n\r\n') + 4;
      for (let at = head; at < bytes.length; at += 1 + Math.floor((bytes.length - head) / 6)) {
        const count = served.records.length;
        const { responses, end } = await converse(served.port, [bytes.slice(0, at)], { halfClose: true });
        assert.deepEqual([responses.map(({ status }) => status), end], [[400], 'closed'], `${at}`);
        const [record] = served.records.slice(count).filter(({ target }) => target === '/body');
        assert.deepEqual([record?.status, record?.error], [400, 'HS_BAD_REQUEST']);
      }
    });
  }

  it('after the connection was half closed, while its Function runs, changes nothing', async () => {
    const bytes = `${get('/body?a=1&ms=300')}${get('/body?a=2&ms=20')}${get('/good')}`;
    const { responses, end } = await converse(served.port, [bytes], { halfClose: true });
    assert.deepEqual([responses.map((response) => response.text()), end], [['1', '2', 'good'], 'closed']);
  });

  const reloads: readonly (readonly [string, ServeOptions])[] = [
    ['in development', {}],
    ['in production, with instances in advance', { production: true, minInstances: 1 }],
  ];
  for (const [name, options] of reloads) {
    it(`slowly, while its project is saved, goes to the newest build ${name}`, async (t) => {
      const changed = await serve(
        { 'functions/a.js': answering('old'), 'functions/gone.js': answering('old') },
        { live: true, ...options },
      );
      t.after(() => changed.close());
      const [a, gone] = await Promise.all(['/a', '/gone'].map((path) => beginPost(changed.port, path)));
      assert.ok(a !== undefined && gone !== undefined);
      await changed.project.delete('functions/gone.js');
      await changed.project.replace('functions/a.js', answering('new'));
      await eventually(async () => {
        const { status } = await request(changed.port, { method: 'GET', path: '/gone' });
        const answer = await request(changed.port, { method: 'GET', path: '/a' });
        return status === 404 && answer.text() === 'new' ? true : undefined;
      }, 10_000);
      assert.equal((await finishPost(a)).text(), 'new');
      assert.equal((await finishPost(gone)).status, 404);
    });
  }

  it('never, because the client waits to be told and then leaves, runs nothing', async () => {
    const bytes = post('Expect: 100-continue\r\nContent-Length: 11\r\n', '');
    const { responses, continued } = await converse(served.port, [bytes], { halfClose: true });
    assert.deepEqual([responses.at(-1)?.status, continued], [400, true]);
  });
});

function answering(text: string): string {
  return `exports.handler = (context, event, callback) => callback(null, '${text}');`;
}

/** Sends a request but for the last byte of its body; resolves once the gateway has its head. */
async function beginPost(port: number, path: string): Promise<Socket> {
  const arrived = nextRequest();
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write(`POST ${path} HTTP/1.1\r\n${HOST}${FORM}Content-Length: 3\r\n\r\na=`);
  await arrived;
  return socket;
}

function finishPost(socket: Socket): Promise<RawResponse> {
  const response = readResponse(socket, 15_000, false);
  socket.end('1');
  return response;
}

/** The next one that arrives at a server of this process. */
function nextRequest(): Promise<IncomingMessage> {
  return new Promise((resolve) => {
    const take = (message: unknown) => {
      unsubscribe('http.server.request.start', take);
      if (typeof message !== 'object' || message === null || !('request' in message)) return;
      if (message.request instanceof IncomingMessage) resolve(message.request);
    };
    subscribe('http.server.request.start', take);
  });
}

/** What was sent before the client went away. */
const PHASES: Readonly<Record<string, string>> = {
  'before its first byte': '',
  'in the request line': 'GET /go',
  'in its head': `GET /good HTTP/1.1\r\nHo`,
  'at the end of its head': `GET /good HTTP/1.1\r\n${HOST}\r`,
  'before its body': post('Content-Length: 9\r\n', ''),
  'in its body': post('Content-Length: 9\r\n', 'a=1'),
  'in a large body': post('Content-Length: 900000\r\n', 'a'.repeat(400_000)),
  'in a chunk': post(CHUNKED, '5\r\na=1'),
  'between chunks': post(CHUNKED, '3\r\na=1\r\n'),
  'in its trailers': post(CHUNKED, '3\r\na=1\r\n0\r\nA: b'),
  'waiting for 100 Continue': post('Expect: 100-continue\r\nContent-Length: 9\r\n', ''),
  'while its Function runs': get('/body?ms=200'),
  'while several run': get('/body?ms=200').repeat(30),
  'while it is refused': `POST /missing HTTP/1.1\r\n${HOST}Content-Length: 900000\r\n\r\nabc`,
  'after bad HTTP': 'GET /good HTTP/1.1\r\nbad\r\n\r\n',
  'after a CONNECT': `CONNECT /good HTTP/1.1\r\n${HOST}\r\n`,
  'in an answer of 4 MB': get('/large'),
  'in several of them': get('/large').repeat(4),
  'in an Asset of 8 MB': get('/large.bin'),
  'idle after an answer': get('/good'),
};

const WAYS: Readonly<Record<string, (socket: Socket) => void>> = {
  ends: (socket) => socket.destroy(),
  resets: (socket) => socket.resetAndDestroy(),
  'half closes, then resets,': (socket) => {
    socket.end();
    setTimeout(() => socket.resetAndDestroy(), 30);
  },
};

describe('a client that', () => {
  let served: Served;
  let idle = 0;
  before(async () => {
    served = await serve(FILES, { maxInstances: 4 });
    await expectGood(served.port);
    idle = await eventually(() => (openSockets() < 3 ? openSockets() : undefined));
  });
  after(() => served.close());

  for (const [way, leave] of Object.entries(WAYS)) {
    for (const reads of [true, false]) {
      it(`${way} the connection in any phase, ${reads ? 'reading' : 'not reading'} before, disturbs nobody`, async () => {
        for (const [phase, bytes] of Object.entries(PHASES)) {
          const socket = connect(served.port, '127.0.0.1').on('error', () => {});
          if (reads) socket.resume();
          socket.write(bytes);
          await expectGood(served.port);
          leave(socket);
          const { status } = await request(served.port, { method: 'GET', path: '/body?a=after' });
          assert.equal(status, 200, phase);
        }
      });
    }
  }

  it('left is forgotten: no connection stays open', async () => {
    await eventually(() => (openSockets() <= idle ? true : undefined), 10_000);
    assert.ok(served.records.every(({ error }) => error !== 'HS_INTERNAL'));
  });
});

describe('a client that leaves while a build is made', () => {
  it('and asked for an Asset, has its record', async (t) => {
    const served = await serve(FILES, { live: true });
    // As long as something is saved, requests wait: for half a second.
    const writer = setInterval(() => writeFileSync(served.project.file('data.json'), `${Date.now()}`), 5);
    t.after(() => {
      clearInterval(writer);
      return served.close();
    });
    await eventually(async () => {
      const start = performance.now();
      await expectGood(served.port);
      return performance.now() - start > 200 ? true : undefined;
    }, 20_000);
    const arrived = nextRequest();
    const socket = connect(served.port, '127.0.0.1').on('error', () => {});
    socket.write(get('/large.bin?left'));
    const { socket: connection } = await arrived;
    socket.resetAndDestroy();
    await eventually(() => connection.destroyed || undefined);
    await eventually(() => served.records.find(({ target }) => target === '/large.bin?left'), 5_000);
  });
});

/** Of both sides: the clients are in this process too. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

describe('idle connections', () => {
  it('by the thousands cost little, disturb nobody and are given back', async (t) => {
    const project = await writeProject(FILES);
    t.after(() => project.remove());
    const gateway = await startGateway(['--no-live', project.path]);
    t.after(() => gateway.stop());
    const count = Math.min(10_000, Math.floor(allowedFiles() * 0.7));
    await warmUp(gateway.port);
    const filesBefore = filesOf(gateway.pid);
    const memory: number[] = [residentOf(gateway.pid)];
    for (let round = 0; round < 2; round++) {
      const sockets = await openIdle(gateway.port, count);
      assert.ok(filesOf(gateway.pid) >= filesBefore + count * 0.99);
      memory.push(residentOf(gateway.pid));
      const typical = await typicalMs(gateway.port);
      assert.ok(typical < 250, `${typical} ms`);
      t.diagnostic(`${typical.toFixed(1)} ms for a request beside ${count} idle connections`);
      for (const socket of sockets) socket.destroy();
      await eventually(() => (filesOf(gateway.pid) <= filesBefore + 20 ? true : undefined), 30_000);
    }
    const [before = 0, first = 0, second = 0] = memory;
    const each = (first - before) / count;
    t.diagnostic(`${Math.round(each)} bytes for each of ${count} idle connections`);
    assert.ok(each < 40_000, `${each} bytes`);
    // It goes up and down with the garbage collector, and stays within this however often it is repeated.
    assert.ok(second - before < (first - before) * 2.5 + 20_000_000, `${second} bytes the second time`);
  });
});

async function warmUp(port: number): Promise<void> {
  for (let index = 0; index < 50; index++) await expectGood(port);
}

/** The median, over connections of their own. */
async function typicalMs(port: number): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < 31; index++) {
    const start = performance.now();
    await expectGood(port);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[15] ?? Number.NaN;
}

/** Each has had an answer. From several addresses, because each of them has 28,000 ports. */
async function openIdle(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let index = 0; index < count; index += 200) {
    const some = Array.from({ length: Math.min(200, count - index) }, (_, at) =>
      openOne(port, `127.0.0.${2 + ((index + at) % 8)}`),
    );
    sockets.push(...(await Promise.all(some)));
  }
  return sockets;
}

function openOne(port: number, localAddress: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.on('error', reject);
    socket.once('data', () => resolve(socket));
    socket.write(get('/missing'));
  });
}

/** Of this process; the gateway gets the same. */
function allowedFiles(): number {
  if (process.platform !== 'linux') return 1_000;
  return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? 1_000);
}

function filesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Bytes. */
function residentOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1_024;
}
