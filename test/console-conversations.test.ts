/** The three whole conversations by the phone of the console, in a real browser and in real time. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { openPhoneBrowser, type PhoneBrowser, type PhonePage } from './support/console-phone';
import { MENU, SURVEY, VOICEMAIL } from './support/conversation-projects';

describe('whole conversations in the browser', () => {
  let browser: PhoneBrowser;
  let phone: PhonePage;

  before(async () => {
    browser = await openPhoneBrowser({ ...MENU, ...VOICEMAIL, ...SURVEY });
  });
  after(() => browser?.close());
  beforeEach(async () => {
    phone = await browser.open();
  });
  afterEach(() => phone.close());

  it('a menu: silence, a wrong key, then somebody who answers', async () => {
    const { page } = phone;
    await phone.call('/voice/menu');
    await phone.log('Welcome to the bakery.').waitFor();
    await phone.log('Heard nothing').waitFor();
    await phone.log('Once more.').waitFor();
    await phone.log('Press 1 for bread').nth(1).waitFor();
    await page.getByRole('button', { name: /^7/ }).click();
    await phone.log('7 is not on the menu.').waitFor();
    await phone.log('Press 1 for bread').nth(2).waitFor();
    await page.getByRole('button', { name: /^2/ }).click();
    await phone.log('Dials +14155550122').waitFor();
    await page.getByRole('button', { name: 'Answers' }).click();
    await phone.log('Connected to +14155550122').waitFor();
    await page.getByRole('button', { name: '+14155550122 hangs up' }).click();
    await phone.log(/^You talked for \d+ seconds\.$/).waitFor();
    await phone.log('The call ended').waitFor();
    assert.equal(await phone.log('Heard nothing').count(), 1);
  });

  it('a menu: who stays silent is sent away', async () => {
    await phone.call('/voice/menu');
    await phone.log('Goodbye.').waitFor();
    await phone.log('The call ended').waitFor();
    assert.equal(await phone.log('Heard nothing').count(), 3);
  });

  it('a voicemail: the caller hangs up in the middle, and the transcription is kept', async () => {
    const { page } = phone;
    const message =
      'This is Ada, please call me back before five because the oven that I ordered has not come';
    await phone.call('/voicemail');
    await phone.log('Nobody is here. Leave a message.').waitFor();
    await page.getByText('Recording: say something').waitFor();
    await page.getByLabel('Say something').fill(message);
    await page.getByRole('button', { name: 'Say it' }).click();
    await phone.log(message).first().waitFor();
    // What is shorter than 2 s is not transcribed.
    await phone.passes(3);
    await page.getByRole('button', { name: 'Hang up' }).click();
    await phone.log(`“${message}” (hang up)`).waitFor();
    await phone.log('The call ended: caller hung up').waitFor();
    assert.match(String(await phone.linesOf('/recorded')), /recorded completed RE/);
    assert.match(String(await phone.linesOf('/transcribed')), new RegExp(`transcribed ${message}`));
    assert.match(String(await phone.linesOf('/saved')), /saved \d+ hangup completed/);
    assert.equal(await phone.log('Thank you.').count(), 0, 'nobody is there to hear it');
  });

  it('a survey by text: cookies keep the place, STOP ends it, START takes it up again', async () => {
    const { page } = phone;
    const arrives = (words: string, nth = 0) =>
      phone.bubble(words).filter({ hasText: 'delivered' }).nth(nth).waitFor();
    const isRefused = (words: string, nth: number) =>
      phone.bubble(words).filter({ hasText: 'failed · error 21610' }).nth(nth).waitFor();
    await page.getByLabel('From (you)').fill('+14155550101');
    await phone.text('/survey', 'hello');
    await arrives('How was the bread?');
    await phone.sends('good');
    await arrives('How was the cake?');
    await phone.sends('STOP');
    await phone.log('STOP: no more messages').waitFor();
    await arrives('You have successfully been unsubscribed');
    await isRefused('How was the cake?', 0);
    await phone.sends('are you there?');
    await isRefused('How was the cake?', 1);
    assert.equal(await page.locator('.problem-step', { hasText: '21610' }).count(), 2);
    await phone.sends('START');
    await phone.log('START: messages again').waitFor();
    await arrives('You have successfully been re-subscribed');
    await arrives('How was the cake?', 1);
    await phone.sends('fine');
    await arrives('Would you come again?');
    await phone.sends('yes');
    await arrives('Thank you! You wrote: good, fine, yes');

    await phone.newConversation();
    await page.getByLabel('From (you)').fill('+14155550102');
    await phone.text('/survey', 'hello');
    await arrives('How was the bread?');
  });
});
