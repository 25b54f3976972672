import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendAsset } from '../src/gateway/asset';
import type { AssetResource, Visibility } from '../src/model/build';
import { request } from './support/raw-http';

let root = '';
const server = createServer(answer);
const routes = new Map<string, AssetResource>();

before(async () => {
  // A hidden folder above the project must not make its Assets hidden.
  root = join(realpathSync(mkdtempSync(join(tmpdir(), 'asset-'))), '.project');
  mkdirSync(join(root, 'assets', 'deep'), { recursive: true });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});

after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(join(root, '..'), { recursive: true, force: true });
});

function answer(req: IncomingMessage, res: ServerResponse): void {
  req.resume();
  const asset = routes.get(req.url ?? '');
  if (asset === undefined) {
    res.writeHead(404).end('no route');
    return;
  }
  sendAsset(req, res, asset, join(root, 'assets'), (code, detail) => {
    res.writeHead(code === 'HS_NOT_FOUND' ? 404 : 500).end(`${code} ${detail}`);
  });
}

function addAsset(path: string, content: string | Buffer | null, visibility: Visibility = 'public'): string {
  const file = join(root, 'assets', path);
  if (content !== null) writeFileSync(file, content);
  routes.set(path, { kind: 'asset', path, file, name: `assets${path}`, visibility });
  return file;
}

