/** Clients that are slow, leave, half close, or send more than can be run; and a gateway that stops below them. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { expectGood, GOOD, recordOf } from './support/bad-row';
import { converse, exchange, request, requestBytes } from './support/raw-http';
import { eventually, type Served, serve } from './support/serve';

const HOST = 'Host: localhost\r\n';
const WAIT =
  "exports.handler = (context, { ms, body }, callback) => ms === '0' ? callback() : setTimeout(callback, Number(ms), null, body ?? 'waited ' + ms);";
const FILES = { 'functions/good.js': GOOD, 'functions/wait.js': WAIT };

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\n${HOST}\r\n`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe('a client that', { concurrency: 4 }, () => {
  let served: Served;
  before(async () => {
    served = await serve({
      ...FILES,
      'functions/large.js':
        "exports.handler = (context, event, callback) => callback(null, Buffer.alloc(4_000_000, 'a'));",
    });
  });
  after(() => served.close());

  /** Sends, then resets the connection once what was sent has arrived: a later request was answered. */
  async function leave(bytes: string): Promise<void> {
    const socket = connect(served.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(bytes);
    await expectGood(served.port);
    socket.resetAndDestroy();
  }

  it('half closes after its request still gets its answer', async () => {
    const { responses, end } = await converse(served.port, [get('/wait?ms=150')], { halfClose: true });
    assert.deepEqual([responses.map((response) => response.text()), end], [['waited 150'], 'closed']);
  });

  it('half closes after several requests gets all answers', async () => {
    const bytes = `${get('/wait?ms=100')}${get('/good')}${get('/missing')}`;
    const { responses, end } = await converse(served.port, [bytes], { halfClose: true });
    assert.deepEqual(
      [responses.map((response) => response.text()), end],
      [['waited 100', 'good', 'Not Found'], 'closed'],
    );
  });

  it('pipelines 50 requests gets 50 answers in their order', async () => {
    const bytes = Array.from({ length: 50 }, (_, index) =>
      get(`/wait?ms=${1 + ((index * 7) % 20)}&body=${index}`),
    ).join('');
    const { responses } = await converse(served.port, [bytes], { count: 50 });
    assert.deepEqual(
      responses.map((response) => response.text()),
      Array.from({ length: 50 }, (_, index) => String(index)),
    );
  });

  it('leaves while its Function runs disturbs nobody, and its record is written', async () => {
    await leave(get('/wait?ms=1000&body=left'));
    await expectGood(served.port);
    const record = await eventually(
      () => served.records.find(({ target }) => target === '/wait?ms=1000&body=left'),
      8_000,
    );
    assert.deepEqual([record.error, record.resource], [null, 'functions/wait.js']);
    assert.ok(record.durationMs > 900);
  });

  it('leaves in the middle of its body is recorded, and nothing ran', async () => {
    await leave(`POST /wait?left=1 HTTP/1.1\r\n${HOST}Content-Length: 1000\r\n\r\nabc`);
    const record = await eventually(() => served.records.find(({ target }) => target === '/wait?left=1'));
    // A reset that arrives with unread data may look like an end to the parser.
    assert.match(record.error ?? 'none', /^(HS_BODY_UNREADABLE|HS_BAD_REQUEST)$/);
    assert.deepEqual([record.status, record.console], [400, []]);
    assert.match(record.detail ?? '', /the connection ended before the body did|HPE_INVALID_EOF_STATE/);
    await expectGood(served.port);
  });

  it('leaves in the middle of its head, or sends nothing, disturbs nobody', async () => {
    await Promise.all([leave('GET /good?head HTTP/1.1\r\nHo'), leave('')]);
    await expectGood(served.port);
    assert.ok(served.records.every(({ target }) => target !== '/good?head'));
  });

  it('does not read its answer disturbs nobody', async () => {
    const sockets = Array.from({ length: 10 }, () => connect(served.port, '127.0.0.1'));
    for (const socket of sockets) {
      socket.on('error', () => {});
      socket.pause();
      socket.write(get('/large?unread=1'));
    }
    await eventually(
      () =>
        served.records.filter(({ target }) => target === '/large?unread=1').length === 10 ? true : undefined,
      8_000,
    );
    await expectGood(served.port);
    for (const socket of sockets) socket.destroy();
    await expectGood(served.port);
  });

  it('sends its request byte by byte gets its answer', async () => {
    const response = await exchange(served.port, [...get('/good')], { pauseMs: 1 });
    assert.equal(response.text(), 'good');
  });
});

