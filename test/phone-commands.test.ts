/** The phone in the terminal: `hookswitch sms` and `hookswitch call`, run as programs against a project that is served. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext, test } from 'node:test';
import { announce, announcementFolder } from '../src/admin/announcement';
import { parseScript } from '../src/cli/phone/script';
import { CodedError } from '../src/errors';
import { answering, type Phone, phoneFor } from './support/phone';

const MAIN = join(__dirname, '..', 'src', 'main.js');

const FILES = {
  'functions/voice/menu.protected.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.VoiceResponse();
    if (event.Digits === '1') twiml.say('Sales is closed.');
    else if (event.SpeechResult) twiml.say('You said ' + event.SpeechResult);
    else twiml.gather({ numDigits: 1, input: 'dtmf speech' }).say('Press 1 for sales.');
    callback(null, twiml);
  };`,
  'functions/sms/reply.protected.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.MessagingResponse();
    twiml.message('You wrote: ' + event.Body + ' ' + event.NumMedia);
    callback(null, twiml);
  };`,
  'functions/broken.js': answering('<Say>'),
  'good.call': 'hears /^Press \\d/\npress 1\nhears sales is closed\nends\n',
  'bad.call': '# what is not said\nhears press 1\npress 1\nhears sales is open\n',
};

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** In the folder of the project, whose .env has the token. */
function run({ served }: Phone, args: readonly string[], input = ''): Promise<Ran> {
  return runIn(served.project.path, [...args, '-p', String(served.port)], { input });
}

async function runIn(
  cwd: string,
  args: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { PATH: process.env.PATH, ...env } });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, out, err };
}

async function start(t: TestContext): Promise<Phone> {
  const phone = await phoneFor(FILES);
  t.after(phone.close);
  return phone;
}

test('a text is sent to the Function whose name says so, and its reply is shown', async (t) => {
  const { code, out, err } = await run(await start(t), ['sms', 'Ahoy']);
  assert.deepEqual([code, out], [0, '> Ahoy\n< You wrote: Ahoy 0\n']);
  assert.match(err, /Using functions\/sms\/reply\.protected\.js/);
});

test('a text with a picture is shown as JSON to programs', async (t) => {
  const args = ['sms', 'Ahoy', '--url', 'sms/reply', '--media', 'https://example.com/a.png', '-o', 'json'];
  const { code, out } = await run(await start(t), args);
  const { exchanges } = JSON.parse(out);
  assert.deepEqual([code, exchanges[0].replies[0].body], [0, 'You wrote: Ahoy 1']);
});

test('lines of stdin are a conversation', async (t) => {
  const { code, out } = await run(await start(t), ['sms'], 'one\ntwo\n');
  assert.equal(code, 0);
  assert.match(out, /> one\n< You wrote: one 0\n> two\n< You wrote: two 0\n/);
});

test('a call is made by hand: keys are pressed, words are spoken', async (t) => {
  const phone = await start(t);
  const keys = await run(phone, ['call'], '1\n');
  assert.equal(keys.code, 0);
  assert.match(keys.out, /< Press 1 for sales\.\n[\s\S]*> presses 1\n< Sales is closed\.\n/);
  assert.match(keys.out, /Transcript\n0:00\.0 {2}· ringing/);
  const words = await run(phone, ['call', '--from', '+14155550123'], '?\nmore please\n');
  assert.match(words.out, /< You said more please/);
});

test('a script is fulfilled or not, and the exit code says so', async (t) => {
  const phone = await start(t);
  const good = await run(phone, ['call', '--script', 'good.call']);
  assert.deepEqual([good.code, good.err.includes('line')], [0, false]);
  const bad = await run(phone, ['call', '--script', 'bad.call']);
  assert.equal(bad.code, 1);
  assert.match(bad.err, /line 4 of the script, hears sales is open/);
  assert.match(bad.err, /heard since: "Sales is closed\."/);
  const json = await run(phone, ['call', '--script', '-', '-o', 'json'], FILES['bad.call']);
  const result = JSON.parse(json.out);
  assert.deepEqual([json.code, result.fulfilled, result.failure.line], [1, false, 4]);
});

test('a script of texts is fulfilled or not, and the exit code says so', async (t) => {
  const phone = await start(t);
  const sms = ['sms', '--script', '-'];
  const good = await run(phone, sms, 'send Look with media https://a.io/b https://a.io/c\nreceives look 2\n');
  assert.equal(good.code, 0, good.err);
  assert.match(
    good.out,
    /^\nTranscript\n> Look \[https:\/\/a\.io\/b\] \[https:\/\/a\.io\/c\]\n[\s\S]*< You wrote: Look 2\n/,
  );
  const bad = await run(phone, sms, '# what is not answered\nsend Hi\nreceives /^Hi/\n');
  assert.equal(bad.code, 1);
  assert.match(
    bad.err,
    /line 3 of the script, receives \/\^Hi\/\n {2}\/\^Hi\/ was not received; received since: "You wrote: Hi 0"/,
  );
  const json = await run(phone, [...sms, '-o', 'json'], 'send Hi\nreceives nothing\n');
  const result = JSON.parse(json.out);
  assert.deepEqual([json.code, result.fulfilled, result.failure.line], [1, false, 2]);
  assert.equal(result.exchanges[0].replies[0].body, 'You wrote: Hi 0');
  const failed = ['--delivery', 'undelivered'];
  const undelivered = await run(
    phone,
    [...sms, ...failed],
    'send Hi\nreply is undelivered\nreply is delivered\n',
  );
  assert.match(
    undelivered.err,
    /line 3 of the script, reply is delivered\n {2}it is undelivered: "You wrote: Hi 0"/,
  );
});

