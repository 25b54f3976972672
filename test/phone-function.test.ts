/** Which Function a text or a call goes to where nobody says it: one rule for the console, the terminal and tests. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, test } from 'node:test';
import { startProject } from '../src/testing';
import { type Finished, launchProgram } from './support/program';
import { serve } from './support/serve';

const ROOT = join(__dirname, '..', '..');

/** Nothing is typed: a call is hung up at once. */
function run(argv: readonly string[]): Promise<Finished> {
  const program = launchProgram(argv);
  program.child.stdin?.end();
  return program.ended;
}

/** `null`: somebody has to say which. */
const CHOICES: readonly (readonly [folder: string, kind: 'sms' | 'call', name: string | null])[] = [
  ['examples/first-steps', 'call', 'functions/voice/menu.js'],
  ['examples/first-steps', 'sms', 'functions/sms/reply.js'],
  ['examples/menu', 'call', 'functions/voice/menu.js'],
  ['examples/menu', 'sms', null],
  ['examples/survey', 'sms', 'functions/sms/survey.js'],
  ['templates/voice-menu/javascript', 'call', 'functions/voice/menu.js'],
  ['templates/voice-menu/typescript', 'call', 'functions/voice/menu.ts'],
  ['templates/voicemail/javascript', 'call', 'functions/voice/greeting.js'],
  ['templates/voicemail/typescript', 'call', 'functions/voice/greeting.ts'],
  // `/voice/message` takes no texts, and `/voice/answer` is no likelier than it.
  ['examples/voicemail', 'sms', null],
  ['examples/voicemail', 'call', null],
];

describe('without --url', () => {
  for (const [folder, kind, name] of CHOICES) {
    it(`hookswitch ${kind} ${name === null ? 'asks which Function of' : 'goes to the first one of'} ${folder}`, async () => {
      const words = kind === 'sms' ? ['Ahoy', join(ROOT, folder)] : [join(ROOT, folder)];
      // Nothing listens there: the choice is made before.
      const { code, stderr } = await run([kind, ...words, '-p', '1']);
      if (name === null) assert.match(stderr, /HS_USAGE: which Function\? Name it with --url: \//);
      else assert.ok(stderr.includes(`Using ${name}; --url names another one.`), stderr);
      assert.equal(code, name === null ? 2 : 1);
    });
  }
});

test('a whole call and a whole text go to the project of the first steps', async (t) => {
  const folder = join(ROOT, 'examples', 'first-steps');
  const served = await serve(folder);
  t.after(() => served.close());
  const call = await run(['call', folder, '-p', String(served.port)]);
  assert.match(call.stdout, /waits for keys/);
  assert.equal(call.code, 0, call.stdout + call.stderr);
  const text = await run(['sms', 'Ahoy', folder, '-p', String(served.port)]);
  assert.match(text.stdout, /< Hello .* You wrote: Ahoy/);
  assert.equal(text.code, 0, text.stdout + text.stderr);
});

test('a test picks it by the same rule', async (t) => {
  const app = await startProject(join(ROOT, 'examples', 'menu'));
  t.after(() => app.close());
  const call = await app.call();
  assert.match(call.requests[0]?.url ?? '', /\/voice\/menu$/);
});
