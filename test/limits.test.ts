/** Each limit has a reason of its own, for the client and for the author, and only the one who passes it pays. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { ERRORS, type ErrorCode } from '../src/errors';
import { excessOf, type Usage } from '../src/pool/usage';
import { expectGood, GOOD, recordOf } from './support/bad-row';
import { isAlive } from './support/program';
import { request } from './support/raw-http';
import { eventually, type Served, serve } from './support/serve';

interface LimitRow {
  /** Reads on from "a Function that". */
  readonly name: string;
  readonly code: string;
  readonly error: ErrorCode;
  readonly detail: RegExp;
  /** Where the author's own error is the body. */
  readonly text?: RegExp;
  /** Stands for the whole module. */
  readonly module?: string;
}

const LIMITS = { timeoutMs: 6_000, memoryMb: 96, maxProcesses: 8, maxOpenFiles: 100, temporaryMb: 8 };

const BUFFERS = 'const all = []; for (;;) all.push(Buffer.alloc(1e6, 1));';
const SLEEP = "spawn('sleep', ['100'], { stdio: 'ignore'";
/** A console frame as the runtime writes them, but more of them than it would. */
const FORGE = `const frame = Buffer.alloc(10 + 60_000, 'x');
  frame.writeUInt32LE(frame.length - 4, 0);
  frame.writeUInt8(19, 4);
  frame.writeUInt32LE(1, 5);
  frame.writeUInt8(1, 9);
  for (;;) fs.writeSync(3, frame);`;

