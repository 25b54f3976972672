/** `hookswitch/testing`: what goes wrong on purpose in texts and calls, and what a failed expectation then tells. */

import { AssertionError } from 'node:assert';
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type InlineFiles, startProject, type TestProject } from '../src/testing';

const SMS = {
  'functions/sms/reply.js': `exports.handler = (context, event, callback) => {
    console.log('text', event.MessageSid);
    const twiml = new Twilio.twiml.MessagingResponse();
    twiml.message({ statusCallback: '/sms/status' }, 'Thanks for ' + event.Body);
    callback(null, twiml);
  };`,
  'functions/sms/status.js': `exports.handler = (context, event, callback) => {
    console.log(event.MessageStatus, event.ErrorCode || 'no error');
    callback();
  };`,
  'functions/sms/sorry.js': `exports.handler = (context, event, callback) => {
    console.log(event.ErrorCode, event.ErrorUrl);
    const twiml = new Twilio.twiml.MessagingResponse();
    twiml.message('Sorry, later');
    callback(null, twiml);
  };`,
};
const VOICE = {
  'functions/voice/menu.js': `exports.handler = (context, event, callback) => {
    console.log('call', event.CallSid);
    const twiml = new Twilio.twiml.VoiceResponse();
    if (event.Digits) twiml.say('Sales is closed');
    else twiml.gather({ numDigits: 1, timeout: 30 }).say('Press 1 for sales');
    callback(null, twiml);
  };`,
  'functions/voice/status.js': `exports.handler = (context, event, callback) => {
    console.log(event.CallStatus);
    callback();
  };`,
  'functions/voice/sorry.js': `exports.handler = (context, event, callback) => {
    console.log(event.ErrorCode, event.ErrorUrl);
    const twiml = new Twilio.twiml.VoiceResponse();
    twiml.say('Call again later');
    callback(null, twiml);
  };`,
};
const TOKEN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function started(t: TestContext, files: InlineFiles): Promise<TestProject> {
  const app = await startProject(files, { sms: '/sms/reply', voice: '/voice/menu' });
  t.after(() => app.close());
  return app;
}

function linesOf({ logs }: TestProject, resource: string): string[] {
  return logs.filter((line) => line.resource === `functions/${resource}.js`).map(({ text }) => text);
}

/** The two requests are the same one: as on the hosted platform the Function itself does not get the token. */
function assertOneToken({ records }: TestProject, resource: string): void {
  const asked = records.filter((record) => record.resource === `functions/${resource}.js`);
  const tokens = asked.map(
    ({ request }) => request.headers.find(([name]) => name === 'I-Twilio-Idempotency-Token')?.[1],
  );
  assert.equal(tokens.length, 2);
  assert.match(tokens[0] ?? '', TOKEN);
  assert.equal(tokens[0], tokens[1]);
}

/** The message of the assertion that fails. */
async function failureOf(step: PromiseLike<unknown>): Promise<string> {
  try {
    await step;
  } catch (error) {
    assert(error instanceof AssertionError, String(error));
    return error.message;
  }
  throw new Error('it should have failed');
}

