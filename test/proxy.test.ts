/** The gateway as it is operated: behind HAProxy, and behind nginx, with the configurations of docs/operations.md. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Agent, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { GOOD } from './support/bad-row';
import { DISGUISES } from './support/disguises';
import { freePort } from './support/ports';
import { childrenOf } from './support/program';
import { commandHaproxy, type RunningProxy, reloadNginx, startProxy } from './support/proxy';
import { type RawRequest, request } from './support/raw-http';
import { eventually, type Served, type ServeOptions, serve } from './support/serve';

const TOKEN = '0123456789abcdef0123456789abcdef';
const HOST = 'hooks.example.com';
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
const RAN = "exports.handler = (context, event, callback) => { console.log('ran'); callback(null, 'ran'); };";
const FILES = {
  '.env': `AUTH_TOKEN=${TOKEN}\n`,
  'functions/good.js': GOOD,
  'functions/signed.protected.js':
    "exports.handler = (context, { Body }, callback) => callback(null, context.DOMAIN_NAME + ' ' + Body);",
  'functions/size.js':
    'exports.handler = (context, { a = [] }, callback) => callback(null, String(a.length));',
  'functions/large.js':
    "exports.handler = (context, event, callback) => callback(null, Buffer.alloc(4_000_000, 'a'));",
  'functions/slow.js':
    "exports.handler = (context, event, callback) => setTimeout(callback, 500, null, 'slow');",
  'functions/echo.js': 'exports.handler = (context, { id }, callback) => callback(null, id);',
  'functions/target.js': RAN,
  'functions/second.js': RAN,
  'functions/hidden.js': RAN,
  'assets/health.txt': 'up',
};

/** What the vendor computes: the URL, then names and values of the form. */
function sign(url: string, form: string): string {
  const text = form.replace(/[=&]/g, '');
  return createHmac('sha1', TOKEN)
    .update(url + text)
    .digest('base64');
}

function webhook(url: string, ...headers: (readonly [string, string])[]): RawRequest {
  const body = 'Body=Ahoy';
  const signature = ['X-Twilio-Signature', sign(url, body)] as const;
  return { method: 'POST', path: '/signed?a=1', body, headers: [FORM, signature, ...headers] };
}

