/** The admin server: what it answers, and everybody whom it does not. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { InvocationPage, ProjectInfo, SourceExcerpt } from '../src/admin/api';
import type { InvocationRecord } from '../src/model/record';
import { writeProject } from './support/project';
import { request } from './support/raw-http';
import { type RecordedGateway, serveRecorded } from './support/recorded';
import { eventually } from './support/serve';

const PROJECT = {
  '.env': 'AUTH_TOKEN=0123456789abcdef0123456789abcdef\n',
  'functions/hello.js': `exports.handler = (context, event, callback) => callback(null, event.request);`,
  'functions/throws.js': `exports.handler = () => {\n  // here\n  throw new Error('on purpose');\n};`,
  'assets/closed.protected.txt': 'closed',
};

describe('the admin API', () => {
  let gateway: RecordedGateway;
  before(async () => {
    gateway = await serveRecorded(PROJECT);
  });
  after(() => gateway.close());

  const get = (path: string) => request(gateway.port, { method: 'GET', path });
  const bearer = () => ['Authorization', `Bearer ${gateway.admin.token}`] as const;
  const host = () => ['Host', `localhost:${gateway.admin.port}`] as const;
  const openSession = async () => {
    const link = new URL(gateway.admin.issueLink());
    const response = await gateway.ask('GET', link.pathname + link.search, []);
    assert.equal(response.status, 303);
    assert.equal(response.header('location'), '/');
    return (response.header('set-cookie') ?? '').split(';')[0] ?? '';
  };

  it('tells what is served', async () => {
    const project = await gateway.api<ProjectInfo>('GET', '/api/project');
    assert.equal(project.root, gateway.project.path);
    assert.equal(project.build, gateway.platform.build.id);
    assert.equal(project.hasAuthToken, true);
    assert.deepEqual(
      project.functions.map(({ path, url }) => [path, url]),
      [
        ['/hello', `http://localhost:${gateway.port}/hello`],
        ['/throws', `http://localhost:${gateway.port}/throws`],
      ],
    );
    assert.equal(project.assets[0]?.visibility, 'protected');
  });

  it('lists records in pages, newest first', async () => {
    for (let number = 1; number <= 5; number++) await get(`/hello?page=${number}`);
    const first = await gateway.api<InvocationPage>('GET', '/api/invocations?limit=3&q=page%3D');
    assert.deepEqual(
      first.invocations.map(({ target }) => target),
      ['/hello?page=5', '/hello?page=4', '/hello?page=3'],
    );
    const second = await gateway.api<InvocationPage>(
      'GET',
      `/api/invocations?limit=3&q=page%3D&before=${first.next}`,
    );
    assert.deepEqual(
      second.invocations.map(({ target }) => target),
      ['/hello?page=2', '/hello?page=1'],
    );
    assert.equal(second.next, null);
    assert.equal(second.seen, gateway.kept.seen);
  });

  it('shows one record, by its id or as the last one', async () => {
    const id = (await get('/hello?one')).header('twilio-request-id');
    const record = await gateway.api<InvocationRecord>('GET', `/api/invocations/${id}`);
    assert.equal(record.target, '/hello?one');
    assert.deepEqual(await gateway.api('GET', '/api/invocations/last'), record);
  });

  it('shows the lines of the source that the stack names', async () => {
    const id = (await get('/throws')).header('twilio-request-id');
    const [place] = await gateway.api<SourceExcerpt[]>('GET', `/api/invocations/${id}/source`);
    assert.equal(place?.file, 'functions/throws.js');
    assert.equal(place?.line, 3);
    assert.match(place?.lines[place.line - place.firstLine] ?? '', /on purpose/);
  });

  it('hands out a body as a file that no browser shows', async () => {
    const id = (await get('/hello?body')).header('twilio-request-id');
    const response = await gateway.ask('GET', `/api/invocations/${id}/body?side=response`);
    assert.equal(response.header('content-type'), 'application/octet-stream');
    assert.match(response.header('content-disposition') ?? '', /^attachment; filename="RQ\w+-response.bin"$/);
    assert.match(response.text(), /headers/);
    assert.equal((await gateway.ask('GET', `/api/invocations/${id}/body?side=request`)).status, 404);
    assert.equal((await gateway.ask('GET', `/api/invocations/${id}/body?side=../x`)).status, 400);
  });

  it('tells events while they happen, and that everything was forgotten', async () => {
    const socket = connect(gateway.admin.port, '127.0.0.1').setEncoding('utf8');
    let text = '';
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    const headers = [host(), bearer()].map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.write(`GET /api/events HTTP/1.1\r\n${headers}\r\n`);
    await eventually(() => (text.includes(': hello') ? true : undefined));
    await get('/hello?event');
    await eventually(() => (text.includes('"target":"/hello?event"') ? true : undefined));
    await gateway.api('DELETE', '/api/invocations');
    await eventually(() => (text.includes('"type":"cleared"') ? true : undefined));
    assert.equal((await gateway.api<InvocationPage>('GET', '/api/invocations')).kept, 0);
    socket.destroy();
  });

  const REFUSED: readonly [what: string, method: string, path: string, status: number][] = [
    ['an id that is not kept', 'GET', '/api/invocations/RQ0', 404],
    ['a path that is not there', 'GET', '/api/nothing', 404],
    ['a method that is not for it', 'PUT', '/api/project', 400],
    ['an OPTIONS, as a preflight sends it', 'OPTIONS', '/api/project', 400],
    ['a limit that is no number', 'GET', '/api/invocations?before=x', 400],
    ['a POST of a page', 'POST', '/', 400],
  ];
  for (const [what, method, path, status] of REFUSED) {
    it(`refuses ${what}`, async () => {
      const response = await gateway.ask(method, path);
      assert.equal(response.status, status, response.text());
      assert.match(JSON.parse(response.text()).code, /^HS_/);
      assert.equal(response.header('access-control-allow-origin'), undefined);
    });
  }

  // --- who may come in

  const ATTACKS: readonly [
    what: string,
    headers: () => readonly (readonly [string, string])[],
    status: number,
  ][] = [
    ['nobody in particular', () => [], 401],
    ['somebody with a wrong token', () => [['Authorization', `Bearer ${'x'.repeat(43)}`]], 401],
    ['somebody with a wrong cookie', () => [['Cookie', `hookswitch-console-${gateway.admin.port}=x`]], 401],
    [
      'a name that leads here (DNS rebinding)',
      () => [['Host', `evil.example:${gateway.admin.port}`], bearer()],
      403,
    ],
    ['another port under our name', () => [['Host', 'localhost:1'], bearer()], 403],
    [
      'an address that we do not listen on',
      () => [['Host', `192.0.2.1:${gateway.admin.port}`], bearer()],
      403,
    ],
    ['a page of another site', () => [['Origin', 'https://evil.example'], bearer()], 403],
    ['a page of a Function', () => [['Origin', `http://localhost:${gateway.port}`], bearer()], 403],
    ['a page without an origin', () => [['Origin', 'null'], bearer()], 403],
    ['an image on another page', () => [['Sec-Fetch-Site', 'cross-site'], bearer()], 403],
    ['a script of another port', () => [['Sec-Fetch-Site', 'same-site'], bearer()], 403],
    [
      'a link on another page',
      () => [['Sec-Fetch-Site', 'cross-site'], ['Sec-Fetch-Mode', 'navigate'], bearer()],
      403,
    ],
  ];
  for (const [who, headers, status] of ATTACKS) {
    it(`is closed to ${who}`, async () => {
      const response = await gateway.ask('GET', '/api/project', headers());
      assert.equal(response.status, status, response.text());
      assert.ok(!response.text().includes(gateway.project.path));
    });
  }

  it('opens with a link, once', async () => {
    const link = new URL(gateway.admin.issueLink());
    const first = await gateway.ask('GET', link.pathname + link.search, []);
    assert.equal(first.status, 303);
    assert.match(first.header('set-cookie') ?? '', /; Path=\/api; HttpOnly; SameSite=Strict$/);
    const second = await gateway.ask('GET', link.pathname + link.search, []);
    assert.equal(second.status, 401);
    assert.equal(second.header('set-cookie'), undefined);
  });

  it('keeps a link that was only looked at with HEAD', async () => {
    const link = new URL(gateway.admin.issueLink());
    await gateway.ask('HEAD', link.pathname + link.search, []);
    assert.equal((await gateway.ask('GET', link.pathname + link.search, [])).status, 303);
  });

  it('is called by the address it listens on: localhost may be somebody else, on ::1', () => {
    assert.equal(gateway.admin.url, `http://127.0.0.1:${gateway.admin.port}`);
    assert.ok(gateway.admin.issueLink().startsWith(`${gateway.admin.url}/open?ticket=`));
  });

  it('stays open to the browser that the link opened it for', async () => {
    const cookie = await openSession();
    for (const round of ['first', 'after a reload']) {
      assert.equal((await gateway.ask('GET', '/api/project', [['Cookie', cookie]])).status, 200, round);
    }
  });

  it('changes nothing for a cookie alone', async () => {
    const cookie = ['Cookie', await openSession()] as const;
    const attempts = [[], [['Origin', 'http://localhost:1']], [['Sec-Fetch-Site', 'none']]] as const;
    for (const headers of attempts) {
      const response = await gateway.ask('DELETE', '/api/invocations', [cookie, ...headers]);
      assert.equal(response.status, 403);
    }
    const own = ['Origin', `http://localhost:${gateway.admin.port}`] as const;
    assert.equal((await gateway.ask('DELETE', '/api/invocations', [cookie, own])).status, 204);
  });

  it('gives a new link for the token, and for nothing else', async () => {
    const { url } = await gateway.api<{ url: string }>('POST', '/api/tickets');
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/open\?ticket=[\w-]{43}$/);
    const cookie = ['Cookie', await openSession()] as const;
    const own = ['Origin', `http://localhost:${gateway.admin.port}`] as const;
    assert.equal((await gateway.ask('POST', '/api/tickets', [cookie, own])).status, 401);
  });

  it('shows its cookie to no Function', async () => {
    const cookie = await openSession();
    const response = await request(gateway.port, {
      method: 'GET',
      path: '/hello',
      headers: [['Cookie', `a=1; ${cookie}; b=2`]],
    });
    assert.ok(!response.text().includes('hookswitch-console'), response.text());
    assert.deepEqual(JSON.parse(response.text()).cookies, { a: '1', b: '2' });
  });

  it('takes no body that is too large, no JSON, or of another type', async () => {
    const call = (headers: readonly (readonly [string, string])[], body: string) =>
      request(gateway.admin.port, {
        method: 'POST',
        path: '/api/call',
        headers: [host(), bearer(), ...headers],
        body,
      });
    const json = ['Content-Type', 'application/json'] as const;
    assert.equal((await call([json], `"${'x'.repeat(5_000_000)}"`)).status, 400);
    assert.equal((await call([json], '{"method":')).status, 400);
    assert.equal((await call([json], '[]')).status, 400);
    assert.equal((await call([json], '{"method":"GET","target":1}')).status, 400);
    assert.equal((await call([['Content-Type', 'text/plain']], '{}')).status, 400);
  });

  it('has room for so many streams of events, and for others again once one is gone', async () => {
    const headers = [host(), bearer()].map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const open = () => {
      const socket = connect(gateway.admin.port, '127.0.0.1').setEncoding('utf8');
      socket.on('error', () => {});
      const status = new Promise<string>((resolve) =>
        socket.once('data', (text: string) => resolve(text.slice(9, 12))),
      );
      socket.write(`GET /api/events HTTP/1.1\r\n${headers}\r\n`);
      return { socket, status };
    };
    const streams = Array.from({ length: 16 }, open);
    for (const { status } of streams) assert.equal(await status, '200');
    const one = open();
    assert.equal(await one.status, '429');
    for (const { socket } of [...streams, one]) socket.destroy();
    await eventually(async () => {
      const again = open();
      const status = await again.status;
      again.socket.destroy();
      return status === '200' ? true : undefined;
    });
  });

  it('drops a client that does not read its events, and goes on', async () => {
    const headers = [host(), bearer()].map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const socket = connect(gateway.admin.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`GET /api/events HTTP/1.1\r\n${headers}\r\n`);
    await new Promise((resolve) => socket.once('readable', resolve));
    // Nothing is read from now on; what is told is more than the system and we hold.
    const message = 'x'.repeat(100_000);
    for (let sent = 0; sent < 200; sent++) gateway.admin.tell({ type: 'notice', level: 'info', message });
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    await ended;
    assert.equal((await gateway.ask('GET', '/api/project')).status, 200);
  });
});

describe('the files of the console', () => {
  it('are served with a strict policy, and nothing else is', async (t) => {
    const files = await writeProject({
      'console/index.html': '<!doctype html><title>Console</title>',
      'console/console.js': 'export {};',
      'console/.secret.js': 'hidden',
      'secret.txt': 'secret',
    });
    t.after(() => files.remove());
    const gateway = await serveRecorded(PROJECT, { consoleFolder: files.file('console') });
    t.after(() => gateway.close());
    const page = await gateway.ask('GET', '/', []);
    assert.match(page.text(), /<title>Console/);
    assert.match(page.header('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
    assert.equal(page.header('x-content-type-options'), 'nosniff');
    assert.equal(page.header('cache-control'), 'no-store');
    assert.match((await gateway.ask('GET', '/invocations/RQ1', [])).text(), /<title>Console/);
    const script = await gateway.ask('GET', '/console.js', []);
    assert.match(script.header('content-type') ?? '', /javascript/);
    const outside = [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '//secret.txt',
      '/.secret.js',
      '/%00.js',
    ];
    for (const path of outside) {
      const response = await gateway.ask('GET', path, []);
      assert.ok(!/secret|hidden/.test(response.text().replaceAll(path, '')), path);
    }
    const foreign = await gateway.ask('GET', '/console.js', [
      ['Sec-Fetch-Site', 'cross-site'],
      ['Sec-Fetch-Mode', 'no-cors'],
    ]);
    assert.equal(foreign.status, 403);
    const linked = await gateway.ask('GET', '/', [
      ['Sec-Fetch-Site', 'cross-site'],
      ['Sec-Fetch-Mode', 'navigate'],
    ]);
    assert.equal(linked.status, 200);
  });

  it('are missed with words where they are not built', async (t) => {
    const gateway = await serveRecorded(PROJECT);
    t.after(() => gateway.close());
    assert.match((await gateway.ask('GET', '/', [])).text(), /npm run build/);
    assert.equal((await gateway.ask('GET', '/console.js', [])).status, 404);
  });
});
