/** `logs`, `show`, `replay` and `console` against the real program, and the file of records. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { findAnnouncements } from '../src/admin/announcement';
import type { InvocationRecord } from '../src/model/record';
import { type Gateway, launchProgram, linesOf, runProgram, startGateway } from './support/program';
import { type TestProject, writeProject } from './support/project';
import { request } from './support/raw-http';
import { eventually } from './support/serve';

const TOKEN = '0123456789abcdef0123456789abcdef';
const PROJECT = {
  '.env': `AUTH_TOKEN=${TOKEN}\n`,
  'functions/hello.js': `exports.handler = (context, event, callback) => {
    console.log('hello', event.Body, context.AUTH_TOKEN);
    callback(null, 'Ahoy ' + event.Body);
  };`,
  'functions/throws.js': `exports.handler = () => {\n  throw new Error('on purpose');\n};`,
};

interface Running {
  readonly gateway: Gateway;
  readonly project: TestProject;
  /** Each has a folder for announcements of its own: other gateways of this machine are none of its business. */
  readonly environment: Readonly<Record<string, string>>;
  run(...argv: readonly string[]): ReturnType<typeof runProgram>;
}

async function running(
  t: TestContext,
  argv: readonly string[] = [],
  files: Readonly<Record<string, string>> = PROJECT,
): Promise<Running> {
  const project = await writeProject(files);
  t.after(() => project.remove());
  const place = await writeProject({ 'run/.keep': '' });
  t.after(() => place.remove());
  const environment = { XDG_RUNTIME_DIR: place.file('run') };
  const gateway = await startGateway([project.path, '-p', '0', '--console-port', '0', ...argv], {
    environment,
  });
  t.after(() => gateway.stop());
  const run = (...words: readonly string[]) => runProgram(words, { environment, folder: project.path });
  return { gateway, project, environment, run };
}

const post = (port: number, path: string, body: string) =>
  request(port, {
    method: 'POST',
    path,
    headers: [['Content-Type', 'application/x-www-form-urlencoded']],
    body,
  });

describe('hookswitch logs', () => {
  it('shows the last requests, oldest first, with what they wrote and without secrets', async (t) => {
    const { gateway, run } = await running(t);
    await post(gateway.port, '/hello', 'Body=one');
    await post(gateway.port, '/throws', 'Body=two');
    const { code, stdout, stderr } = await run('logs');
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /200 POST \/hello .*RQ[0-9a-f]{32}\n\s+log │ hello one \*\*\*\n.*500 POST \/throws/);
    assert.ok(!stdout.includes(TOKEN));
    const filtered = await run('logs', '--status', 'error', '-o', 'json');
    const records = linesOf(filtered.stdout);
    assert.deepEqual(
      records.map(({ target, error }) => [target, error]),
      [['/throws', 'HS_THREW']],
    );
    assert.equal(linesOf((await run('logs', '--grep', 'HELLO one', '-o', 'json')).stdout).length, 1);
    assert.equal((await run('logs', '--since', '2999-01-01')).stdout, '');
    assert.equal(linesOf((await run('logs', '-n', '1', '-o', 'json')).stdout)[0]?.target, '/throws');
  });

  it('goes on with --tail, until the gateway ends', async (t) => {
    const { gateway, environment, project } = await running(t);
    await post(gateway.port, '/hello', 'Body=before');
    const tail = launchProgram(['logs', '--tail', '-o', 'json', '--function', 'hello'], {
      environment,
      folder: project.path,
    });
    t.after(() => tail.stop());
    await tail.said(/hello before/);
    await post(gateway.port, '/throws', 'Body=x');
    await post(gateway.port, '/hello', 'Body=after');
    await tail.said(/hello after/);
    assert.ok(!tail.output().includes('/throws'));
    gateway.child.kill('SIGTERM');
    const { code, stderr } = await tail.ended;
    assert.equal(code, 0);
    assert.match(stderr, /the gateway has ended/);
  });

  it('with --tail goes on with what a Function writes after its answer, each line once', async (t) => {
    const files = {
      'functions/leaves.js': `exports.handler = (context, event, callback) => {
        callback(null, 'done');
        for (const ms of [20, 300, 600]) setTimeout(() => console.warn(event.Body + ' after ' + ms), ms);
      };`,
    };
    const { gateway, environment, project } = await running(t, [], { ...PROJECT, ...files });
    const start = (...argv: string[]) => {
      const tail = launchProgram(['logs', '-f', ...argv], { environment, folder: project.path });
      t.after(() => tail.stop());
      return tail;
    };
    const [all, json, others] = [start(), start('-o', 'json'), start('--function', 'hello')] as const;
    const searching = start('--grep', 'one after 300');
    await post(gateway.port, '/hello', 'Body=first');
    await Promise.all([all, json, others].map((tail) => tail.said(/hello first/)));
    // Calls thaw the process that the first one left its timers to.
    const first = await post(gateway.port, '/leaves', 'Body=one');
    await Promise.all([all.said(/POST \/leaves/), json.said(/"\/leaves"/)]);
    for (let call = 0; call < 30; call++) {
      await post(gateway.port, '/leaves', 'Body=more');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await post(gateway.port, '/hello', 'Body=last');
    await Promise.all([all, json, others].map((tail) => tail.said(/hello last/)));
    await all.said(/one after 600/);
    await json.said(/one after 600/);
    await searching.said(/POST \/leaves.*one after 300/s);
    for (const ms of [20, 300, 600]) {
      for (const tail of [all, json]) assert.equal(tail.output().split(`one after ${ms}`).length, 2);
    }
    const id = first.header('twilio-request-id') ?? '';
    assert.match(
      all.output(),
      new RegExp(`late  functions/leaves\\.js, left behind by ${id}\n\\s+warn │ one after`),
    );
    const late = linesOf(json.output()).filter(({ type }) => type === 'late');
    assert.ok(late.some((line) => line.id === id && line.resource === 'functions/leaves.js'));
    assert.ok(!others.output().includes(' after '));
  });

  const WRONG: readonly [argv: readonly string[], pattern: RegExp][] = [
    [['logs', '--limit', 'x'], /--limit/],
    [['logs', '--since', 'soon'], /--since/],
    [['logs', '-o', 'xml'], /--output-format/],
    [['logs', '--tail', '--file', 'x'], /--tail/],
    [['show'], /needs the id/],
    [['replay', 'a', 'b', 'c'], /too much/],
  ];
  for (const [argv, pattern] of WRONG) {
    it(`refuses ${argv.join(' ')}`, async () => {
      const { code, stderr } = await runProgram(argv);
      assert.equal(code, 2, stderr);
      assert.match(stderr, pattern);
    });
  }
});

