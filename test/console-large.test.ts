/** The console with as many records as are kept. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ConsoleBrowser, openConsoleBrowser } from './support/console-browser';
import { CONSOLE_PROJECT } from './support/console-project';
import { fillRecords } from './support/fill-records';
import { eventually } from './support/serve';

const RECORDS = 10_000;
/** Page after page is fetched on the way, also on a busy machine. */
const SCROLLING_MS = 60_000;

describe('the console with 10,000 records', () => {
  let browser: ConsoleBrowser;

  before(async () => {
    browser = await openConsoleBrowser(CONSOLE_PROJECT, ['--records', String(RECORDS)]);
    await fillRecords(browser.gateway.port, RECORDS);
  });
  after(() => browser?.close());

  it('is there at once, scrolls to the very end, and never draws more than can be seen', async () => {
    const { page, errors, close } = await browser.open();
    const link = await browser.gateway.link();
    const startedAt = performance.now();
    await page.goto(link);
    await page.locator('.row').first().click();
    const readyMs = performance.now() - startedAt;
    assert.ok(readyMs < 10_000, `${readyMs} ms`);
    await page.keyboard.press('Escape');
    const end = `/hello.txt?n=0`;
    const scroll = "document.querySelector('.scroller').scrollTo(0, 1e9)";
    const deadline = performance.now() + SCROLLING_MS;
    while (performance.now() < deadline && (await page.locator('.row', { hasText: end }).count()) === 0) {
      await page.evaluate(scroll);
      await page.waitForTimeout(50);
      assert.ok((await page.locator('.row').count()) < 100);
    }
    await page.locator('.row .target').getByText(end, { exact: true }).waitFor();
    assert.equal(await page.locator('.rows li').last().getAttribute('aria-setsize'), String(RECORDS));
    assert.deepEqual(errors, []);
    await close();
  });

  it('finds one of them', async () => {
    const { page, close } = await browser.open();
    await page.goto(await browser.gateway.link());
    await page.getByLabel('Search in requests').fill('n=4242');
    await page.locator('.row .target').getByText('/hello.txt?n=4242', { exact: true }).waitFor();
    await eventually(async () => ((await page.locator('.row').count()) === 1 ? true : undefined), 20_000);
    await close();
  });

  it('keeps its place while thousands more come in', async () => {
    const { page, close } = await browser.open();
    await page.goto(await browser.gateway.link());
    await page.locator('.row').first().waitFor();
    await page.evaluate("document.querySelector('.scroller').scrollTo(0, 2000)");
    const first = () =>
      page.evaluate<string | undefined>(
        `[...document.querySelectorAll('.row')].find((row) => row.getBoundingClientRect().top >= document.querySelector('.scroller').getBoundingClientRect().top)?.dataset.id`,
      );
    const before = await eventually(first, 20_000);
    await fillRecords(browser.gateway.port, 2_000);
    await page.locator('.held').waitFor();
    assert.equal(await eventually(first, 20_000), before);
    await page.locator('.held').click();
    await page.locator('.row .target').getByText('/hello.txt?n=1999', { exact: true }).first().waitFor();
    await close();
  });
});
