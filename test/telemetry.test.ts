import assert from 'node:assert/strict';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import type { LogLevel } from '../src/config/log-level';
import type { Build, FunctionResource, Visibility } from '../src/model/build';
import type { RequestRecord } from '../src/model/invocation';
import type { Reload } from '../src/model/reload';
import { wantsColours } from '../src/telemetry/colours';
import { LOG_FIELDS } from '../src/telemetry/fields';
import { createLog, type Listening, type Log } from '../src/telemetry/log';
import { openDescriptor, type Sink } from '../src/telemetry/sink';
import { writeProject } from './support/project';

const ID = 'RQ0123456789abcdef0123456789abcdef';

const OK: RequestRecord = {
  id: ID,
  startedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  durationMs: 3.456,
  method: 'POST',
  target: '/sms/reply?a=1',
  status: 200,
  contentType: 'text/xml; charset=utf-8',
  resource: 'functions/sms/reply.js',
  error: null,
  detail: null,
  console: [],
  consoleDropped: 0,
  traffic: null,
};

const FAILED: RequestRecord = {
  ...OK,
  status: 500,
  error: 'HS_THREW',
  detail: 'TypeError: x is not a function\n    at exports.handler (/app/functions/sms/reply.js:3:7)',
  console: [
    { level: 'info', text: 'Ahoy\nsecond line' },
    { level: 'error', text: 'oh no' },
  ],
  consoleDropped: 12,
};

const RELOAD: Reload = { durationMs: 23.4, changed: ['functions/a.js'], reached: 1 };

const BUILD: Build = {
  id: 'b1',
  root: '/app',
  functions: [
    resource('/sms/reply', 'protected', 0),
    resource('/hello', 'public', 1),
    resource('/lib/x', 'private', 2),
  ],
  assets: [
    {
      kind: 'asset',
      path: '/logo.png',
      file: '/app/assets/logo.png',
      name: 'assets/logo.png',
      visibility: 'public',
    },
    {
      kind: 'asset',
      path: '/a.json',
      file: '/app/assets/a.private.json',
      name: 'assets/a.private.json',
      visibility: 'private',
    },
  ],
  assetsFolder: '/app/assets',
  variables: {},
  accountSid: null,
  authToken: null,
  problems: [{ file: 'functions/bad name.js', message: 'rename it' }],
};

const START: Listening = {
  build: BUILD,
  url: 'http://localhost:3000',
  publicUrl: null,
  checkSignatures: true,
  console: null,
};

function resource(path: string, visibility: Visibility, index: number): FunctionResource {
  return {
    kind: 'function',
    path,
    file: `/app/functions${path}.js`,
    name: `functions${path}.js`,
    visibility,
    index,
    module: { entry: `/app/functions${path}.js`, format: 'require', inputs: null, failure: null },
  };
}

/** What a log writes, as text. */
function written(
  format: 'terminal' | 'json',
  act: (log: Log) => void,
  options: { level?: LogLevel; colours?: boolean } = {},
): string {
  let text = '';
  const sink: Sink = {
    write: (more) => {
      text += more;
    },
    flush: () => {},
    close: async () => {},
  };
  act(createLog({ format, level: options.level ?? 'info', colours: options.colours ?? false, sink }));
  return text;
}