describe('hookswitch show', () => {
  it('shows everything of one request', async (t) => {
    const { gateway, run } = await running(t);
    const response = await post(gateway.port, '/throws', 'From=%2B15550001&Body=hi');
    const id = response.header('twilio-request-id') ?? '';
    const { code, stdout } = await run('show', id);
    assert.equal(code, 0);
    const parts = [
      /500 POST \/throws/,
      /HS_THREW/,
      />\s+2 {3}throw new Error\('on purpose'\)/,
      /From \+15550001/,
    ];
    for (const part of [...parts, /Content-Type:/, /"message":"on purpose"/]) assert.match(stdout, part);
    const json = JSON.parse((await run('show', 'last', '-o', 'json')).stdout) as InvocationRecord;
    assert.equal(json.id, id);
  });

  it('says when the request is not known', async (t) => {
    const { run } = await running(t);
    const { code, stderr } = await run('show', 'RQ0');
    assert.equal(code, 1);
    assert.match(stderr, /HS_NO_RECORD/);
  });
});

describe('hookswitch replay', () => {
  it('shows both answers', async (t) => {
    const { gateway, project, run } = await running(t);
    await post(gateway.port, '/hello', 'Body=one');
    await project.write(
      'functions/hello.js',
      `exports.handler = (c, e, callback) => callback(null, 'New ' + e.Body);`,
    );
    const { code, stdout } = await run('replay', 'last');
    assert.equal(code, 0);
    assert.match(stdout, /- Ahoy one\n\s+\+ New one/);
    const changed = await run(
      'replay',
      'last',
      '-d',
      'Body=two',
      '-H',
      'X-New: 1',
      '--target',
      '/hello?x=1',
      '-o',
      'json',
    );
    const { replay } = JSON.parse(changed.stdout) as { replay: InvocationRecord };
    assert.equal(replay.response.body?.text, 'New two');
    assert.equal(replay.target, '/hello?x=1');
    assert.ok(replay.request.headers.some(([name, value]) => name === 'X-New' && value === '1'));
  });

  it('sends what was edited', async (t) => {
    const { gateway, project, environment } = await running(t);
    await post(gateway.port, '/hello', 'Body=one');
    const edit = (editor: string) =>
      runProgram(['replay', 'last', '--edit'], {
        environment: { ...environment, EDITOR: editor },
        folder: project.path,
      });
    const edited = await edit("sed -i 's/Body=one/Body=edited/'");
    assert.match(edited.stdout, /\+ Ahoy edited/, edited.stderr);
    const emptied = await edit('truncate -s 0');
    assert.deepEqual([emptied.code, emptied.stdout], [0, '']);
    const broken = await edit('false');
    assert.equal(broken.code, 2);
    assert.match(broken.stderr, /nothing was sent/);
    const nonsense = await edit("sed -i '$a x' && sed -i 's/^POST .*/nonsense/'");
    assert.equal(nonsense.code, 2, nonsense.stderr);
  });
});

