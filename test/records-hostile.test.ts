/** Functions, clients, files and other programs that mean no good to what is kept of requests, and to whoever looks. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, get as httpGet } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { readRequestText, requestText } from '../src/cli/request-text';
import type { InvocationRecord } from '../src/model/record';
import { Expected } from '../src/records/expected';
import { RecordFile } from '../src/records/record-file';
import { Records } from '../src/records/records';
import { Redactor } from '../src/records/redact';
import { cpuMs } from './support/cpu-time';
import { launchProgram, linesOf, runProgram, startGateway } from './support/program';
import { writeProject } from './support/project';
import { request } from './support/raw-http';
import { serveRecorded } from './support/recorded';
import { eventually } from './support/serve';

const HELLO = {
  'functions/hello.js': `exports.handler = (c, e, callback) => callback(null, 'Ahoy ' + e.Body);`,
};

async function place(t: TestContext, files: Readonly<Record<string, string>> = {}) {
  const made = await writeProject(files);
  t.after(() => made.remove());
  return made;
}

describe('a file of records', () => {
  it('that is a pipe keeps its name, however much is written', async (t) => {
    const folder = await place(t);
    const pipe = folder.file('pipe');
    assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
    const reader = launchProgram([], { command: ['cat', pipe] });
    t.after(() => reader.stop());
    const records = new Records({ count: 1, bytes: 0 }, new Expected());
    // A pipe can be opened for writing once somebody reads it.
    const file = await eventually(() => opened(pipe, records));
    for (let number = 0; number < 60; number++) records.addLate(lateLine(number, 'x'.repeat(500)));
    await file.close();
    assert.ok(statSync(pipe).isFIFO());
    assert.deepEqual(readdirSync(folder.path).sort(), ['pipe']);
  });

  it('loses nothing while it keeps up, however much was written before', async (t) => {
    const path = (await place(t)).file('r.jsonl');
    const records = new Records({ count: 1, bytes: 0 }, new Expected());
    const redactor = new Redactor();
    // So many that each line takes longer to write than a slice.
    redactor.learn({
      A_SECRET: 'value-number-one',
      B_SECRET: 'value-number-two',
      C_SECRET: 'value-number-six',
    });
    const file = new RecordFile(path, records, redactor);
    const text = 'value-number-'.repeat(23_000);
    for (let number = 0; number < 150; number++) {
      records.addLate(lateLine(number, text));
      if (number % 2 === 1) await new Promise((resolve) => setImmediate(resolve));
    }
    await file.close();
    const lines = linesOf(readFileSync(path, 'utf8'));
    assert.deepEqual(
      lines.map(({ type }) => type),
      Array.from({ length: 150 }, () => 'late'),
    );
  });

  it('that somebody else wrote is read without harm', async (t) => {
    const folder = await place(t);
    const good = await recordLine(t, folder.file('made.jsonl'));
    const record = JSON.parse(good) as Record<string, unknown>;
    const title = '\u001b]0;owned\u0007';
    const lines = [
      { id: 'RQ1', status: 200, request: {} },
      { ...record, id: `RQ1${title}` },
      { ...record, error: title },
      { ...record, error: 'toString' },
      { ...record, status: title },
      { ...record, console: [{ level: 'shout', text: 'x' }] },
      { ...record, console: null },
      { ...record, request: { headers: [[1]], body: null } },
      { ...record, time: 'never' },
      { ...record, target: `/shown${title}\u202e` },
    ];
    const file = folder.file('foreign.jsonl');
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { code, stdout, stderr } = await runProgram(['logs', '--file', file]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^\S+ 200 \S+ \/shown\\x1b\]0;owned\\x07\\u202e/);
    assert.equal(stdout.split('\n').length, 2);
  });
});

function lateLine(number: number, text: string) {
  return { requestId: `RQ${number}`, resource: 'x', level: 'info', text } as const;
}

function opened(pipe: string, records: Records): RecordFile | undefined {
  try {
    return new RecordFile(pipe, records, new Redactor(), 20_000);
  } catch {
    return undefined;
  }
}

async function recordLine(t: TestContext, file: string): Promise<string> {
  const project = await place(t, HELLO);
  const gateway = await startGateway([project.path, '-p', '0', '--no-console', '--record-file', file]);
  await request(gateway.port, { method: 'GET', path: '/hello' });
  gateway.child.kill('SIGTERM');
  await gateway.ended;
  return readFileSync(file, 'utf8').split('\n')[0] ?? '';
}

describe('what a Function wrote', () => {
  it('does no harm to a terminal as JSON either, and stays what it was', async (t) => {
    const text = '\u009b2J \u202e \u2028 \u007f';
    const folder = await place(t);
    const records = new Records({ count: 1, bytes: 0 }, new Expected());
    const file = new RecordFile(folder.file('r.jsonl'), records, new Redactor());
    records.addLate(lateLine(1, text));
    await file.close();
    const written = readFileSync(folder.file('r.jsonl'), 'utf8');
    assert.match(written, /^[\x20-\x7e]+\n$/);
    assert.deepEqual((JSON.parse(written) as { line: unknown }).line, { level: 'info', text });
    const foreign = folder.file('foreign.jsonl');
    const record = JSON.parse(await recordLine(t, folder.file('made.jsonl'))) as object;
    writeFileSync(foreign, `${JSON.stringify({ ...record, target: `/${text}` })}\n`);
    const { stdout } = await runProgram(['logs', '--file', foreign, '-o', 'json']);
    assert.match(stdout, /^[\x20-\x7e]+\n$/);
    assert.equal((JSON.parse(stdout) as { target: string }).target, `/${text}`);
  });
});

describe('a stranger on the port of a console', () => {
  it('is not believed when it hands out a link', async (t) => {
    const run = await place(t, { 'run/.keep': '' });
    const server = createServer((_req, res) => res.end(JSON.stringify({ url: answer })));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const consoleUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { announce } = await import('../src/admin/announcement.js');
    const about = { pid: process.pid, url: 'http://localhost:1', root: '/', version: '0', token: 'x' };
    announce(run.file('run/hookswitch'), { ...about, consoleUrl, publicUrl: null });
    const environment = { XDG_RUNTIME_DIR: run.file('run') };
    let answer: unknown;
    for (answer of ['--help', `${consoleUrl}/open?ticket=\u001b]0;owned\u0007`, 'http://evil.example/', 1]) {
      const { code, stdout, stderr } = await runProgram(['console'], { environment });
      assert.deepEqual([code, stdout], [1, ''], String(answer));
      assert.match(stderr, /HS_GATEWAY_UNREACHABLE/);
    }
  });
});

describe('a file of records in the folder of the project', () => {
  it('is no save: writing it makes no new build', async (t) => {
    const project = await place(t, HELLO);
    const file = project.file('records.jsonl');
    const gateway = await startGateway([project.path, '-p', '0', '--no-console', '--record-file', file]);
    t.after(() => gateway.stop());
    for (let number = 1; number <= 5; number++) {
      await request(gateway.port, { method: 'GET', path: '/hello' });
      await eventually(() => (readFileSync(file, 'utf8').split('\n').length > number ? true : undefined));
    }
    writeFileSync(project.file('functions/last.js'), HELLO['functions/hello.js']);
    await gateway.said(/"msg":"reloaded"/);
    assert.equal((await request(gateway.port, { method: 'GET', path: '/last' })).status, 200);
    assert.equal(gateway.lines().filter(({ msg }) => msg === 'reloaded').length, 1);
  });
});

describe('a request that is edited', () => {
  it('keeps the line breaks of its body', () => {
    const body = { text: 'a\r\nb\r\n\r\nc', base64: null, bytes: 9, truncated: false };
    const sent = { headers: [['Content-Type', 'text/plain']], body } as const;
    const record = { method: 'POST', target: '/a', request: sent } as unknown as InvocationRecord;
    assert.equal(readRequestText(requestText(record), record)?.body, body.text);
    assert.equal(readRequestText(requestText(record).replace(/c$/, 'd'), record)?.body, 'a\r\nb\r\n\r\nd');
  });
});

describe('requests with large forms', () => {
  it('are told of in slices: the gateway goes on meanwhile', async (t) => {
    const gateway = await serveRecorded(HELLO);
    t.after(() => gateway.close());
    const events = httpGet({
      port: gateway.admin.port,
      host: '127.0.0.1',
      path: '/api/events',
      headers: { Authorization: `Bearer ${gateway.admin.token}` },
    });
    const [response] = (await once(events, 'response')) as [NodeJS.ReadableStream];
    t.after(() => events.destroy());
    let told = 0;
    response.on('data', (chunk: Buffer) => {
      told += chunk.toString('latin1').split('"type":"invocation"').length - 1;
    });
    const fields = Array.from({ length: 20_000 }, (_, at) => `a${at}=1`).join('&');
    await request(gateway.port, {
      method: 'POST',
      path: '/hello',
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: fields,
    });
    const { record } = await eventually(() => gateway.kept.at(1) ?? undefined);
    for (let number = 0; number < 60; number++) gateway.kept.add({ ...record, id: `RQ${number}` });
    let longest = 0;
    let last = cpuMs();
    const ticking = setInterval(() => {
      longest = Math.max(longest, cpuMs() - last);
      last = cpuMs();
    }, 1);
    await eventually(() => (told >= 61 ? true : undefined), 30_000);
    clearInterval(ticking);
    assert.ok(longest < 600, `nothing else happened for ${Math.round(longest)} ms`);
  });

  it('with as many names as fit are shown in little time', () => {
    const fields = Array.from({ length: 26_000 }, (_, at) => `name${at}=1`).join('&');
    const redactor = new Redactor();
    redactor.body(fields, 'application/x-www-form-urlencoded');
    const since = cpuMs();
    redactor.body(fields, 'application/x-www-form-urlencoded');
    const took = cpuMs() - since;
    assert.ok(took < 250, `${Math.round(took)} ms`);
  });
});

describe('what a client gets', () => {
  it('is the same byte for byte, whether it is recorded or not', async (t) => {
    const project = await place(t, {
      ...HELLO,
      '.env': 'AUTH_TOKEN=0123456789abcdef0123456789abcdef\n',
      'functions/throws.js': `exports.handler = () => { throw new Error('x'); };`,
      'functions/headers.js': `exports.handler = (c, e, callback) => {
        const response = new Twilio.Response();
        response.setStatusCode(201).appendHeader('X-A', 'b').setCookie('a', 'b').setBody(Buffer.from('ä'));
        callback(null, response);
      };`,
      'functions/closed.protected.js': 'exports.handler = (c, e, callback) => callback();',
      'assets/note.txt': 'note',
    });
    const file = project.file('r.jsonl');
    const answers: string[] = [];
    for (const flags of [['--no-console'], ['--console', '--console-port', '0', '--record-file', file]]) {
      const environment = { XDG_RUNTIME_DIR: project.path };
      const gateway = await startGateway([project.path, '-p', '0', ...flags], { environment });
      t.after(() => gateway.stop());
      answers.push(
        await Promise.all(REQUESTS.map((bytes) => answerTo(gateway.port, bytes))).then((all) =>
          all.join('\n---\n'),
        ),
      );
      gateway.child.kill('SIGTERM');
      assert.equal((await gateway.ended).code, 0);
    }
    assert.equal(answers[1], answers[0]);
    const ids = linesOf(readFileSync(file, 'utf8')).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, 'each is recorded once');
    assert.equal(ids.length, REQUESTS.length + 2, 'and none is missed');
  });
});

const HEAD = 'Host: localhost\r\nConnection: close\r\n';
/** The one before the last holds two requests, and what follows the half one is none of them. */
const REQUESTS: readonly string[] = [
  `GET /hello?Body=1 HTTP/1.1\r\n${HEAD}\r\n`,
  `HEAD /hello HTTP/1.1\r\n${HEAD}\r\n`,
  `OPTIONS /hello HTTP/1.1\r\n${HEAD}\r\n`,
  `PUT /hello HTTP/1.1\r\n${HEAD}\r\n`,
  `GET /headers HTTP/1.1\r\n${HEAD}\r\n`,
  `GET /throws HTTP/1.1\r\n${HEAD}\r\n`,
  `GET /none HTTP/1.1\r\n${HEAD}\r\n`,
  `GET /note.txt HTTP/1.1\r\n${HEAD}Range: bytes=1-2\r\n\r\n`,
  `POST /closed HTTP/1.1\r\n${HEAD}Content-Length: 0\r\nX-Twilio-Signature: no\r\n\r\n`,
  `POST /hello HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nContent-Length: 5\r\n\r\n{"a":`,
  `POST /hello HTTP/1.1\r\n${HEAD}Content-Length: 2000000\r\n\r\n`,
  `GET /hello HTTP/1.0\r\n\r\n`,
  `nonsense\r\n\r\n`,
  `GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\nGET /hello?Body=2 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /none HTTP/1.1\r\n${HEAD}\r\n`,
];

/** What is different each time is left out. */
function answerTo(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () =>
      resolve(
        text
          .replace(/RQ[0-9a-f]{32}/g, 'RQ')
          .replace(/^Date: .*$/gm, 'Date:')
          .replace(/^Last-Modified: .*$/gm, 'Last-Modified:')
          .replace(/^x-twilio-function-concurrency: .*$/gim, ''),
      ),
    );
  });
}