const ROWS: readonly LimitRow[] = [
  {
    name: 'runs too long',
    code: 'for (;;);',
    error: 'HS_RUN_TIMEOUT',
    detail: /^it was stopped after \d+ ms$/,
  },
  {
    name: 'waits too long',
    code: 'setInterval(() => {}, 1000);',
    error: 'HS_RUN_TIMEOUT',
    detail: /^it was stopped after \d+ ms$/,
  },
  {
    name: 'loads too long',
    code: '',
    module: 'for (;;);',
    error: 'HS_LOAD_TIMEOUT',
    detail: /^it was stopped after \d+ ms$/,
  },
  {
    name: 'floods memory with Buffers',
    code: BUFFERS,
    error: 'HS_OUT_OF_MEMORY',
    detail: /^it used \d+ MB, the limit is 96 MB \(--memory\)$/,
  },
  {
    name: 'fills its heap',
    code: 'const all = []; for (;;) all.push({ a: [all.length] });',
    error: 'HS_OUT_OF_MEMORY',
    detail: /the limit is 96 MB \(--memory\)$/,
  },
  {
    name: 'floods memory in a worker thread',
    code: `new (require('node:worker_threads').Worker)(${JSON.stringify(BUFFERS)}, { eval: true });`,
    error: 'HS_OUT_OF_MEMORY',
    detail: /^it used \d+ MB/,
  },
  {
    name: 'floods memory in a child process',
    code: `spawnSync(process.execPath, ['-e', ${JSON.stringify(BUFFERS)}]);`,
    error: 'HS_OUT_OF_MEMORY',
    detail: /^it and a process that it started used \d+ MB, the limit is 96 MB/,
  },
  {
    name: 'starts processes without end',
    code: `for (;;) note(${SLEEP} }).pid);`,
    error: 'HS_TOO_MANY_PROCESSES',
    detail: /^\d+ processes that it started ran, the limit is 8 \(--max-processes\)$/,
  },
  {
    name: 'starts and detaches processes without end',
    code: `for (;;) { const child = ${SLEEP}, detached: true }); child.unref(); note(child.pid); }`,
    error: 'HS_TOO_MANY_PROCESSES',
    detail: /^\d+ processes/,
  },
  {
    name: 'starts daemons without end',
    code: "for (;;) spawnSync('/bin/sh', ['daemon.sh', notes], { env: {} });",
    error: 'HS_TOO_MANY_PROCESSES',
    detail: /^\d+ processes/,
  },
  {
    name: 'starts processes in a worker thread without end',
    code: `new (require('node:worker_threads').Worker)(
      "for (;;) require('node:child_process').spawn('sleep', ['100'], { stdio: 'ignore', detached: true })",
      { eval: true });`,
    error: 'HS_TOO_MANY_PROCESSES',
    detail: /^\d+ processes/,
  },
  {
    name: 'opens files without end',
    code: "for (;;) fs.openSync('/dev/null');",
    error: 'HS_TOO_MANY_OPEN_FILES',
    detail: /EMFILE: too many open files/,
    text: /^\{"message":"EMFILE: too many open files, open '\/dev\/null'","name":"Error"/,
  },
  {
    name: 'opens connections without end',
    code: `const net = require('node:net');
      const server = net.createServer().listen(0, '127.0.0.1', () => {
        for (let i = 0; i < 200; i++) net.connect(server.address().port, '127.0.0.1').on('error', callback);
      });`,
    error: 'HS_TOO_MANY_OPEN_FILES',
    detail: /EMFILE/,
    text: /EMFILE/,
  },
  {
    name: 'fills its temporary folder with a file',
    code: "for (;;) fs.appendFileSync(tmp + '/file', Buffer.alloc(1e6, 1));",
    error: 'HS_TEMPORARY_FOLDER_FULL',
    detail: /^it had \d+ MB in its temporary folder, the limit is 8 MB \(--temporary-space\)$/,
  },
  {
    name: 'fills its temporary folder with many files',
    code: `for (let i = 0; ; i++) {
      fs.mkdirSync(tmp + '/' + i);
      for (let k = 0; k < 50; k++) fs.writeFileSync(tmp + '/' + i + '/' + k, 'x');
    }`,
    error: 'HS_TEMPORARY_FOLDER_FULL',
    detail: /^it had \d+ MB in its temporary folder/,
  },
  {
    name: 'goes round the limit of its log',
    code: FORGE,
    error: 'HS_LOG_FLOOD',
    detail: /^it floods the log$/,
  },
];

const HEAD = `const fs = require('node:fs');
  const { spawn, spawnSync } = require('node:child_process');
  const tmp = require('node:os').tmpdir();
  const notes = process.cwd() + '/pids/';
  const note = (pid) => fs.writeFileSync(notes + pid, '');`;

function functionOf({ code, module = '' }: Pick<LimitRow, 'code' | 'module'>): string {
  return `${HEAD}\n${module}\nexports.handler = async (context, event, callback) => {\n${code}\n};`;
}

describe('a Function that', { concurrency: 2 }, () => {
  let served: Served;
  before(async () => {
    const files = ROWS.map((row, index) => [`functions/limit-${index}.js`, functionOf(row)]);
    served = await serve(
      {
        'functions/good.js': GOOD,
        'daemon.sh': `setsid /bin/sh -c 'echo > "$1$$"; exec sleep 100' sh "$1" > /dev/null 2>&1 &`,
        'pids/0': '',
        ...Object.fromEntries(files),
      },
      LIMITS,
    );
  });
  after(() => served.close());

  ROWS.forEach(({ name, error, detail, text = null }, index) => {
    it(name, async () => {
      const path = `/limit-${index}`;
      const [response] = await Promise.all([
        request(served.port, { method: 'GET', path }),
        expectGood(served.port),
      ]);
      const record = await recordOf(served, response);
      assert.equal(record.error, error, record.detail ?? '');
      assert.match(record.detail ?? '', detail);
      assert.equal(response.status, ERRORS[error].status);
      if (text === null) assert.equal(response.text(), ERRORS[error].text);
      else assert.match(response.text(), text);
      await expectGood(served.port);
    });
  });

  it('is over a limit leaves none of the processes that it started', async () => {
    await eventually(() => (notedPids(served).some(isAlive) ? undefined : true), 5_000);
    assert.ok(notedPids(served).length > 8, 'there were some');
  });

  it('is over a limit gets a reason that no other limit has', () => {
    const codes = new Set(ROWS.filter(({ text }) => text === undefined).map(({ error }) => error));
    // Loading and running have one text, which is documented (request-flow); the author's log tells them apart.
    codes.delete('HS_LOAD_TIMEOUT');
    assert.equal(new Set([...codes].map((code) => ERRORS[code].text)).size, codes.size);
  });
});

describe('what a Function does after its answer is limited too:', { concurrency: 2 }, () => {
  const rows: readonly [title: string, code: string, told: RegExp][] = [
    ['memory', BUFFERS, /used \d+ MB, the limit is 96 MB/],
    [
      'temporary files',
      "for (let i = 0; i < 20; i++) fs.writeFileSync(tmp + '/' + i, Buffer.alloc(1e6, 1));",
      /MB in its temporary folder, the limit is 8 MB/,
    ],
    ['processes', `for (;;) ${SLEEP} });`, /processes that it started ran, the limit is 8/],
    [
      'daemons',
      "spawnSync('/bin/sh', ['daemon.sh', notes], { env: {} });",
      /a process that it started still ran after/,
    ],
  ];
  let served: Served;
  before(async () => {
    const files = rows.map(([, code], index) => [
      `functions/after-${index}.js`,
      functionOf({ code: `callback(null, 'ok');\n${code}` }),
    ]);
    served = await serve(
      {
        'functions/good.js': GOOD,
        'daemon.sh': `setsid /bin/sh -c 'echo > "$1$$"; exec sleep 100' sh "$1" > /dev/null 2>&1 &`,
        'pids/0': '',
        ...Object.fromEntries(files),
      },
      LIMITS,
    );
  });
  after(() => served.close());

  rows.forEach(([title, , told], index) => {
    it(title, async () => {
      const path = `/after-${index}`;
      const ask = async () =>
        assert.equal((await request(served.port, { method: 'GET', path })).text(), 'ok');
      const find = (pattern: RegExp) =>
        served.late.filter(({ resource, text }) => resource === `functions${path}.js` && pattern.test(text));
      await ask();
      let early = 0;
      await eventually(async () => {
        // On a busy machine it is ended for that it goes on before it has come to the limit.
        const ended = find(/^it was still busy/).length;
        if (ended > early) await ask();
        early = ended;
        return find(told)[0];
      }, 8_000);
      await expectGood(served.port);
    });
  });
});

describe('a Function that keeps what it opens', () => {
  it('fails once where nothing is left, and has a new process then', async (t) => {
    const served = await serve(
      {
        'functions/keeps.js': `const fs = require('node:fs');
          exports.handler = (context, event, callback) => {
            for (let i = 0; i < 60; i++) fs.openSync('/dev/null');
            callback(null, String(process.pid));
          };`,
      },
      LIMITS,
    );
    t.after(() => served.close());
    const ask = async () => request(served.port, { method: 'GET', path: '/keeps' });
    const first = await ask();
    const second = await ask();
    const third = await ask();
    assert.deepEqual([first.status, second.status, third.status], [200, 500, 200]);
    assert.equal((await recordOf(served, second)).error, 'HS_TOO_MANY_OPEN_FILES');
    assert.notEqual(third.text(), first.text());
  });
});

describe('memory', () => {
  it('is taken from a Function soon after it has passed the limit', async (t) => {
    const served = await serve(
      {
        'functions/good.js': GOOD,
        'functions/flood.js': `exports.handler = (context, event, callback) => {
          require('node:fs').writeFileSync('pid', String(process.pid));
          const all = [];
          setInterval(() => all.push(Buffer.alloc(2e6, 1)), 5);
        };`,
      },
      LIMITS,
    );
    t.after(() => served.close());
    await expectGood(served.port);
    const answer = request(served.port, { method: 'GET', path: '/flood' });
    const pid = await eventually(() => Number(readIfThere(served.project.file('pid'))) || undefined);
    let passedAt = 0;
    await eventually(() => {
      const mb = (Number(readIfThere(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * 4096) / 1_048_576;
      if (mb > LIMITS.memoryMb && passedAt === 0) passedAt = performance.now();
      return isAlive(pid) ? undefined : true;
    }, 5_000);
    // 50 to 90 ms on a machine that has time for it.
    const tookMs = passedAt === 0 ? 0 : performance.now() - passedAt;
    assert.ok(tookMs < 1_000, `${tookMs} ms`);
    assert.equal((await answer).status, 500);
  });

  it('may be used up to the limit, and garbage is collected before that', async (t) => {
    const served = await serve(
      {
        'functions/busy.js': `exports.handler = (context, event, callback) => {
          const keep = Array.from({ length: 300_000 }, (_, a) => ({ a, b: [a] }));
          const end = Date.now() + 1500;
          for (let all = []; Date.now() < end; all.push({ a: [all.length], b: 'k' + all.length }))
            if (all.length > 100_000) all = [];
          callback(null, String(keep.length));
        };`,
      },
      { memoryMb: 192 },
    );
    t.after(() => served.close());
    assert.equal((await request(served.port, { method: 'GET', path: '/busy' })).text(), '300000');
  });
});

describe('a flood on the real stdout', () => {
  it('is slow for the one who floods, and the others are answered meanwhile', async (t) => {
    const served = await serve({
      'functions/good.js': GOOD,
      'functions/flood.js': `exports.handler = (context, event, callback) => {
        const bytes = Buffer.alloc(65_536, 'x');
        let count = 0;
        for (const end = Date.now() + 2_000; Date.now() < end; count++) require('node:fs').writeSync(1, bytes);
        callback(null, String(count));
      };`,
    });
    t.after(() => served.close());
    const flood = request(served.port, { method: 'GET', path: '/flood' });
    let answered = 0;
    let isOver = false;
    void flood.then(() => {
      isOver = true;
    });
    for (; !isOver; answered++) await expectGood(served.port);
    const megabytes = (Number((await flood).text()) * 65_536) / 1e6;
    assert.ok(megabytes < 20, `${megabytes} MB in 2 s`);
    assert.ok(answered > 50, `${answered} calls of another Function`);
    const record = await served.record('/flood');
    assert.ok(record.console.reduce((sum, { text }) => sum + text.length, 0) <= 262_144);
  });
});

describe('the first limit that is passed', () => {
  const limits = { memoryMb: 100, maxProcesses: 2, temporaryMb: 10 };
  const within: Usage = { residentBytes: 100 * 1_048_576, processes: 2, temporaryBytes: 10 * 1_048_576 };
  const rows: readonly [title: string, usage: Usage, code: ErrorCode | null, detail?: RegExp][] = [
    ['is none where every one is just met', within, null],
    [
      'is that of processes',
      { ...within, processes: 3, residentBytes: 1e12 },
      'HS_TOO_MANY_PROCESSES',
      /^3 /,
    ],
    [
      'is that of memory',
      { ...within, residentBytes: 101 * 1_048_576 },
      'HS_OUT_OF_MEMORY',
      /it and 2 processes .* 101 MB/,
    ],
    ['is that of files', { ...within, temporaryBytes: 11 * 1_048_576 }, 'HS_TEMPORARY_FOLDER_FULL', /11 MB/],
  ];
  for (const [title, usage, code, detail = /./] of rows) {
    it(title, () => {
      const excess = excessOf(usage, limits);
      assert.equal(excess?.code ?? null, code);
      if (excess !== null) assert.match(excess.detail, detail);
    });
  }
});

function notedPids({ project }: Served): readonly number[] {
  return readdirSync(project.file('pids'))
    .map(Number)
    .filter((pid) => pid > 1);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