describe('a gateway that commands look for', () => {
  it('is the one of the project, of several', async (t) => {
    const first = await running(t);
    const other = await writeProject({ 'functions/other.js': PROJECT['functions/hello.js'] });
    t.after(() => other.remove());
    const { environment } = first;
    const second = await startGateway([other.path, '-p', '0', '--console-port', '0'], { environment });
    t.after(() => second.stop());
    await post(first.gateway.port, '/hello', 'Body=first');
    await post(second.port, '/other', 'Body=second');
    const logs = async (argv: readonly string[], folder: string) =>
      (await runProgram(['logs', ...argv], { environment, folder })).stdout;
    assert.match(await logs([], first.project.path), /hello first/);
    assert.match(await logs([], first.project.file('functions')), /hello first/);
    assert.match(await logs([], other.path), /hello second/);
    assert.match(await logs([other.path], first.project.path), /hello second/);
    const url = String(second.lines().find(({ msg }) => msg === 'listening')?.consoleUrl);
    assert.match(await logs(['--console-url', url], first.project.path), /hello second/);
    const unclear = await runProgram(['logs'], { environment, folder: '/' });
    assert.equal(unclear.code, 1);
    assert.match(unclear.stderr, /HS_SEVERAL_GATEWAYS/);
  });

  it('is told of in a file that nobody else can read, and that goes with it', async (t) => {
    const { gateway, environment, run } = await running(t);
    const folder = `${environment.XDG_RUNTIME_DIR}/hookswitch`;
    const [found] = findAnnouncements(folder);
    assert.equal(found?.pid, gateway.pid);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    const port = new URL(found?.consoleUrl ?? '').port;
    const file = `${folder}/${gateway.pid}-${port}.json`;
    assert.equal(statSync(file).mode & 0o777, 0o600);
    // Neither the environment nor the arguments of any process has the token.
    assert.ok(!readFileSync(`/proc/${gateway.pid}/environ`, 'latin1').includes(found?.token ?? ''));
    assert.match((await run('console')).stdout, /^http:\/\/127\.0\.0\.1:\d+\/open\?ticket=[\w-]{43}\n$/);
    const stale = `${folder}/999999-1.json`;
    writeFileSync(stale, readFileSync(file), { mode: 0o600 });
    gateway.child.kill('SIGTERM');
    await gateway.ended;
    assert.deepEqual(findAnnouncements(folder), []);
    assert.ok(statSync(stale, { throwIfNoEntry: false }) === undefined, 'what is stale is swept');
    const { code, stderr } = await run('logs');
    assert.equal(code, 1);
    assert.match(stderr, /HS_NO_GATEWAY/);
  });

  it('tells the phone its public URL, which signatures cover', async (t) => {
    const files = {
      '.env': 'AUTH_TOKEN=0123456789abcdef0123456789abcdef\n',
      'functions/sms.protected.js': `exports.handler = (context, event, callback) => {
        const twiml = new Twilio.twiml.MessagingResponse();
        twiml.message('signed');
        callback(null, twiml);
      };`,
    };
    const { gateway, run } = await running(t, ['--public-url', 'https://hooks.example.com/in/'], files);
    assert.match((await run('sms', 'Ahoy')).stdout, /< signed/);
    assert.match((await run('sms', 'Ahoy', '-p', String(gateway.port))).stdout, /< signed/);
    const wrong = await run('sms', 'Ahoy', '--public-url', 'https://other.example.com');
    assert.match(wrong.stdout, /error 11200/);
  });

  it('is not believed where others can write', async (t) => {
    const { environment, run } = await running(t);
    chmodSync(`${environment.XDG_RUNTIME_DIR}/hookswitch`, 0o777);
    assert.match((await run('logs')).stderr, /HS_NO_GATEWAY/);
  });

  it('that was killed leaves nothing that is believed', async (t) => {
    const { gateway, run } = await running(t);
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    assert.match((await run('logs')).stderr, /HS_NO_GATEWAY/);
  });

  it('has no console in a pipe, in production or with --no-console unless it is asked for', async (t) => {
    const project = await writeProject(PROJECT);
    t.after(() => project.remove());
    const ROWS: readonly [argv: readonly string[], environment: Record<string, string>, has: boolean][] = [
      [[], {}, false],
      [['--no-console'], {}, false],
      [['--console', '--console-port', '0'], { NODE_ENV: 'production' }, true],
    ];
    for (const [argv, environment, has] of ROWS) {
      const gateway = await startGateway([project.path, '-p', '0', ...argv], { environment });
      const url = gateway.lines().find(({ msg }) => msg === 'listening')?.consoleUrl;
      await gateway.stop();
      assert.equal(url !== null, has, argv.join(' '));
    }
  });
});