for (const name of ['haproxy', 'nginx'] as const) {
  // The configuration of HAProxy says https, because TLS ends there.
  const scheme = name === 'haproxy' ? 'https' : 'http';

  describe(`behind ${name}`, () => {
    let served: Served;
    let proxy: RunningProxy;
    before(async () => {
      served = await serve(FILES, { trustProxy: ['loopback'] });
      proxy = await startProxy(name, { backends: [served.port] });
      await expectUp(proxy);
    });
    after(async () => {
      await proxy?.stop();
      await served.close();
    });

    it('a signed webhook is checked against what the sender called, from what the proxy says', async () => {
      const url = `${scheme}://${HOST}/signed?a=1`;
      const response = await request(proxy.port, webhook(url, ['Host', HOST]));
      assert.equal(`${response.status} ${response.text()}`, `200 ${HOST} Ahoy`);
    });

    it('nobody can say for the proxy what the sender called', async () => {
      const claims = [
        ['Host', HOST],
        ['X-Forwarded-Host', 'evil.example'],
        ['X-Forwarded-Proto', 'ftp'],
      ] as const;
      const evil = await request(proxy.port, webhook('https://evil.example/signed?a=1', ...claims));
      assert.equal(evil.status, 400);
      const real = await request(proxy.port, webhook(`${scheme}://${HOST}/signed?a=1`, ...claims));
      assert.equal(real.status, 200);
    });

    it('a public URL decides alone, whatever the Host is', async (t) => {
      const fixed = await serve(FILES, { publicUrl: new URL('https://public.example') });
      t.after(() => fixed.close());
      const other = await startProxy(name, { backends: [fixed.port] });
      t.after(() => other.stop());
      await expectUp(other);
      const response = await request(
        other.port,
        webhook('https://public.example/signed?a=1', ['Host', 'x.example']),
      );
      assert.equal(`${response.status} ${response.text()}`, '200 public.example Ahoy');
      const wrong = await request(other.port, webhook('https://x.example/signed?a=1', ['Host', 'x.example']));
      assert.equal(wrong.status, 400);
    });

    it('connections to the gateway are used again', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 4 });
      const opened = countConnections(served.port);
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) => ask(proxy.port, `${index}`, agent)),
      );
      agent.destroy();
      assert.deepEqual(
        answers.map(({ text }) => text),
        answers.map((_, index) => String(index)),
      );
      assert.ok(opened() <= 20, `${opened()} connections`);
    });

    it('large bodies and answers are whole, and those that are too large refused', async () => {
      const post = (bytes: number) =>
        request(proxy.port, {
          method: 'POST',
          path: '/size',
          headers: [FORM],
          body: `a=${'b'.repeat(bytes)}`,
        });
      assert.equal((await post(1_000_000)).text(), '1000000');
      assert.equal((await post(1_048_500)).status, 413);
      const large = await request(proxy.port, { method: 'GET', path: '/large' });
      assert.equal(large.body.length, 4_000_000);
      const refused = await Promise.all(
        Array.from({ length: 10 }, () =>
          request(proxy.port, { method: 'POST', path: '/missing', body: Buffer.alloc(1_040_000) }),
        ),
      );
      assert.ok(refused.every(({ status }) => status === 404));
      const chunked = `5\r\na=bbb\r\n0\r\n\r\n`;
      const headers = [FORM, ['Transfer-Encoding', 'chunked']] as const;
      const response = await request(proxy.port, { method: 'POST', path: '/size', headers, body: chunked });
      assert.equal(response.text(), '3');
    });

    it('what the gateway refuses is told to the client as it is', async () => {
      const rows: readonly (readonly [RawRequest, number])[] = [
        [{ method: 'GET', path: '/missing' }, 404],
        [{ method: 'PUT', path: '/good', body: 'a' }, 405],
        [{ method: 'POST', path: '/signed', body: 'a' }, 400],
        [{ method: 'GET', path: `/good?${'a'.repeat(8_500)}` }, 414],
        [
          { method: 'GET', path: '/good', headers: [['A', 'a'.repeat(15_500)]] },
          name === 'haproxy' ? 400 : 431,
        ],
      ];
      for (const [send, status] of rows) {
        assert.equal(
          (await request(proxy.port, send)).status,
          status,
          `${send.method} ${send.path.slice(0, 40)}`,
        );
      }
    });

    it('no request in disguise gets past it that it would have refused', async () => {
      const rows = Object.values(DISGUISES).flat();
      for (let at = 0; at < rows.length; at += 24) {
        await Promise.all(rows.slice(at, at + 24).map(({ bytes }) => sendAndLeave(proxy.port, bytes)));
      }
      await expectUp(proxy);
      const hidden = served.records.filter(
        ({ target, resource }) => target.startsWith('/hidden') || resource === 'functions/hidden.js',
      );
      assert.deepEqual(hidden, []);
      const barred = await request(proxy.port, { method: 'GET', path: '/hidden' });
      assert.equal(barred.status, 403, 'the proxy bars it');
      assert.ok(served.records.some(({ resource }) => resource === 'functions/target.js'));
    });

    it('clients that leave are not waited for, and run nothing half', async () => {
      const partial = `POST /target HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 900000\r\n\r\n${'a'.repeat(300_000)}`;
      const count = served.records.length;
      const leavers = [
        partial,
        `GET /large HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`,
        `GET /slow HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`,
      ];
      const sockets = Array.from({ length: 10 }, () =>
        leavers.map((bytes) => open(proxy.port, bytes)),
      ).flat();
      await eventually(
        () => (openedSince(count, '/slow') + openedSince(count, '/large') > 0 ? true : undefined),
        5_000,
      );
      for (const socket of sockets) socket.resetAndDestroy();
      await expectUp(proxy);
      await eventually(() => (openedSince(count, '/slow') >= 1 ? true : undefined), 5_000);
      const ran = served.records
        .slice(count)
        .filter(({ target, console }) => target === '/target' && console.length > 0);
      assert.deepEqual(ran, []);
    });

    function openedSince(count: number, path: string): number {
      return served.records.slice(count).filter(({ target }) => target === path).length;
    }
  });

  it(`2,000 requests behind ${name}, while a project is saved and a second gateway takes over, are all answered once`, async (t) => {
    const options: ServeOptions = { live: true, trustProxy: ['loopback'], maxInstances: 3 };
    const [portA, portB] = [await freePort(), await freePort()];
    const first = await serve(FILES, { ...options, port: portA });
    t.after(() => first.close());
    const proxy = await startProxy(name, { backends: name === 'haproxy' ? [portA, portB] : [portA] });
    t.after(() => proxy.stop());
    await expectUp(proxy);

    const load = startLoad(proxy.port, 2_000);
    await load.reached(400);
    await first.project.replace('functions/echo.js', `${FILES['functions/echo.js']} // saved`);
    await load.reached(800);
    const second = await serve(FILES, { ...options, port: portB });
    t.after(() => second.close());
    await (name === 'haproxy' ? takeOverHaproxy(proxy) : takeOverNginx(proxy, portB));
    await eventually(
      () => (second.records.some(({ target }) => target.startsWith('/echo')) ? true : undefined),
      20_000,
    );
    await quiet(first);
    await first.platform.close();
    const { sent, statuses, wrong } = await load.end();

    assert.ok(sent >= 2_000);
    assert.deepEqual([statuses, wrong], [{ 200: sent }, []]);
    assert.ok(first.notices.includes('reloaded'));
    const ran = [...first.records, ...second.records].filter(({ target }) => target.startsWith('/echo'));
    assert.equal(new Set(ran.map(({ target }) => target)).size, sent);
    assert.equal(ran.length, sent, 'each ran once');
  });
}

