/** The three whole conversations in the terminal: by the real program, against a project that is served. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MENU, SURVEY, VOICEMAIL } from './support/conversation-projects';
import { type Phone, phoneFor } from './support/phone';
import { launchProgram } from './support/program';

async function run({ served }: Phone, argv: readonly string[], input: string) {
  const { project, port } = served;
  const program = launchProgram([...argv, '-p', String(port)], { folder: project.path });
  program.child.stdin?.end(input);
  return program.ended;
}

test('a menu: silence, a wrong key, then somebody who answers', async (t) => {
  const phone = await phoneFor(MENU);
  t.after(phone.close);
  const script = `
    hears Welcome to the bakery
    silence
    hears Once more
    press 7
    hears 7 is not on the menu
    hears Press 1 for bread
    press 2
    hears One moment
    dialled party answers
    is connected to +14155550122
    wait 42 s
    dialled party hangs up
    hears You talked for 42 seconds
    ends`;
  const { code, stdout, stderr } = await run(
    phone,
    ['call', '--url', '/voice/menu', '--script', '-'],
    script,
  );
  assert.equal(code, 0, stdout + stderr);
  const wrong = await run(
    phone,
    ['call', '--url', '/voice/menu', '--script', '-'],
    script.replace('42 seconds', '43 seconds'),
  );
  assert.equal(wrong.code, 1);
  assert.match(wrong.stdout + wrong.stderr, /43 seconds[\s\S]*You talked for 42 seconds/);
});

test('a voicemail: the caller hangs up in the middle, and the transcription is kept', async (t) => {
  const phone = await phoneFor(VOICEMAIL);
  t.after(phone.close);
  const script = `
    hears Leave a message
    say This is Ada.
    wait 2 s
    say Please call me back before five.
    hang up
    ends with caller hung up`;
  const { code, stdout, stderr } = await run(phone, ['call', '--url', '/voicemail', '--script', '-'], script);
  assert.equal(code, 0, stdout + stderr);
  const { console: lines } = await phone.served.record('/transcribed');
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['transcribed This is Ada. Please call me back before five.'],
  );
});

test('a survey by text: cookies keep the place, STOP ends it, START takes it up again', async (t) => {
  const phone = await phoneFor(SURVEY);
  t.after(phone.close);
  const lines = ['hello', 'good', 'STOP', 'are you there?', 'START'];
  const { code, stdout, stderr } = await run(phone, ['sms', '--url', '/survey'], `${lines.join('\n')}\n`);
  assert.equal(code, 0, stdout + stderr);
  assert.match(
    stdout,
    /How was the bread\?[\s\S]*How was the cake\?[\s\S]*unsubscribed[\s\S]*are you there\?[\s\S]*re-subscribed[\s\S]*Thank you!/,
  );
});