function jsonLines(text: string): Record<string, unknown>[] {
  assert.ok(text === '' || text.endsWith('\n'));
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log on a terminal', () => {
  it('shows at start what there is, where it is, and what to try', () => {
    assert.equal(
      written('terminal', (log) => log.listening(START)),
      `
Twilio functions available:
├── [protected] http://localhost:3000/sms/reply
├── http://localhost:3000/hello
└── [private] Runtime.getFunctions()['lib/x']

Twilio assets available:
├── http://localhost:3000/logo.png
└── [private] Runtime.getAssets()['/a.json']

warn  functions/bad name.js: rename it

Listening on http://localhost:3000. Stop with Ctrl-C.
Try it: curl http://localhost:3000/hello --data-urlencode 'From=+15551234567' -d 'Body=Ahoy'

`,
    );
  });

  it('shows public addresses where there is a public URL, and tries the local one', () => {
    const text = written('terminal', (log) => log.listening({ ...START, publicUrl: 'https://a.example/x' }));
    assert.match(text, /─ https:\/\/a\.example\/x\/hello\n/);
    assert.match(text, /Listening on http:\/\/localhost:3000, called https:\/\/a\.example\/x\./);
    assert.match(text, /curl http:\/\/localhost:3000\/hello/);
  });

  it('says so where there is nothing to show', () => {
    const build = { ...BUILD, functions: [], assets: [], problems: [] };
    const text = written('terminal', (log) => log.listening({ ...START, build }));
    assert.match(text, /No functions found/);
    assert.match(text, /No assets found/);
    assert.doesNotMatch(text, /curl/);
  });

  it('explains --no-signature where every Function is protected', () => {
    const build = { ...BUILD, functions: [resource('/sms', 'protected', 0)] };
    const checked = written('terminal', (log) => log.listening({ ...START, build }));
    assert.match(checked, /All Functions are protected: .*--no-signature/);
    assert.doesNotMatch(checked, /curl/);
    const open = written('terminal', (log) => log.listening({ ...START, build, checkSignatures: false }));
    assert.match(open, /curl http:\/\/localhost:3000\/sms /);
  });

  it('shows one line for a request', () => {
    assert.equal(
      written('terminal', (log) => log.request(OK)),
      '200 POST /sms/reply?a=1 text/xml; charset=utf-8 3 ms\n',
    );
  });

  it('shows why a request failed, what its Function wrote, and what to do', () => {
    assert.equal(
      written('terminal', (log) => log.request(FAILED)),
      `500 POST /sms/reply?a=1 text/xml; charset=utf-8 3 ms
      why │ HS_THREW: Internal Server Error in functions/sms/reply.js (vendor code 82002)
          │ TypeError: x is not a function
          │     at exports.handler (/app/functions/sms/reply.js:3:7)
      fix │ See the stack.
      log │ Ahoy
          │ second line
    error │ oh no
     warn │ 12 more bytes were written and dropped
`,
    );
  });

  it('says when an error is what the table says where there is no detail', () => {
    const record: RequestRecord = { ...OK, status: 404, resource: null, error: 'HS_NOT_FOUND' };
    assert.match(
      written('terminal', (log) => log.request(record)),
      /│ No Function or Asset has this exact path, or it is private\.\n/,
    );
  });

  it('says which request left a late line behind', () => {
    const late = {
      requestId: ID,
      resource: 'functions/a.js',
      level: 'warn',
      text: 'still here\nand here',
    } as const;
    assert.equal(
      written('terminal', (log) => log.late(late)),
      `late  functions/a.js, left behind by ${ID}\n     warn │ still here\n          │ and here\n`,
    );
    assert.match(
      written('terminal', (log) => log.late({ ...late, requestId: null })),
      /left behind by an earlier request/,
    );
  });

  it('says what a reload brought', () => {
    const text = written('terminal', (log) => {
      log.reloaded({ ...BUILD, problems: [] }, null, RELOAD);
      log.reloaded({ ...BUILD, problems: [] }, null, {
        ...RELOAD,
        reached: 3,
        changed: ['.env', 'lib/b.js', 'c'],
      });
      log.reloaded({ ...BUILD, problems: [] }, null, { ...RELOAD, reached: 0, changed: ['assets/a.txt'] });
      log.reloaded(BUILD, 'two files have the path /a', RELOAD);
    });
    assert.equal(
      text,
      [
        'info  reloaded in 23 ms: functions/a.js (1 of 3 Functions)',
        'info  reloaded in 23 ms: .env and 2 more (3 Functions)',
        'info  reloaded in 23 ms: assets/a.txt (no Function)',
        'error not reloaded, what was live stays: two files have the path /a\n',
      ].join('\n'),
    );
  });

  it('shows durations as people read them', () => {
    const shown = (durationMs: number) =>
      written('terminal', (log) => log.request({ ...OK, contentType: null, durationMs }))
        .trim()
        .replace(/^.*a=1 /, '');
    assert.deepEqual([0.04, 0.44, 1.4, 999, 9_999, 10_012].map(shown), [
      '0.0 ms',
      '0.4 ms',
      '1 ms',
      '999 ms',
      '9999 ms',
      '10.01 s',
    ]);
  });

  it('uses colours only where they are wanted', () => {
    const act = (log: Log) => {
      log.listening(START);
      log.request(FAILED);
    };
    assert.ok(!written('terminal', act).includes('\x1b'));
    assert.ok(written('terminal', act, { colours: true }).includes('\x1b[31m500'));
  });
});

