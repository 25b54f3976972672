/**
 * What a call leaves behind (request-flow, "Decided here"): it may go on during a later call of the same Function, is
 * told under the call that made it, and never changes another call's answer.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LateLine } from '../src/model/invocation';
import { recordOf } from './support/bad-row';
import { isAlive } from './support/program';
import { type RawResponse, request } from './support/raw-http';
import { eventually, type Served, serve } from './support/serve';

/** A key and a certificate for nobody. */
const PEM = readFileSync(join(__dirname, '..', '..', 'test', 'data', 'localhost.pem'));
/** Longer than what the runtime takes for a long freeze, with room for a busy machine. */
const FREEZE_MS = 1_000;

interface LeftRow {
  /** Reads on from "by". */
  readonly name: string;
  /** Statements of the first call, which then answers. `during(act)` acts once the second call runs. */
  readonly leave: string;
  /** Statements of the second call, which answers once something was left in `struck`. */
  readonly second?: string;
  readonly line: RegExp;
  /** It may have no async context; then nobody knows whose it was. */
  readonly isNobodys?: true;
}

const THROW = "struck = true; throw new Error('left');";
const AFTER = /^after the answer: Error: left/;

const FAILURES: readonly LeftRow[] = [
  { name: 'a timer that throws', leave: `during(() => { ${THROW} });`, line: AFTER },
  {
    name: 'a promise that is rejected',
    leave: "during(() => { struck = true; Promise.reject(new Error('left')); });",
    line: AFTER,
  },
  {
    name: 'an async function that goes on',
    leave: `(async () => { await new Promise(during); ${THROW} })();`,
    line: AFTER,
  },
  { name: 'a tick that throws', leave: `during(() => process.nextTick(() => { ${THROW} }));`, line: AFTER },
  {
    name: 'a microtask that throws',
    leave: `during(() => queueMicrotask(() => { ${THROW} }));`,
    line: AFTER,
    // Node 20 and 22 lose the context on the way.
    isNobodys: true,
  },
  { name: 'an immediate that throws', leave: `during(() => setImmediate(() => { ${THROW} }));`, line: AFTER },
  {
    name: 'an event without a listener for errors',
    leave: "during(() => { struck = true; emitter.emit('error', new Error('left')); });",
    line: AFTER,
  },
  {
    name: 'a listener that throws',
    leave: `emitter.on('left', () => { ${THROW} }); during(() => emitter.emit('left'));`,
    line: AFTER,
  },
  {
    name: 'a stream that fails',
    leave: "during(() => { struck = true; require('node:fs').createReadStream('/nowhere/left'); });",
    line: /^after the answer: Error: ENOENT.*\/nowhere\/left/,
  },
  {
    name: 'a callback of the file system that throws',
    leave: `during(() => require('node:fs').stat('/', () => { ${THROW} }));`,
    line: AFTER,
  },
  {
    name: 'a callback of the thread pool that throws',
    leave: `during(() => require('node:zlib').gzip('x', () => { ${THROW} }));`,
    line: AFTER,
  },
  {
    name: 'a listener for a signal that throws',
    leave: `process.once('SIGUSR2', () => { ${THROW} }); during(() => process.kill(process.pid, 'SIGUSR2'));`,
    line: AFTER,
  },
  {
    name: 'a socket that is refused',
    leave: "during(() => { struck = true; require('node:net').connect(1, '127.0.0.1'); });",
    line: /^after the answer: (?:Aggregate)?Error: .*ECONNREFUSED/,
  },
  {
    name: 'a request whose answer comes during the second call, and throws',
    leave: `http.get(event.url + '/held', () => { ${THROW} });`,
    second: "http.get(event.url + '/release', (response) => response.resume());",
    line: AFTER,
  },
  {
    name: 'a fetch whose answer comes during the second call, and rejects',
    leave: `fetch(event.url + '/held').then(() => { ${THROW} });`,
    second: "http.get(event.url + '/release', (response) => response.resume());",
    line: AFTER,
  },
  {
    name: 'an exit',
    leave: 'during(() => { struck = true; process.exit(1); });',
    line: /process\.exit\(\) was called by what an answered call left behind/,
  },
  {
    name: 'what runs in no context at all',
    leave: `const { setFlagsFromString } = require('node:v8');
      setFlagsFromString('--expose-gc');
      const collect = require('node:vm').runInNewContext('gc');
      registry.register({}, 'left');
      during(() => collect());`,
    line: AFTER,
    isNobodys: true,
  },
];