describe('a text whose webhook goes wrong on purpose', () => {
  it('is answered where the webhook is slow, and by the fallback URL where it is too slow', async (t) => {
    const app = await started(t, SMS);
    const began = performance.now();
    const slow = await app.sms({ body: 'one', faults: [{ fault: { type: 'slow', ms: 14_000 } }] });
    await slow.receives('Thanks for one');
    assert((slow.requests[0]?.durationMs ?? 0) >= 14_000);
    const late = await app.sms({
      body: 'two',
      fallbackUrl: '/sms/sorry',
      faults: [{ fault: { type: 'slow', ms: 16_000 }, purposes: ['document'] }],
    });
    await late.receives('Sorry, later');
    assert(performance.now() - began < 10_000, 'no time passes');
  });

  it('is answered by the fallback URL after a 500, which is told why', async (t) => {
    const app = await started(t, SMS);
    const phone = await app.sms({
      body: 'Hi',
      fallbackUrl: '/sms/sorry',
      fallbackMethod: 'GET',
      faults: [{ fault: { type: 'status', status: 500 }, path: '/sms/reply' }],
    });
    await phone.receives('Sorry, later');
    await phone.receivesNothing();
    assert.deepEqual(
      phone.requests.map(({ method, purpose, status }) => [method, purpose, status]),
      [
        ['POST', 'document', 500],
        ['GET', 'fallback', 200],
      ],
    );
    assert.match(linesOf(app, 'sms/sorry').join('\n'), /^11200 http:\/\/localhost:\d+\/sms\/reply$/);
  });

  it('goes wrong once, and then well: what was said of a conversation holds for its next texts', async (t) => {
    const app = await started(t, SMS);
    const phone = await app.sms({
      body: 'one',
      faults: [{ fault: { type: 'status', status: 503 }, after: 1, times: 1 }],
    });
    await phone.receives('Thanks for one');
    await phone.sends('two');
    await phone.receivesNothing();
    await phone.sends('three');
    await phone.receives('Thanks for three');
  });

  it('is answered by the fallback URL once, and by the webhook after that', async (t) => {
    const app = await started(t, SMS);
    const phone = await app.sms({
      body: 'Hi',
      fallbackUrl: '/sms/sorry',
      faults: [{ fault: { type: 'status', status: 500 }, path: '/sms/reply', times: 1 }],
    });
    await phone.receives('Sorry, later');
    await phone.sends('Hi again');
    await phone.receives('Thanks');
  });

  it('is tried once more where nobody is there', async (t) => {
    const app = await started(t, SMS);
    const phone = await app.sms({ body: 'Hi', faults: [{ fault: { type: 'refused' }, times: 1 }] });
    await phone.receives('Thanks for Hi');
    assert.equal(phone.requests[0]?.attempt, 2);
  });

  it('is not answered where a rule says of neither path nor purpose, as the fallback URL fails too', async (t) => {
    const app = await started(t, SMS);
    const fault = { type: 'dropped' } as const;
    const phone = await app.sms({ body: 'Hi', fallbackUrl: '/sms/sorry', faults: [{ fault }] });
    await phone.receivesNothing();
    assert.equal(linesOf(app, 'sms/sorry').length, 1);
  });

  it('goes well in the next conversation', async (t) => {
    const app = await started(t, SMS);
    await (await app.sms({ body: 'one', faults: [{ fault: { type: 'refused' } }] })).receivesNothing();
    await (await app.sms('two')).receives('Thanks for two');
    const phone = app.phone();
    await phone.sends('three', { faults: [{ fault: { type: 'refused' } }] });
    await phone.receivesNothing();
    await phone.sends('four', { url: '/sms/reply' });
    await phone.receives('Thanks for four');
  });

  it('runs the Function though the connection drops, and the failure shows what it wrote', async (t) => {
    const app = await started(t, SMS);
    const phone = await app.sms({ body: 'Hi', faults: [{ fault: { type: 'dropped' } }] });
    const message = await failureOf(phone.receives('Thanks for Hi'));
    assert.match(message, /^\+14155550100 does not receive "Thanks for Hi"\n/);
    assert.match(message, /POST \/sms\/reply no answer \[the connection was dropped before the answer\]/);
    assert.match(message, /! error 11200/);
    assert.match(message, /What the Functions wrote:\n +functions\/sms\/reply\.js info: text/);
  });

  it('runs the Function twice where it is delivered twice, with one idempotency token and one answer', async (t) => {
    const app = await started(t, SMS);
    const phone = await app.sms({ body: 'Hi', faults: [{ fault: { type: 'duplicate' } }] });
    await phone.receives('Thanks for Hi');
    await phone.receivesNothing();
    const [first, second] = linesOf(app, 'sms/reply');
    assert.match(first ?? '', /^text SM/);
    assert.equal(first, second);
    assertOneToken(app, 'sms/reply');
  });

  it('shows in a failure what each of the two runs wrote', async (t) => {
    const app = await started(t, SMS);
    const phone = await app.sms({ body: 'Hi', faults: [{ fault: { type: 'duplicate' } }] });
    const message = await failureOf(phone.receives('Goodbye'));
    assert.match(message, /POST \/sms\/reply 200 \[delivered twice\]/);
    assert.equal(message.match(/sms\/reply\.js info: text/g)?.length, 2);
  });

  it('loses status callbacks: all, or the first ones', async (t) => {
    const app = await started(t, SMS);
    const phone = await app.sms({ body: 'one', faults: [{ fault: { type: 'lost' } }] });
    await phone.receives('Thanks for one');
    assert.deepEqual(linesOf(app, 'sms/status'), []);
    assert.match(phone.transcript, /no answer \(status\) \[lost: never sent\]/);
    await app.sms({ body: 'two', faults: [{ fault: { type: 'lost' }, times: 2 }] });
    assert.deepEqual(linesOf(app, 'sms/status'), ['delivered no error']);
  });
});

