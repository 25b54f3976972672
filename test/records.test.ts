/** The record of a request: every kind of outcome, its timing, its bounds. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { RequestRecord } from '../src/model/invocation';
import { Expected } from '../src/records/expected';
import { Records } from '../src/records/records';
import { Redactor } from '../src/records/redact';
import { searchRecords } from '../src/records/search';
import { request } from './support/raw-http';
import { type RecordedGateway, serveRecorded } from './support/recorded';
import { eventually } from './support/serve';

const PROJECT = {
  '.env': 'ACCOUNT_SID=AC00000000000000000000000000000001\nAUTH_TOKEN=0123456789abcdef0123456789abcdef\n',
  'functions/hello.js': `exports.handler = (context, event, callback) => {
    console.log('hello', event.name);
    console.warn('careful');
    const twiml = new Twilio.twiml.MessagingResponse();
    twiml.message('Ahoy');
    callback(null, twiml);
  };`,
  'functions/throws.js': `exports.handler = () => { throw new Error('on purpose'); };`,
  'functions/slow.js': `exports.handler = (context, event, callback) => setTimeout(() => callback(null, 'slow'), 120);`,
  'functions/loops.js': 'exports.handler = () => { for (;;); };',
  'functions/crashes.js': 'exports.handler = () => process.abort();',
  'functions/big.js': `exports.handler = (context, event, callback) => callback(null, 'x'.repeat(4194304));`,
  'functions/late.js': `exports.handler = (context, event, callback) => {
    if (event.again) return callback(null, 'again');
    setTimeout(() => console.log('afterwards'), 20);
    callback(null, 'first');
  };`,
  'functions/closed.protected.js': `exports.handler = (context, event, callback) => callback(null, 'in');`,
  'assets/note.txt': 'a note',
};
const FORM: readonly [string, string] = ['Content-Type', 'application/x-www-form-urlencoded'];

describe('a record', () => {
  let gateway: RecordedGateway;
  before(async () => {
    gateway = await serveRecorded(PROJECT, { timeoutMs: 1_000 });
  });
  after(() => gateway.close());

  const get = (path: string) => request(gateway.port, { method: 'GET', path });

  it('of a Function has request and response as they were on the wire', async () => {
    const body = 'MessageSid=SM00000000000000000000000000000001&From=%2B15550001&To=%2B15550002&name=Ada';
    const response = await request(gateway.port, {
      method: 'POST',
      path: '/hello?x=1',
      headers: [FORM, ['X-Odd-Spelling', 'kept']],
      body,
    });
    const record = await gateway.recorded('/hello');
    assert.equal(record.id, response.header('twilio-request-id'));
    assert.equal(record.resource, 'functions/hello.js');
    assert.equal(record.kind, 'function');
    assert.equal(record.visibility, 'public');
    assert.equal(record.build, gateway.platform.build.id);
    assert.equal(record.status, 200);
    assert.deepEqual(record.request.body, { text: body, base64: null, bytes: body.length, truncated: false });
    assert.deepEqual(
      record.request.headers.find(([name]) => name === 'X-Odd-Spelling'),
      ['X-Odd-Spelling', 'kept'],
    );
    assert.equal(record.response.body?.text, response.text());
    for (const [name, value] of record.response.headers) assert.equal(response.header(name), value);
    assert.equal(record.messageSid, 'SM00000000000000000000000000000001');
    assert.equal(record.from, '+15550001');
    assert.equal(record.to, '+15550002');
    assert.deepEqual(record.parameters?.name, 'Ada');
    assert.deepEqual(record.parameters?.x, '1');
    assert.deepEqual(record.console, [
      { level: 'info', text: 'hello Ada' },
      { level: 'warn', text: 'careful' },
    ]);
    assert.equal(record.loudest, 'warn');
    assert.equal(record.remoteAddress, '127.0.0.1');
    assert.equal(new Date(record.time).toISOString(), record.time);
  });

  it('has a timing whose parts add up to its duration', async () => {
    for (const path of ['/slow?first', '/slow?warm']) await get(path);
    const record = await gateway.recorded('/slow');
    const { timing, durationMs } = record;
    assert.ok(timing !== null);
    const sum = Object.values(timing).reduce((total, part) => total + part, 0);
    assert.ok(Math.abs(sum - durationMs) < 1, `${JSON.stringify(timing)} and ${durationMs}`);
    assert.ok(timing.runMs >= 100, `it ran for ${timing.runMs} ms`);
    assert.equal(timing.startMs, 0, 'it was warm');
  });

  it('says how long a process took to start', async () => {
    const fresh = await serveRecorded({
      'functions/heavy.js': `const until = Date.now() + 100; while (Date.now() < until);
        exports.handler = (context, event, callback) => callback(null, '');`,
    });
    try {
      await request(fresh.port, { method: 'GET', path: '/heavy' });
      const { timing } = await fresh.recorded('/heavy');
      assert.ok((timing?.startMs ?? 0) >= 90, JSON.stringify(timing));
    } finally {
      await fresh.close();
    }
  });

  const FAILURES = [
    ['a throw', '/throws', 500, 'HS_THREW'],
    ['a loop', '/loops', 504, 'HS_RUN_TIMEOUT'],
    ['a crash', '/crashes', 500, 'HS_CRASHED'],
    ['a path that is not there', '/nowhere', 404, 'HS_NOT_FOUND'],
    ['a call that nobody signed', '/closed', 400, 'HS_SIGNATURE_MISSING'],
  ] as const;
  for (const [what, path, status, code] of FAILURES) {
    it(`of ${what} has its code and what to do`, async () => {
      const response = await get(path);
      const record = await gateway.recorded(path);
      assert.equal(record.status, status);
      assert.equal(record.error, code);
      assert.equal(record.response.body?.text, response.text());
      assert.ok((record.fix ?? '') !== '' && (record.reason ?? '') !== '');
      assert.equal(record.timing === null, record.kind !== 'function' || code === 'HS_SIGNATURE_MISSING');
    });
  }

  it('of an Asset has its headers, and how much was sent', async () => {
    await get('/note.txt');
    const record = await gateway.recorded('/note.txt');
    assert.equal(record.kind, 'asset');
    assert.equal(record.timing, null);
    assert.deepEqual(record.response.body, { text: '', base64: null, bytes: 6, truncated: true });
    assert.ok(record.response.headers.some(([name]) => name.toLowerCase() === 'etag'));
  });

  it('of a response of 4 MB has its beginning', async () => {
    await get('/big');
    const { response } = await gateway.recorded('/big');
    assert.equal(response.body?.bytes, 4_194_304);
    assert.equal(response.body?.truncated, true);
    assert.equal(response.body?.text?.length, 65_536);
  });

  it('of a body that is no UTF-8 has its bytes', async () => {
    const body = Buffer.from([0xff, 0x00, 0xfe, 0x41]);
    await request(gateway.port, { method: 'POST', path: '/late?again=1', body });
    const record = await gateway.recorded('/late');
    assert.equal(record.request.body?.text, null);
    assert.deepEqual(Buffer.from(record.request.body?.base64 ?? '', 'base64'), body);
  });

  it('of a body that is nested too deep to be read again has no parameters', async () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const headers: [string, string][] = [['Content-Type', 'application/json']];
    await request(gateway.port, { method: 'POST', path: '/hello', headers, body: `{"a":${deep}}` });
    const record = await gateway.recorded('/hello');
    assert.equal(record.parameters, null);
    assert.equal(record.request.body?.text, `{"a":${deep}}`);
    await request(gateway.port, {
      method: 'POST',
      path: '/slow',
      headers,
      body: '{"a":{"b":["]}{[\\"",[1]]}}',
    });
    assert.deepEqual((await gateway.recorded('/slow')).parameters, { a: { b: [']}{["', [1]] } });
  });

  it('of a client that left before its body was there says so', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write('POST /hello?left HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n');
    await new Promise((resolve) => socket.end('\r\nhalf', () => resolve(null)));
    const record = await eventually(() => gateway.records.find(({ target }) => target === '/hello?left'));
    assert.ok(record.error === 'HS_BAD_REQUEST' || record.error === 'HS_BODY_UNREADABLE');
    assert.deepEqual(record.traffic?.requestBody, { content: '', bytes: 100 });
  });

  it('of what is no request has the address it came from', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.end('nonsense\r\n\r\n');
    const record = await eventually(() => gateway.records.find(({ target }) => target === ''));
    assert.equal(record.traffic?.remoteAddress, '127.0.0.1');
    socket.destroy();
  });

  it('has the lines that came after the answer', async () => {
    await get('/late');
    await new Promise((resolve) => setTimeout(resolve, 30));
    await get('/late?again=2');
    const record = await eventually(async () => {
      const all = gateway.records.filter(({ target }) => target === '/late');
      const kept = gateway.kept.find(all.at(-1)?.id ?? '');
      return kept?.late === null ? undefined : kept?.late;
    });
    assert.deepEqual(record, [{ level: 'info', text: 'afterwards' }]);
  });

  it('is not made where nobody looks', async () => {
    const { serve } = await import('./support/serve.js');
    const plain = await serve({
      'functions/a.js': `exports.handler = (c, e, callback) => callback(null, '');`,
    });
    try {
      await request(plain.port, { method: 'GET', path: '/a' });
      assert.equal((await plain.record('/a')).traffic, null);
    } finally {
      await plain.close();
    }
  });
});

function made(number: number, detail = ''): RequestRecord {
  return {
    id: `RQ${String(number).padStart(32, '0')}`,
    startedAt: Date.UTC(2026, 0, 1) + number,
    durationMs: 1,
    method: 'GET',
    target: `/made?number=${number}`,
    status: number % 10 === 0 ? 500 : 200,
    contentType: null,
    resource: 'functions/made.js',
    error: null,
    detail: detail === '' ? null : detail,
    console: [],
    consoleDropped: 0,
    traffic: null,
  };
}

describe('the records in memory', () => {
  it('are the newest ones, as many as were asked for', () => {
    const records = new Records({ count: 100, bytes: 64 * 1_048_576 }, new Expected());
    for (let number = 1; number <= 20_000; number++) records.add(made(number));
    assert.equal(records.kept, 100);
    assert.equal(records.seen, 20_000);
    assert.equal(records.find(made(19_900).id), null);
    assert.equal(records.find(made(19_901).id)?.number, 19_901);
    assert.equal(records.at(20_000)?.record.id, made(20_000).id);
  });

  it('take no more bytes than they may', () => {
    const records = new Records({ count: 10_000, bytes: 100_000 }, new Expected());
    for (let number = 1; number <= 20_000; number++) {
      records.add(made(number, 'x'.repeat(number % 5_000)));
      assert.ok(records.bytes <= 100_000);
    }
    assert.ok(records.kept > 5 && records.kept < 200, `${records.kept} are kept`);
  });

  it('count two bytes for each letter that a Function may have written', () => {
    const records = new Records({ count: 10_000, bytes: 10_000_000 }, new Expected());
    records.add(made(1, '\u4e2d'.repeat(100_000)));
    const console = [{ level: 'info', text: '\u4e2d'.repeat(100_000) }] as const;
    records.add({ ...made(2), console });
    records.addLate({ requestId: made(2).id, resource: 'x', level: 'info', text: '\u4e2d'.repeat(100_000) });
    assert.ok(records.bytes > 600_000, `${records.bytes}`);
  });

  it('take no more bytes than they may with lines that come late', () => {
    const records = new Records({ count: 10, bytes: 100_000 }, new Expected());
    for (let number = 1; number <= 10; number++) records.add(made(number));
    for (let line = 0; line < 10_000; line++) {
      const requestId = made((line % 10) + 1).id;
      records.addLate({ requestId, resource: 'functions/made.js', level: 'info', text: 'x'.repeat(100) });
      assert.ok(records.bytes <= 100_000 || records.kept === 1);
    }
  });

  it('are forgotten when they are cleared', () => {
    const records = new Records({ count: 10, bytes: 100_000 }, new Expected());
    for (let number = 1; number <= 15; number++) records.add(made(number));
    records.clear();
    assert.deepEqual([records.kept, records.bytes, records.at(15)], [0, 0, null]);
    records.add(made(16));
    assert.deepEqual([records.kept, records.at(16)?.number], [1, 16]);
  });

  const search = (records: Records, filter: object, limit = 1_000, from: number | null = null) =>
    searchRecords(records, new Redactor(), { filter, limit, before: from }, () => true);

  it('are found by each filter, newest first, in pages', async () => {
    const records = new Records({ count: 1_000, bytes: 64 * 1_048_576 }, new Expected());
    for (let number = 1; number <= 100; number++) records.add(made(number));
    const first = await search(records, { status: 'error' }, 6);
    assert.deepEqual(
      first.invocations.map(({ target }) => target),
      [100, 90, 80, 70, 60, 50].map((number) => `/made?number=${number}`),
    );
    const second = await search(records, { status: 'error' }, 6, first.next);
    assert.equal(second.invocations.length, 4);
    assert.equal(second.next, null);
    const FILTERS: readonly (readonly [object, number])[] = [
      [{ status: '500' }, 10],
      [{ status: '2xx' }, 90],
      [{ status: 'ok' }, 90],
      [{ function: 'MADE' }, 100],
      [{ function: 'other' }, 0],
      [{ method: 'get' }, 100],
      [{ sid: made(7).id }, 1],
      [{ q: 'NUMBER=42' }, 1],
      [{ since: new Date(Date.UTC(2026, 0, 1) + 91).toISOString() }, 10],
    ];
    for (const [filter, count] of FILTERS) {
      assert.equal((await search(records, filter)).invocations.length, count, JSON.stringify(filter));
    }
  });

  it('are searched in slices: other work goes on meanwhile', async () => {
    const records = new Records({ count: 10_000, bytes: 1_000 * 1_048_576 }, new Expected());
    for (let number = 1; number <= 10_000; number++) records.add(made(number, 'word '.repeat(500)));
    let turns = 0;
    const count = () => {
      turns += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    await search(records, { q: 'not there' });
    clearImmediate(timer);
    assert.ok(turns > 5, `other work had ${turns} turns`);
  });

  it('stop being searched when nobody waits for the answer', async () => {
    const records = new Records({ count: 10_000, bytes: 1_000 * 1_048_576 }, new Expected());
    for (let number = 1; number <= 10_000; number++) records.add(made(number, 'word '.repeat(500)));
    let asked = 0;
    await searchRecords(records, new Redactor(), { filter: { q: 'x y z' }, limit: 10, before: null }, () => {
      asked += 1;
      return false;
    });
    assert.equal(asked, 1);
  });
});
