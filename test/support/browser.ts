/** A real Chromium without a window, and pages of it that may reach one origin only. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export type { Browser, Page } from 'playwright-core';

/** A page, and what it did that a page of ours must not do. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors on its console, which the browser also writes where a policy refuses something, and uncaught ones. */
  readonly errors: readonly string[];
  /** Requests to other origins; none of them left the machine. */
  readonly foreign: readonly string[];
  close(): Promise<void>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/local/bin', '/snap/bin'];

/** Throws where there is none: `scripts/browser.mjs` installs one. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath(),
    // As root there is no sandbox; a container has little shared memory.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-dev-shm-usage',
    ],
  });
}

/** `origin`: the only one that it may ask. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const errors: string[] = [];
  const foreign: string[] = [];
  await context.route(
    (url) => url.origin !== origin,
    (route) => {
      foreign.push(route.request().url());
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  return { page, errors, foreign, close: () => context.close() };
}

function browserPath(): string {
  const given = process.env.HOOKSWITCH_TEST_BROWSER;
  const path = given || candidates().find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new Error('There is no Chromium. node scripts/browser.mjs installs it, or says what to install.');
  }
  return path;
}

function candidates(): string[] {
  return FOLDERS.flatMap((folder) => NAMES.map((name) => join(folder, name)));
}
