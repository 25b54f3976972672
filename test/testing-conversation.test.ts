/** `hookswitch/testing`: texts and calls, what is expected of them, and what a failure tells. */

import { AssertionError } from 'node:assert';
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type InlineFiles, type StartOptions, startProject, type TestProject } from '../src/testing';

const MENU = `exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();
  console.log('pressed', event.Digits);
  if (event.Digits === '1') {
    twiml.say('Connecting you');
    twiml.dial().number('+15551234567');
  } else if (event.Digits === '2') {
    twiml.play('https://sounds.example/song.mp3');
    twiml.hangup();
  } else if (event.Digits === '3') {
    throw new Error('a mistake of the author');
  } else if (event.Digits === '4') {
    twiml.reject({ reason: 'busy' });
  } else {
    twiml.gather({ numDigits: 1 }).say('Press 1 for\\n   sales.');
    twiml.say('Goodbye.');
  }
  callback(null, twiml);
};`;
const REPLY = `exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.MessagingResponse();
  const message = twiml.message('Thanks for ' + event.Body);
  if (event.NumMedia > 0) message.media('https://pictures.example/owl.png');
  twiml.message({ to: '+15557770000' }, 'Somebody wrote');
  callback(null, twiml);
};`;
const FILES = { 'functions/voice/menu.js': MENU, 'functions/sms/reply.js': REPLY };

async function started(
  t: TestContext,
  files: InlineFiles = FILES,
  options?: StartOptions,
): Promise<TestProject> {
  const app = await startProject(files, options);
  t.after(() => app.close());
  return app;
}

/** The assertion that fails, whose message is to be looked at. */
async function failureOf(step: PromiseLike<unknown>): Promise<AssertionError> {
  try {
    await step;
  } catch (error) {
    assert(error instanceof AssertionError, String(error));
    return error;
  }
  throw new Error('it should have failed');
}

describe('a call in a test', () => {
  it('waits for somebody in a conference and in a queue, who then joins or takes it', async (t) => {
    const twiml = (verb: string) =>
      `exports.handler = (context, event, callback) => {
        const twiml = new Twilio.twiml.VoiceResponse();
        ${verb}
        callback(null, twiml);
      };`;
    const app = await started(t, {
      'functions/room.js': twiml("twiml.dial().conference('Room 12'); twiml.say('Goodbye');"),
      'functions/queue.js': twiml("twiml.enqueue('support'); twiml.say('Goodbye');"),
    });
    for (const [path, address] of [
      ['/room', 'Room 12'],
      ['/queue', 'support'],
    ] as const) {
      const call = await app.call(path);
      await call.isDialling(address);
      await call.isConnectedTo(address);
      await call.party.hangup();
      await call.hears('Goodbye');
    }
  });

  it('that fails shows long lines of Functions shortened', async (t) => {
    const app = await started(t, {
      'functions/voice.js': `exports.handler = (context, event, callback) => {
        console.log('x'.repeat(5000));
        callback(null, new Twilio.twiml.VoiceResponse().say('Hello'));
      };`,
    });
    const { message } = await failureOf((await app.call()).hears('Something else'));
    assert.match(message, /info: x{300}… \(4700 characters more\)/);
  });

  it('is heard, answered by keys, and connected', async (t) => {
    const app = await started(t);
    const call = await app.call({ from: '+15550001111', to: '+15550002222' });
    await call.hears('Press 1 for sales.');
    await call.press('1');
    await call.hears(/^connecting/i);
    await call.isDialling('+15551234567');
    await call.isConnectedTo('+15551234567');
    await call.party.hangup();
    await call.ended();
    await call.hasEndedWith('completed');
    assert.match(call.transcript, /> presses 1\n(.*\n)*.*connected with \+15551234567/);
    assert.deepEqual(
      call.requests.map(({ purpose }) => purpose),
      ['document', 'action'],
    );
    const [, record] = app.records;
    assert.deepEqual([record?.callSid, record?.from, record?.to], [call.sid, '+15550001111', '+15550002222']);
  });

  it('goes on by itself when time passes, which takes none', async (t) => {
    const app = await started(t);
    const call = await app.call();
    await call.waits('4 s');
    const early = await failureOf(call.hears('Goodbye'));
    assert.match(early.message, /now it waits for keys/);
    await call.waits('1 s');
    await call.hears('Goodbye');
    await call.hearsNothing();
    await call.hasEndedWith('no more verbs');
  });

  it('hears sounds, and hangs up', async (t) => {
    const app = await started(t);
    const call = await app.call('/voice/menu');
    await call.press('2');
    await call.hearsSound('song.mp3');
    await call.hasEndedWith('Hangup');
  });

  const outcomes = [
    ['isBusy', 'busy'],
    ['doesNotAnswer', 'no-answer'],
    ['cannotBeReached', 'failed'],
  ] as const;
  for (const [method, status] of outcomes) {
    it(`finds nobody: the party ${method}`, async (t) => {
      const app = await started(t);
      const call = await app.call();
      await call.press('1');
      await call.party[method]();
      await call.ended();
      assert(call.events.some((event) => event.type === 'dialled' && event.status === status));
    });
  }
});

