/** Three whole conversations with real projects: a menu, a voicemail, a survey by text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callTranscript, VirtualClock } from '../src/simulator';
import { endOf, heard, ofType, requestsOf } from './support/call-events';
import { phoneFor } from './support/phone';

test('a menu: silence, a wrong key, then somebody who answers', async (t) => {
  const phone = await phoneFor({
    'functions/voice/menu.protected.js': `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.VoiceResponse();
      const tries = Number(event.tries || 0);
      if (tries > 2) {
        twiml.say('Goodbye.');
        twiml.hangup();
      } else {
        const gather = twiml.gather({ numDigits: 1, timeout: 4, action: '/voice/choice?tries=' + tries });
        gather.say(tries === 0 ? 'Welcome to the bakery.' : 'Once more.');
        gather.say('Press 1 for bread, 2 for cakes.');
        twiml.redirect('/voice/menu?tries=' + (tries + 1));
      }
      callback(null, twiml);
    };`,
    'functions/voice/choice.protected.js': `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.VoiceResponse();
      const numbers = { 1: '+14155550111', 2: '+14155550122' };
      if (numbers[event.Digits]) {
        twiml.say('One moment.');
        twiml.dial({ action: 'done', timeout: 15 }, numbers[event.Digits]);
      } else {
        twiml.say(event.Digits + ' is not on the menu.');
        twiml.redirect('menu?tries=' + (Number(event.tries) + 1));
      }
      callback(null, twiml);
    };`,
    'functions/voice/done.protected.js': `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.VoiceResponse();
      const line = event.DialCallStatus === 'completed' ? 'You talked for ' + event.DialCallDuration + ' seconds.' : 'Nobody is free.';
      twiml.say(line);
      callback(null, twiml);
    };`,
  });
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
  const phone = await phoneFor({
    'functions/voicemail.protected.js': `exports.handler = (context, event, callback) => {
      const twiml = new Twilio.twiml.VoiceResponse();
      twiml.say('Nobody is here. Leave a message.');
      twiml.record({ action: '/saved', maxLength: 60, transcribe: true, transcribeCallback: '/transcribed', recordingStatusCallback: '/recorded' });
      twiml.say('There was no message.');
      callback(null, twiml);
    };`,
    'functions/saved.protected.js': `exports.handler = (context, event, callback) => {
      console.log('saved', event.RecordingDuration, event.Digits, event.CallStatus);
      const twiml = new Twilio.twiml.VoiceResponse();
      twiml.say('Thank you.');
      callback(null, twiml);
    };`,
    'functions/recorded.protected.js': `exports.handler = (context, event, callback) => {
      console.log('recorded', event.RecordingStatus, event.RecordingSid.slice(0, 2));
      callback();
    };`,
    'functions/transcribed.protected.js': `exports.handler = (context, event, callback) => {
      console.log('transcribed', event.TranscriptionText);
      callback();
    };`,
  });
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
  const phone = await phoneFor(
    {
      'functions/survey.protected.js': `const QUESTIONS = ['How was the bread?', 'How was the cake?', 'Would you come again?'];
      exports.handler = (context, event, callback) => {
        const at = Number(event.request.cookies.at || 0);
        const response = new Twilio.Response();
        const twiml = new Twilio.twiml.MessagingResponse();
        twiml.message({ statusCallback: '/delivered' }, at < QUESTIONS.length ? QUESTIONS[at] : 'Thank you!');
        response.setCookie('at', String(at + 1));
        response.appendHeader('Content-Type', 'text/xml');
        response.setBody(twiml.toString());
        callback(null, response);
      };`,
      'functions/delivered.protected.js': 'exports.handler = (context, event, callback) => callback();',
    },
    { clock },
  );
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
  assert.equal(resumed[1], 'Thank you!');
  clock.advance(4 * 60 * 60 * 1_000);
  assert.deepEqual(await ask(bob, 'good'), ['How was the bread?']);
  assert.ok(phone.served.records.every(({ status }) => status === 200));
});
