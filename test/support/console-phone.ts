/** The phone of the console in a real browser: a project that is served, and pages of it. */
import type { Page, WatchedPage } from './browser';
import { type ConsoleBrowser, closeClean, openConsoleBrowser } from './console-browser';
import type { ConsoleGateway } from './console-gateway';
import { ACCOUNT_SID, AUTH_TOKEN } from './phone';
import { eventually } from './serve';

export type Locator = ReturnType<Page['locator']>;

export interface PhoneBrowser {
  /** A new window, at the form of a new conversation. */
  open(options?: Parameters<ConsoleBrowser['open']>[0]): Promise<PhonePage>;
  close(): Promise<void>;
}

/** Long, because others may keep the machine busy. */
const WAIT_MS = 30_000;

/** The project has an account, so that protected Functions can be called. */
export async function openPhoneBrowser(files: Readonly<Record<string, string>>): Promise<PhoneBrowser> {
  const env = `ACCOUNT_SID=${ACCOUNT_SID}\nAUTH_TOKEN=${AUTH_TOKEN}\n`;
  const browser = await openConsoleBrowser({ '.env': env, ...files });
  return {
    open: async (options) => {
      const watched = await browser.open(options);
      await openForm(watched.page, browser.gateway);
      return new PhonePage(watched);
    },
    close: browser.close,
  };
}

async function openForm(page: Page, gateway: ConsoleGateway): Promise<void> {
  page.setDefaultTimeout(WAIT_MS);
  await page.goto(await gateway.link());
  await page.getByRole('link', { name: 'Phone', exact: true }).click();
  await page.getByRole('link', { name: 'New', exact: true }).click();
}

export class PhonePage {
  readonly page: Page;

  constructor(private readonly watched: WatchedPage) {
    this.page = watched.page;
  }

  /** What stands in the conversation. */
  log(words: string | RegExp): Locator {
    return this.page.getByRole('log').getByText(words);
  }

  /** Of the project or of the vendor, with the state of their delivery. */
  bubble(words: string): Locator {
    return this.page.getByRole('log').locator('.bubble-row.theirs', { hasText: words });
  }

  async newConversation(): Promise<void> {
    await this.page.getByRole('link', { name: 'New', exact: true }).click();
  }

  async call(path: string): Promise<void> {
    await this.page.getByText('Call', { exact: true }).first().click();
    await this.page.getByLabel('Webhook').fill(path);
    await this.page.getByRole('button', { name: 'Call', exact: true }).click();
  }

  /** The first text of a conversation. */
  async text(path: string, body: string): Promise<void> {
    await this.page.getByLabel('Webhook').fill(path);
    await this.page.getByLabel('Text', { exact: true }).fill(body);
    await this.page.getByRole('button', { name: 'Send' }).click();
  }

  /** The next text of the conversation that is open. */
  async sends(body: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Text message' }).fill(body);
    await this.page.keyboard.press('Enter');
  }

  /** Waits until the clock of the call has gone on by so many seconds. */
  async passes(seconds: number): Promise<void> {
    const start = await this.#clock();
    await eventually(async () => ((await this.#clock()) >= start + seconds ? true : undefined), WAIT_MS);
  }

  async #clock(): Promise<number> {
    const [minutes = '', seconds = ''] = ((await this.page.locator('.call-clock').textContent()) ?? '').split(
      ':',
    );
    return Number(minutes) * 60 + Number(seconds);
  }

  /** Opens the record of a webhook of the conversation, reads what its Function wrote, and goes back. */
  async linesOf(path: string): Promise<readonly string[]> {
    await this.page
      .locator('.exchange-step a', { hasText: `POST ${path} 200` })
      .last()
      .click();
    const record = this.page.getByRole('article', { name: 'Invocation' });
    await record.getByRole('heading', { name: 'Answer' }).waitFor();
    const lines = await record.locator('.console-line').allTextContents();
    await this.page.goBack();
    await this.page.getByRole('log').waitFor();
    return lines;
  }

  /** Throws where the page did what a page of ours must not do. */
  close(): Promise<void> {
    return closeClean(this.watched);
  }
}
