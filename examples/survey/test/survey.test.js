const assert = require('node:assert/strict');
const { join } = require('node:path');
const { afterEach, beforeEach, describe, it } = require('node:test');
const { startProject } = require('hookswitch/testing');

describe('somebody who texts', () => {
  let app;
  beforeEach(async () => {
    app = await startProject(join(__dirname, '..'));
  });
  afterEach(() => app.close());

  it('is asked one question after the other, and thanked', async () => {
    const phone = await app.sms('Hi');
    await phone.receives('Owl Lamps has 2 questions');
    await phone.receives('From 1 to 5');
    await phone.sends('5');
    await phone.receives('How did you hear about us?');
    await phone.sends('From a friend');
    await phone.receives('Thank you!');
    assert.deepEqual(
      app.logs.map(({ text }) => text),
      ['answers ["5","From a friend"]'],
    );
  });

  it('is asked again after a wrong answer', async () => {
    const phone = await app.sms('Hi');
    await phone.receives('From 1 to 5');
    await phone.sends('ten');
    await phone.receives('a number from 1 to 5');
    await phone.sends('4');
    await phone.receives('How did you hear');
  });

  it('has a survey of their own', async () => {
    const [one, other] = [app.phone('+15550000001'), app.phone('+15550000002')];
    await one.sends('Hi');
    await one.sends('5');
    await other.sends('Hi');
    await one.receives('How did you hear');
    await other.receives('From 1 to 5');
    await other.receivesNothing();
  });

  it('opts out, and gets nothing more until they come back', async () => {
    const phone = await app.sms('Hi');
    await phone.receives('From 1 to 5');
    await phone.sends('STOP');
    await phone.receives('successfully been unsubscribed');
    await phone.sends('5');
    await phone.receivesNothing();
    await phone.sends('START');
    await phone.receives('re-subscribed');
    await phone.sends('Hi again');
    await phone.receives('Owl Lamps has 2 questions');
  });
});