describe('an answer that does not arrive', () => {
  it('is told to the status callback, and a failure says why', async (t) => {
    const app = await started(t, SMS);
    const phone = await app.sms({ body: 'Hi', delivery: 'undelivered' });
    await phone.receivesNothing();
    assert.deepEqual(linesOf(app, 'sms/status'), ['queued no error', 'sent no error', 'undelivered 30003']);
    const message = await failureOf(phone.receives('Thanks'));
    assert.match(
      message,
      /does not receive "Thanks": it was sent, but its status is undelivered \(error 30003\)/,
    );
    assert.match(message, /< Thanks for Hi\n(.*\n)* +· undelivered SM/);
  });

  it('is one of a conversation, or all', async (t) => {
    const app = await started(t, SMS);
    const phone = await app.sms('one');
    await phone.receives('Thanks for one');
    await phone.sends('two', { delivery: 'failed' });
    await phone.receivesNothing();
    await phone.sends('three');
    await phone.receives('Thanks for three');
    await app.sms({ body: 'four', delivery: 'undelivered' });
    await phone.sends('five');
    await phone.receivesNothing();
    await phone.sends('six', { delivery: 'delivered' });
    await phone.receives('Thanks for six');
    // That one was lost before the last text.
    assert.match(await failureOf(phone.receives('Thanks for five')), /does not receive "Thanks for five"\n/);
  });
});

describe('the webhook of a text', () => {
  it('and its number stay those of the conversation', async (t) => {
    const app = await started(t, SMS);
    const phone = await app.sms({ body: 'one', to: '+15550002222', url: '/sms/sorry' });
    await phone.sends('two');
    await phone.receives('Sorry, later', { from: '+15550002222' });
    await phone.sends('three', { to: '+15550003333' });
    await phone.receives('Thanks for three', { from: '+15550003333' });
  });

  it('is asked by GET, for a Messaging Service, where the test says so', async (t) => {
    const app = await started(t, SMS);
    await app.sms({ body: 'Hi', method: 'GET', messagingServiceSid: 'MG0123456789abcdef0123456789abcdef' });
    const [record] = app.records;
    assert.deepEqual(
      [record?.method, record?.parameters?.MessagingServiceSid],
      ['GET', 'MG0123456789abcdef0123456789abcdef'],
    );
  });
});

