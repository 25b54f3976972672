/** How webhooks are sent: signed so that the vendor's own SDK accepts them, tried again, redirected, failing on purpose. */
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import twilio from 'twilio';
import { readOverrides } from '../src/simulator/http/overrides';
import { codesOf, heard, requestsOf } from './support/call-events';
import { AUTH_TOKEN, answering, phoneFor } from './support/phone';
import { type Received, sendTwiml, serveTwiml } from './support/twiml-server';

function isAccepted(base: string, { url, headers, form }: Received): boolean {
  const signature = String(headers['x-twilio-signature']);
  return twilio.validateRequest(AUTH_TOKEN, signature, base + url, { ...form });
}

describe("the vendor's SDK accepts the signature of", () => {
  for (const [what, url, method, body] of [
    ['a form', '/hook', 'POST', 'hello'],
    ['a query', '/hook', 'GET', 'hello'],
    ['a form with a query', '/hook?a=1', 'POST', 'hello'],
    ['text of all kinds', '/hook', 'POST', 'Grüße & "quotes" 100% 👋\n+1'],
    ['text of all kinds in a query', '/hook?x=%20y', 'GET', 'Grüße & "quotes" 100% 👋\n+1'],
    ['a URL with connection overrides', '/hook#rc=2&rp=all', 'POST', 'hello'],
  ] as const) {
    it(what, async (t) => {
      const server = await serveTwiml({ '/hook': '' });
      t.after(server.close);
      await server.simulator.sms({ body, url, method });
      const [request] = server.received;
      assert.ok(request !== undefined && isAccepted(server.url, request));
      assert.ok(request.fields.Body === body || url.includes('?'));
    });
  }

  it('a project that has a public name', async (t) => {
    const publicUrl = 'https://hooks.example.com/prefix';
    const server = await serveTwiml(
      { '/a': '<Redirect>https://hooks.example.com/prefix/b</Redirect>', '/b': '' },
      { publicUrl },
    );
    t.after(server.close);
    const { problems } = await server.simulator.sms({ body: 'x', url: '/a' });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      server.received.map((request) => [request.url, request.headers.host, isAccepted(publicUrl, request)]),
      [
        ['/a', 'hooks.example.com', true],
        ['/b', 'hooks.example.com', true],
      ],
    );
  });
});

test('a webhook has the headers of the vendor', async (t) => {
  const server = await serveTwiml({ '/': '' });
  t.after(server.close);
  await server.simulator.sms({ body: 'x', url: '/' });
  const { headers } = server.received[0] ?? {};
  assert.equal(headers?.['user-agent'], 'TwilioProxy/1.1');
  assert.equal(headers?.['content-type'], 'application/x-www-form-urlencoded; charset=utf-8');
  assert.match(String(headers?.['i-twilio-idempotency-token']), /^[0-9a-f-]{36}$/);
});

test('a user and a password in the URL become a header, and are not signed', async (t) => {
  const server = await serveTwiml({ '/': '' });
  t.after(server.close);
  await server.simulator.sms({ body: 'x', url: server.url.replace('://', '://me:secret@') });
  const [request] = server.received;
  assert.equal(request?.headers.authorization, `Basic ${Buffer.from('me:secret').toString('base64')}`);
  assert.ok(request !== undefined && isAccepted(server.url, request));
});

test('the fragment says how often, and after what, a webhook is tried again', async (t) => {
  let count = 0;
  const server = await serveTwiml({
    '/': (_, response) => {
      count++;
      if (count < 3) response.writeHead(503).end();
      else sendTwiml(response, '<Message>at last</Message>');
    },
  });
  t.after(server.close);
  const once = await server.simulator.sms({ body: 'x', url: '/' });
  assert.deepEqual(
    once.problems.map(({ code }) => code),
    [11200],
  );
  const retried = await server.simulator.sms({ body: 'x', url: '/#rc=3&rp=5xx' });
  assert.deepEqual([retried.replies.length, retried.requests[0]?.attempt], [1, 2]);
  const tokens = server.received.slice(1).map(({ headers }) => headers['i-twilio-idempotency-token']);
  assert.equal(tokens[0], tokens[1]);
});

test('what a fragment says has limits, and what is not understood is ignored', () => {
  const { connectMs, readMs, retries, policies, serverName, ignored } = readOverrides(
    'ct=200&rt=99999&rc=9&rp=4xx,rt&sni=n&x=1&e=dublin',
  );
  assert.deepEqual(
    [connectMs, readMs, retries, policies, serverName],
    [200, 15_000, 1, ['4xx', 'rt'], false],
  );
  assert.deepEqual(ignored, ['rt=99999', 'rc=9', 'x=1']);
});

