/** Makes the pictures of docs/console.md: a gateway with a morning's requests, and a browser that looks at them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, openBrowser, openPage, type Page } from '../../test/support/browser';
import { type ConsoleGateway, startConsoleGateway } from '../../test/support/console-gateway';
import { writeProject } from '../../test/support/project';
import { BAKERY } from './bakery';
import { makeTraffic } from './traffic';

interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
  /** Goes to what is shown. */
  readonly show: (page: Page) => Promise<void>;
}

const TARGET = process.argv[2] ?? join(__dirname, '..', '..', '..', 'docs', 'images');

/** Of the project's folder, which the console shows. */
const NAME = 'corner-bakery';

const PICTURES: readonly Picture[] = [
  { name: 'list', width: 1200, height: 590, theme: 'light', show: async () => {} },
  {
    name: 'error',
    width: 1200,
    height: 740,
    theme: 'light',
    show: (page) => open(page, '/orders/create', '500'),
  },
  {
    name: 'twiml',
    width: 1200,
    height: 700,
    theme: 'light',
    show: (page) => open(page, '/voice/menu', '200'),
  },
  {
    name: 'message',
    width: 1200,
    height: 700,
    theme: 'light',
    show: (page) => open(page, '/sms/reply', '200'),
  },
  { name: 'dark', width: 1200, height: 700, theme: 'dark', show: (page) => open(page, '/sms/reply', '200') },
  { name: 'replay', width: 1200, height: 740, theme: 'light', show: replay },
  { name: 'functions', width: 1200, height: 860, theme: 'light', show: callFunction },
  { name: 'phone', width: 390, height: 780, theme: 'light', show: async () => {} },
  {
    name: 'phone-open',
    width: 390,
    height: 780,
    theme: 'dark',
    show: (page) => open(page, '/sms/reply', '200'),
  },
  { name: 'settings', width: 1200, height: 720, theme: 'dark', show: showSettings },
];

void main();

async function main(): Promise<void> {
  mkdirSync(TARGET, { recursive: true });
  const project = await writeProject(inFolder(NAME, BAKERY));
  const gateway = await startConsoleGateway(['--port', '0', project.file(NAME)]);
  const browser = await openBrowser();
  try {
    await makeTraffic(gateway.url);
    for (const picture of PICTURES) await take(browser, gateway, picture);
  } finally {
    await browser.close();
    await gateway.stop();
    await project.remove();
  }
}

async function take(browser: Browser, gateway: ConsoleGateway, picture: Picture): Promise<void> {
  const { name, width, height, theme, show } = picture;
  const { page, errors, close } = await openPage(browser, gateway.consoleUrl, {
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    deviceScaleFactor: 1.25,
  });
  await page.goto(await gateway.link());
  await page.getByRole('list', { name: 'Invocations' }).waitFor();
  await show(page);
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(TARGET, `console-${name}.png`) });
  if (errors.length > 0) throw new Error(`${name}: ${errors.join('\n')}`);
  await close();
}

function inFolder(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));
}

async function open(page: Page, target: string, status: string): Promise<void> {
  await page.locator('.row', { hasText: target }).filter({ hasText: status }).first().click();
  await page.getByRole('article', { name: 'Invocation' }).getByRole('heading', { name: 'Answer' }).waitFor();
}

async function replay(page: Page): Promise<void> {
  await open(page, '/orders/status', '200');
  await page.keyboard.press('r');
  await page.getByRole('heading', { name: 'Replay' }).waitFor();
}

async function callFunction(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Functions', exact: true }).click();
  await page.getByRole('link', { name: '/voice/menu' }).click();
  await page.getByRole('button', { name: 'Incoming call' }).click();
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('heading', { name: 'Answer' }).waitFor();
}

async function showSettings(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('table', { name: 'Variables' }).waitFor();
}