describe('the wish for colours', () => {
  const cases: readonly [environment: Record<string, string>, isTerminal: boolean, wanted: boolean][] = [
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  ];
  for (const [environment, isTerminal, wanted] of cases) {
    const where = isTerminal ? 'on a terminal' : 'elsewhere';
    it(`is ${wanted} with ${JSON.stringify(environment)} ${where}`, () => {
      assert.equal(wantsColours(environment, isTerminal), wanted);
    });
  }
});

describe('the log in JSON', () => {
  it('says at start what there is, where it is, and what to try', () => {
    const [start, problem] = jsonLines(written('json', (log) => log.listening(START)));
    assert.match(String(start?.time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(
      { ...start, time: '' },
      {
        time: '',
        level: 'info',
        msg: 'listening',
        url: 'http://localhost:3000',
        publicUrl: null,
        consoleUrl: null,
        build: 'b1',
        functions: [
          {
            path: '/sms/reply',
            visibility: 'protected',
            file: 'functions/sms/reply.js',
            url: 'http://localhost:3000/sms/reply',
          },
          {
            path: '/hello',
            visibility: 'public',
            file: 'functions/hello.js',
            url: 'http://localhost:3000/hello',
          },
          { path: '/lib/x', visibility: 'private', file: 'functions/lib/x.js', url: null },
        ],
        assets: [
          {
            path: '/logo.png',
            visibility: 'public',
            file: 'assets/logo.png',
            url: 'http://localhost:3000/logo.png',
          },
          { path: '/a.json', visibility: 'private', file: 'assets/a.private.json', url: null },
        ],
        try: "curl http://localhost:3000/hello --data-urlencode 'From=+15551234567' -d 'Body=Ahoy'",
      },
    );
    assert.deepEqual(
      { ...problem, time: '' },
      { time: '', level: 'warn', msg: 'problem', file: 'functions/bad name.js', detail: 'rename it' },
    );
  });

  it('writes one object for a request', () => {
    assert.equal(
      written('json', (log) => log.request(OK)),
      `{"time":"2026-01-02T03:04:05.009Z","level":"info","msg":"request","requestId":"${ID}","method":"POST","path":"/sms/reply","query":"a=1","status":200,"contentType":"text/xml; charset=utf-8","durationMs":3.46,"resource":"functions/sms/reply.js"}\n`,
    );
  });

  it('writes why a request failed, then what its Function wrote', () => {
    const [request, ...lines] = jsonLines(written('json', (log) => log.request(FAILED)));
    assert.equal(request?.level, 'error');
    assert.equal(request?.error, 'HS_THREW');
    assert.equal(request?.vendorCode, 82002);
    assert.equal(request?.reason, 'Internal Server Error');
    assert.equal(request?.detail, FAILED.detail);
    assert.equal(request?.fix, 'See the stack.');
    assert.equal(request?.consoleDroppedBytes, 12);
    const shared = {
      time: request?.time,
      requestId: ID,
      resource: 'functions/sms/reply.js',
      console: true,
    };
    assert.deepEqual(lines, [
      { ...shared, level: 'info', msg: 'Ahoy\nsecond line' },
      { ...shared, level: 'error', msg: 'oh no' },
    ]);
  });

  it('writes times of any second in ISO 8601', () => {
    for (const at of [
      0, 999, 1_000, 1_767_323_045_006, 1_767_323_045_099, 1_767_323_045_100, 1_767_323_046_000,
    ]) {
      const [line] = jsonLines(
        written('json', (log) => log.request({ ...OK, startedAt: at, durationMs: 0 })),
      );
      assert.equal(line?.time, new Date(at).toISOString());
    }
  });

  it('has no field that is not documented', () => {
    const text = written('json', (log) => {
      log.listening(START);
      log.request(OK);
      log.request(FAILED);
      log.late({ requestId: ID, resource: 'functions/a.js', level: 'warn', text: 'late' });
      log.reloaded(BUILD, null, RELOAD);
      log.reloaded(BUILD, 'broken', RELOAD);
      log.notice('warn', 'something');
    });
    const fields = new Set(jsonLines(text).flatMap(Object.keys));
    assert.deepEqual(
      [...fields].filter((field) => !Object.hasOwn(LOG_FIELDS, field)),
      [],
    );
  });
});

describe('the level of a log', () => {
  const cases: readonly [level: LogLevel, messages: string[]][] = [
    [
      'debug',
      [
        'request 200',
        'request 404',
        'request 500',
        'Ahoy\nsecond line',
        'oh no',
        'n info',
        'n warn',
        'n error',
      ],
    ],
    [
      'info',
      [
        'request 200',
        'request 404',
        'request 500',
        'Ahoy\nsecond line',
        'oh no',
        'n info',
        'n warn',
        'n error',
      ],
    ],
    ['warn', ['request 404', 'request 500', 'oh no', 'n warn', 'n error']],
    ['error', ['request 500', 'oh no', 'n error']],
    ['silent', []],
  ];
  const act = (log: Log): void => {
    log.request(OK);
    log.request({ ...OK, status: 404, error: 'HS_NOT_FOUND' });
    log.request(FAILED);
    for (const level of ['info', 'warn', 'error'] as const) log.notice(level, `n ${level}`);
  };
  for (const [level, messages] of cases) {
    it(`${level} lets ${messages.length} of 8 lines through`, () => {
      const lines = jsonLines(written('json', act, { level }));
      assert.deepEqual(
        lines.map(({ msg, status }) => (msg === 'request' ? `request ${status}` : msg)),
        messages,
      );
    });
  }

  it('shows on a terminal whose words a loud line is, though the request went well', () => {
    const record: RequestRecord = {
      ...OK,
      console: [
        { level: 'warn', text: 'careful' },
        { level: 'info', text: 'quiet' },
      ],
    };
    assert.equal(
      written('terminal', (log) => log.request(record), { level: 'warn' }),
      '200 POST /sms/reply?a=1 text/xml; charset=utf-8 3 ms\n     warn │ careful\n',
    );
  });
});

describe('what a client or a Function sends', () => {
  const HOSTILE: readonly [name: string, text: string][] = [
    ['an escape sequence', 'a\x1b[2J\x1b[1;1Hb'],
    ['a title sequence', 'a\x1b]0;title\x07b'],
    ['line breaks', 'a\r\n200 GET /forged 1 ms\rb'],
    ['other line breaks', 'a\u2028200 GET /forged 1 ms\u2029b'],
    ['a vertical tab and a form feed', 'a\v200 GET /forged\fb'],
    ['a backspace and a null', 'a\b\b\b\0b'],
    ['DEL', 'a\x7fb'],
    ['C1 controls', 'a\x9b2J\x85200 GET /forged\x90b'],
    ['direction overrides', 'a\u202egnp.exe\u202c\u2066x\u2069b'],
    ['half a surrogate pair', 'a\ud800b'],
    ['quotes and backslashes', 'a","level":"error\\b'],
    ['a gutter of its own', 'a\n          │ b'],
    ['a huge line', `a${'x'.repeat(100_000)}b`],
  ];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
  const RAW = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;
  const OURS = /^(?:\d{3} [^ ]+|(?:info |warn |error|late ) | {1,9}[a-z]* +│ | {10}│ )/;

  const everywhere =
    (text: string) =>
    (log: Log): void => {
      log.request({
        ...FAILED,
        method: text,
        target: `/${text}`,
        contentType: text,
        resource: text,
        detail: text,
        console: [{ level: 'info', text }],
      });
      log.late({ requestId: text, resource: text, level: 'error', text });
      log.reloaded(BUILD, text, { ...RELOAD, changed: [text] });
      log.reloaded({ ...BUILD, problems: [] }, null, { ...RELOAD, changed: [text] });
      log.notice('warn', text);
    };

  for (const [name, text] of HOSTILE) {
    it(`cannot forge or hide a line on a terminal with ${name}`, () => {
      const lines = written('terminal', everywhere(text)).split('\n').slice(0, -1);
      for (const line of lines) {
        assert.doesNotMatch(line, RAW);
        assert.match(line.slice(0, 200), OURS);
        assert.ok(!line.startsWith('200 GET'), line);
        assert.ok(line.length < 8_500, `${line.length} characters`);
      }
      assert.equal(lines.filter((line) => /^\d{3} /.test(line)).length, 1);
    });

    it(`cannot forge or hide a line in JSON with ${name}`, () => {
      const raw = written('json', everywhere(text));
      assert.doesNotMatch(raw, RAW);
      const lines = jsonLines(raw);
      assert.equal(lines.length, 6);
      assert.deepEqual(
        lines.map(({ level }) => level),
        ['error', 'info', 'error', 'error', 'info', 'warn'],
      );
      if (text.length < 1_000 && !text.includes('\ud800')) {
        assert.equal(lines[1]?.msg, text);
        assert.equal(lines[0]?.path, `/${text}`);
      }
    });
  }

  it('is shown escaped on a terminal', () => {
    const shown = (text: string) => written('terminal', (log) => log.notice('info', text));
    assert.equal(shown('a\x1b[2J\u202e\x9b\x7f'), 'info  a\\x1b[2J\\u202e\\x9b\\x7f\n');
    assert.equal(shown('häßlich 💥 日本'), 'info  häßlich 💥 日本\n');
  });

  it('is cut with a note where it is very long', () => {
    const text = 'x'.repeat(40_000);
    const terminal = written('terminal', (log) => log.notice('info', text));
    assert.ok(terminal.endsWith('x … (38000 more characters)\n'));
    const [line] = jsonLines(written('json', (log) => log.notice('info', text)));
    assert.ok(String(line?.msg).endsWith('x … (7232 more characters)'));
  });
});

describe('the sink of a file descriptor', () => {
  it('has written everything, in order, once it is closed', async (t) => {
    const project = await writeProject({});
    t.after(() => project.remove());
    const descriptor = openSync(project.file('log'), 'w');
    const log = createLog({
      format: 'json',
      level: 'info',
      colours: false,
      sink: openDescriptor(descriptor),
    });
    for (let index = 0; index < 5_000; index++) log.notice('info', `line ${index}`);
    await log.close();
    await log.close();
    const lines = jsonLines(await readFile(project.file('log'), 'utf8'));
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      Array.from({ length: 5_000 }, (_, index) => `line ${index}`),
    );
  });

  it('writes a single line soon, without being closed', async (t) => {
    const project = await writeProject({ log: '' });
    t.after(() => project.remove());
    const sink = openDescriptor(openSync(project.file('log'), 'w'));
    t.after(() => sink.close());
    sink.write('one\n');
    while ((await readFile(project.file('log'), 'utf8')) !== 'one\n') {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  it('goes on quietly where nothing can be written', async (t) => {
    const project = await writeProject({ log: '' });
    t.after(() => project.remove());
    const sink = openDescriptor(openSync(project.file('log'), 'r'));
    sink.write('one\n');
    sink.flush();
    sink.write('two\n');
    await sink.close();
  });
});