describe('a call whose webhook goes wrong on purpose', () => {
  it('waits for a slow answer, and is told by the fallback URL where it is too slow', async (t) => {
    const app = await started(t, VOICE);
    const slow = await app.call({ faults: [{ fault: { type: 'slow', ms: 4_000 }, times: 1 }] });
    await slow.hears('Press 1');
    assert.match(slow.transcript, /0:04\.\d +< Press 1 for sales/);
    const late = await app.call({
      fallbackUrl: '/voice/sorry',
      faults: [{ fault: { type: 'slow', ms: 20_000 }, path: '/voice/menu' }],
    });
    await late.hears('Call again later');
  });

  it('goes on with the fallback URL after a 500 in the middle', async (t) => {
    const app = await started(t, VOICE);
    const call = await app.call({
      fallbackUrl: '/voice/sorry',
      faults: [{ fault: { type: 'status', status: 500 }, purposes: ['action'] }],
    });
    await call.hears('Press 1');
    await call.press('1');
    await call.hears('Call again later');
    await call.ended();
    assert.match(linesOf(app, 'voice/sorry').join('\n'), /^11200 http:\/\/localhost:\d+\/voice\/menu$/);
  });

  it('ends where the connection drops and there is no fallback URL, and the failure says so', async (t) => {
    const app = await started(t, VOICE);
    const call = await app.call({ faults: [{ fault: { type: 'dropped' } }] });
    await call.hasEndedWith('error');
    const message = await failureOf(call.hears('Press 1'));
    assert.match(message, /^the caller does not hear "Press 1"\n/);
    assert.match(message, /POST \/voice\/menu no answer \[the connection was dropped before the answer\]/);
    assert.match(message, /functions\/voice\/menu\.js info: call/);
  });

  it('runs the Function twice where it is delivered twice, with one idempotency token', async (t) => {
    const app = await started(t, VOICE);
    const call = await app.call({ faults: [{ fault: { type: 'duplicate' }, times: 1 }] });
    await call.hears('Press 1');
    assert.deepEqual(linesOf(app, 'voice/menu'), [`call ${call.sid}`, `call ${call.sid}`]);
    assertOneToken(app, 'voice/menu');
  });

  it('loses a status callback', async (t) => {
    const app = await started(t, VOICE);
    const options = { statusCallback: '/voice/status', statusCallbackEvent: ['answered', 'completed'] };
    for (const faults of [[], [{ fault: { type: 'lost' }, after: 1 }] as const]) {
      await (await app.call({ ...options, faults })).hangup();
    }
    assert.deepEqual(linesOf(app, 'voice/status'), ['in-progress', 'completed', 'in-progress']);
  });
});

describe('a fault that cannot happen as it is written', () => {
  const rows: readonly [title: string, options: object, message: RegExp][] = [
    ['no list', { faults: { fault: { type: 'dropped' } } }, /is no list of faults: write \[\{ fault/],
    [
      'a kind that is none',
      { faults: [{ fault: { type: 'drop' } }] },
      /slow, status, dropped, refused, duplicate or lost/,
    ],
    ['a rule without a fault', { faults: [{ type: 'dropped' }] }, /its fault\.type is/],
    ['a slow answer without a time', { faults: [{ fault: { type: 'slow', ms: '5 s' } }] }, /is a time in ms/],
    [
      'a status that is none',
      { faults: [{ fault: { type: 'status', status: 'busy' } }] },
      /is a status of HTTP/,
    ],
    [
      'a purpose that is none',
      { faults: [{ fault: { type: 'lost' }, purposes: ['sms'] }] },
      /'sms' is no purpose/,
    ],
    ['a fallback URL where nothing is', { fallbackUrl: '/nowhere' }, /has nothing at \/nowhere/],
  ];
  it('fails at once, in texts and in calls', async (t) => {
    const app = await started(t, { ...SMS, ...VOICE });
    for (const [title, options, message] of rows) {
      await assert.rejects(app.sms({ body: 'Hi', ...options }), { code: 'HS_TEST_USAGE', message }, title);
      await assert.rejects(app.call(options), { code: 'HS_TEST_USAGE', message }, title);
    }
    assert.equal(app.records.length, 0);
  });

  it('is also a delivery that is none, and a status callback where nothing is', async (t) => {
    const app = await started(t, { ...SMS, ...VOICE });
    const delivery = 'lost' as 'failed';
    const refused = {
      code: 'HS_TEST_USAGE',
      message: /'lost' is no delivery: it is delivered, undelivered or failed/,
    };
    await assert.rejects(app.sms({ body: 'Hi', delivery }), refused);
    const phone = await app.sms('Hi');
    await assert.rejects(async () => await phone.sends('Hi', { delivery }), refused);
    await assert.rejects(app.call({ statusCallback: '/nowhere' }), { code: 'HS_TEST_USAGE' });
  });
});
