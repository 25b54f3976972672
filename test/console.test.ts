/** The console in a real browser, on the real program: what an author sees and does. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Page, WatchedPage } from './support/browser';
import { type ConsoleBrowser, closeClean, openConsoleBrowser } from './support/console-browser';
import { CONSOLE_PROJECT } from './support/console-project';
import { eventually } from './support/serve';

const WAIT_MS = 20_000;

describe('the console', () => {
  let browser: ConsoleBrowser;
  let watched: WatchedPage;
  let page: Page;

  before(async () => {
    browser = await openConsoleBrowser(CONSOLE_PROJECT);
  });
  after(() => browser?.close());
  beforeEach(async () => {
    await browser.gateway.api('DELETE', '/api/invocations');
    watched = await openConsole({});
    page = watched.page;
  });
  afterEach(() => closeClean(watched));

  async function openConsole(options: Parameters<ConsoleBrowser['open']>[0]): Promise<WatchedPage> {
    const opened = await browser.open(options);
    opened.page.setDefaultTimeout(WAIT_MS);
    await opened.page.goto(await browser.gateway.link());
    await opened.page.getByText('Live', { exact: true }).waitFor();
    return opened;
  }

  const get = (path: string) => fetch(browser.gateway.url + path);
  const post = (path: string, fields: Readonly<Record<string, string>>) =>
    fetch(browser.gateway.url + path, { method: 'POST', body: new URLSearchParams(fields) });
  const text = (body: string) =>
    post('/sms', { MessageSid: `SM${'1'.repeat(32)}`, From: '+15005550006', To: '+15005550001', Body: body });
  const rows = () => page.locator('.row');
  const detail = () => page.getByRole('article', { name: 'Invocation' });

  async function openRow(target: string): Promise<void> {
    await rows().filter({ hasText: target }).first().click();
    await detail().getByRole('heading', { name: 'Answer' }).waitFor();
  }

  it('fills its list while requests come in, the newest first', async () => {
    await page.getByRole('heading', { name: 'Waiting for the first request' }).waitFor();
    await get('/count?name=first');
    await rows().filter({ hasText: '/count?name=first' }).waitFor();
    await text('hello');
    await get('/nothing-here');
    await rows().nth(2).waitFor();
    assert.deepEqual(await rows().locator('.target').allTextContents(), [
      '/nothing-here',
      '/sms',
      '/count?name=first',
    ]);
    assert.match(
      (await rows().nth(1).textContent()) ?? '',
      /200POST\/sms.*functions\/sms\.js.*\+15005550006 → \+15005550001/,
    );
    assert.match((await rows().nth(0).textContent()) ?? '', /404GET.*HS_NOT_FOUND/);
    await eventually(async () => ((await page.title()).startsWith('(1) ') ? true : undefined), WAIT_MS);
  });

  it('filters by status, Function and method, and keeps that in its URL', async () => {
    await get('/count');
    await text('hi');
    await get('/broken');
    await rows().nth(2).waitFor();
    await page.getByRole('button', { name: 'Errors only' }).click();
    await eventually(async () => ((await rows().count()) === 1 ? true : undefined), WAIT_MS);
    assert.match(page.url(), /status=error/);
    await get('/count');
    await get('/broken');
    await rows().nth(1).waitFor();
    assert.deepEqual(await rows().locator('.target').allTextContents(), ['/broken', '/broken']);
    await page.getByRole('button', { name: 'Errors only' }).click();
    await page.getByLabel('Method').selectOption('POST');
    await page.getByLabel('Function', { exact: true }).selectOption('functions/sms.js');
    await eventually(async () => ((await rows().count()) === 1 ? true : undefined), WAIT_MS);
    await page.reload();
    await rows().filter({ hasText: '/sms' }).waitFor();
    assert.equal(await rows().count(), 1, 'a link to a filtered list shows the same list');
  });

  it('searches in everything, also in what arrives later', async () => {
    await text('a needle in here');
    await get('/count');
    await rows().nth(1).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('NEEDLE');
    await eventually(async () => ((await rows().count()) === 1 ? true : undefined), WAIT_MS);
    await get('/count');
    await text('another needle');
    await rows().nth(1).waitFor();
    assert.deepEqual(await rows().locator('.target').allTextContents(), ['/sms', '/sms']);
    await page.getByLabel('Search in requests').fill('nowhere at all');
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await rows().nth(3).waitFor();
  });

  it('holds back what arrives while it is paused', async () => {
    await get('/count?name=before');
    await rows().first().waitFor();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('link', { name: 'Invocations' }).click();
    await rows().first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await get('/count?name=meanwhile');
    await page.getByRole('button', { name: '1 new' }).waitFor();
    assert.equal(await rows().count(), 1);
    await page.getByRole('button', { name: 'Resume' }).click();
    await rows().nth(1).waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('heading', { name: 'Waiting for the first request' }).waitFor();
  });

  it('shows an error with cause, fix and the lines of its author', async () => {
    await get('/broken');
    await openRow('/broken');
    const panel = page.getByRole('region', { name: 'Error' });
    assert.match((await panel.textContent()) ?? '', /Cannot read properties of undefined/);
    assert.match((await panel.getByText('What to do').locator('..').textContent()) ?? '', /What to do\w{3}/);
    await panel.locator('.line.it').waitFor();
    assert.match(
      (await panel.locator('.line.it').textContent()) ?? '',
      /4\s*callback\(null, nothing\.name\);/,
    );
    const lines = page.locator('.console-line');
    assert.deepEqual(await lines.allTextContents(), ['warnabout to fail']);
  });

  it('shows a text message as the phones do, and names its media without loading it', async () => {
    await text('ping');
    await openRow('/sms');
    assert.match((await page.locator('.bubble.in').textContent()) ?? '', /ping/);
    assert.match(
      (await page.locator('.bubble.out').textContent()) ?? '',
      /You wrote: ping.*https:\/\/media\.example\/cat\.png/,
    );
    assert.equal(await page.locator('.record img').count(), 0);
    const link = page.getByRole('link', { name: 'https://media.example/cat.png' });
    assert.match((await link.getAttribute('rel')) ?? '', /noreferrer/);
    const table = detail().getByRole('table', { name: 'Parameters' });
    assert.match((await table.textContent()) ?? '', /From\+15005550006/);
  });

  it('shows a call as a script, and says where TwiML is not valid', async () => {
    await post('/call', { CallSid: `CA${'2'.repeat(32)}` });
    await openRow('/call');
    const steps = await page.locator('.step .does').allTextContents();
    assert.deepEqual(steps, ['Listens for', 'Says', 'Hangs up']);
    await post('/echo', { type: 'text/xml', text: '<Response>\n<Say>Hi</Response>' });
    await openRow('/echo');
    assert.match((await page.getByRole('note').textContent()) ?? '', /not valid TwiML \(line 2\)/);
  });

  it('replays a request and shows both answers side by side', async () => {
    await get('/count?name=again');
    await openRow('/count');
    await page.keyboard.press('r');
    await page.getByText('The answers differ.').waitFor();
    assert.match(page.url(), /#\/compare\/RQ[0-9a-f]{32}\/RQ[0-9a-f]{32}$/);
    assert.match((await page.locator('.diff td.gone').textContent()) ?? '', /"count": \d+/);
    assert.match((await page.locator('.diff td.new').textContent()) ?? '', /"count": \d+/);
    await page.getByRole('link', { name: 'Open the replay' }).click();
    await page.getByRole('link', { name: 'A replay: compare it with the original' }).waitFor();
  });

  it('sends a request again as it was edited', async () => {
    await text('as it was');
    await openRow('/sms');
    await page.getByRole('button', { name: 'Edit and send' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit and send again' });
    await dialog.getByLabel('Body').fill('Body=as+it+should+be&From=%2B15005550006');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await page.getByText('The answers differ.').waitFor();
    assert.match((await page.locator('.diff td.new').first().textContent()) ?? '', /as it should be/);
  });

  it('calls a Function from a form, signed where it is protected', async () => {
    await page.getByRole('link', { name: 'Functions', exact: true }).click();
    await page.getByRole('link', { name: '/guarded' }).click();
    await page.getByRole('button', { name: 'Text message' }).click();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.answer-line').filter({ hasText: '200' }).waitFor();
    await page.getByLabel('Sign it').uncheck();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('button', { name: 'Explain the signature' }).click();
    await page.getByRole('heading', { name: 'What was signed' }).waitFor();
    await page.getByRole('link', { name: '/count' }).click();
    await page.getByLabel('JSON').check();
    await page.getByRole('button', { name: 'Add a parameter' }).click();
    await page.getByLabel('Name of parameter 1').fill('name');
    await page.getByLabel('Value of name').fill('form');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.code', { hasText: '"name": "form"' }).first().waitFor();
  });

  it('says what was reloaded and what could not be', async () => {
    await browser.project.write(
      'functions/fresh.js',
      'exports.handler = (context, event, callback) => callback(null, "fresh");',
    );
    await page.locator('.toast.good').waitFor();
    await page.getByRole('link', { name: 'Functions', exact: true }).click();
    await page.getByRole('link', { name: '/fresh' }).waitFor();
    await browser.project.write('functions/fresh.js', 'exports.handler = (context, event) => {{{\n');
    await page.locator('.toast.warn', { hasText: 'functions/fresh.js:2:' }).waitFor();
    await browser.project.delete('functions/fresh.js');
    await eventually(
      async () => ((await page.getByRole('link', { name: '/fresh' }).count()) === 0 ? true : undefined),
      WAIT_MS,
    );
  });

  it('shows the settings with their origin, and no secret', async () => {
    await page.getByRole('link', { name: 'Settings' }).click();
    const variables = page.getByRole('table', { name: 'Variables' });
    await variables.waitFor();
    assert.match((await variables.textContent()) ?? '', /GREETING.*Ahoy.*\.env/);
    assert.ok(!(await page.content()).includes('0123456789abcdef0123456789abcdef'));
    assert.match((await page.getByRole('table', { name: 'Options' }).textContent()) ?? '', /port.*--port/);
  });

  it('is worked by keyboard alone, and gives the focus back', async () => {
    await get('/count?name=1');
    await get('/count?name=2');
    await get('/broken');
    await rows().nth(2).waitFor();
    const focused = () =>
      page.evaluate<string | null>(`document.activeElement.querySelector('.target')?.textContent`);
    const isFocused = (target: string) =>
      eventually(async () => ((await focused()) === target ? true : undefined), WAIT_MS);
    await page.keyboard.press('j');
    await isFocused('/broken');
    await page.keyboard.press('ArrowDown');
    await isFocused('/count?name=2');
    await page.keyboard.press('k');
    await isFocused('/broken');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Error' }).waitFor();
    await page.keyboard.press('j');
    await detail().getByText('/count?name=2').first().waitFor();
    await page.keyboard.press('Escape');
    await isFocused('/count?name=2');
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keys' });
    await keys.waitFor();
    for (let at = 0; at < 5; at++) {
      await page.keyboard.press('Tab');
      assert.ok(
        await page.evaluate(`document.activeElement.closest('dialog') !== null`),
        'the focus stays inside',
      );
    }
    await page.keyboard.press('Escape');
    await keys.waitFor({ state: 'detached' });
    await isFocused('/count?name=2');
    await page.keyboard.press('Shift+Tab');
    assert.ok(await page.evaluate('document.activeElement !== document.body'));
  });

  it('goes back where the browser goes back', async () => {
    await get('/count');
    await openRow('/count');
    await page.goBack();
    await detail().waitFor({ state: 'detached' });
    await page.goForward();
    await detail().getByRole('heading', { name: 'Answer' }).waitFor();
  });

  it('fits a phone: cards, one thing at a time, nothing to scroll sideways', async () => {
    await text('a message that is long enough to be wider than a phone, by far, and then some more');
    await get('/broken');
    await watched.close();
    watched = await openConsole({ viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
    page = watched.page;
    const fits = () => page.evaluate<boolean>('document.documentElement.scrollWidth <= 390');
    await rows().nth(1).waitFor();
    assert.ok(await page.locator('.list.cards').isVisible());
    assert.ok(await fits(), 'the list');
    await rows().filter({ hasText: '/sms' }).tap();
    await page.locator('.bubble.out').waitFor();
    assert.ok(await fits(), 'an invocation');
    assert.ok(!(await rows().first().isVisible()), 'it takes the whole screen');
    await page.getByRole('link', { name: 'All invocations', exact: true }).tap();
    await rows().first().waitFor();
    await page.getByRole('link', { name: 'Functions', exact: true }).tap();
    await page.getByRole('link', { name: '/sms' }).tap();
    await page.getByRole('button', { name: 'Text message' }).tap();
    assert.ok(await fits(), 'the form');
    await page.getByRole('link', { name: 'Settings' }).tap();
    await page.getByRole('table', { name: 'Options' }).waitFor();
    assert.ok(await fits(), 'the settings');
  });

  it('is dark where the reader prefers it, and where they say so', async () => {
    const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await ground();
    assert.notEqual(dark, light);
    await page.getByRole('button', { name: 'Theme: system' }).click();
    assert.equal(await ground(), light);
    await page.getByRole('button', { name: 'Theme: light' }).click();
    await page.emulateMedia({ colorScheme: 'light' });
    assert.equal(await ground(), dark);
    await page.reload();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    assert.equal(await ground(), dark, 'it is remembered');
  });
});