test('what is wrong with a script of texts is said before anything is sent', async (t) => {
  const phone = await start(t);
  const sms = ['sms', '--script', '-'];
  for (const [script, message] of [
    [
      'send Hi\nreceves Hi',
      /HS_USAGE: the script:2: "receves Hi" is not understood\. A line is one of: send TEXT/,
    ],
    ['send Hi\nreceives /(/', /HS_USAGE: the script:2: \/\(\/ is no regular expression/],
    ['# nothing', /HS_USAGE: the script sends no text/],
  ] as const) {
    const { code, out, err } = await run(phone, sms, script);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, message);
  }
  const media = await run(phone, [...sms, '--media', 'https://a.io/b'], 'send Hi');
  assert.deepEqual([media.code, /HS_USAGE: with --script, pictures stand in it/.test(media.err)], [2, true]);
});

test('what fails is said with its place, and the exit code is 1', async (t) => {
  const { code, out } = await run(await start(t), ['call', '--url', '/broken']);
  assert.equal(code, 1);
  assert.match(out, /! error 12100 Document parse failure: .*line 1/);
});

test('where several Functions could be meant, they are named', async (t) => {
  const phone = await phoneFor({ 'functions/a.js': answering(''), 'functions/b.js': answering('') });
  t.after(phone.close);
  const { code, err } = await run(phone, ['call']);
  assert.equal(code, 2);
  assert.match(err, /which Function\? Name it with --url: \/a, \/b/);
});

test('the running project of the folder is found, and one that does not run is missed', async (t) => {
  const phone = await start(t);
  const { path } = phone.served.project;
  const runtime = join(path, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const env = { XDG_RUNTIME_DIR: runtime };
  const announced = announce(announcementFolder(env), {
    pid: process.pid,
    consoleUrl: 'http://localhost:1',
    url: `http://localhost:${phone.served.port}`,
    publicUrl: null,
    root: path,
    version: '0',
    token: 'x',
  });
  t.after(announced);
  const found = await runIn(path, ['sms', 'hi'], { env });
  assert.deepEqual([found.code, found.out], [0, '> hi\n< You wrote: hi 0\n']);
  const missed = await runIn(path, ['sms', 'hi', '-p', '1'], { env });
  assert.equal(missed.code, 1);
  assert.match(missed.err, /Nothing answers at http:\/\/localhost:1: start the project/);
});

test('things go wrong on purpose', async (t) => {
  const phone = await start(t);
  const slow = await run(phone, ['sms', 'hi', '--fault', 'slow=16s@/sms/reply', '--fault', 'lost']);
  assert.equal(slow.code, 1);
  assert.match(slow.out, /11200 HTTP retrieval failure: the answer took 16000 ms longer/);
  const wrong = await run(phone, ['sms', 'hi', '--fault', 'boring']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /use a status such as 503, slow=9s/);
});

test('a signature that is refused is explained', async (t) => {
  const phone = await start(t);
  await phone.served.project.write('other/.env', 'AUTH_TOKEN=another\n');
  const url = `http://127.0.0.1:${phone.served.port}/sms/reply`;
  const { code, out, err } = await runIn(phone.served.project.file('other'), ['sms', 'hi', '--url', url], {});
  assert.equal(code, 1);
  assert.match(out, /11200 HTTP retrieval failure: the answer has the status 400: Unauthorized/);
  assert.match(err, /is the AUTH_TOKEN in \.env the one/);
});

test('in real time a key interrupts the prompt', async (t) => {
  const phone = await start(t);
  const child = spawn(process.execPath, [MAIN, 'call', '--real-time', '-p', String(phone.served.port)], {
    cwd: phone.served.project.path,
    env: { PATH: process.env.PATH },
  });
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
    if (out.includes('Press 1') && !out.includes('presses')) child.stdin.write('1\n');
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  assert.match(out, /< Press 1 for sales\.\n> presses 1\n[\s\S]*< Sales is closed\.\n/);
});

test('Ctrl-C hangs up, and the transcript is still shown', async (t) => {
  const phone = await start(t);
  const child = spawn(process.execPath, [MAIN, 'call', '-p', String(phone.served.port)], {
    cwd: phone.served.project.path,
    env: { PATH: process.env.PATH },
  });
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
    if (out.includes('waits for keys') && !out.includes('hangs up')) child.kill('SIGINT');
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  assert.match(out, /> hangs up\n[\s\S]*Transcript\n[\s\S]*ended: caller hung up/);
});

describe('a script', () => {
  it('has a line for all that a caller does', () => {
    const text =
      'hears a\ndoes not hear b\npress 1#\nsay yes\nwait 5 s\nwait 500 ms\nsilence\nhang up\ndialled party answers\ndialled party is busy\nother party hangs up\nis connected to +1\nends with Hangup';
    assert.deepEqual(
      parseScript(text, 'x').map(({ does }) => does),
      [
        'expect',
        'expect',
        'press',
        'say',
        'wait',
        'wait',
        'silence',
        'hang up',
        'decide',
        'decide',
        'hang up',
        'expect',
        'expect',
      ],
    );
  });

  it('names the line that is not understood', () => {
    assert.throws(
      () => parseScript('hears a\n\npres 1', 'menu.call'),
      (error) =>
        error instanceof CodedError && /^menu\.call:3: "pres 1" is not understood/.test(error.message),
    );
  });
});