describe('a file of records', () => {
  it('has each record as a line, and is read by hookswitch logs', async (t) => {
    const place = await writeProject({});
    t.after(() => place.remove());
    const file = place.file('records.jsonl');
    const { gateway, run } = await running(t, ['--record-file', file, '--no-console']);
    for (const text of ['one', 'two', 'three']) await post(gateway.port, '/hello', `Body=${text}`);
    gateway.child.kill('SIGTERM');
    await gateway.ended;
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const records = linesOf(readFileSync(file, 'utf8'));
    assert.deepEqual(
      records.map(({ status, request: sent }) => [status, (sent as InvocationRecord['request']).body?.text]),
      [
        [200, 'Body=one'],
        [200, 'Body=two'],
        [200, 'Body=three'],
      ],
    );
    assert.ok(!readFileSync(file, 'utf8').includes(TOKEN));
    writeFileSync(file, '{"id":"RQ1","status":200,"requ', { flag: 'a' });
    const { stdout } = await run('logs', '--file', file, '-n', '2', '--grep', 'hello');
    assert.match(stdout, /hello two[\s\S]*hello three/);
    assert.ok(!stdout.includes('hello one'));
  });

  it('that is full, or a pipe that nobody reads, stalls nothing', async (t) => {
    const { gateway } = await running(t, ['--record-file', '/dev/full', '--no-console']);
    for (let number = 0; number < 200; number++) {
      assert.equal((await post(gateway.port, '/hello', `Body=${number}`)).status, 200);
    }
    gateway.child.kill('SIGTERM');
    assert.equal((await gateway.ended).code, 0);
  });

  it('that cannot be written stops the start, with words', async (t) => {
    const project = await writeProject(PROJECT);
    t.after(() => project.remove());
    for (const file of [project.path, project.file('no/such/folder')]) {
      const { code, stdout } = await runProgram([
        'start',
        project.path,
        '-p',
        '0',
        '-o',
        'json',
        '--record-file',
        file,
      ]);
      assert.equal(code, 1);
      assert.match(stdout, /HS_RECORD_FILE/);
    }
  });

  it('becomes FILE.1 when it is large, and a new one is begun', async (t) => {
    const { RecordFile } = await import('../src/records/record-file.js');
    const { Records } = await import('../src/records/records.js');
    const { Expected } = await import('../src/records/expected.js');
    const { Redactor } = await import('../src/records/redact.js');
    const place = await writeProject({});
    t.after(() => place.remove());
    const path = place.file('r.jsonl');
    const records = new Records({ count: 1, bytes: 0 }, new Expected());
    const file = new RecordFile(path, records, new Redactor(), 20_000);
    for (let number = 0; number < 60; number++) {
      records.addLate({ requestId: `RQ${number}`, resource: 'x', level: 'info', text: 'x'.repeat(500) });
    }
    await file.close();
    await file.close();
    const lines = (name: string) => linesOf(readFileSync(name, 'utf8')).map(({ id }) => id);
    await eventually(() => (lines(`${path}.1`).length + lines(path).length === 60 ? true : undefined));
    assert.deepEqual(
      [...lines(`${path}.1`), ...lines(path)],
      Array.from({ length: 60 }, (_, at) => `RQ${at}`),
    );
    assert.ok(statSync(path).size < 20_000 && statSync(`${path}.1`).size < 22_000);
  });
});

describe('the events of the console', () => {
  it('tell what a save reached, and how long it took', async (t) => {
    const { gateway, project, environment } = await running(t);
    await post(gateway.port, '/hello', 'Body=one');
    const [console] = findAnnouncements(`${environment.XDG_RUNTIME_DIR}/hookswitch`);
    assert.ok(console !== undefined);
    const abort = new AbortController();
    t.after(() => abort.abort());
    const response = await fetch(`${console.consoleUrl}/api/events`, {
      headers: { Authorization: `Bearer ${console.token}` },
      signal: abort.signal,
    });
    await project.write('functions/hello.js', 'exports.handler = (context, event, callback) => callback();');
    const told = await firstEvent(response, 'reloaded');
    assert.deepEqual([told.problem, told.changed, told.changedCount], [null, ['functions/hello.js'], 1]);
    assert.equal(told.reached, 1);
    assert.ok(Number(told.durationMs) > 0);
  });
});

async function firstEvent(response: Response, type: string): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString('utf8');
    const events = text.split('\n\n').filter((part) => part.startsWith('data: '));
    for (const event of events.map((part) => JSON.parse(part.slice(6)) as Record<string, unknown>)) {
      if (event.type === type) return event;
    }
  }
  throw new Error(`the stream ended without ${type}`);
}
