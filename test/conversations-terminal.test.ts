/** The three whole conversations in the terminal: by the real program, against a project that is served. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MENU, SCREENING, SURVEY, VOICEMAIL } from './support/conversation-projects';
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

test('a dialled party that is asked first: it accepts with a key, and refuses by keeping quiet', async (t) => {
  const phone = await phoneFor(SCREENING);
  t.after(phone.close);
  const script = `
    dialled party answers
    hears Press 1, or say yes, to accept
    dialled party presses 1
    is connected to +14155550101
    wait 10 s
    other party hangs up
    hears completed
    ends`;
  const call = ['call', '--url', '/voice/office'];
  const accepted = await run(phone, [...call, '--script', '-'], script);
  assert.equal(accepted.code, 0, accepted.stdout + accepted.stderr);
  const words = script.replace('presses 1', 'says yes');
  const spoken = await run(phone, [...call, '--script', '-'], words);
  assert.equal(spoken.code, 0, spoken.stdout + spoken.stderr);
  const refused = await run(
    phone,
    [...call, '--script', '-'],
    'dialled party answers\nsilence\nhears no-answer',
  );
  assert.equal(refused.code, 0, refused.stdout + refused.stderr);
});

test('by hand, keys and words are those of the party that is asked', async (t) => {
  const phone = await phoneFor(SCREENING);
  t.after(phone.close);
  const call = ['call', '--url', '/voice/office'];
  const { stdout } = await run(phone, call, 'answer\n1\nother hangs up\n');
  assert.match(stdout, /waits for keys or speech of the dialled party, 5 s/);
  assert.match(stdout, /\[other leg\] > presses 1\n[\s\S]*connected with[\s\S]*< completed\n/);
  assert.doesNotMatch(stdout, /nobody listened/);
  const spoken = await run(phone, call, 'answer\nyes\nother hangs up\n');
  assert.match(spoken.stdout, /\[other leg\] > "yes"\n[\s\S]*< completed\n/);
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
  const script = `
    send hello
    receives How was the bread?
    receives nothing
    reply is delivered
    send good
    receives /^How was the (cake|tea)\\?$/
    does not receive bread
    send STOP
    receives unsubscribed
    send are you there?
    receives nothing
    reply has failed
    send START
    receives re-subscribed
    receives how was the CAKE?
    send fine with media https://example.com/cake.png
    receives Would you come again?
    send yes
    receives Thank you! You wrote: good, fine, yes`;
  const sms = ['sms', '--url', '/survey', '--script', '-'];
  const { code, stdout, stderr } = await run(phone, sms, script);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /^\nTranscript\n> hello\n/);
  assert.match(stdout, /> fine \[https:\/\/example\.com\/cake\.png\]\n/);
});
