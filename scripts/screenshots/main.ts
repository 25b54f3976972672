/** Makes the pictures of docs/console.md: a gateway with a morning's requests, and a browser that looks at them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, openBrowser, openPage, type Page } from '../../test/support/browser';
import { type ConsoleGateway, startConsoleGateway } from '../../test/support/console-gateway';
import { writeProject } from '../../test/support/project';
import { BAKERY } from './bakery';
import { call, sendText } from './phone';
import { makeTraffic } from './traffic';

interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
  /** Goes to what is shown. */
  readonly show: (page: Page) => Promise<void>;
}

/** `node main.js FOLDER NAME…` makes some of them, elsewhere. */
const [FOLDER, ...NAMES] = process.argv.slice(2);
const TARGET = FOLDER ?? join(__dirname, '..', '..', '..', 'docs', 'images');

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
  { name: 'small', width: 390, height: 780, theme: 'light', show: async () => {} },
  {
    name: 'small-open',
    width: 390,
    height: 780,
    theme: 'dark',
    show: (page) => open(page, '/sms/reply', '200'),
  },
  { name: 'texts', width: 1200, height: 720, theme: 'light', show: sendText },
  { name: 'call', width: 1200, height: 800, theme: 'light', show: call },
  { name: 'call-small', width: 390, height: 780, theme: 'dark', show: call },
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
    for (const picture of PICTURES)
      if (NAMES.length === 0 || NAMES.includes(picture.name)) await take(browser, gateway, picture);
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
