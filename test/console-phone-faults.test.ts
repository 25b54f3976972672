/** The phone of the console where something goes wrong on purpose, and where texts carry media. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Page } from './support/browser';
import { openPhoneBrowser, type PhoneBrowser, type PhonePage } from './support/console-phone';
import { answering } from './support/phone';

const PROJECT = {
  'functions/voice/hello.protected.js': answering('<Say>hello there</Say>'),
  'functions/voice/sorry.protected.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.VoiceResponse();
    twiml.say('Sorry for ' + event.ErrorCode + '.');
    callback(null, twiml);
  };`,
  'functions/sms/echo.protected.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.MessagingResponse();
    const media = event.NumMedia === '0' ? 'no media' : event.NumMedia + ' at ' + event.MediaUrl0;
    twiml.message({ action: '/sms/told', statusCallback: '/sms/told' }, event.Body + ': ' + media);
    callback(null, twiml);
  };`,
  'functions/sms/told.protected.js': `exports.handler = (context, event, callback) => {
    console.log('told', event.MessageStatus, event.ErrorCode);
    callback(null, new Twilio.twiml.MessagingResponse());
  };`,
  'functions/sms/sorry.protected.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.MessagingResponse();
    twiml.message('Sorry for ' + event.ErrorCode);
    callback(null, twiml);
  };`,
};

describe('the phone in the browser, where something goes wrong', () => {
  let browser: PhoneBrowser;
  let phone: PhonePage;
  let page: Page;

  before(async () => {
    browser = await openPhoneBrowser(PROJECT);
  });
  after(() => browser?.close());
  beforeEach(async () => {
    phone = await browser.open();
    page = phone.page;
  });
  afterEach(() => phone.close());

  const goesWrong = (label: string) => page.getByLabel('What goes wrong').selectOption({ label });
  const step = (...words: readonly string[]) =>
    words.reduce((found, hasText) => found.filter({ hasText }), page.locator('.exchange-step'));

  for (const [what, shown, code] of [
    ['Answers are lost: 500 instead', '/voice/hello 500', '11200'],
    ['Connections break before the answer', '/voice/hello no answer', '11200'],
    ['Nobody is there', '/voice/hello no answer', '11205'],
  ] as const) {
    it(`a call: ${what}, and the fallback answers`, async () => {
      await goesWrong(what);
      await page.getByLabel('Primary handler fails').fill('/voice/sorry');
      await phone.call('/voice/hello');
      await phone.log(`Sorry for ${code}.`).waitFor();
      await phone.log('The call ended').waitFor();
      assert.equal(await step(shown).count(), 1);
      assert.equal(await step('/voice/sorry 200', 'fallback').count(), 1);
      assert.equal(await phone.log('hello there').count(), 0);
      await page.locator('.problem-step', { hasText: code }).waitFor();
      const first = page.url();
      await page.getByRole('button', { name: 'Call again' }).click();
      await page.waitForURL((url) => url.href !== first);
      await phone.log(`Sorry for ${code}.`).waitFor();
    });
  }

  it('a call that fails without a fallback ends with the apology of the vendor', async () => {
    await goesWrong('Answers are lost: 500 instead');
    await phone.call('/voice/hello');
    await phone.log('an application error has occurred').waitFor();
    await phone.log('The call ended: error').waitFor();
    assert.equal(await step('the answer was replaced by 500').count(), 1);
  });

  it('a text: the webhook fails, and the fallback replies', async () => {
    await goesWrong('Answers are lost: 500 instead');
    await page.getByLabel('Primary handler fails').fill('/sms/sorry');
    await phone.text('/sms/echo', 'Ahoy');
    await phone.bubble('Sorry for 11200').filter({ hasText: 'delivered' }).waitFor();
  });

  it('a slow answer, and everything twice', async () => {
    await goesWrong('Answers come 3 s late');
    await phone.call('/voice/hello');
    await phone.log('hello there').waitFor();
    assert.equal(await step('the answer took 3000 ms longer').count(), 1);
    await phone.newConversation();
    await goesWrong('Everything arrives twice');
    await phone.call('/voice/hello');
    await phone.log('hello there').waitFor();
    assert.equal(await step('delivered twice').count(), 1);
  });

  it('status callbacks are lost', async () => {
    await goesWrong('Status callbacks are lost');
    await phone.text('/sms/echo', 'Ahoy');
    await phone.bubble('Ahoy: no media').filter({ hasText: 'delivered' }).waitFor();
    await step('lost: never sent').nth(2).waitFor();
  });

  it('a text with media arrives with its URL, and one without has none', async () => {
    await page.getByLabel('From (you)').fill('+14155550101');
    await phone.text('/sms/echo', 'first');
    await phone.bubble('first: no media').waitFor();
    await page.getByText('Media and delivery').click();
    await page.getByLabel('URL of media').fill('https://media.example/cat.png');
    await phone.sends('look');
    await phone.bubble('look: 1 at https://media.example/cat.png').waitFor();
    assert.equal(
      await page.locator('.bubble-row:not(.theirs) a[href="https://media.example/cat.png"]').count(),
      1,
    );
    await phone.sends('again');
    await phone.bubble('again: no media').waitFor();
  });

  it('replies end as undelivered or failed, with the code of the vendor', async () => {
    await page.getByLabel('From (you)').fill('+14155550102');
    await phone.text('/sms/echo', 'first');
    await phone.bubble('first: no media').filter({ hasText: 'delivered' }).waitFor();
    await page.getByText('Media and delivery').click();
    const outcomes = [
      ['undelivered', '30003'],
      ['failed', '30008'],
    ] as const;
    for (const [turn, [outcome, code]] of outcomes.entries()) {
      await page.getByLabel('Replies are').selectOption(outcome);
      await phone.sends(outcome);
      await phone.bubble(`${outcome}: no media`).getByText(`${outcome} · error ${code}`).waitFor();
      await step('/sms/told 200', 'action')
        .nth(turn + 1)
        .waitFor();
    }
    assert.match(String(await phone.linesOf('/sms/told')), /told failed/);
  });
});
