/** The phone of the console where a call has more than one end, and what of it is spoken aloud: in a real browser. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { CallView, PhoneState } from '../src/admin/phone-api';
import type { Page, WatchedPage } from './support/browser';
import { type ConsoleBrowser, closeClean, openConsoleBrowser } from './support/console-browser';
import { eventually } from './support/serve';

const WAIT_MS = 30_000;

/** A Function of voice TwiML. */
const voice = (body: string): string => `exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.VoiceResponse();
  ${body}
  callback(null, twiml);
};`;

const PROJECT = {
  'functions/screened.js': voice(`
    const dial = twiml.dial({ action: '/after' });
    dial.number({ url: '/screen' }, '+14155550111');`),
  'functions/screen.js': voice(`
    if (event.Digits === '1') twiml.say('You are connected.');
    else if (event.Digits !== undefined || event.SpeechResult !== undefined) twiml.hangup();
    else twiml
      .gather({ input: 'dtmf speech', numDigits: 1, timeout: 30, speechTimeout: 1, action: '/screen' })
      .say('Press 1 to accept.');`),
  'functions/after.js': voice(`
    twiml.say('It was ' + (event.DialCallStatus ?? event.QueueResult));
    twiml.hangup();`),
  'functions/conference.js': voice(
    `twiml.dial({ action: '/after' }).conference({ waitUrl: '/music' }, 'Room 7');`,
  ),
  'functions/queue.js': voice(`twiml.enqueue({ action: '/after', waitUrl: '/music' }, 'support');`),
  'functions/music.js': voice(`twiml.say('Please hold.');`),
  'functions/menu.js': voice(`
    if (event.Digits !== undefined) twiml.dial({ action: '/after' }).number({ url: '/screen' }, '+14155550111');
    else {
      const gather = twiml.gather({ numDigits: 1, timeout: 30 });
      gather.say('Welcome.');
      gather.say({ language: 'de-DE' }, 'Druecken Sie eine Taste.');
    }`),
  'functions/words.js': voice(`
    twiml.say({ voice: 'Polly.Amy', language: 'en-GB' }, 'What is it about?');
    twiml.gather({ input: 'speech', timeout: 1, hints: 'sales, <b>support</b>' });`),
  'functions/short.js': voice(`twiml.say('One.'); twiml.say('Two.');`),
};

/** A speech synthesis that writes down what it is told; `voices` are there from the first moment, or come later. */
const fakeSpeech = (voices: 'at once' | 'later' | 'never'): string => `{
  const all = [
    { name: 'far', lang: 'en-US', localService: false },
    { name: 'near', lang: 'en-GB', localService: true },
    { name: 'nah', lang: 'de-DE', localService: true },
  ];
  class FakeSpeech extends EventTarget {
    told = [];
    current = null;
    voices = '${voices}' === 'at once' ? all : [];
    getVoices() { return this.voices; }
    speak(utterance) {
      this.current = utterance;
      this.told.push(utterance.voice.name + ': ' + utterance.text);
    }
    cancel() {
      if (this.current !== null) this.told.push('cancelled');
      this.end();
    }
    end() {
      const ended = this.current;
      this.current = null;
      ended?.onend?.();
    }
    arrive() {
      this.voices = all;
      this.dispatchEvent(new Event('voiceschanged'));
    }
  }
  Object.defineProperty(globalThis, 'speechSynthesis', { value: new FakeSpeech() });
  globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}`;

