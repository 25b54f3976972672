/** Every view of the console, in both themes and both sizes, as axe sees it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Page, WatchedPage } from './support/browser';
import { type ConsoleBrowser, openConsoleBrowser } from './support/console-browser';
import { CONSOLE_PROJECT } from './support/console-project';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

interface View {
  readonly name: string;
  readonly show: (page: Page) => Promise<unknown>;
}

const open = (target: string) => async (page: Page) => {
  await page.locator('.row', { hasText: target }).first().click();
  await page.getByRole('article', { name: 'Invocation' }).getByRole('heading', { name: 'Answer' }).waitFor();
};

const call = async (page: Page) => {
  await page.getByRole('link', { name: 'Functions', exact: true }).click();
  await page.getByRole('link', { name: '/guarded' }).click();
  await page.getByRole('button', { name: 'Incoming call' }).click();
  await page.getByLabel('Sign it').uncheck();
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('button', { name: 'Explain the signature' }).click();
  await page.getByRole('heading', { name: 'What was signed' }).waitFor();
};

const VIEWS: readonly View[] = [
  { name: 'the list', show: async () => {} },
  {
    name: 'a list that is empty',
    show: async (page) => {
      await page.getByLabel('Search in requests').fill('nowhere');
      await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    },
  },
  { name: 'an error', show: open('/broken') },
  { name: 'a text', show: open('/sms') },
  { name: 'a call', show: open('/call') },
  { name: 'late lines', show: open('/late') },
  { name: 'TwiML that is not valid', show: open('/echo') },
  {
    name: 'a replay',
    show: async (page) => {
      await open('/count')(page);
      await page.getByRole('button', { name: 'Replay' }).click();
      await page.getByText('The answers differ.').waitFor();
    },
  },
  {
    name: 'the dialog to edit',
    show: async (page) => {
      await open('/sms')(page);
      await page.getByRole('button', { name: 'Edit and send' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'the keys',
    show: async (page) => {
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    },
  },
  { name: 'a call by hand, refused', show: call },
  {
    name: 'Functions and Assets',
    show: (page) => page.getByRole('link', { name: 'Functions', exact: true }).click(),
  },
  {
    name: 'the phone, a new conversation',
    show: async (page) => {
      await page.getByRole('link', { name: 'Phone', exact: true }).click();
      await page.getByRole('link', { name: 'New', exact: true }).click();
      await page.getByRole('article', { name: 'New conversation' }).waitFor();
    },
  },
  {
    name: 'the phone, texts',
    show: async (page) => {
      await page.getByRole('link', { name: 'Phone', exact: true }).click();
      await page.getByRole('link', { name: 'New', exact: true }).click();
      await page.getByLabel('Text', { exact: true }).fill('hello');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.locator('.bubble-row .note').first().waitFor();
    },
  },
  {
    name: 'the phone, a call',
    show: async (page) => {
      await page.getByRole('link', { name: 'Phone', exact: true }).click();
      await page.getByRole('link', { name: 'New', exact: true }).click();
      await page.getByText('Call', { exact: true }).first().click();
      await page.getByLabel('Webhook').fill('/call');
      await page.getByRole('button', { name: 'Call', exact: true }).click();
      await page.getByText('Listening for').waitFor();
    },
  },
  {
    name: 'the settings',
    show: async (page) => {
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('table', { name: 'Options' }).waitFor();
    },
  },
  {
    name: 'the page without a session',
    show: async (page) => {
      await page.context().clearCookies();
      await page.reload();
      await page.getByText('Open the console by the link').waitFor();
    },
  },
];

const WIDTHS = [1280, 390];
const THEMES = ['light', 'dark'] as const;

describe('the console, for everybody', () => {
  let browser: ConsoleBrowser;

  before(async () => {
    browser = await openConsoleBrowser(CONSOLE_PROJECT);
    await makeOneOfEach(browser.gateway.url);
  });
  after(() => browser?.close());

  for (const width of WIDTHS) {
    describe(`${width} wide`, () => {
      let watched: WatchedPage;
      before(async () => {
        const viewport = { width, height: 800 };
        watched = await browser.open({ viewport, reducedMotion: 'reduce' });
        await watched.page.goto(await browser.gateway.link());
      });
      after(() => watched.close());

      for (const { name, show } of VIEWS) {
        it(`${name}: nothing is wrong in either theme`, async () => {
          const { page } = watched;
          // A page with another hash alone would not be loaded anew.
          await page.goto('about:blank');
          await page.goto(browser.gateway.consoleUrl);
          await page.locator('.row').nth(5).waitFor();
          await show(page);
          for (const colorScheme of THEMES) {
            await page.emulateMedia({ colorScheme });
            assert.deepEqual(await violationsOf(page), [], colorScheme);
          }
        });
      }
    });
  }
});

async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ readonly violations: readonly Violation[] }>(
    "axe.run(document, { resultTypes: ['violations'] })",
  );
  return violations.map(({ id, impact, nodes }) => {
    const places = nodes.slice(0, 3).map(({ html, failureSummary }) => `${html}\n${failureSummary}`);
    return `${id} (${impact})\n${places.join('\n')}`;
  });
}

async function makeOneOfEach(url: string): Promise<void> {
  const post = (path: string, fields: Readonly<Record<string, string>>) =>
    fetch(url + path, { method: 'POST', body: new URLSearchParams(fields) });
  await fetch(`${url}/count`);
  await fetch(`${url}/late`);
  await fetch(`${url}/broken`);
  await fetch(`${url}/hello.txt`);
  await post('/sms', { MessageSid: `SM${'1'.repeat(32)}`, From: '+15005550006', Body: 'hello' });
  await post('/call', { CallSid: `CA${'2'.repeat(32)}`, From: '+15005550006' });
  await post('/echo', { type: 'text/xml', text: '<Response><Say>Hi</Response>' });
}