describe('a client that is too slow', { concurrency: 4 }, () => {
  let served: Served;
  before(async () => {
    served = await serve(FILES, { requestMs: 600 });
  });
  after(() => served.close());

  const stalled: readonly (readonly [string, string, string])[] = [
    ['with its head', 'GET /good HTTP/1.1\r\nHost: x\r\n', ''],
    ['with its first line', 'GET /go', ''],
    [
      'with its body',
      `POST /good?slow=body HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nabc`,
      '/good?slow=body',
    ],
    [
      'with its chunks',
      `POST /good?slow=chunk HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nab`,
      '/good?slow=chunk',
    ],
    [
      'with an empty GET in chunks',
      `GET /good?slow=get HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`,
      '/good?slow=get',
    ],
  ];
  for (const [what, bytes, target] of stalled) {
    it(`${what} gets 408 and is recorded`, async () => {
      const { responses, end } = await converse(served.port, [bytes]);
      assert.deepEqual(
        [responses.map((response) => `${response.status} ${response.text()}`), end],
        [['408 Request Timeout'], 'closed'],
      );
      const record = await eventually(() =>
        served.records.find((one) => one.error === 'HS_REQUEST_TIMEOUT' && one.target === target),
      );
      assert.equal(record.status, 408);
      await expectGood(served.port);
    });
  }

  it('drop by drop gets 408 too', async () => {
    const drops = [
      'GET /good HTTP/1.1\r\n',
      ...Array.from({ length: 100 }, (_, index) => `A${index}: b\r\n`),
    ];
    const { responses } = await converse(served.port, drops, { pauseMs: 50 });
    assert.deepEqual(
      responses.map(({ status }) => status),
      [408],
    );
  });

  it('behind a request that is still answered, gets that answer first', async () => {
    const { responses } = await converse(served.port, [`${get('/wait?ms=2500')}GET /go`]);
    assert.deepEqual(
      responses.map(({ status }) => status),
      [200, 408],
    );
  });

  it('to send anything at all is let go without a word', async () => {
    const { responses, end } = await converse(served.port, []);
    assert.deepEqual([responses, end], [[], 'closed']);
  });
});

describe('with one instance for all', { concurrency: 4 }, () => {
  it('a call that waits over 5 s is told to come again, and the running one is not disturbed', async (t) => {
    const served = await serve(
      { ...FILES, '.env': 'AUTH_TOKEN=a\n', 'functions/signed.protected.js': GOOD },
      { maxInstances: 1 },
    );
    t.after(() => served.close());
    const running = request(served.port, { method: 'GET', path: '/wait?ms=6500' });
    await pause(300);
    const start = performance.now();
    const [waiting, unsigned] = await Promise.all([
      request(served.port, { method: 'GET', path: '/good' }),
      request(served.port, { method: 'GET', path: '/signed', headers: [['X-Twilio-Signature', 'wrong']] }),
    ]);
    assert.ok(performance.now() - start > 4_500);
    assert.deepEqual(
      [waiting.status, waiting.text(), waiting.header('retry-after')],
      [429, 'Too Many Requests', '1'],
    );
    const record = await recordOf(served, waiting);
    assert.equal(record.error, 'HS_TOO_MANY_REQUESTS');
    assert.match(record.detail ?? '', /waited over 5000 ms/);
    assert.equal(unsigned.status, 400, 'a wrong signature is decided before the queue');
    assert.equal((await running).text(), 'waited 6500');
    await expectGood(served.port);
  });

  it('calls beyond 1,000 that wait are refused at once, and all others run', async (t) => {
    const served = await serve(FILES, { maxInstances: 1 });
    t.after(() => served.close());
    const first = request(served.port, { method: 'GET', path: '/wait?ms=1500&body=first' });
    await pause(100);
    // Of one connection not more run at a time.
    const conversations = await Promise.all(
      Array.from({ length: 110 }, () => converse(served.port, [get('/wait?ms=0').repeat(10)], { count: 10 })),
    );
    const responses = [await first, ...conversations.flatMap((one) => one.responses)];
    const refused = responses.filter(({ status }) => status === 429);
    const answered = responses.filter(({ status }) => status === 200);
    assert.deepEqual([responses.length, refused.length + answered.length], [1_101, 1_101]);
    assert.equal(responses[0]?.text(), 'first');
    assert.ok(refused.every((response) => response.header('retry-after') === '1'));
    const atOnce = served.records.filter(({ detail }) => /1000 calls are waiting already/.test(detail ?? ''));
    assert.ok(atOnce.length >= 80 && atOnce.length <= 110, `${atOnce.length} were refused at once`);
    assert.ok(
      atOnce.every(({ error, durationMs }) => error === 'HS_TOO_MANY_REQUESTS' && durationMs < 5_000),
    );
  });
});

describe('a gateway that stops', { concurrency: 4 }, () => {
  it('answers what runs, refuses what comes, and is gone', async (t) => {
    const served = await serve(FILES);
    t.after(() => served.close());
    await expectGood(served.port);
    const socket = connect(served.port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write(get('/wait?ms=1200'));
    await expectGood(served.port);
    const closed = served.platform.close();
    socket.write(`${get('/good')}${requestBytes({ method: 'GET', path: '/missing' })}`);
    await closed;
    await ended;
    const text = Buffer.concat(received).toString();
    assert.deepEqual(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 503']);
    assert.match(text, /waited 1200HTTP\/1\.1 503 Service Unavailable\r\n(.+\r\n)*Connection: close\r\n/i);
    assert.equal((await served.record('/good')).error, 'HS_STOPPING');
    await assert.rejects(request(served.port, { method: 'GET', path: '/good' }), /ECONNREFUSED/);
  });

  it('does not wait for connections that are kept open', async () => {
    const served = await serve(FILES);
    await expectGood(served.port);
    const idle = connect(served.port, '127.0.0.1');
    const used = connect(served.port, '127.0.0.1');
    const busy = connect(served.port, '127.0.0.1');
    used.write(get('/good'));
    await new Promise((resolve) => used.once('data', resolve));
    busy.write(get('/wait?ms=600'));
    await expectGood(served.port);
    const start = performance.now();
    await served.close();
    assert.ok(performance.now() - start < 10_000);
    for (const socket of [idle, used, busy]) socket.destroy();
  });
});