function port(): number {
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Over a raw socket, so that the target arrives as it stands here. */
async function ask(path: string, lines: readonly string[] = [], method = 'GET'): Promise<Answer> {
  const headers = lines.map(
    (line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const,
  );
  const response = await request(port(), { method, path, headers });
  const pairs = response.lines.map(([name, value]) => [name.toLowerCase(), value]);
  return {
    status: response.status,
    headers: Object.fromEntries(pairs),
    body: response.body.toString('latin1'),
  };
}

test('an Asset is sent with the headers of the emulator', async () => {
  addAsset('/hello.txt', 'hello asset');
  const { status, headers, body } = await ask('/hello.txt');
  assert.equal(status, 200);
  assert.equal(body, 'hello asset');
  assert.equal(headers['content-type'], 'text/plain; charset=UTF-8');
  assert.equal(headers['content-length'], '11');
  assert.equal(headers['cache-control'], 'public, max-age=0');
  assert.equal(headers['accept-ranges'], 'bytes');
  assert.match(headers.etag ?? '', /^W\/"/);
  assert.match(headers['last-modified'] ?? '', / GMT$/);
  assert.equal(headers['access-control-allow-origin'], undefined);
});

test('the extension decides the type', async () => {
  for (const [name, type] of [
    ['a.txt', 'text/plain; charset=UTF-8'],
    ['a.json', 'application/json; charset=UTF-8'],
    ['a.js', 'application/javascript; charset=UTF-8'],
    ['a.JS', 'application/javascript; charset=UTF-8'],
    ['a.css', 'text/css; charset=UTF-8'],
    ['a.html', 'text/html; charset=UTF-8'],
    ['a.mp3', 'audio/mpeg'],
    ['a.wav', 'audio/wav'],
    ['a.png', 'image/png'],
    ['a.xml', 'application/xml'],
    ['a.unknown', 'application/octet-stream'],
    ['noext', 'application/octet-stream'],
  ] as const) {
    addAsset(`/${name}`, 'x');
    const { headers } = await ask(`/${name}`);
    assert.equal(headers['content-type'], type, name);
  }
});

test('bytes arrive as they are', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
  addAsset('/bytes.bin', bytes);
  assert.deepEqual(Buffer.from((await ask('/bytes.bin')).body, 'latin1'), bytes);
  addAsset('/empty.txt', '');
  const empty = await ask('/empty.txt');
  assert.equal(empty.headers['content-length'], '0');
  assert.equal(empty.body, '');
});

test('names with percent signs, spaces and letters beyond ASCII are files like others', async () => {
  for (const path of ['/100%.txt', '/%2e%2e.txt', '/a b.txt', '/grüße.txt', '/a#b?c.txt', '/deep/x.txt']) {
    const file = addAsset(path, path);
    routes.set('/asked', { kind: 'asset', path, file, name: path, visibility: 'public' });
    const { status, body } = await ask('/asked');
    assert.equal(status, 200, path);
    assert.equal(Buffer.from(body, 'latin1').toString(), path);
  }
});

test('HEAD gives the headers alone, POST the whole content', async () => {
  addAsset('/hello.txt', 'hello asset');
  const head = await ask('/hello.txt', [], 'HEAD');
  assert.equal(head.status, 200);
  assert.equal(head.headers['content-length'], '11');
  assert.equal(head.body, '');
  const post = await ask('/hello.txt', ['Range: bytes=0-3', 'If-None-Match: *', 'Content-Length: 0'], 'POST');
  assert.equal(post.status, 200);
  assert.equal(post.body, 'hello asset');
});

test('a client that has the content is told so', async () => {
  addAsset('/hello.txt', 'hello asset');
  const { headers } = await ask('/hello.txt');
  for (const [line, status] of [
    [`If-None-Match: ${headers.etag}`, 304],
    ['If-None-Match: *', 304],
    ['If-None-Match: "other"', 200],
    [`If-Modified-Since: ${headers['last-modified']}`, 304],
    ['If-Modified-Since: Mon, 01 Jan 2001 00:00:00 GMT', 200],
    ['If-Match: "other"', 412],
    ['If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT', 412],
  ] as const) {
    const answer = await ask('/hello.txt', [line]);
    assert.equal(answer.status, status, line);
    assert.equal(answer.body, status === 200 ? 'hello asset' : '', line);
  }
});

test('a part may be asked for', async () => {
  addAsset('/hello.txt', 'hello asset');
  for (const [range, status, body, contentRange] of [
    ['bytes=0-3', 206, 'hell', 'bytes 0-3/11'],
    ['bytes=6-', 206, 'asset', 'bytes 6-10/11'],
    ['bytes=-5', 206, 'asset', 'bytes 6-10/11'],
    ['bytes=0-99', 206, 'hello asset', 'bytes 0-10/11'],
    ['bytes=0-1,4-5', 200, 'hello asset', undefined],
    ['bytes=99-', 416, '', 'bytes */11'],
    ['lines=1-2', 200, 'hello asset', undefined],
    ['bytes=x', 200, 'hello asset', undefined],
  ] as const) {
    const answer = await ask('/hello.txt', [`Range: ${range}`]);
    assert.equal(answer.status, status, range);
    assert.equal(answer.body, body, range);
    assert.equal(answer.headers['content-range'], contentRange, range);
  }
});

test('scripts of other sites may read public Assets only', async () => {
  addAsset('/open.txt', 'x');
  addAsset('/closed.txt', 'x', 'protected');
  const lines = ['Origin: https://app.example'];
  assert.equal((await ask('/open.txt', lines)).headers['access-control-allow-origin'], '*');
  assert.equal(
    (await ask('/open.txt', [...lines, 'If-None-Match: *'])).headers['access-control-allow-origin'],
    '*',
  );
  assert.equal((await ask('/closed.txt', lines)).headers['access-control-allow-origin'], undefined);
});

test('no text of a URL reaches a file', async () => {
  writeFileSync(join(root, 'secret.txt'), 'secret');
  addAsset('/hello.txt', 'hello asset');
  for (const target of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/deep/../hello.txt',
    '//hello.txt',
    '/hello.txt/',
    '/hello.txt%00',
    '/hello.tx%74',
    '/....//secret.txt',
    '/',
  ]) {
    const { status, body } = await ask(target);
    assert.equal(status, 404, target);
    assert.equal(body, 'no route', target);
  }
});

test('a link that leads out of the Assets folder is not followed, one that stays inside is', async () => {
  writeFileSync(join(root, 'secret.txt'), 'secret');
  const out = addAsset('/out.txt', null);
  symlinkSync(join(root, 'secret.txt'), out);
  symlinkSync(root, join(root, 'assets', 'up'));
  addAsset('/up/secret.txt', null);
  mkdirSync(join(root, 'assets-too'));
  writeFileSync(join(root, 'assets-too', 'near.txt'), 'secret');
  symlinkSync(join(root, 'assets-too', 'near.txt'), addAsset('/near.txt', null));
  for (const path of ['/out.txt', '/up/secret.txt', '/near.txt']) {
    const { status, body } = await ask(path);
    assert.equal(status, 404, path);
    assert.match(body, /^HS_NOT_FOUND .*outside of the Assets folder/);
  }
  addAsset('/deep/target.js', 'inside');
  symlinkSync(join(root, 'assets', 'deep', 'target.js'), addAsset('/in.txt', null));
  const { status, body, headers } = await ask('/in.txt');
  assert.equal(status, 200);
  assert.equal(body, 'inside');
  assert.equal(headers['content-type'], 'text/plain; charset=UTF-8');
});

test('a file that was swapped for a link after the start is not served', async () => {
  const file = addAsset('/swapped.txt', 'first');
  assert.equal((await ask('/swapped.txt')).body, 'first');
  rmSync(file);
  writeFileSync(join(root, 'secret.txt'), 'secret');
  symlinkSync(join(root, 'secret.txt'), file);
  assert.equal((await ask('/swapped.txt')).status, 404);
});

test('hidden files, folders and files that are gone are not found', async () => {
  addAsset('/.hidden', 'x');
  mkdirSync(join(root, 'assets', '.well'));
  addAsset('/.well/known.txt', 'x');
  symlinkSync(join(root, 'assets', '.hidden'), addAsset('/seen.txt', null));
  addAsset('/deep', null);
  addAsset('/gone.js', null);
  addAsset('/deep/hello.txt/x', null);
  for (const path of [
    '/.hidden',
    '/.well/known.txt',
    '/seen.txt',
    '/deep',
    '/gone.js',
    '/deep/hello.txt/x',
  ]) {
    const { status, body, headers } = await ask(path, ['Origin: https://app.example']);
    assert.equal(status, 404, path);
    assert.match(body, /^HS_NOT_FOUND /, path);
    for (const name of ['content-type', 'cache-control', 'access-control-allow-origin', 'etag']) {
      assert.equal(headers[name], undefined, `${path} ${name}`);
    }
  }
});

test('a client that leaves takes its file descriptor along', async () => {
  addAsset('/large.bin', Buffer.alloc(30_000_000));
  const before = openFiles();
  for (let round = 0; round < 20; round++) {
    await new Promise<void>((done) => {
      const socket = connect(port(), '127.0.0.1');
      socket.once('data', () => socket.destroy());
      socket.once('close', () => done());
      socket.write('GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n');
    });
  }
  // Closing is noticed a moment later: wait for it, but not for ever.
  for (let left = 200; openFiles() > before && left > 0; left--) await sleep(20);
  assert.ok(openFiles() <= before, `${openFiles()} open, ${before} before`);
});

test('a file that shrinks while it is sent ends the connection instead of a wrong answer', async () => {
  const file = addAsset('/shrinks.bin', Buffer.alloc(60_000_000, 'a'));
  const received = await new Promise<number>((done) => {
    const socket = connect(port(), '127.0.0.1');
    let bytes = 0;
    socket.once('data', () => {
      socket.pause();
      truncateSync(file, 1_000_000);
      socket.resume();
    });
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('error', () => {});
    socket.on('close', () => done(bytes));
    socket.write('GET /shrinks.bin HTTP/1.1\r\nHost: x\r\n\r\n');
  });
  assert.ok(received < 60_000_000);
});

/** Descriptors of this process; sockets that are closing are among them, so it is only compared. */
function openFiles(): number {
  return readdirSync('/dev/fd').length;
}
