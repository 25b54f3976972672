/** What strangers send and broken Functions answer stays text in the console, and does not stop it. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Page, WatchedPage } from './support/browser';
import { type ConsoleBrowser, openConsoleBrowser } from './support/console-browser';
import { CONSOLE_PROJECT } from './support/console-project';
import { request } from './support/raw-http';
import { eventually } from './support/serve';

const MARKUP = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><svg onload=window.hacked=1>`;
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const;

describe('the console and hostile content', () => {
  let browser: ConsoleBrowser;
  let watched: WatchedPage;
  let page: Page;

  before(async () => {
    browser = await openConsoleBrowser(CONSOLE_PROJECT);
  });
  after(() => browser?.close());
  beforeEach(async () => {
    await browser.gateway.api('DELETE', '/api/invocations');
    watched = await browser.open();
    page = watched.page;
    await page.goto(await browser.gateway.link());
    await page.getByText('Live', { exact: true }).waitFor();
  });
  afterEach(async () => {
    const hacked = await page.evaluate('window.hacked');
    const strange = await page.locator('#app img, #app script, #app iframe, #app object, #app style').count();
    const fits = await page.evaluate('document.documentElement.scrollWidth <= innerWidth');
    const { errors, foreign } = watched;
    await watched.close();
    assert.equal(hacked, undefined, 'nothing of it was run');
    assert.equal(strange, 0, 'nothing of it became an element');
    assert.equal(fits, true, 'nothing of it makes the page wider');
    assert.deepEqual(foreign, [], 'nothing of it was loaded');
    assert.deepEqual(errors, []);
  });

  const post = (path: string, fields: Readonly<Record<string, string>>) =>
    fetch(browser.gateway.url + path, { method: 'POST', body: new URLSearchParams(fields) });
  const textOf = async (selector: string) => (await page.locator(selector).first().textContent()) ?? '';

  async function openFirst(): Promise<void> {
    await page.locator('.row').first().click();
    await page
      .getByRole('article', { name: 'Invocation' })
      .getByRole('heading', { name: 'Answer' })
      .waitFor();
  }

  it('shows markup and scripts of a message as what they are: text', async () => {
    await post('/sms', {
      MessageSid: `SM${'1'.repeat(32)}`,
      From: MARKUP,
      To: MARKUP,
      Body: MARKUP,
      [MARKUP]: MARKUP,
    });
    await openFirst();
    assert.ok((await textOf('.bubble.in')).includes(MARKUP));
    assert.ok((await textOf('.bubble.out')).includes(MARKUP));
    assert.ok((await textOf('.console-line code')).includes(MARKUP));
    await page.getByRole('tab', { name: 'Raw' }).first().click();
    await page.getByRole('tab', { name: 'Event' }).click();
    await page.locator('summary', { hasText: 'Request headers' }).click();
    await page.keyboard.press('r');
    await page.getByRole('heading', { name: 'Replay' }).waitFor();
  });

  it('shows markup in paths, headers and answers as text', async () => {
    const headers = [['X-Strange', MARKUP]] as const;
    await request(browser.gateway.port, {
      method: 'GET',
      path: `/echo?text=${encodeURIComponent(MARKUP)}&type=text/html`,
      headers,
    });
    await openFirst();
    await page.locator('summary', { hasText: 'Request headers' }).click();
    assert.ok((await textOf('.headers[open]')).includes(MARKUP));
    assert.ok((await textOf('.code')).includes(MARKUP));
  });

  it('makes no link of what is none to the web, and loads no media', async () => {
    const twiml = `<Response><Message><Body>look</Body><Media>javascript:window.hacked=1</Media>
      <Media>data:text/html,&lt;script&gt;window.hacked=1&lt;/script&gt;</Media><Media>https://media.example/a.png</Media>
      </Message><x:script xmlns:x="http://www.w3.org/1999/xhtml">window.hacked=1</x:script>
      <x:img xmlns:x="http://www.w3.org/1999/xhtml" src="https://media.example/b.png" style="color:red" onerror="window.hacked=1"/></Response>`;
    await post('/echo', { type: 'text/xml', text: twiml, MessageSid: `SM${'1'.repeat(32)}`, Body: 'hi' });
    await openFirst();
    const links = await page.locator('.bubbles a').all();
    assert.deepEqual(await Promise.all(links.map((link) => link.getAttribute('href'))), [
      'https://media.example/a.png',
    ]);
  });

  it('spells out what would turn or hide the text around it', async () => {
    const Body = 'pay \u202e001\u202c to \u2066x\u2069\u200b';
    await post('/sms', { MessageSid: `SM${'1'.repeat(32)}`, From: '\u0000\u001b[31m', Body });
    await openFirst();
    const bubble = await textOf('.bubble.in');
    assert.ok(bubble.includes('pay ⟨U+202E⟩001⟨U+202C⟩ to ⟨U+2066⟩x⟨U+2069⟩⟨U+200B⟩'), bubble);
    const table = page.getByRole('table', { name: 'Parameters' });
    assert.ok((await table.textContent())?.includes('⟨U+0000⟩⟨U+001B⟩[31m'));
    assert.doesNotMatch(await page.content(), /[\u202a-\u202e\u2066-\u2069]/);
  });

  it('shows what is not UTF-8 as bytes', async () => {
    const body = Buffer.from([0x42, 0x6f, 0x64, 0x79, 0x3d, 0xff, 0xfe, 0xc3, 0x28]);
    await request(browser.gateway.port, { method: 'POST', path: '/sms', headers: [FORM], body });
    await openFirst();
    await page
      .getByRole('region', { name: 'Request body' })
      .getByText('42 6f 64 79 3d ff fe c3 28')
      .waitFor();
    const base64 = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 1, 2, 3]).toString('base64');
    await post('/echo', { type: 'text/xml', base64 });
    await page.locator('.row').nth(1).waitFor();
    await openFirst();
    await page.getByRole('region', { name: 'Response body' }).getByText('ff d8 ff e0 00 01 02 03').waitFor();
  });

  it('opens an answer of 4 MB at once, shows its beginning and hands out what is kept', async () => {
    const size = (await (await fetch(`${browser.gateway.url}/large`)).text()).length;
    assert.ok(size > 3_900_000);
    await page.locator('.row').first().waitFor();
    const startedAt = performance.now();
    await openFirst();
    assert.ok(performance.now() - startedAt < 5_000);
    assert.match(await textOf('.body-head'), /3\.9 MB/);
    assert.ok((await textOf('.code')).length <= 32_768);
    await page.getByRole('button', { name: 'Show more' }).click();
    await eventually(async () => ((await textOf('.code')).length > 60_000 ? true : undefined), 20_000);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    assert.equal(await (await download).failure(), null);
  });

  it('is not stopped by endless words, deep nesting and entity bombs', async () => {
    await request(browser.gateway.port, { method: 'GET', path: `/echo?text=${'a'.repeat(7_000)}` });
    await openFirst();
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    await post('/echo', { type: 'application/json', text: deep });
    await page.locator('.row').nth(1).waitFor();
    await openFirst();
    await post('/echo', {
      type: 'text/xml',
      text: `<Response>${'<Gather>'.repeat(3_000)}${'</Gather>'.repeat(3_000)}</Response>`,
    });
    await page.locator('.row').nth(2).waitFor();
    await openFirst();
    assert.match(await textOf('.invalid'), /more elements/);
    const bomb = `<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Response><Say>&b;</Say></Response>`;
    await post('/echo', { type: 'text/xml', text: bomb });
    await page.locator('.row').nth(3).waitFor();
    await openFirst();
    assert.match(await textOf('.invalid'), /DOCTYPE/);
    await fetch(`${browser.gateway.url}/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"a":${deep}}`,
    });
    await page.locator('.row').nth(4).waitFor();
    await openFirst();
  });
});
