/** Three whole conversations with real projects: a menu, a voicemail, a survey by text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callTranscript, VirtualClock } from '../src/simulator';
import { endOf, heard, ofType, requestsOf } from './support/call-events';
import { MENU, SURVEY, VOICEMAIL } from './support/conversation-projects';
import { phoneFor } from './support/phone';

test('a menu: silence, a wrong key, then somebody who answers', async (t) => {
  const phone = await phoneFor(MENU);
  t.after(phone.close);
  const call = await phone.simulator.call({ url: '/voice/menu' });
  await call.silence();
  await call.press('7');
  await call.press('2');
  assert.ok(call.waiting?.for === 'answer' && call.waiting.parties[0]?.address === '+14155550122');
  await call.answer();
  await call.wait(42_000);
  await call.hangUp('callee');
  assert.deepEqual(
    heard(call),
    [
      'Welcome to the bakery.',
      'Press 1 for bread, 2 for cakes.',
      'Once more.',
      'Press 1 for bread, 2 for cakes.',
      '7 is not on the menu.',
      'Once more.',
      'Press 1 for bread, 2 for cakes.',
      'One moment.',
      'You talked for 42 seconds.',
    ],
    callTranscript(call.events),
  );
  assert.equal(endOf(call), 'no more verbs');
  const quiet = await phone.simulator.call({ url: '/voice/menu' });
  for (let turn = 0; turn < 3; turn++) await quiet.silence();
  assert.deepEqual([heard(quiet).at(-1), endOf(quiet)], ['Goodbye.', 'Hangup']);
});

test('a voicemail: the caller hangs up in the middle, and the transcription is kept', async (t) => {
  const phone = await phoneFor(VOICEMAIL);
  t.after(phone.close);
  const call = await phone.simulator.call({ url: '/voicemail' });
  await call.wait(1_000);
  await call.speak('This is Ada.');
  await call.wait(2_000);
  await call.speak('Please call me back before five.');
  await call.hangUp();
  assert.deepEqual(heard(call), ['Nobody is here. Leave a message.']);
  assert.equal(endOf(call), 'caller hung up');
  await phone.served.record('/transcribed');
  assert.deepEqual(
    phone.served.records.flatMap(({ console: lines }) => lines.map(({ text }) => text)),
    [
      'recorded completed RE',
      'saved 7 hangup completed',
      'transcribed This is Ada. Please call me back before five.',
    ],
  );
  assert.ok(requestsOf(call).every(({ status }) => status === 200));
  const silent = await phone.simulator.call({ url: '/voicemail' });
  await silent.silence();
  assert.equal(heard(silent).at(-1), 'There was no message.');
  assert.equal(ofType(silent, 'recorded')[0]?.why, 'silence');
});

test('a survey by text: cookies keep the place, STOP ends it, START takes it up again', async (t) => {
  const clock = new VirtualClock();
  const phone = await phoneFor(SURVEY, { clock });
  t.after(phone.close);
  const ada = phone.simulator.thread({ from: '+14155550101', url: '/survey' });
  const bob = phone.simulator.thread({ from: '+14155550102', url: '/survey' });
  const ask = async (thread: typeof ada, body: string) =>
    (await thread.send({ body })).replies.map((reply) => reply.body);
  assert.deepEqual(await ask(ada, 'hello'), ['How was the bread?']);
  assert.deepEqual(await ask(bob, 'hello'), ['How was the bread?']);
  assert.deepEqual(await ask(ada, 'good'), ['How was the cake?']);
  assert.match((await ask(ada, 'STOP')).join(), /^You have successfully been unsubscribed/);
  assert.deepEqual(await ask(ada, 'are you there?'), []);
  const resumed = await ask(ada, 'START');
  assert.match(resumed[0] ?? '', /^You have successfully been re-subscribed/);
  assert.equal(resumed[1], 'How was the cake?');
  assert.deepEqual(await ask(ada, 'fine'), ['Would you come again?']);
  assert.deepEqual(await ask(ada, 'yes'), ['Thank you! You wrote: good, fine, yes']);
  clock.advance(4 * 60 * 60 * 1_000);
  assert.deepEqual(await ask(bob, 'good'), ['How was the bread?']);
  assert.ok(phone.served.records.every(({ status }) => status === 200));
});