/** They fail nobody, so the instance stays. */
const LINES: readonly LeftRow[] = [
  {
    name: 'a timer',
    leave: "during(() => { struck = true; console.log('left line'); });",
    line: /^left line$/,
  },
  {
    name: 'an async function',
    leave: "(async () => { await new Promise(during); console.log('left line'); struck = true; })();",
    line: /^left line$/,
  },
  {
    name: 'a listener',
    leave:
      "emitter.on('left', () => { struck = true; console.log('left line'); }); during(() => emitter.emit('left'));",
    line: /^left line$/,
  },
  {
    name: 'process.stdout',
    leave: "during(() => { struck = true; process.stdout.write('left line\\n'); });",
    line: /^left line$/,
  },
  {
    name: 'a request whose answer comes during the second call',
    leave: "http.get(event.url + '/held', () => { struck = true; console.log('left line'); });",
    second: "http.get(event.url + '/release', (response) => response.resume());",
    line: /^left line$/,
  },
];

/** Answers how many calls this instance has had. */
function leaving({ leave, second = '' }: LeftRow): string {
  return `
    const http = require('node:http');
    const emitter = new (require('node:events'))();
    const registry = new FinalizationRegistry(() => { ${THROW} });
    let calls = 0;
    let struck = false;
    const during = (act) => when(() => calls > 1, act);
    const when = (isTrue, act) => {
      const timer = setInterval(() => {
        if (!isTrue()) return;
        clearInterval(timer);
        act();
      }, 1);
    };
    exports.handler = (context, event, callback) => {
      calls += 1;
      if (event.leave) {
        ${leave}
        return setTimeout(callback, 20, null, String(calls));
      }
      if (!event.wait) return callback(null, String(calls));
      ${second}
      when(() => struck, () => setTimeout(callback, 20, null, String(calls)));
    };`;
}

