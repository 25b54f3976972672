/** Requests in the moment in which a gateway stops or swaps builds, and clients that would keep it from stopping. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { expectGood, GOOD } from './support/bad-row';
import { startGateway } from './support/program';
import { writeProject } from './support/project';
import { converse, parseResponse, type RawResponse } from './support/raw-http';
import { eventually, type Served, type ServeOptions, serve } from './support/serve';

const HOST = 'Host: localhost\r\n';
const FILES = {
  'functions/good.js': GOOD,
  'functions/echo.js': `exports.handler = (context, { id, ms = 0 }, callback) => {
    console.log('ran ' + id);
    setTimeout(callback, Number(ms), null, id + ' '.repeat(20_000));
  };`,
  'functions/large.js':
    "exports.handler = (context, event, callback) => callback(null, Buffer.alloc(4_000_000, 'a'));",
};

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\n${HOST}\r\n`;
}

interface Outcome {
  readonly id: string;
  /** `null`: the connection ended without a byte of it. */
  readonly response: RawResponse | null;
  /** Bytes of an answer that is not whole. */
  readonly rest: number;
}

/** Asks again and again over one connection, or over a new one each time, until the gateway has gone. */
async function askUntilGone(port: number, name: string, reuses: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let socket: Socket | null = null;
  for (let index = 0; ; index++) {
    if (socket === null || !reuses || socket.destroyed) {
      socket?.destroy();
      socket = await open(port);
      if (socket === null) return outcomes;
    }
    const outcome = await ask(socket, `${name}.${index}`);
    outcomes.push(outcome);
    if (outcome.response === null || outcome.response.header('connection') === 'close') socket.destroy();
  }
}

/** `null`: nobody listens any more. */
function open(port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket));
    socket.on('error', () => resolve(null));
  });
}

function ask(socket: Socket, id: string): Promise<Outcome> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const finish = (response: RawResponse | null): void => {
      socket.removeAllListeners('data');
      resolve({ id, response, rest: response === null ? received.length : 0 });
    };
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const response = parseResponse(received, false, false);
      if (response !== null) finish(response);
    });
    socket.once('close', () => finish(null));
    socket.write(get(`/echo?id=${id}&ms=3`));
  });
}

/** `ran`: the ids that a Function saw. */
function verifyOutcomes(outcomes: readonly Outcome[], ran: readonly string[]): void {
  const half = outcomes.filter(({ rest }) => rest > 0);
  assert.deepEqual(half, [], 'no answer is cut');
  const answered = outcomes.filter(({ response }) => response?.status === 200);
  assert.ok(answered.every(({ id, response }) => response?.text().trim() === id));
  const refused = outcomes.filter(({ response }) => response !== null && response.status !== 200);
  assert.ok(refused.every(({ response }) => response?.status === 503));
  assert.ok(refused.every(({ response }) => response?.header('connection') === 'close'));
  assert.deepEqual(
    [...ran].sort(),
    answered.map(({ id }) => id).sort(),
    'what ran was answered, and only that',
  );
}

function clients(port: number, round: number): Promise<Outcome[][]> {
  return Promise.all(
    Array.from({ length: 12 }, (_, index) => askUntilGone(port, `${round}.${index}`, index % 3 !== 0)),
  );
}

async function served(t: TestContext, options: ServeOptions = {}): Promise<Served> {
  const one = await serve(FILES, { maxInstances: 4, ...options });
  t.after(() => one.close());
  await expectGood(one.port);
  return one;
}

async function secondsOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1_000;
}

describe('a request in the moment of', { concurrency: 2 }, () => {
  it('closing gets a whole answer, or the connection ends and nothing ran', async (t) => {
    for (let round = 0; round < 4; round++) {
      const one = await served(t);
      const asking = clients(one.port, round);
      await eventually(() => (one.records.length > 150 ? true : undefined), 10_000);
      await one.platform.close();
      const outcomes = (await asking).flat();
      assert.ok(outcomes.length > 150);
      const ran = one.records.flatMap(({ console }) => console.map(({ text }) => text.replace('ran ', '')));
      verifyOutcomes(outcomes, ran);
    }
  });

  it('SIGTERM to the real program gets a whole answer, or nothing ran', async (t) => {
    const project = await writeProject(FILES);
    t.after(() => project.remove());
    const gateway = await startGateway(['--no-live', project.path]);
    t.after(() => gateway.stop());
    const asking = clients(gateway.port, 0);
    await eventually(() => (gateway.lines().length > 300 ? true : undefined), 20_000);
    process.kill(gateway.pid, 'SIGTERM');
    const outcomes = (await asking).flat();
    assert.equal((await gateway.ended).code, 0);
    const said = gateway.lines().map(({ msg }) => String(msg));
    verifyOutcomes(
      outcomes,
      said.filter((msg) => msg.startsWith('ran ')).map((msg) => msg.replace('ran ', '')),
    );
  });

  it('reloads gets a whole answer of one build or the other, over connections that stay open', async (t) => {
    const one = await served(t, { live: true });
    const statuses = new Map<string, number>();
    let stops = false;
    const asking = Promise.all(
      Array.from({ length: 6 }, async (_, index) => {
        const socket = await open(one.port);
        assert.ok(socket !== null);
        for (let round = 0; !stops; round++) {
          const { response } = await ask(socket, `r.${index}.${round}`);
          const key = `${response?.status} ${response?.header('connection')}`;
          statuses.set(key, (statuses.get(key) ?? 0) + 1);
        }
        socket.destroy();
      }),
    );
    for (let round = 0; round < 4; round++) {
      const count = one.notices.length;
      await one.project.replace('functions/echo.js', `${FILES['functions/echo.js']} // ${round}`);
      await eventually(() => (one.notices.length > count ? true : undefined), 5_000);
    }
    stops = true;
    await asking;
    assert.deepEqual([...statuses.keys()], ['200 keep-alive']);
  });
});