describe('what a failed expectation of a call tells', () => {
  it('is the conversation, what was expected and heard, and what the Function wrote', async (t) => {
    const app = await started(t);
    const call = await app.call();
    const failure = await failureOf(call.hears('Press 9'));
    assert.match(failure.message, /^the caller does not hear "Press 9"\n/);
    assert.match(failure.message, /The conversation so far:\n(.*\n)*.*POST \/voice\/menu 200 RQ[0-9a-f]{32}/);
    assert.match(failure.message, /waits for keys, 5 s/);
    assert.match(failure.message, /functions\/voice\/menu\.js info: pressed undefined/);
    assert.deepEqual([failure.expected, failure.operator], ['Press 9', 'hears']);
    assert.match(String(failure.actual), /^Press 1 for\s+sales\.$/);
    assert.match(failure.stack ?? '', /testing-conversation\.test\.js/);
    assert.doesNotMatch(failure.stack ?? '', /src\/testing/);
  });

  it('is the error of the Function, with the line of its author', async (t) => {
    const app = await started(t);
    const call = await app.call();
    await call.press('3');
    const failure = await failureOf(call.hears('Press 1'));
    assert.match(
      failure.message,
      /What failed:\n +functions\/voice\/menu\.js HS_THREW: Error: a mistake of the author/,
    );
    assert.match(failure.message, /functions\/voice\/menu\.js:11:/);
  });

  it('is that something was heard before', async (t) => {
    const app = await started(t);
    const call = await app.call();
    await call.hears('Press 1');
    assert.match((await failureOf(call.hears('Press 1'))).message, /again: each hears\(\)/);
  });

  const rows: readonly [title: string, fails: (app: TestProject) => Promise<unknown>, message: RegExp][] = [
    [
      'keys that nobody listens to',
      async (app) => (await app.call({ url: '/voice/menu' })).press('12'),
      /nobody listens to the keys 12/,
    ],
    [
      'words that nobody listens to',
      async (app) => (await app.call()).say('Hello'),
      /nobody listens to "Hello"/,
    ],
    [
      'keys after the end',
      async (app) => {
        const call = await app.call();
        await call.hangup();
        await call.press('1');
      },
      /is over/,
    ],
    ['what is no key', async (app) => (await app.call()).press('x'), /"x" is not on a keypad/],
    [
      'somebody who is not dialled',
      async (app) => (await app.call()).isConnectedTo('+1'),
      /not connected to \+1: it waits for keys/,
    ],
    ['an answer of nobody', async (app) => (await app.call()).party.answers(), /nobody is dialled/],
    ['an end that is not there', async (app) => (await app.call()).ended(), /not over: it waits for keys/],
    [
      'another end',
      async (app) => {
        const call = await app.call();
        await call.hangup();
        await call.hasEndedWith('busy');
      },
      /has not ended with busy/,
    ],
    ['a recording', async (app) => (await app.call()).isRecording(), /records nothing/],
    ['silence', async (app) => (await app.call()).hearsNothing(), /the caller hears something/],
  ];
  for (const [title, fails, message] of rows) {
    it(`is clear: ${title}`, async (t) => {
      const app = await started(t);
      assert.match((await failureOf(fails(app))).message, message);
    });
  }

  for (const words of ['', '  ', 7, null]) {
    it(`comes at once for ${JSON.stringify(words)}, which is nothing to look for`, async (t) => {
      const app = await started(t);
      const call = await app.call();
      assert.throws(() => call.hears(words as string), { code: 'HS_TEST_USAGE' });
    });
  }
});

describe('texts in a test', () => {
  it('are answered, one after the other', async (t) => {
    const app = await started(t);
    const phone = await app.sms('Hello');
    await phone.receives('Thanks for Hello');
    await phone.receivesNothing();
    await phone.sends('again', { media: ['https://pictures.example/cat.jpg'] });
    await phone.receives(/^Thanks for again$/);
    assert.match(phone.transcript, /> Hello\n(.*\n)*< Thanks for Hello/);
    assert.deepEqual(
      phone.messages.map(({ via }) => via),
      ['twiml', 'twiml'],
    );
  });

  it('bring pictures', async (t) => {
    const app = await started(t);
    const phone = await app.sms({ body: 'Look', media: ['https://pictures.example/cat.jpg'] });
    await phone.receivesMedia('owl.png');
    await phone.receivesMedia(/pictures/);
  });

  it('reach other phones, by TwiML and by the REST API', async (t) => {
    const send = `exports.handler = async (context, event, callback) => {
      await context.getTwilioClient().messages.create({ to: '+15558880000', from: event.To, body: 'New: ' + event.Body });
      callback();
    };`;
    const app = await started(t, { ...FILES, 'functions/sms/send.js': send }, { sms: '/sms/reply' });
    app.twilio.answerMessages();
    await app.sms({ from: '+15550001111', body: 'Hi' });
    await app.phone('+15550001111').receives('Thanks for Hi');
    await app.phone('+15557770000').receives('Somebody wrote');
    await app.sms({ from: '+15550001111', to: '+15550002222', body: 'Hi', url: '/sms/send' });
    await app.phone('+15558880000').receives('New: Hi', { from: '+15550002222' });
    await app.phone('+15550001111').receivesNothing();
  });

  it('fail with the conversation, and with what the test did not answer', async (t) => {
    const send = `exports.handler = async (context, event, callback) => {
      await context.getTwilioClient().messages.create({ to: event.From, from: event.To, body: 'x' });
      callback();
    };`;
    const app = await started(t, { 'functions/f.js': send });
    const phone = await app.sms('Hello');
    const { message } = await failureOf(phone.receives('x'));
    assert.match(message, /does not receive "x"/);
    assert.match(message, /> Hello\n +· POST \/f 500/);
    assert.match(message, /functions\/f\.js HS_REJECTED/);
    assert.match(message, /app\.twilio\.answerMessages\(\)/);
  });
});

