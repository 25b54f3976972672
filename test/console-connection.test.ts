/** The console when the gateway goes, comes back, or does not know the browser. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Browser, openBrowser, openPage } from './support/browser';
import { startConsoleGateway } from './support/console-gateway';
import { CONSOLE_PROJECT } from './support/console-project';
import { type TestProject, writeProject } from './support/project';

describe('the connection of the console', () => {
  let project: TestProject;
  let browser: Browser;

  before(async () => {
    project = await writeProject(CONSOLE_PROJECT);
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await project?.remove();
  });

  it('says how it is opened to whoever has no session, and shows nothing', async () => {
    const gateway = await startConsoleGateway(['--port', '0', project.path]);
    const { page, foreign, close } = await openPage(browser, gateway.consoleUrl);
    await page.goto(gateway.consoleUrl);
    await page.getByText('Open the console by the link in your terminal').waitFor();
    assert.equal(await page.locator('nav, .row').count(), 0);
    await page.goto(await gateway.link());
    await page.getByText('Live', { exact: true }).waitFor();
    assert.deepEqual(foreign, []);
    await close();
    await gateway.stop();
  });

  it('says that the gateway is gone, asks again by itself, and goes on when a new link is opened', async () => {
    const first = await startConsoleGateway(['--port', '0', project.path]);
    const { page, close } = await openPage(browser, first.consoleUrl);
    await page.goto(await first.link());
    await page.getByText('Live', { exact: true }).waitFor();
    await fetch(`${first.url}/count`);
    await page.locator('.row').first().waitFor();
    await first.stop();
    await page.getByText('Gateway is gone').waitFor();
    assert.equal(await page.locator('.row').count(), 1, 'what was shown stays');
    const port = new URL(first.consoleUrl).port;
    const second = await startConsoleGateway(['--port', '0', '--console-port', port, project.path]);
    // Sessions end with their gateway.
    await page.getByText('Open the console by the link in your terminal').waitFor();
    await page.goto(await second.link());
    await page.getByText('Live', { exact: true }).waitFor();
    await fetch(`${second.url}/count?name=second`);
    await page.locator('.row', { hasText: 'second' }).waitFor();
    await close();
    await second.stop();
  });

  it('opens a stream that broke again by itself, and shows what it missed', async () => {
    const gateway = await startConsoleGateway(['--port', '0', project.path]);
    const { page, close } = await openPage(browser, gateway.consoleUrl);
    await page.route('**/api/events', (route) => route.abort());
    await page.goto(await gateway.link());
    await page.getByText('Gateway is gone').waitFor();
    await fetch(`${gateway.url}/count?name=missed`);
    await page.unroute('**/api/events');
    await page.getByText('Live', { exact: true }).waitFor();
    await page.locator('.row', { hasText: 'missed' }).waitFor();
    await fetch(`${gateway.url}/count?name=after`);
    await page.locator('.row', { hasText: 'after' }).waitFor();
    await close();
    await gateway.stop();
  });
});
