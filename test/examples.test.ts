/** Every project in `examples/` is served, and each of its Functions and Assets answers as its README says. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import { type RawResponse, request } from './support/raw-http';
import { type Served, serve } from './support/serve';

const EXAMPLES = join(__dirname, '..', '..', 'examples');
const UNAUTHORIZED = 'Unauthorized - you are not authenticated to perform this request';
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const;

interface Call {
  readonly title: string;
  /** GET, unless there is a form. */
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: readonly (readonly [string, string])[];
  readonly method?: string;
  readonly status?: number;
  readonly type?: string | null;
  /** The whole text, a part of it, or the value that it is the JSON of. */
  readonly text?: string | RegExp;
  readonly json?: unknown;
  readonly answers?: Readonly<Record<string, readonly string[]>>;
}

function twiml(inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${inner}</Response>`;
}

const CALLS: Readonly<Record<string, readonly Call[]>> = {
  'first-steps': [
    {
      title: 'answers a text',
      path: '/sms/reply',
      form: { From: '+15550001111', Body: 'Hi <3' },
      type: 'text/xml',
      text: twiml('<Message>Hello +15550001111, thanks for your text! You wrote: Hi &lt;3</Message>'),
    },
    {
      title: 'answers a text that says nothing',
      path: '/sms/reply',
      form: {},
      text: twiml('<Message>Hello, whoever you are! You wrote: (nothing)</Message>'),
    },
    {
      title: 'asks a caller for a digit',
      path: '/voice/menu',
      form: { CallSid: 'CA1' },
      type: 'text/xml',
      text: twiml(
        '<Gather numDigits="1" action="/voice/choice" method="POST"><Say>Welcome to Owl &amp; Sons. For opening hours, press 1. To leave a message, press 2.</Say></Gather><Redirect>/voice/menu</Redirect>',
      ),
    },
    {
      title: 'acts on 1',
      path: '/voice/choice',
      form: { Digits: '1' },
      text: twiml('<Say>We are open from nine to five, Monday to Friday.</Say><Hangup/>'),
    },
    {
      title: 'acts on 2',
      path: '/voice/choice',
      form: { Digits: '2' },
      text: twiml(
        '<Say>Please leave a message after the tone.</Say><Record maxLength="30" action="/voice/menu"/>',
      ),
    },
    {
      title: 'asks again after another digit',
      path: '/voice/choice',
      form: { Digits: '7' },
      text: twiml('<Say>Sorry, I did not understand that.</Say><Redirect>/voice/menu</Redirect>'),
    },
    {
      title: 'refuses a request that is not signed',
      path: '/webhook',
      form: { Event: 'ring' },
      status: 400,
      text: UNAUTHORIZED,
    },
    {
      title: 'refuses a signature that is wrong',
      path: '/webhook',
      form: { Event: 'ring' },
      headers: [['X-Twilio-Signature', 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=']],
      status: 400,
      text: UNAUTHORIZED,
    },
    {
      title: 'shows its page at the root',
      path: '/',
      type: 'text/html; charset=UTF-8',
      text: /<form data-path="\/sms\/reply">/,
    },
    { title: 'shows its page at its own address too', path: '/assets/index.html', text: /^<!doctype html>/i },
    { title: 'serves its logo', path: '/logo.svg', type: 'image/svg+xml', text: /^<svg/ },
    { title: 'hides its private Function', path: '/lib/greeting', status: 404, text: 'Not Found' },
    { title: 'hides its private Asset', path: '/messages.json', status: 404, text: 'Not Found' },
  ],
  'cors-and-errors': [
    {
      title: 'lets another site read the answer',
      path: '/cors',
      headers: [['Origin', 'https://app.example.com']],
      json: { youAreAt: 'https://app.example.com' },
      answers: { 'access-control-allow-origin': ['*'] },
    },
    { title: 'knows no site', path: '/cors', json: { youAreAt: null } },
    {
      title: 'has OPTIONS answered for it',
      method: 'OPTIONS',
      path: '/cors',
      status: 204,
      answers: {
        'access-control-allow-origin': ['*'],
        'access-control-allow-headers': ['*'],
        'access-control-allow-methods': ['GET, POST, OPTIONS'],
      },
    },
    {
      title: 'takes an address',
      path: '/validate?email=ada%40example.com',
      json: { welcome: 'ada@example.com' },
    },
    {
      title: 'refuses what is none',
      path: '/validate?email=ada',
      status: 400,
      json: { error: 'email is missing or not an address' },
    },
    {
      title: 'refuses nothing at all',
      path: '/validate',
      status: 400,
      json: { error: 'email is missing or not an address' },
    },
    {
      title: 'waits as long as it is told',
      path: '/wait?ms=30',
      type: 'application/json',
      json: { waited: 30 },
    },
    { title: 'answers where nothing goes wrong', path: '/guarded', json: { price: 42 } },
    {
      title: 'catches what goes wrong',
      path: '/guarded?broken=1',
      status: 503,
      json: { error: 'Please try again later' },
    },
    {
      title: 'fails with what it passed to callback',
      path: '/fail',
      status: 500,
      type: 'application/json',
      text: /^\{"message":"Something that should not have happened","name":"Error","stack":"Error: Some/,
    },
  ],
  responses: [
    {
      title: 'sends an object as JSON',
      path: '/json?name=Ada',
      type: 'application/json',
      json: { greeting: 'Hello', to: 'Ada' },
    },
    {
      title: 'sets a status and headers',
      path: '/headers',
      status: 201,
      json: { created: true },
      answers: { location: ['/json?name=Ada'], 'x-part': ['one', 'two'] },
    },
    {
      title: 'starts counting in a cookie',
      path: '/cookies',
      json: { visits: 1 },
      answers: { 'set-cookie': ['visits=1;Max-Age=86400;SameSite=Lax;HttpOnly;Secure'] },
    },
    { title: 'goes on counting', path: '/cookies', headers: [['Cookie', 'visits=41']], json: { visits: 42 } },
    {
      title: 'removes the cookie',
      path: '/cookies?forget=1',
      json: { visits: 1 },
      answers: { 'set-cookie': ['visits=;Max-Age=0;HttpOnly;Secure'] },
    },
    {
      title: 'sends the client elsewhere',
      path: '/redirect?to=/text',
      status: 302,
      text: '',
      answers: { location: ['/text'] },
    },
    {
      title: 'does not send it to another site',
      path: '/redirect?to=//evil.example',
      status: 400,
      text: '"to" must be a path, such as /json',
    },
    { title: 'sends bytes', path: '/image', type: 'image/gif', text: /^GIF87a/ },
    { title: 'sends a string', path: '/text?name=Ada', type: 'text/plain; charset=utf8', text: 'Hello Ada' },
    { title: 'sends nothing at all', path: '/empty', status: 204, type: null, text: '' },
  ],
  typescript: [
    {
      title: 'answers a text while somebody is there',
      path: '/sms/reply',
      form: { From: '+15550001111', Hour: '10' },
      type: 'text/xml',
      text: twiml('<Message>Hello +15550001111, somebody will answer soon. Owl &amp; Sons</Message>'),
    },
    {
      title: 'answers a text at night',
      path: '/sms/reply',
      form: { Hour: '23' },
      text: twiml('<Message>Hello whoever you are, we are closed now. Owl &amp; Sons</Message>'),
    },
    { title: 'has a default export', path: '/hours', json: { name: 'Owl & Sons', from: 9, to: 17 } },
    {
      title: 'names the line that its author wrote',
      path: '/fail?why=so',
      status: 500,
      text: /"message":"so".*examples\/typescript\/functions\/fail\.ts:5:9/,
    },
  ],
};

describe('the examples', () => {
  it('are all tested, here or by tests of their own', () => {
    const folders = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = folders.map(({ name }) => name);
    const untested = names.filter((name) => !(name in CALLS) && !existsSync(join(EXAMPLES, name, 'test')));
    assert.deepEqual(untested, []);
  });

  for (const [name, calls] of Object.entries(CALLS)) {
    describe(name, () => {
      let served: Served;
      before(async () => {
        served = await serve(join(EXAMPLES, name));
      });
      after(() => served.close());

      for (const call of calls) it(call.title, async () => verify(await send(served.port, call), call));

      it('says nothing that it should not: no problem, and an error only where a call is meant to fail', () => {
        assert.deepEqual(served.platform.build.problems, []);
        assert.deepEqual(served.notices, []);
        const meant = calls.filter(({ status = 200 }) => status >= 500).map(({ path }) => path.split('?')[0]);
        const failed = served.records.filter(({ error, status }) => error !== null && status >= 500);
        for (const { target } of failed) assert(meant.includes(target.split('?')[0]), target);
      });

      it('has every Function and every public Asset called by this test', () => {
        const { functions, assets } = served.platform.build;
        const called = calls.map(({ path }) => path.split('?')[0] ?? '');
        const missing = [...functions, ...assets].filter(({ path }) => !called.includes(path));
        assert.deepEqual(missing, []);
      });

      it('is described by its README', () => {
        const readme = readFileSync(join(EXAMPLES, name, 'README.md'), 'utf8');
        for (const { path, visibility } of served.platform.build.functions) {
          assert(visibility === 'private' || readme.includes(`\`${path}`), path);
        }
      });
    });
  }

  it('has a protected webhook that runs for requests signed with the token of .env', async (t) => {
    const served = await serve(join(EXAMPLES, 'first-steps'));
    t.after(() => served.close());
    const url = `http://localhost:${served.port}/webhook`;
    const form = { Event: 'ring', Name: 'Ada & Söhne' };
    const response = await request(served.port, {
      method: 'POST',
      path: '/webhook',
      headers: [
        FORM,
        ['Host', `localhost:${served.port}`],
        ['X-Twilio-Signature', getExpectedTwilioSignature('12345', url, form)],
      ],
      body: new URLSearchParams(form).toString(),
    });
    assert.equal(response.status, 200, response.text());
    assert.deepEqual(JSON.parse(response.text()), { ok: true, received: form });
    const { console: lines } = await served.record('/webhook');
    assert.deepEqual(lines, [{ level: 'info', text: 'A signed request from undefined' }]);
  });
});

function send(port: number, { path, form, headers = [], method }: Call): Promise<RawResponse> {
  if (form === undefined) return request(port, { method: method ?? 'GET', path, headers });
  const body = new URLSearchParams(form).toString();
  return request(port, { method: 'POST', path, headers: [FORM, ...headers], body });
}

function verify(response: RawResponse, { status = 200, type, text, json, answers = {} }: Call): void {
  const body = response.text();
  assert.equal(response.status, status, body);
  if (type !== undefined) assert.equal(response.header('content-type') ?? null, type);
  if (typeof text === 'string') assert.equal(body, text);
  if (text instanceof RegExp) assert.match(body, text);
  if (json !== undefined) assert.deepEqual(JSON.parse(body), json);
  for (const [name, values] of Object.entries(answers)) assert.deepEqual(response.headers(name), values);
}