describe('what is told of a phone that only receives', () => {
  it('is why any Function of the project failed', async (t) => {
    const app = await started(t);
    const call = await app.call();
    await call.press('3');
    const { message } = await failureOf(app.phone('+15559990000').receives('anything'));
    assert.match(message, /\+15559990000 does not receive "anything"/);
    assert.match(message, /HS_THREW: Error: a mistake of the author/);
  });
});

describe('a Function that hangs, in a conversation', () => {
  it('fails the test with what happened, long before a test runner gives up', async (t) => {
    const hangs = 'exports.handler = () => { for (;;); };';
    const app = await started(t, { 'functions/sms.js': hangs }, { timeout: 300 });
    const phone = await app.sms('Hello');
    assert.match(
      (await failureOf(phone.receives('Hi'))).message,
      /POST \/sms 504[\s\S]*functions\/sms\.js HS_RUN_TIMEOUT/,
    );
  });
});

describe('where texts and calls of a test go', () => {
  it('is a path of the project', async (t) => {
    const app = await started(t);
    await assert.rejects(app.sms({ body: 'Hi', url: '/nowhere' }), {
      code: 'HS_TEST_USAGE',
      message: /has \/sms\/reply, \/voice\/menu/,
    });
    await assert.rejects(app.call('/nowhere'), { code: 'HS_TEST_USAGE' });
  });

  it('is asked for where it is not clear', async (t) => {
    const app = await started(t, { 'functions/a.js': REPLY, 'functions/b.js': REPLY });
    await assert.rejects(app.sms('Hi'), {
      code: 'HS_TEST_USAGE',
      message: /not clear .*\/a, \/b.*sms: '\/a'/,
    });
    await assert.rejects(app.call(), { code: 'HS_TEST_USAGE', message: /voice: '\/a'/ });
  });

  it('is not the phone itself', async (t) => {
    const app = await started(t);
    await assert.rejects(app.sms({ from: '+1555', to: '+1555', body: 'Hi' }), { code: 'HS_TEST_USAGE' });
  });
});

describe('an expectation that nobody awaits', () => {
  it('is warned of, and its failure comes with the end of the project', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error) => void warnings.push(message);
    process.on('warning', onWarning);
    const app = await startProject(FILES);
    const call = await app.call();
    call.hears('Press 1');
    call.hears('Press 9');
    await call.waits('1 s');
    await assert.rejects(app.close(), /does not hear "Press 9"/);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    assert.equal(warnings.length, 2);
    const all = warnings.sort().join('\n');
    assert.match(all, /call\.hears\("Press 1"\) was not awaited[\s\S]*testing-conversation/);
    assert.match(all, /call\.hears\("Press 9"\) was not awaited/);
  });

  it('and fails is warned of also where the project is never closed', async (t) => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const phone = await (await started(t)).sms('Hi');
    // It is awaited only once the warning is there: with `close()` it would be told.
    const step = phone.receives('Something else');
    assert.match((await warned).message, /phone\.receives\("Something else"\) was not awaited, and failed/);
    await assert.rejects(async () => await step);
  });

  it('says the same however often it is awaited', async (t) => {
    const app = await started(t);
    const call = await app.call();
    const step = call.hears('Press 1');
    await step;
    await step;
    await Promise.all([step, call.waits('1 s')]);
  });
});

describe('TwiML in a test', () => {
  it('is read', async (t) => {
    const app = await started(t);
    const { name, children } = (await app.post('/voice/menu')).twiml;
    assert.deepEqual([name, children.map((child) => child.name)], ['Response', ['Gather', 'Say']]);
    assert.deepEqual(children[0]?.attributes, { numDigits: '1' });
    assert.equal(children[0]?.text, 'Press 1 for sales.');
  });

  it('is told from what is none', async (t) => {
    const app = await started(t, {
      'functions/f.js': 'exports.handler = (c, e, callback) => callback(null, "<Response>");',
    });
    const response = await app.get('/f');
    assert.throws(() => response.twiml, /no TwiML: 12100[\s\S]*<Response>/);
  });
});