describe('the ends of a call in the browser', () => {
  let browser: ConsoleBrowser;
  let watched: WatchedPage;
  let page: Page;

  before(async () => {
    browser = await openConsoleBrowser(PROJECT);
  });
  after(() => browser?.close());
  beforeEach(async () => {
    watched = await browser.open();
    page = watched.page;
    page.setDefaultTimeout(WAIT_MS);
  });
  afterEach(() => closeClean(watched));

  const log = (words: string) => page.getByRole('log').getByText(words);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const status = (words: string) => page.locator('.call-waiting[role=status]', { hasText: words });

  async function call(path: string): Promise<void> {
    await fillCall(path);
    await button('Call').click();
  }

  async function fillCall(path: string): Promise<void> {
    await page.goto(await browser.gateway.link());
    await page.getByRole('link', { name: 'Phone', exact: true }).click();
    await page.getByRole('link', { name: 'New', exact: true }).click();
    await page.getByText('Call', { exact: true }).first().click();
    await page.getByLabel('Webhook').fill(path);
  }

  describe('screening', () => {
    it('lets the other party press the key that accepts the call', async () => {
      await call('/screened');
      await button('Answers').click();
      await status('The other party’s turn. Listening for keys and speech').waitFor();
      await page
        .getByRole('group', { name: 'Keypad of the other party' })
        .getByText('1', { exact: true })
        .click();
      await log('Connected to +14155550111').waitFor();
      const theirs = await page.locator('.bubble-row.callee').allTextContents();
      assert.deepEqual(
        theirs.map((text) => text.replace(/\d:\d\d/, ' · 0:00')),
        [
          'The project: Press 1 to accept. · 0:00 · to the other party',
          'The other party: 1 · 0:00 · the other party',
          'The project: You are connected. · 0:00 · to the other party',
        ],
      );
      await page.getByRole('group', { name: 'Keypad', exact: true }).waitFor();
      await button('+14155550111 hangs up').click();
      await log('It was completed').waitFor();
    });

    it('takes the keys of the keyboard, and what is said, as the other party’s', async () => {
      await call('/screened');
      await button('Answers').click();
      await status('The other party’s turn').waitFor();
      await page.getByLabel('Say something as the other party').fill('no thanks');
      await button('Say it').click();
      await log('no thanks').first().waitFor();
      await log('It was no-answer').waitFor();
      await button('Call again').click();
      await button('Answers').click();
      await status('The other party’s turn').waitFor();
      await page.keyboard.press('1');
      await log('Connected to +14155550111').waitFor();
    });

    it('lets the other party hang up instead', async () => {
      await call('/screened');
      await button('Answers').click();
      await button('The other party hangs up').click();
      await log('It was no-answer').waitFor();
    });
  });

  describe('conferences and queues', () => {
    it('lets somebody join a conference and leave it', async () => {
      await call('/conference');
      await status('Alone in the conference Room 7: who joins?').waitFor();
      await log('Please hold.').nth(1).waitFor();
      await button('Somebody joins the conference').click();
      await status('In the conference Room 7, with somebody else').waitFor();
      await log('Connected to somebody in the conference Room 7').waitFor();
      await button('The other one leaves, the conference ends').click();
      await log('It was answered').waitFor();
    });

    it('lets an agent take a call from a queue and hang up, without losing the focus meanwhile', async () => {
      await call('/queue');
      await button('An agent takes the call').focus();
      await log('Please hold.').nth(1).waitFor();
      assert.equal(
        await page.evaluate('document.activeElement.textContent'),
        'An agent takes the call',
        'the button stays while the music is asked for again',
      );
      await page.keyboard.press('Enter');
      await log('Connected to somebody in the queue support').waitFor();
      await button('The agent hangs up').click();
      await log('It was bridged').waitFor();
    });
  });

  describe('the transcript', () => {
    it('shows voice and language of what is said, and what a Gather expects', async () => {
      await call('/words');
      await log('Polly.Amy, en-GB').waitFor();
      await log('expects sales, <b>support</b>').waitFor();
    });
  });

  describe('calling again', () => {
    it('keeps what goes wrong', async () => {
      await fillCall('/short');
      await page.getByLabel('What goes wrong').selectOption('status');
      await button('Call').click();
      await page.getByText('What goes wrong: Answers are lost: 500 instead').waitFor();
      const first = page.url();
      await button('Call again').click();
      await page.waitForURL((url) => url.href !== first);
      await page.getByText('What goes wrong: Answers are lost: 500 instead').waitFor();
      await log('500').first().waitFor();
    });
  });

  describe('speech', () => {
    const told = () => page.evaluate<readonly string[]>('speechSynthesis.told');
    const until = (words: string) =>
      eventually(async () => (await told()).at(-1) === words || undefined, WAIT_MS);
    const end = () => page.evaluate('speechSynthesis.end()');

    /** Switched on in a call that is over. */
    async function switchOn(voices: Parameters<typeof fakeSpeech>[0]): Promise<void> {
      await page.addInitScript(fakeSpeech(voices));
      await call('/short');
      await log('The call ended').waitFor();
      await button('Speak aloud').click();
    }

    async function callAgain(path: string): Promise<void> {
      await page.getByRole('link', { name: 'New', exact: true }).click();
      await page.getByText('Call', { exact: true }).first().click();
      await page.getByLabel('Webhook').fill(path);
      await button('Call').click();
    }

    it('speaks one prompt after the other from the first on, and is silenced by a key', async () => {
      await switchOn('at once');
      await callAgain('/menu');
      await until('near: Welcome.');
      await status('Listening for keys').waitFor();
      await log('Druecken').waitFor();
      assert.deepEqual(await told(), ['near: Welcome.']);
      await end();
      await until('nah: Druecken Sie eine Taste.');
      await page.keyboard.press('1');
      await until('cancelled');
    });

    it('does not speak what only the other party hears', async () => {
      await switchOn('at once');
      await callAgain('/menu');
      await until('near: Welcome.');
      await page.keyboard.press('1');
      await until('cancelled');
      await button('Answers').click();
      await status('The other party’s turn').waitFor();
      await page.keyboard.press('1');
      await button('+14155550111 hangs up').click();
      await until('near: It was completed');
      assert.deepEqual(await told(), ['near: Welcome.', 'cancelled', 'near: It was completed']);
    });

    it('drops what is queued when somebody hangs up, and when the call ends', async () => {
      await switchOn('at once');
      await callAgain('/menu');
      await log('Druecken').waitFor();
      await button('Hang up').click();
      await until('cancelled');
      await callAgain('/short');
      await log('The call ended').waitFor();
      await end();
      assert.deepEqual(await told(), ['near: Welcome.', 'cancelled', 'near: One.']);
    });

    it('is silent about calls that are not open, and once another page is', async () => {
      await switchOn('at once');
      const start = { from: '+14155550188', to: '+14155550199', url: '/menu' };
      const { id } = (await browser.gateway.api('POST', '/api/phone/calls', start)) as CallView;
      await eventually(async () => {
        const { calls } = (await browser.gateway.api('GET', '/api/phone')) as PhoneState;
        return calls.find((call) => call.id === id)?.events.find(({ type }) => type === 'gathering');
      }, WAIT_MS);
      await page.locator('.conversation-link', { hasText: '+14155550188' }).click();
      await log('Druecken').waitFor();
      assert.deepEqual(await told(), []);
      await callAgain('/menu');
      await until('near: Welcome.');
      await page.getByRole('link', { name: 'Invocations', exact: true }).click();
      await until('cancelled');
    });

    it('waits for voices that come later', async () => {
      // However slow this machine is, they come in time.
      await page.addInitScript(`const real = setTimeout;
        globalThis.setTimeout = (run, ms, ...rest) => real(run, ms === 3000 ? 120000 : ms, ...rest);`);
      await switchOn('later');
      await callAgain('/menu');
      await log('Welcome.').waitFor();
      assert.deepEqual(await told(), []);
      await page.evaluate('speechSynthesis.arrive()');
      await until('near: Welcome.');
    });

    it('says that there is no voice, and is off again', async () => {
      await switchOn('never');
      await page.getByText('No voice', { exact: true }).waitFor();
      assert.equal(await button('Speak aloud').getAttribute('aria-pressed'), 'false');
    });
  });
});
