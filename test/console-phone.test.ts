/** The phone of the console in a real browser: whole conversations, by touch and by keyboard. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Page } from './support/browser';
import { openPhoneBrowser, type PhoneBrowser, type PhonePage } from './support/console-phone';

const PROJECT = {
  // A survey: what was asked last stands in a cookie.
  'functions/sms/survey.protected.js': `exports.handler = (context, event, callback) => {
    const response = new Twilio.Response();
    const twiml = new Twilio.twiml.MessagingResponse();
    const asked = event.request.cookies.asked;
    if (asked === undefined) twiml.message('How was it, 1 to 5?');
    else twiml.message('You gave ' + event.Body + '. <b>Thanks</b>');
    response.setCookie('asked', 'yes');
    response.appendHeader('Content-Type', 'text/xml');
    response.setBody(twiml.toString());
    callback(null, response);
  };`,
  // A menu with a wrong key, and a second one that dials.
  'functions/voice/menu.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.VoiceResponse();
    if (event.Digits === '1') twiml.dial({ action: '/voice/after' }, '+14155550111');
    else if (event.Digits === '2') twiml.record({ action: '/voice/after', maxLength: 60, timeout: 20 });
    else {
      const says = event.Digits ? 'That is no choice.' : 'Press 1 to talk, 2 to leave a message.';
      twiml.gather({ input: 'dtmf speech', numDigits: 1, timeout: 30, action: '/voice/menu' }).say(says);
    }
    callback(null, twiml);
  };`,
  'functions/voice/after.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.VoiceResponse();
    twiml.say(event.DialCallStatus ? 'They were ' + event.DialCallStatus : 'Got your message');
    twiml.hangup();
    callback(null, twiml);
  };`,
  'functions/broken.js': `exports.handler = (context, event, callback) => {
    const response = new Twilio.Response();
    response.appendHeader('Content-Type', 'text/xml');
    response.setBody('<Response><Say>half');
    callback(null, response);
  };`,
};

describe('the phone in the browser', () => {
  let browser: PhoneBrowser;
  let phone: PhonePage;
  let page: Page;

  before(async () => {
    browser = await openPhoneBrowser(PROJECT);
  });
  after(() => browser?.close());
  beforeEach(() => openPhone());
  afterEach(() => phone.close());

  async function openPhone(options: Parameters<PhoneBrowser['open']>[0] = {}): Promise<void> {
    phone = await browser.open(options);
    page = phone.page;
  }

  const log = (words: string) => phone.log(words);
  const call = (path: string) => phone.call(path);

  it('holds a conversation of texts, with cookies and delivery states, each step linked to its record', async () => {
    await phone.text('/sms/survey', 'survey');
    await log('How was it, 1 to 5?').waitFor();
    await phone.sends('5');
    await log('You gave 5. <b>Thanks</b>').waitFor();
    await page.locator('.bubble-row.theirs .note', { hasText: 'delivered' }).nth(1).waitFor();
    await page.locator('.exchange-step a').last().click();
    await page
      .getByRole('article', { name: 'Invocation' })
      .getByText('functions/sms/survey.protected.js')
      .first()
      .waitFor();
    assert.match((await page.locator('.detail-title').textContent()) ?? '', /200POST\/sms\/survey/);
  });

  it('opts out as the vendor does', async () => {
    await page.getByLabel('From (you)').fill('+14155550123');
    await phone.text('/sms/survey', 'STOP');
    await log('STOP: no more messages').waitFor();
  });

  it('goes through a menu: a wrong key, then a dialled party that is busy', async () => {
    await call('/voice/menu');
    await log('Press 1 to talk').waitFor();
    await page.getByText('Listening for').waitFor();
    await page.getByRole('button', { name: /^9/ }).click();
    await log('That is no choice.').waitFor();
    await page.getByText('Listening for').waitFor();
    await page.keyboard.press('1');
    await page.getByRole('button', { name: 'Is busy' }).click();
    await log('They were busy').waitFor();
    await log('The call ended').waitFor();
    await page.getByRole('button', { name: 'Call again' }).waitFor();
  });

  it('lets the other party answer and hang up', async () => {
    await call('/voice/menu');
    await page.getByText('Listening for').waitFor();
    await page.keyboard.press('1');
    await page.getByRole('button', { name: 'Answers' }).click();
    await log('Connected to +14155550111').waitFor();
    await page.getByRole('button', { name: '+14155550111 hangs up' }).click();
    await log('They were completed').waitFor();
  });

  it('leaves a message, and hangs up in the middle of another call', async () => {
    await call('/voice/menu');
    await page.getByText('Listening for').waitFor();
    await page.keyboard.press('2');
    await page.getByText('Recording: say something').waitFor();
    await page.getByLabel('Say something').fill('hello from the tests');
    await page.getByRole('button', { name: 'Say it' }).click();
    await log('hello from the tests').first().waitFor();
    await page.getByRole('button', { name: 'hash' }).click();
    await log('Got your message').waitFor();
    await page.getByRole('button', { name: 'Call again' }).click();
    await page.getByRole('button', { name: 'Hang up' }).click();
    await log('The call ended: caller hung up').waitFor();
    assert.ok((await page.locator('.conversation-link').count()) >= 2);
  });

  it('says what is wrong with TwiML, and forgets a conversation', async () => {
    await call('/broken');
    await page.locator('.problem-step', { hasText: '12100' }).first().waitFor();
    const before = await page.locator('.conversation-link').count();
    await page.getByRole('button', { name: 'Forget this conversation' }).click();
    await page.getByRole('article', { name: 'New conversation' }).waitFor();
    assert.equal(await page.locator('.conversation-link').count(), before - 1);
  });

  it('works by touch on a small screen', async () => {
    await phone.close();
    await openPhone({ viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
    await call('/voice/menu');
    await page.getByText('Listening for').waitFor();
    await page.getByRole('button', { name: /^2/ }).tap();
    await page.getByText('Recording: say something').waitFor();
    assert.ok(await page.evaluate('document.documentElement.scrollWidth <= 390'));
    await page.getByRole('button', { name: 'Hang up' }).tap();
    await log('The call ended').waitFor();
    await page.getByRole('link', { name: 'All conversations' }).tap();
    await page.locator('.conversation-link').first().waitFor();
  });
});