/** As docs/operations.md says: the new one is up, the old one gets nothing new. */
async function takeOverHaproxy(proxy: RunningProxy): Promise<void> {
  await eventually(async () => {
    const state = await commandHaproxy(proxy, 'show stat');
    return /^hookswitch,b,.*,UP,/m.test(state) ? true : undefined;
  }, 20_000);
  await commandHaproxy(proxy, 'set server hookswitch/a state drain');
}

async function takeOverNginx(proxy: RunningProxy, port: number): Promise<void> {
  const before = childrenOf(proxy.process.pid ?? 0);
  await reloadNginx(proxy, { backends: [port] });
  await eventually(() => {
    const now = childrenOf(proxy.process.pid ?? 0);
    return now.length > 0 && now.every((pid) => !before.includes(pid)) ? true : undefined;
  }, 20_000);
}

/** Nothing but checks has come for a while, and nothing runs. */
async function quiet({ records }: Served): Promise<void> {
  let last = -1;
  await eventually(async () => {
    const count = records.filter(({ target }) => target.startsWith('/echo')).length;
    const isQuiet = count === last;
    last = count;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return isQuiet ? true : undefined;
  }, 20_000);
}

async function expectUp(proxy: RunningProxy): Promise<void> {
  await eventually(async () => {
    const response = await request(proxy.port, { method: 'GET', path: '/good' }).catch(() => null);
    return response?.text() === 'good' ? true : undefined;
  }, 15_000);
}

interface Load {
  /** So many are answered. */
  reached(count: number): Promise<unknown>;
  /** Stops once what is asked for is sent, and waits for the answers. */
  end(): Promise<Totals>;
}

interface Totals {
  readonly sent: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

/** Eight clients, half of which open a connection for each request. They go on, slower, until they are told to end. */
function startLoad(port: number, atLeast: number): Load {
  const agent = new Agent({ keepAlive: true });
  const statuses: Record<string, number> = {};
  const wrong: string[] = [];
  let sent = 0;
  let answered = 0;
  let ends = false;
  const work = async (reuses: boolean): Promise<void> => {
    while (sent < atLeast || !ends) {
      const id = `load.${sent++}`;
      const { status, text } = await ask(port, id, reuses ? agent : false);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (text !== id) wrong.push(`${id}: ${text.slice(0, 100)}`);
      answered += 1;
      if (answered > atLeast / 2 && !ends) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const working = Promise.all(Array.from({ length: 8 }, (_, index) => work(index % 2 === 0)));
  return {
    reached: (count) => eventually(() => (answered >= count ? true : undefined), 40_000),
    end: async () => {
      ends = true;
      await working;
      agent.destroy();
      return { sent, statuses, wrong };
    },
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends it again where a connection that was kept open ended without a byte, as every client does. */
async function ask(port: number, id: string, agent: Agent | false): Promise<Answer> {
  return new Promise((resolve) => {
    const outgoing = httpRequest({ port, host: '127.0.0.1', path: `/echo?id=${id}`, agent }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.once('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
      incoming.once('error', (error) => resolve({ status: 0, text: error.message }));
    });
    outgoing.once('error', (error) => {
      if (outgoing.reusedSocket) ask(port, id, agent).then(resolve);
      else resolve({ status: 0, text: error.message });
    });
    outgoing.end();
  });
}

/** Of everybody with the gateway on this port, from now on. */
function countConnections(port: number): () => number {
  let count = 0;
  const onSocket = (message: unknown): void => {
    const { socket } = message as { socket: Socket }; // as documented for this channel
    if (socket.localPort === port) count += 1;
  };
  subscribe('net.server.socket', onSocket);
  return () => {
    unsubscribe('net.server.socket', onSocket);
    return count;
  };
}

function open(port: number, bytes: string): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write(Buffer.from(bytes, 'latin1'));
  return socket;
}

/** Waits for an answer, but not for long: a proxy may wait for more. */
async function sendAndLeave(port: number, bytes: string): Promise<void> {
  const socket = open(port, bytes);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 400);
    socket.once('close', () => resolve(clearTimeout(timer)));
    socket.once('data', () => setTimeout(resolve, 30));
  });
  socket.destroy();
}