describe('a gateway that stops', { concurrency: 4 }, () => {
  it('closes idle connections at once, while a call runs on another one', async (t) => {
    const one = await served(t);
    const running = converse(one.port, [get('/echo?id=long&ms=2500')]);
    const used: Socket[] = [];
    for (let index = 0; index < 20; index++) {
      const socket = await open(one.port);
      assert.ok(socket !== null);
      if (index % 2 === 0) await ask(socket, `${index}`);
      used.push(socket);
    }
    const start = performance.now();
    const closing = one.platform.close();
    await Promise.all(used.map((socket) => new Promise((resolve) => socket.once('close', resolve).resume())));
    assert.ok(performance.now() - start < 1_500);
    await closing;
    const { responses, end } = await running;
    assert.deepEqual([responses[0]?.text().trim(), end], ['long', 'closed']);
  });

  it('says with its last answers that the connection ends, pipelined ones too', async (t) => {
    const one = await served(t);
    const paths = ['/echo?id=a&ms=700', '/echo?id=b&ms=400', '/echo?id=c&ms=900'];
    const talks = [paths.slice(0, 1), paths.slice(1)].map((some) =>
      converse(one.port, [some.map(get).join('')]),
    );
    await expectGood(one.port);
    await expectGood(one.port);
    await one.platform.close();
    const seen = (await Promise.all(talks)).map(({ responses, end }) => [
      ...responses.map((response) => [response.text().trim(), response.header('connection')]),
      end,
    ]);
    assert.deepEqual(seen, [
      [['a', 'close'], 'closed'],
      [['b', 'keep-alive'], ['c', 'close'], 'closed'],
    ]);
  });

  const stalling: readonly (readonly [string, string])[] = [
    ['a client that never reads an answer of 4 MB', get('/large')],
    ['a client that pipelined and reads nothing', get('/large').repeat(5)],
    [
      'a client that stalls in the middle of its body',
      `POST /good HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nabc`,
    ],
    [
      'a client that stalls in the middle of its chunks',
      `POST /good HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nab`,
    ],
    ['a client that stalls in the middle of its head', `${get('/good')}GET /good HTTP/1.1\r\nHo`],
    [
      'a client that was refused and goes on sending',
      `POST /missing HTTP/1.1\r\n${HOST}Content-Length: 900000\r\n\r\nabc`,
    ],
    ['a client of bad HTTP that does not close', `GET /good HTTP/1.1\r\nA\r\n\r\n`],
  ];
  for (const [name, bytes] of stalling) {
    it(`does not wait long for ${name}`, async (t) => {
      const one = await served(t);
      const socket = await open(one.port);
      assert.ok(socket !== null);
      socket.pause();
      socket.write(bytes);
      await expectGood(one.port);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const seconds = await secondsOf(() => one.platform.close());
      assert.ok(seconds < 14, `${seconds} s`);
      socket.destroy();
    });
  }

  it('does not wait longer than for any request for a client that sends its body drop by drop', async (t) => {
    const one = await served(t, { requestMs: 2_000 });
    const socket = await open(one.port);
    assert.ok(socket !== null);
    socket.write(`POST /good HTTP/1.1\r\n${HOST}Content-Length: 100000\r\n\r\n`);
    const drops = setInterval(() => socket.write('a'), 100);
    t.after(() => clearInterval(drops));
    const seconds = await secondsOf(() => one.platform.close());
    assert.ok(seconds < 5, `${seconds} s`);
    socket.destroy();
  });

  it('waits for a client that reads slowly, but reads', async (t) => {
    const one = await served(t);
    const socket = await open(one.port);
    assert.ok(socket !== null);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 20);
    });
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write(get('/large'));
    await eventually(() => (bytes > 100_000 ? true : undefined));
    await one.platform.close();
    await ended;
    assert.ok(bytes > 4_000_000, `${bytes}`);
  });

  it('refuses once what a client goes on asking over a connection, and closes it', async (t) => {
    const one = await served(t);
    const socket = await open(one.port);
    assert.ok(socket !== null);
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write(get('/echo?id=first&ms=600'));
    await expectGood(one.port);
    const closing = one.platform.close();
    for (let index = 0; index < 5; index++) socket.write(get(`/echo?id=late.${index}`));
    await Promise.all([closing, ended]);
    assert.deepEqual(received.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 503']);
    assert.ok(one.records.every(({ target, console }) => !target.includes('late') || console.length === 0));
  });
});
