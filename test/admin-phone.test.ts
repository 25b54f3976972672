/** The phone of the console, as its page uses it: over the admin API, in real time. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get as httpGet } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { ConsoleEvent } from '../src/admin/api';
import type { CallView, PhoneState, ThreadView } from '../src/admin/phone-api';
import { type RecordedGateway, serveRecorded } from './support/recorded';
import { eventually } from './support/serve';

const PROJECT = {
  '.env':
    'AUTH_TOKEN=0123456789abcdef0123456789abcdef\nACCOUNT_SID=AC0123456789abcdef0123456789abcdef\nAPI_SECRET=hidden-value-1234\n',
  'functions/sms/reply.protected.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.MessagingResponse();
    twiml.message('You wrote ' + event.Body + ' with ' + context.API_SECRET);
    callback(null, twiml);
  };`,
  'functions/voice/menu.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.VoiceResponse();
    if (event.Digits) twiml.dial('+14155550111');
    else twiml.gather({ numDigits: 1, timeout: 30 }).say('Press 1.');
    callback(null, twiml);
  };`,
  'functions/voice/status.js': 'exports.handler = (context, event, callback) => callback();',
  'functions/lib.private.js': 'module.exports = 1;',
};
const ENDS = { from: '+14155550100', to: '+14155550199' };

describe('the phone of the console', () => {
  let gateway: RecordedGateway;
  before(async () => {
    gateway = await serveRecorded(PROJECT);
  });
  after(() => gateway.close());

  const state = () => gateway.api<PhoneState>('GET', '/api/phone');
  const threadOf = async (id: string) => (await state()).threads.find((thread) => thread.id === id);
  const callOf = async (id: string) => (await state()).calls.find((call) => call.id === id);
  const input = (id: string, body: unknown) =>
    gateway.api<CallView>('POST', `/api/phone/calls/${id}/input`, body);
  const refusal = async (method: string, path: string, body: unknown) => {
    const response = await gateway.ask(method, path, undefined, JSON.stringify(body));
    return `${response.status} ${(JSON.parse(response.text()) as { code: string }).code}`;
  };

  it('suggests what a number would call, and names what can be reached', async () => {
    const { defaults, paths } = await state();
    assert.deepEqual([defaults.smsPath, defaults.voicePath], ['/sms/reply', '/voice/menu']);
    assert.deepEqual(paths, ['/sms/reply', '/voice/menu', '/voice/status']);
  });

  it('sends a signed text, shows the reply without secrets, and names its record', async () => {
    const { id } = await gateway.api<ThreadView>('POST', '/api/phone/threads', {
      ...ENDS,
      url: '/sms/reply',
    });
    await gateway.api('POST', `/api/phone/threads/${id}/texts`, { body: 'Ahoy' });
    const thread = await eventually(async () => {
      const now = await threadOf(id);
      return now?.busy === false ? now : undefined;
    });
    const sent = thread.events.find(({ type }) => type === 'sent');
    assert.ok(sent?.type === 'sent');
    assert.equal(sent.message.body, 'You wrote Ahoy with ***');
    const request = thread.events.find(({ type }) => type === 'request');
    assert.ok(request?.type === 'request');
    assert.equal(request.exchange.status, 200);
    assert.ok(!JSON.stringify(await state()).includes('hidden-value-1234'));
    const record = await gateway.api<{ id: string; resource: string }>(
      'GET',
      `/api/invocations/${request.exchange.recordId}`,
    );
    assert.equal(record.resource, 'functions/sms/reply.protected.js');
    const again = await gateway.api<ThreadView>('POST', '/api/phone/threads', { ...ENDS, url: '/sms/reply' });
    assert.equal(again.id, id, 'the same numbers go on with the same thread');
  });

  it('calls, waits for a key, dials, and lets the other one answer and hang up', async () => {
    const { id } = await gateway.api<CallView>('POST', '/api/phone/calls', { ...ENDS, url: '/voice/menu' });
    await eventually(async () => ((await callOf(id))?.waiting?.for === 'input' ? true : undefined), 10_000);
    await input(id, { type: 'press', keys: '1' });
    await eventually(async () => ((await callOf(id))?.waiting?.for === 'answer' ? true : undefined), 10_000);
    await input(id, { type: 'answer' });
    await eventually(async () => ((await callOf(id))?.waiting?.for === 'conversation' ? true : undefined));
    await input(id, { type: 'hang up', leg: 'callee' });
    const over = await eventually(async () => {
      const now = await callOf(id);
      return now?.over === true ? now : undefined;
    }, 10_000);
    assert.equal(over.status, 'completed');
    const types = over.events.map(({ type }) => type);
    for (const type of [
      'said',
      'gathering',
      'pressed',
      'dialling',
      'connected',
      'dialled',
      'ended',
    ] as const) {
      assert.ok(types.includes(type), `${type} in ${types}`);
    }
    assert.equal(
      await refusal('POST', `/api/phone/calls/${id}/input`, { type: 'press', keys: '1' }),
      '409 HS_CALL_STATE',
    );
  });

  it('tells what happens while it happens, of several conversations at once', async (t) => {
    const events = await streamOf(gateway, t.after.bind(t));
    const [one, two] = await Promise.all(
      ['+14155550101', '+14155550102'].map((from) =>
        gateway.api<CallView>('POST', '/api/phone/calls', { from, to: ENDS.to, url: '/voice/menu' }),
      ),
    );
    for (const call of [one, two]) {
      await eventually(
        () =>
          events.find(
            (event) =>
              event.type === 'call' && event.call.id === call?.id && event.call.waiting?.for === 'input',
          ),
        10_000,
      );
      await gateway.api('DELETE', `/api/phone/${call?.id}`);
      await eventually(() => events.find((event) => event.type === 'phone forgot' && event.id === call?.id));
    }
  });

  const refused: readonly [method: string, path: string, body: unknown, answer: string][] = [
    ['POST', '/api/phone/threads', { ...ENDS, url: 'ftp://x' }, '400 HS_CONSOLE_BAD_REQUEST'],
    ['POST', '/api/phone/threads', { ...ENDS, url: '' }, '400 HS_CONSOLE_BAD_REQUEST'],
    ['POST', '/api/phone/threads', { url: '/x' }, '400 HS_CONSOLE_BAD_REQUEST'],
    [
      'POST',
      '/api/phone/threads',
      { ...ENDS, url: '/x', faults: [{ fault: { type: 'slow', ms: 1e9 } }] },
      '400 HS_CONSOLE_BAD_REQUEST',
    ],
    [
      'POST',
      '/api/phone/calls',
      { ...ENDS, url: '/x', faults: [{ fault: { type: 'dropped' }, purposes: ['tea'] }] },
      '400 HS_CONSOLE_BAD_REQUEST',
    ],
    ['POST', '/api/phone/calls', { ...ENDS, url: '/x', fallbackUrl: 'sorry' }, '400 HS_CONSOLE_BAD_REQUEST'],
    ['POST', '/api/phone/calls', { ...ENDS, url: '/x', method: 'PUT' }, '400 HS_CONSOLE_BAD_REQUEST'],
    ['POST', '/api/phone/calls', [], '400 HS_CONSOLE_BAD_REQUEST'],
    ['POST', '/api/phone/threads/TH9999/texts', { body: 'x' }, '404 HS_NO_CONVERSATION'],
    ['POST', '/api/phone/threads/TH9999/texts', { body: 'x'.repeat(20_000) }, '400 HS_CONSOLE_BAD_REQUEST'],
    [
      'POST',
      '/api/phone/threads/TH9999/texts',
      { body: 'x', media: ['file:///etc/passwd'] },
      '400 HS_CONSOLE_BAD_REQUEST',
    ],
    ['POST', '/api/phone/calls/CA0/input', { type: 'press', keys: '1' }, '404 HS_NO_CONVERSATION'],
    ['POST', '/api/phone/calls/CA0/input', { type: 'press', keys: 'abc' }, '400 HS_CONSOLE_BAD_REQUEST'],
    ['POST', '/api/phone/calls/CA0/input', { type: 'sing' }, '400 HS_CONSOLE_BAD_REQUEST'],
    ['DELETE', '/api/phone/CA0', {}, '404 HS_NO_CONVERSATION'],
  ];
  for (const [method, path, body, answer] of refused) {
    it(`refuses ${method} ${path} with ${JSON.stringify(body).slice(0, 60)}`, async () => {
      assert.equal(await refusal(method, path, body), answer);
    });
  }

  it('lets no more than ten calls be under way, and keeps fifty conversations', async () => {
    const start = (n: number) => ({ from: `+1415555${2_000 + n}`, to: ENDS.to, url: '/voice/menu' });
    const calls = [];
    for (let n = 0; n < 10; n++)
      calls.push(await gateway.api<CallView>('POST', '/api/phone/calls', start(n)));
    assert.equal(await refusal('POST', '/api/phone/calls', start(10)), '429 HS_CONSOLE_BUSY');
    for (const { id } of calls) await gateway.api('DELETE', `/api/phone/${id}`);
    for (let n = 0; n < 60; n++)
      await gateway.api('POST', '/api/phone/threads', { ...start(n), url: '/sms/reply' });
    assert.equal((await state()).threads.length, 50);
  });
});

/** What the page hears. */
async function streamOf(
  { admin }: RecordedGateway,
  onEnd: (end: () => void) => void,
): Promise<readonly ConsoleEvent[]> {
  const events: ConsoleEvent[] = [];
  const req = httpGet({
    host: '127.0.0.1',
    port: admin.port,
    path: '/api/events',
    headers: { Host: `localhost:${admin.port}`, Authorization: `Bearer ${admin.token}` },
  });
  onEnd(() => req.destroy());
  const [res] = (await once(req, 'response')) as [NodeJS.ReadableStream];
  let rest = '';
  res.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts)
      if (part.startsWith('data: ')) events.push(JSON.parse(part.slice(6)) as ConsoleEvent);
  });
  return events;
}
