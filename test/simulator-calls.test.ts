/** Calls to a project: what is heard, what is asked, and what the webhooks are told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Call, type CallEvent, REAL_CLOCK } from '../src/simulator';
import { answering, phoneFor } from './support/phone';
import { eventually } from './support/serve';

function heard(call: Call): readonly string[] {
  return call.events.flatMap((event) => (event.type === 'said' ? [event.text] : []));
}

function ofType<T extends CallEvent['type']>(
  call: Call,
  type: T,
): readonly Extract<CallEvent, { type: T }>[] {
  return call.events.filter((event): event is Extract<CallEvent, { type: T }> => event.type === type);
}

const MENU = `exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();
  if (event.Digits === '1') twiml.say('You chose sales.');
  else if (event.SpeechResult) twiml.say('You said ' + event.SpeechResult);
  else {
    const gather = twiml.gather({ numDigits: 1, input: 'dtmf speech', action: '/menu' });
    gather.say('Press 1 for sales.');
    twiml.say('Nobody is there.');
  }
  callback(null, twiml);
};`;

test('a call reaches a protected Function, waits for a key and goes on with it', async (t) => {
  const phone = await phoneFor({ 'functions/menu.protected.js': MENU });
  t.after(phone.close);
  const call = await phone.simulator.call({ url: '/menu' });
  assert.equal(call.waiting?.for, 'input');
  assert.deepEqual(heard(call), ['Press 1 for sales.']);
  await call.press('1');
  assert.deepEqual(heard(call), ['Press 1 for sales.', 'You chose sales.']);
  assert.ok(call.isOver);
  assert.equal(ofType(call, 'ended')[0]?.reason, 'no more verbs');
  const [first, second] = ofType(call, 'request').map(({ exchange }) => exchange);
  assert.equal(first?.parameters.CallStatus, 'ringing');
  assert.equal(second?.parameters.CallStatus, 'in-progress');
  assert.equal(second?.parameters.Digits, '1');
});

test('speech is understood, and silence falls through', async (t) => {
  const phone = await phoneFor({ 'functions/menu.js': MENU });
  t.after(phone.close);
  const spoken = await phone.simulator.call({ url: '/menu' });
  await spoken.speak('operator');
  assert.equal(heard(spoken).at(-1), 'You said operator');
  const silent = await phone.simulator.call({ url: '/menu' });
  await silent.silence();
  assert.equal(heard(silent).at(-1), 'Nobody is there.');
});

test('a minute of pauses takes no time', async (t) => {
  const phone = await phoneFor({ 'functions/slow.js': answering('<Pause length="60"/><Say>done</Say>') });
  t.after(phone.close);
  const started = performance.now();
  const call = await phone.simulator.call({ url: '/slow' });
  assert.ok(call.isOver);
  assert.ok(call.now() >= 60_000);
  assert.ok(performance.now() - started < 10_000);
});

test('who hangs up while it records has still left a message, and a transcription follows', async (t) => {
  const phone = await phoneFor({
    'functions/voicemail.js': answering(
      '<Say>Leave a message.</Say><Record action="/done" transcribeCallback="/text" recordingStatusCallback="/recorded"/><Say>never</Say>',
    ),
    'functions/done.js': answering('<Say>never heard</Say>'),
    'functions/text.js': 'exports.handler = (c, e, callback) => callback();',
    'functions/recorded.js': 'exports.handler = (c, e, callback) => callback();',
  });
  t.after(phone.close);
  const call = await phone.simulator.call({ url: '/voicemail' });
  assert.equal(call.waiting?.for, 'recording');
  await call.speak('please call me back as soon as you can');
  await call.hangUp();
  assert.deepEqual(heard(call), ['Leave a message.']);
  const requests = ofType(call, 'request').map(({ exchange }) => exchange);
  assert.deepEqual(
    requests.map(({ purpose }) => purpose),
    ['document', 'recording', 'action', 'transcription'],
  );
  assert.equal(requests[2]?.parameters.Digits, 'hangup');
  assert.equal(requests[2]?.parameters.CallStatus, 'completed');
  assert.equal(requests[3]?.parameters.TranscriptionText, 'please call me back as soon as you can');
  assert.equal(ofType(call, 'ended')[0]?.reason, 'caller hung up');
});

const DIAL = {
  'functions/dial.js': answering('<Dial action="/after" timeout="20">+14155550123</Dial>'),
  'functions/after.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.VoiceResponse();
    twiml.say(event.DialCallStatus + ' ' + (event.DialCallDuration || ''));
    callback(null, twiml);
  };`,
};

for (const [name, act, said] of [
  [
    'answers and hangs up after a while',
    async (call: Call) => {
      await call.answer();
      await call.wait(12_000);
      await call.hangUp('callee');
    },
    'completed 12',
  ],
  ['is busy', (call: Call) => call.busy(), 'busy'],
  ['does not answer', (call: Call) => call.noAnswer(), 'no-answer'],
  ['never answers', (call: Call) => call.wait(20_000), 'no-answer'],
  ['cannot be reached', (call: Call) => call.fail(), 'failed'],
] as const) {
  test(`the action of a Dial is told when the dialled party ${name}`, async (t) => {
    const phone = await phoneFor(DIAL);
    t.after(phone.close);
    const call = await phone.simulator.call({ url: '/dial' });
    assert.equal(call.waiting?.for, 'answer');
    await act(call);
    assert.deepEqual(
      heard(call).map((text) => text.trim()),
      [said],
    );
    assert.ok(call.isOver);
  });
}

test('a call is rejected without being answered', async (t) => {
  const phone = await phoneFor({ 'functions/no.js': answering('<Reject reason="busy"/>') });
  t.after(phone.close);
  const call = await phone.simulator.call({ url: '/no' });
  assert.deepEqual(
    [call.status, ofType(call, 'ended')[0]?.reason, ofType(call, 'status').map(({ status }) => status)],
    ['busy', 'Reject', ['ringing', 'busy']],
  );
});

test('a document that cannot be read is told with line and column, and an apology is heard', async (t) => {
  const phone = await phoneFor({ 'functions/bad.js': answering('\n<Say>open') });
  t.after(phone.close);
  const call = await phone.simulator.call({ url: '/bad' });
  const [found] = ofType(call, 'problem');
  assert.deepEqual([found?.problem.code, found?.problem.line], [12100, 2]);
  assert.match(heard(call)[0] ?? '', /application error/);
});

test('after the end nothing more can be asked of a call', async (t) => {
  const phone = await phoneFor({ 'functions/short.js': answering('<Hangup/>') });
  t.after(phone.close);
  const call = await phone.simulator.call({ url: '/short' });
  await assert.rejects(call.press('1'), { code: 'HS_CALL_STATE' });
  await call.hangUp();
});

test('in real time a prompt is interrupted, and a second is a second', async (t) => {
  const prompt = 'many words that nobody wants to hear '.repeat(10);
  const phone = await phoneFor(
    {
      'functions/menu.js': answering(`<Gather numDigits="1" action="/short"><Say>${prompt}</Say></Gather>`),
      'functions/short.js': answering('<Gather timeout="1"/><Say>bye</Say>'),
    },
    { clock: REAL_CLOCK },
  );
  t.after(phone.close);
  const call = phone.simulator.dial({ url: '/menu' });
  await eventually(() => ofType(call, 'said')[0], 10_000);
  await call.press('1');
  assert.equal(call.waiting?.for, 'input');
  const asked = call.now();
  await call.finished;
  assert.equal(heard(call).at(-1), 'bye');
  const [gathered] = ofType(call, 'gathered');
  assert.ok((gathered?.at ?? Infinity) < (ofType(call, 'said')[0]?.durationMs ?? 0));
  assert.ok(call.now() - asked >= 900, `${call.now() - asked} ms`);
});