test('HTTP redirects are followed as a browser does', async (t) => {
  const move = (status: number) => (_: Received, response: import('node:http').ServerResponse) => {
    response.writeHead(status, { Location: '/end' }).end();
  };
  const server = await serveTwiml({ '/302': move(302), '/307': move(307), '/end': '<Message>end</Message>' });
  t.after(server.close);
  const found = await server.simulator.sms({ body: 'x', url: '/302' });
  const kept = await server.simulator.sms({ body: 'x', url: '/307' });
  assert.deepEqual([found.replies.length, kept.replies.length], [1, 1]);
  assert.deepEqual(
    server.received.map(({ method, fields }) => [method, fields.Body]),
    [
      ['POST', 'x'],
      ['GET', undefined],
      ['POST', 'x'],
      ['POST', 'x'],
    ],
  );
  assert.ok(server.received.every((request) => isAccepted(server.url, request)));
});

test('nobody there and an unknown host have codes of their own', async (t) => {
  const server = await serveTwiml({});
  const { url } = server;
  await server.close();
  const gone = await server.simulator.sms({ body: 'x', url: `${url}/#rc=0` });
  assert.deepEqual(
    gone.problems.map(({ code }) => code),
    [11205],
  );
  const other = await serveTwiml({}, { reach: 'project' });
  t.after(other.close);
  const away = await other.simulator.sms({ body: 'x', url: 'https://example.com/' });
  assert.match(away.problems[0]?.message ?? '', /is not the project/);
});

describe('on purpose', () => {
  const files = {
    'functions/call.protected.js': answering('<Say>hello</Say>'),
    'functions/sorry.js': answering('<Say>the fallback</Say>'),
    'functions/reply.js': answering('<Message statusCallback="/status">a</Message>'),
    'functions/status.js': 'exports.handler = (c, e, callback) => callback();',
  };
  for (const [what, fault, code] of [
    ['too slow', { type: 'slow', ms: 16_000 }, 11200],
    ['answered 500', { type: 'status', status: 500 }, 11200],
    ['dropped', { type: 'dropped' }, 11200],
    ['refused', { type: 'refused' }, 11205],
  ] as const) {
    it(`a webhook is ${what}, and the fallback takes over`, async (t) => {
      const phone = await phoneFor(files);
      t.after(phone.close);
      const faults = [{ fault, path: '/call' }];
      const call = await phone.simulator.call({ url: '/call', fallbackUrl: '/sorry', faults });
      assert.deepEqual([codesOf(call), heard(call)], [[code], ['the fallback']]);
      assert.equal(phone.served.records.length, fault.type === 'refused' ? 1 : 2);
    });
  }

  it('a slow answer takes its time', async (t) => {
    const phone = await phoneFor(files);
    t.after(phone.close);
    const call = await phone.simulator.call({
      url: '/call',
      faults: [{ fault: { type: 'slow', ms: 9_000 } }],
    });
    assert.deepEqual([heard(call), call.now() >= 9_000], [['hello'], true]);
  });

  it('a webhook arrives twice, with the same token', async (t) => {
    const server = await serveTwiml({ '/': '<Message>a</Message>' });
    t.after(server.close);
    const { replies } = await server.simulator.sms({
      body: 'x',
      url: '/',
      faults: [{ fault: { type: 'duplicate' } }],
    });
    assert.equal(replies.length, 1);
    const tokens = server.received.map(({ headers }) => headers['i-twilio-idempotency-token']);
    assert.deepEqual([tokens.length, tokens[0]], [2, tokens[1]]);
  });

  it('a status callback is lost', async (t) => {
    const phone = await phoneFor(files);
    t.after(phone.close);
    const faults = [{ fault: { type: 'lost' }, after: 1, times: 1 }] as const;
    const { requests, problems } = await phone.simulator.sms({ body: 'x', url: '/reply', faults });
    const callbacks = requests.filter(({ purpose }) => purpose === 'status');
    assert.deepEqual([problems, callbacks.map(({ status }) => status)], [[], [200, null, 200]]);
  });
});

test('a call keeps its cookies, and each request leads to its record', async (t) => {
  const phone = await phoneFor({
    'functions/count.js': `exports.handler = (context, event, callback) => {
      const count = Number(event.request.cookies.count || 0) + 1;
      const response = new Twilio.Response();
      response.setCookie('count', String(count));
      response.appendHeader('Content-Type', 'text/xml');
      response.setBody('<Response><Say>' + count + '</Say>' + (count < 3 ? '<Redirect/>' : '') + '</Response>');
      callback(null, response);
    };`,
  });
  t.after(phone.close);
  const call = await phone.simulator.call({ url: '/count' });
  assert.deepEqual(heard(call), ['1', '2', '3']);
  const ids = requestsOf(call).map(({ recordId }) => recordId);
  assert.deepEqual(
    ids,
    phone.served.records.map(({ id }) => id),
  );
});