describe('a call keeps its answer when what an earlier call left behind', () => {
  let served: Served;
  let other: Server;
  const held: ServerResponse[] = [];
  before(async () => {
    other = createServer((req, res) => {
      if (req.url === '/held') return held.push(res);
      for (const response of held.splice(0)) response.end();
      return res.end();
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const tables = { failure: FAILURES, line: LINES };
    const files = Object.entries(tables).flatMap(([table, rows]) =>
      rows.map((row, index): [string, string] => [`functions/${table}-${index}.js`, leaving(row)]),
    );
    served = await serve(
      {
        ...Object.fromEntries(files),
        'functions/again.js': leaving({
          name: '',
          leave: "during(() => { callback(null, 'stolen'); callback(new Error('stolen')); struck = true; });",
          line: /./,
        }),
        'functions/spin.js': `let calls = 0;
          exports.handler = (context, event, callback) => {
            callback(null, String((calls += 1)));
            if (event.leave) for (;;);
          };`,
      },
      { maxInstances: 64 },
    );
  });
  after(async () => {
    await served.close();
    other.closeAllConnections();
    other.close();
  });

  const ask = (name: string, query = ''): Promise<RawResponse> =>
    request(served.port, { method: 'GET', path: `/${name}?url=http://127.0.0.1:${portOf(other)}&${query}` });
  const textOf = async (name: string, query = ''): Promise<string> => {
    const response = await ask(name, query);
    return `${response.status} ${response.text()}`;
  };
  const lineOf = (name: string, line: RegExp): Promise<LateLine> =>
    eventually(() =>
      served.late.find(({ resource, text }) => resource === `functions/${name}.js` && line.test(text)),
    );

  FAILURES.forEach(({ name, line, isNobodys }, index) => {
    it(`fails, by ${name}`, async () => {
      const path = `failure-${index}`;
      const first = await ask(path, 'leave=1');
      const second = await ask(path, 'wait=1');
      assert.deepEqual([first.text(), `${second.status} ${second.text()}`], ['1', '200 2']);
      const { error, console } = await recordOf(served, second);
      assert.deepEqual([error, console], [null, []]);
      const { level, requestId } = await lineOf(path, line);
      assert.equal(level, 'error');
      const owner = first.header('twilio-request-id');
      if (isNobodys) assert.notEqual(requestId, second.header('twilio-request-id'));
      else assert.equal(requestId, owner);
      assert.equal(await textOf(path), '200 1', 'the instance was retired');
    });
  });

  LINES.forEach(({ name, line }, index) => {
    it(`writes a line, by ${name}`, async () => {
      const path = `line-${index}`;
      const first = await ask(path, 'leave=1');
      const second = await ask(path, 'wait=1');
      assert.deepEqual([first.text(), `${second.status} ${second.text()}`], ['1', '200 2']);
      const { level, requestId } = await lineOf(path, line);
      assert.deepEqual([level, requestId], ['info', first.header('twilio-request-id')]);
      assert.deepEqual((await recordOf(served, second)).console, []);
      assert.equal(await textOf(path), '200 3', 'the instance is kept');
    });
  });

  it('calls back once more', async () => {
    assert.equal(await textOf('again', 'leave=1'), '200 1');
    assert.equal(await textOf('again', 'wait=1'), '200 2');
  });

  it('spins: it runs in another instance, within about 2 s', async () => {
    assert.equal(await textOf('spin', 'leave=1'), '200 1');
    const start = performance.now();
    assert.equal(await textOf('spin'), '200 1');
    assert.ok(performance.now() - start < 5_000);
  });
});

it('a process that ends because of a worker and loops in a listener of its exit is ended', async (t) => {
  const source = `exports.handler = (context, event, callback) => {
    new (require('node:worker_threads').Worker)('setInterval(() => {}, 1000)', { eval: true });
    process.on('exit', () => { for (;;); });
    callback(null, String(process.pid));
  };`;
  const served = await serve({ 'functions/a.js': source });
  t.after(() => served.close());
  const pid = Number((await request(served.port, { method: 'GET', path: '/a' })).text());
  await eventually(() => !isAlive(pid) || undefined, 5_000);
});

describe('a connection that was kept alive and that its far end closed during the freeze is noticed', () => {
  const AGENT = (name: string) => `const client = require('node:${name}');
    const agent = new client.Agent({ keepAlive: true });
    exports.handler = (context, event, callback) => {
      const options = { method: 'POST', agent, rejectUnauthorized: false };
      const request = client.request(event.url, options, (response) => {
        response.setEncoding('utf8').once('data', (text) => callback(null, text)).resume();
      });
      request.on('error', callback).end('ping');
    };`;
  const FETCH = `exports.handler = async (context, event, callback) => {
      const response = await fetch(event.url, { method: 'POST', body: 'ping' });
      callback(null, await response.text());
    };`;
  const rows: readonly [title: string, source: string, start: (t: TestContext) => Promise<Server>][] = [
    ['http.Agent', AGENT('http'), (t) => listening(t, createServer(pong))],
    ['https.Agent', AGENT('https'), (t) => listening(t, createTlsServer({ key: PEM, cert: PEM }, pong))],
    ['fetch', FETCH, (t) => listening(t, createServer(pong))],
  ];

  for (const [title, source, start] of rows) {
    for (const how of ['closed', 'reset'] as const) {
      it(`by ${title}, where it was ${how}`, async (t) => {
        const server = await start(t);
        const open = openSockets(server);
        const served = await serve({ 'functions/a.js': source });
        t.after(() => served.close());
        const scheme = title.startsWith('https') ? 'https' : 'http';
        const path = `/a?url=${encodeURIComponent(`${scheme}://127.0.0.1:${portOf(server)}/`)}`;
        for (let round = 0; round < 3; round++) {
          const answer = await request(served.port, { method: 'POST', path, body: '' });
          assert.equal(`${answer.status} ${answer.text()}`, '200 pong', `round ${round}`);
          for (const socket of open()) {
            if (how === 'reset') socket.resetAndDestroy();
            else socket.end();
          }
          await sleep(FREEZE_MS);
        }
        assert.equal(served.records.filter(({ error }) => error !== null).length, 0);
      });
    }
  }
});

function pong(req: IncomingMessage, res: ServerResponse): void {
  req.resume().on('end', () => res.end('pong'));
}

async function listening(t: TestContext, server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

/** The connections of this server that are open, at the level of TCP. */
function openSockets(server: Server): () => readonly Socket[] {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  return () => [...sockets];
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
