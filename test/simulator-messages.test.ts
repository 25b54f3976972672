/** Texts to a project: the webhook, what its TwiML sends, and how that is delivered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../src/simulator';
import { answering, phoneFor } from './support/phone';

test('a text reaches a protected Function, and its reply arrives at the phone', async (t) => {
  const phone = await phoneFor({
    'functions/sms/reply.protected.js': `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.MessagingResponse();
      twiml.message('You wrote: ' + event.Body);
      callback(null, twiml);
    };`,
  });
  t.after(phone.close);
  const exchange = await phone.simulator.sms({ body: 'Ahoy & welcome 👋', url: '/sms/reply' });
  assert.deepEqual(exchange.problems, []);
  assert.deepEqual(
    exchange.replies.map(({ body }) => body),
    ['You wrote: Ahoy & welcome 👋'],
  );
  const [request] = exchange.requests;
  assert.equal(request?.parameters.MessageSid, exchange.message.sid);
  assert.match(request?.recordId ?? '', /^RQ[0-9a-f]{32}$/);
  assert.equal(phone.served.records.at(-1)?.status, 200);
});

test('a webhook carries every parameter that the vendor documents', async (t) => {
  const phone = await phoneFor({
    'functions/echo.js':
      'exports.handler = (context, event, callback) => { delete event.request; callback(null, event); };',
  });
  t.after(phone.close);
  const { requests } = await phone.simulator.sms({
    from: '+14155550100',
    body: 'hello',
    media: ['https://example.com/cat.png'],
    messagingServiceSid: 'MG00000000000000000000000000000001',
    url: '/echo',
  });
  const event = JSON.parse(requests[0]?.body ?? '');
  assert.match(event.MessageSid, /^MM[0-9a-f]{32}$/);
  assert.equal(event.SmsSid, event.MessageSid);
  assert.equal(event.SmsMessageSid, event.MessageSid);
  const { MessageSid, SmsSid, SmsMessageSid, ...rest } = event;
  assert.deepEqual(rest, {
    AccountSid: phone.simulator.accountSid,
    ApiVersion: '2010-04-01',
    Body: 'hello',
    From: '+14155550100',
    FromCity: 'SAN FRANCISCO',
    FromCountry: 'US',
    FromState: 'CA',
    FromZip: '94108',
    MediaContentType0: 'image/png',
    MediaUrl0: 'https://example.com/cat.png',
    MessagingServiceSid: 'MG00000000000000000000000000000001',
    NumMedia: '1',
    NumSegments: '1',
    ReferralNumMedia: '0',
    SmsStatus: 'received',
    To: '+14155550199',
    ToCity: 'SAN FRANCISCO',
    ToCountry: 'US',
    ToState: 'CA',
    ToZip: '94108',
  });
});

test('several messages, pictures, other numbers and a redirect are carried out in order', async (t) => {
  const phone = await phoneFor({
    'functions/first.js': answering(
      '<Message>one</Message><Message to="+14155550123"><Body>two</Body><Media>/cat.png</Media></Message><Redirect>second</Redirect><Message>never</Message>',
    ),
    'functions/second.js': answering('<Message>three</Message>'),
  });
  t.after(phone.close);
  const { sent, replies, requests } = await phone.simulator.sms({ body: 'go', url: '/first' });
  assert.deepEqual(
    sent.map(({ body, to }) => [body, to]),
    [
      ['one', '+14155550100'],
      ['two', '+14155550123'],
      ['three', '+14155550100'],
    ],
  );
  assert.match(sent[1]?.media[0]?.url ?? '', /^http:.*\/cat\.png$/);
  assert.deepEqual(
    replies.map(({ body }) => body),
    ['one', 'three'],
  );
  assert.deepEqual(
    requests.map(({ purpose }) => purpose),
    ['document', 'redirect'],
  );
});

for (const [outcome, states] of [
  ['delivered', ['queued', 'sent', 'delivered']],
  ['undelivered', ['queued', 'sent', 'undelivered']],
  ['failed', ['queued', 'failed']],
] as const) {
  test(`the status callbacks of a message come in order where it is ${outcome}`, async (t) => {
    const phone = await phoneFor({
      'functions/reply.js': answering('<Message statusCallback="/status">hello</Message>'),
      'functions/status.protected.js': 'exports.handler = (context, event, callback) => callback();',
    });
    t.after(phone.close);
    const { requests, sent } = await phone.simulator.sms({ body: 'hi', url: '/reply', delivery: outcome });
    const callbacks = requests.filter(({ purpose }) => purpose === 'status');
    assert.deepEqual(
      callbacks.map(({ parameters }) => parameters.MessageStatus),
      states,
    );
    assert.ok(
      callbacks.every(({ status, parameters }) => status === 200 && parameters.MessageSid === sent[0]?.sid),
    );
    assert.equal(sent[0]?.status, states.at(-1));
  });
}

test('plain text is sent as the reply, nothing is no reply, and JSON is a mistake', async (t) => {
  const phone = await phoneFor({
    'functions/text.js': "exports.handler = (c, e, callback) => callback(null, 'plain words');",
    'functions/nothing.js': 'exports.handler = (c, e, callback) => callback();',
    'functions/json.js': 'exports.handler = (c, e, callback) => callback(null, { a: 1 });',
  });
  t.after(phone.close);
  const text = await phone.simulator.sms({ body: 'a', url: '/text' });
  assert.deepEqual(
    text.replies.map(({ body }) => body),
    ['plain words'],
  );
  const nothing = await phone.simulator.sms({ body: 'a', url: '/nothing' });
  assert.deepEqual([nothing.replies, nothing.problems], [[], []]);
  const json = await phone.simulator.sms({ body: 'a', url: '/json' });
  assert.deepEqual(
    json.problems.map(({ code }) => code),
    [12300],
  );
});

test('cookies belong to the two numbers, and are gone after four hours', async (t) => {
  const clock = new VirtualClock();
  const phone = await phoneFor(
    {
      'functions/count.js': `exports.handler = (context, event, callback) => {
        const count = Number(event.request.cookies.count || 0) + 1;
        const response = new Twilio.Response();
        response.setCookie('count', String(count));
        response.appendHeader('Content-Type', 'text/plain');
        response.setBody('message ' + count);
        callback(null, response);
      };`,
    },
    { clock },
  );
  t.after(phone.close);
  const reply = async (from: string): Promise<string | undefined> =>
    (await phone.simulator.sms({ from, body: 'x', url: '/count' })).replies[0]?.body;
  assert.equal(await reply('+14155550101'), 'message 1');
  assert.equal(await reply('+14155550101'), 'message 2');
  assert.equal(await reply('+14155550102'), 'message 1');
  clock.advance(4 * 60 * 60 * 1_000);
  assert.equal(await reply('+14155550101'), 'message 1');
});

test('after STOP nothing is delivered until START', async (t) => {
  const phone = await phoneFor({ 'functions/reply.js': answering('<Message>news</Message>') });
  t.after(phone.close);
  const thread = phone.simulator.thread({ url: '/reply' });
  const stop = await thread.send({ body: ' stop ' });
  assert.match(stop.replies[0]?.body ?? '', /successfully been unsubscribed/);
  assert.equal(stop.replies.length, 1);
  assert.deepEqual(
    stop.problems.map(({ code }) => code),
    [21610],
  );
  const blocked = await thread.send({ body: 'anything new?' });
  assert.deepEqual([blocked.replies, blocked.sent[0]?.errorCode], [[], 21610]);
  const start = await thread.send({ body: 'START' });
  assert.deepEqual(
    start.replies.map(({ automatic }) => automatic),
    [true, false],
  );
  assert.equal(thread.messages.length, 8);
});

test('a failing webhook is told with its code, and the fallback is asked why', async (t) => {
  const phone = await phoneFor({
    'functions/broken.js': "exports.handler = () => { throw new Error('no'); };",
    'functions/fallback.js': `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.MessagingResponse();
      twiml.message('sorry: ' + event.ErrorCode + ' ' + new URL(event.ErrorUrl).pathname);
      callback(null, twiml);
    };`,
  });
  t.after(phone.close);
  const alone = await phone.simulator.sms({ body: 'x', url: '/broken' });
  assert.deepEqual(
    alone.problems.map(({ code }) => code),
    [11200],
  );
  const saved = await phone.simulator.sms({ body: 'x', url: '/broken', fallbackUrl: '/fallback' });
  assert.deepEqual(
    saved.replies.map(({ body }) => body),
    ['sorry: 11200 /broken'],
  );
});

test('loops end at the limits of the vendor', async (t) => {
  const phone = await phoneFor({
    'functions/loop.js': answering('<Redirect>/loop</Redirect>'),
    'functions/flood.js': answering('<Message>more</Message>'.repeat(30)),
  });
  t.after(phone.close);
  const loop = await phone.simulator.sms({ body: 'x', url: '/loop' });
  assert.deepEqual([loop.requests.length, loop.problems[0]?.code], [50, 14106]);
  const flood = await phone.simulator.sms({ body: 'x', url: '/flood' });
  assert.deepEqual([flood.replies.length, flood.problems[0]?.code], [10, 14109]);
});

test('what a document has too much warns with its line and column', async (t) => {
  const phone = await phoneFor({
    'functions/odd.js': answering(
      '\n  <message>small</message>\n  <Message colour="red">fine</Message><Say>no</Say>',
    ),
  });
  t.after(phone.close);
  const { problems, replies } = await phone.simulator.sms({ body: 'x', url: '/odd' });
  assert.deepEqual(
    problems.map(({ code, line, column }) => [code, line, column]),
    [
      [14110, 2, 3],
      [12200, 3, 12],
      [14110, 3, 39],
    ],
  );
  assert.match(problems[0]?.message ?? '', /it is called "Message"/);
  assert.deepEqual(
    replies.map(({ body }) => body),
    ['fine'],
  );
});
