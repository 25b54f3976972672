/** `hookswitch signature explain` and `hookswitch signature sign`, as people call them. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { SignatureExplanation } from '../src/admin/api';
import { parseRawRequest } from '../src/cli/raw-request';
import { CodedError } from '../src/errors';
import { sign } from '../src/gateway/signature';
import { launchProgram, type ProgramOptions, runProgram, startGateway } from './support/program';
import { type TestProject, writeProject } from './support/project';
import { request } from './support/raw-http';

const TOKEN = '0123456789abcdef0123456789abcdef';
const HELLO = "exports.handler = (context, event, callback) => callback(null, 'hello');\n";

async function projectOf(t: TestContext, files: Readonly<Record<string, string>> = {}): Promise<TestProject> {
  const project = await writeProject({
    'functions/sms.protected.js': HELLO,
    '.env': `AUTH_TOKEN=${TOKEN}\n`,
    ...files,
  });
  t.after(() => project.remove());
  return project;
}

interface Explained extends SignatureExplanation {
  readonly code: number | null;
}

async function explain(argv: readonly string[], options: ProgramOptions = {}): Promise<Explained> {
  const { code, stdout, stderr } = await runProgram(['signature', 'explain', '-o', 'json', ...argv], options);
  assert.equal(stderr, '');
  return { code, ...(JSON.parse(stdout) as SignatureExplanation) };
}

const URL_OF_SENDER = 'https://hooks.example/sms';
const BODY = 'Body=hi';
const RIGHT = `X-Twilio-Signature: ${sign(TOKEN, `${URL_OF_SENDER}Bodyhi`)}`;

describe('hookswitch signature explain', () => {
  it('says that a right signature is right, with exit code 0', async (t) => {
    const { path } = await projectOf(t);
    const { code, valid, signedString } = await explain([
      '--url',
      URL_OF_SENDER,
      '-d',
      BODY,
      '-H',
      RIGHT,
      path,
    ]);
    assert.deepEqual([code, valid, signedString], [0, true, `${URL_OF_SENDER}Bodyhi`]);
  });

  it('takes the settings that start would have, and says which one is to blame, with exit code 1', async (t) => {
    const project = await projectOf(t, { '.twilioserverlessrc': '{ publicUrl: "https://old.example" }' });
    const given = ['--url', URL_OF_SENDER, '-d', BODY, '-H', RIGHT];
    const wrong = await explain([...given, project.path]);
    assert.deepEqual([wrong.code, wrong.valid], [1, false]);
    assert.match(wrong.lines.join('\n'), /start with --public-url https:\/\/hooks\.example/);
    const right = await explain([...given, '--public-url', 'https://hooks.example', project.path]);
    assert.deepEqual([right.code, right.valid], [0, true]);
  });

  it('knows what a proxy sent, and whether it is trusted', async (t) => {
    const { path } = await projectOf(t);
    const given = ['--url', URL_OF_SENDER, '-d', BODY, '-H', RIGHT, '-H', 'Host: localhost:3000'];
    const behind = [...given, '-H', 'X-Forwarded-Host: hooks.example', '-H', 'X-Forwarded-Proto: https'];
    const untrusted = await explain([...behind, '--from', '10.0.0.9', path]);
    assert.match(untrusted.lines.join('\n'), /--trust-proxy 10\.0\.0\.9/);
    const trusted = await explain([...behind, '--from', '10.0.0.9', '--trust-proxy', '10.0.0.0/8', path]);
    assert.equal(trusted.valid, true);
  });

  it('takes a whole request from a file or from stdin, and a body from a file', async (t) => {
    const text = `POST /sms HTTP/1.1\nHost: hooks.example\nContent-Type: application/x-www-form-urlencoded\n${RIGHT}\n\n${BODY}\n`;
    const project = await projectOf(t, { 'request.txt': text, 'body.txt': BODY });
    const flags = ['--public-url', 'https://hooks.example'];
    const fromFile = await explain([...flags, '--request', 'request.txt'], { folder: project.path });
    assert.equal(fromFile.valid, true);
    const body = ['--url', URL_OF_SENDER, '-H', RIGHT, '--data-file', 'body.txt'];
    assert.equal((await explain(body, { folder: project.path })).valid, true);
    const program = launchProgram([
      'signature',
      'explain',
      '-o',
      'json',
      ...flags,
      '--request',
      '-',
      project.path,
    ]);
    program.child.stdin?.end(text);
    const { code } = await program.ended;
    assert.equal(code, 0);
  });

  it('takes the token from the file that --env names', async (t) => {
    const project = await projectOf(t, { '.env': '', 'other.env': `TWILIO_AUTH_TOKEN=${TOKEN}\n` });
    const given = ['--url', URL_OF_SENDER, '-d', BODY, '-H', RIGHT, project.path];
    assert.match((await explain(given)).lines.join('\n'), /no auth token/);
    assert.equal((await explain(['--env', 'other.env', ...given])).valid, true);
  });

  it('shows people each part, and never the token or the signature that would be right', async (t) => {
    const { path } = await projectOf(t);
    const wrong = `X-Twilio-Signature: ${sign('other', 'x')}`;
    const argv = ['signature', 'explain', '--url', URL_OF_SENDER, '-d', BODY, '-H', wrong, path];
    const { code, stdout } = await runProgram(argv);
    assert.equal(code, 1);
    assert.match(stdout, /^The signature is not right\.$/m);
    assert.match(stdout, /^ {2}https:\/\/hooks\.example\/smsBodyhi$/m);
    assert.match(stdout, /^ {2}no {7}https:\/\/hooks\.example\/sms$/m);
    assert.match(stdout, /AUTH_TOKEN is the primary auth token/);
    assert.equal(stdout.includes(TOKEN), false);
    assert.equal(stdout.includes(sign(TOKEN, `${URL_OF_SENDER}Bodyhi`)), false);
  });

  it('prints nothing of a request that could steer a terminal', async (t) => {
    const { path } = await projectOf(t);
    const url = 'https://h.example/sms?a=\u001b[2J\u202e\u0007';
    const body = ['-d', 'Body=%1b%5b31m%0a%0dhi\u009b', '-H', 'X-Twilio-Signature: \u001b]0;x\u0007'];
    const { code, stdout } = await runProgram(['signature', 'explain', '--url', url, ...body, path]);
    assert.equal(code, 1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is what it is for
    assert.doesNotMatch(stdout, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });

  it('asks the gateway that runs about a request that came', async (t) => {
    const project = await projectOf(t, { 'run/.keep': '' });
    const environment = { XDG_RUNTIME_DIR: project.file('run') };
    const flags = ['--console-port', '0', '--no-live', project.path];
    const gateway = await startGateway(flags, { environment });
    t.after(() => gateway.stop());
    const signature = sign(TOKEN, `${URL_OF_SENDER}Bodyhi`);
    const headers = [
      ['Host', 'localhost:3000'],
      ['X-Forwarded-Host', 'hooks.example'],
      ['X-Forwarded-Proto', 'https'],
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['X-Twilio-Signature', signature],
    ] as const;
    const answer = await request(gateway.port, { method: 'POST', path: '/sms', headers, body: BODY });
    assert.equal(answer.status, 400);
    const id = answer.header('twilio-request-id') ?? '';
    for (const words of [[id], ['last'], [id, project.path]]) {
      const explained = await explain(words, { environment, folder: project.path });
      assert.deepEqual([explained.code, explained.valid], [1, false]);
      assert.equal(explained.signedString, 'http://localhost:3000/smsBodyhi');
      assert.match(
        explained.lines.join('\n'),
        /X-Forwarded-Host says hooks\.example, but it comes from 127\.0\.0\.1/,
      );
      assert.match(explained.lines.join('\n'), /--trust-proxy loopback/);
    }
    const unknown = await runProgram(['signature', 'explain', `RQ${'0'.repeat(32)}`], {
      environment,
      folder: project.path,
    });
    assert.deepEqual([unknown.code, unknown.stdout], [1, '']);
    assert.match(unknown.stderr, /HS_NO_RECORD/);
  });

  const wrongUses: readonly [argv: string[], message: RegExp][] = [
    [[], /use signature explain or signature sign/],
    [['explain'], /--url URL or --request FILE/],
    [['explain', '--url', 'sms'], /not an http or https URL/],
    [['explain', '--url', URL_OF_SENDER, '-H', 'no header'], /is no header/],
    [['explain', '--url', URL_OF_SENDER, '-d', '@file'], /use --data-file/],
    [['explain', '--url', URL_OF_SENDER, '-d', 'a', '--data-file', 'b'], /only one of/],
    [['explain', '--request', '-', '--data-file', '-'], /only one of/],
    [['explain', '--request', '/does/not/exist'], /cannot be read/],
    [['explain', '--request', '/dev/zero'], /has more than/],
    [['explain', '--request', '/dev/null'], /not with a line like POST/],
    [['sign', '--request', '/dev/null'], /not with a line like POST/],
  ];
  for (const [argv, message] of wrongUses) {
    it(`is used wrong, with exit code 2: ${argv.join(' ')}`, async (t) => {
      const { path } = await projectOf(t);
      const { code, stdout, stderr } = await runProgram(['signature', ...argv], { folder: path });
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
    });
  }
});

describe('hookswitch signature sign', () => {
  it('prints a header with which a protected path can be called', async (t) => {
    const project = await projectOf(t);
    const { url, port, stop } = await startGateway([project.path]);
    t.after(stop);
    const argv = ['signature', 'sign', '--url', `${url}/sms?a=1`, '-d', BODY, '-d', 'To=%2B1', project.path];
    const { code, stdout } = await runProgram(argv);
    assert.equal(code, 0);
    const [name = '', value = ''] = stdout.trim().split(': ');
    const headers = [
      ['Host', new URL(url).host],
      ['Content-Type', 'application/x-www-form-urlencoded'],
      [name, value],
    ] as const;
    const answer = await request(port, {
      method: 'POST',
      path: '/sms?a=1',
      headers,
      body: `${BODY}&To=%2B1`,
    });
    assert.equal(answer.status, 200);
  });

  it('signs the public URL where one is set, and needs a token', async (t) => {
    const project = await projectOf(t);
    const argv = ['signature', 'sign', '--url', 'http://localhost:3000/sms', '-o', 'json', project.path];
    const { stdout } = await runProgram([...argv, '--public-url', 'https://hooks.example/pre']);
    const url = 'https://hooks.example/pre/sms';
    assert.deepEqual(JSON.parse(stdout), { url, signature: sign(TOKEN, url) });
    await project.write('.env', '');
    const { code, stderr } = await runProgram(argv);
    assert.equal(code, 1);
    assert.match(stderr, /HS_NO_AUTH_TOKEN/);
  });
});

describe('a request as text', () => {
  const parsed = (text: string) => parseRawRequest(Buffer.from(text));

  it('is read with either end of line, with the marks of curl, and to the length that it names', () => {
    for (const [text, body] of [
      ['POST /sms?a=1 HTTP/1.1\r\nHost: h\r\n\r\nBody=hi', 'Body=hi'],
      ['\n\nPOST /sms?a=1 HTTP/1.1\nHost: h\n\nBody=hi\n', 'Body=hi'],
      ['POST /sms?a=1 HTTP/1.1\nHost: h\nContent-Length: 7\n\nBody=hi\n\n\n', 'Body=hi'],
      ['> POST /sms?a=1 HTTP/1.1\n> Host: h\n> \nBody=hi', 'Body=hi'],
      ['POST /sms?a=1\nHost: h', ''],
      ['post /sms?a=1 HTTP/2\nHost: h\n', ''],
    ] as const) {
      const request = parsed(text);
      assert.deepEqual([request.method, request.target], ['POST', '/sms?a=1'], text);
      assert.deepEqual(
        request.headers,
        [['Host', 'h']].concat(/Length/.test(text) ? [['Content-Length', '7']] : []),
      );
      assert.equal(request.body.toString(), body, text);
    }
  });

  it('keeps the bytes of a body', () => {
    const body = Buffer.from([0, 255, 10, 13, 128]);
    const whole = Buffer.concat([Buffer.from('POST / HTTP/1.1\r\nA: b\r\n\r\n'), body]);
    assert.deepEqual(parseRawRequest(whole).body, body);
  });

  it('that is none is refused', () => {
    for (const text of [
      '',
      '\n',
      'hello',
      'POST',
      'POST /a b c',
      'GET / HTTP/1.1\nnot a header',
      '\u0000\u0001',
    ]) {
      assert.throws(
        () => parsed(text),
        (error) => error instanceof CodedError && error.code === 'HS_USAGE',
        text,
      );
    }
  });
});
