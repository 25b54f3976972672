/**
 * Makes the pictures of README.md and docs/console.md: a gateway with the first Function of the README, one with a morning's
 * requests, and a browser that looks at them.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, openBrowser, openPage, type Page } from '../../test/support/browser';
import { type ConsoleGateway, startConsoleGateway } from '../../test/support/console-gateway';
import { writeProject } from '../../test/support/project';
import { BAKERY } from './bakery';
import { call, sendFirstText, sendText } from './phone';
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
const ROOT = join(__dirname, '..', '..', '..');
const TARGET = FOLDER ?? join(ROOT, 'docs', 'images');

/** Of the project's folder, which the console shows. */
const NAME = 'corner-bakery';

const PICTURES: readonly Picture[] = [
  { name: 'list', width: 1200, height: 590, theme: 'light', show: showList },
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
  { name: 'small', width: 390, height: 780, theme: 'light', show: showList },
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

/** Of the first screen of the README, whose own Function it shows. */
const FIRST: Picture = { name: 'first-text', width: 1200, height: 460, theme: 'light', show: sendFirstText };

async function main(): Promise<void> {
  mkdirSync(TARGET, { recursive: true });
  const browser = await openBrowser();
  try {
    await takeAll(browser, 'my-project', { 'functions/hello.js': firstFunction() }, [FIRST]);
    await takeAll(browser, NAME, BAKERY, PICTURES, makeTraffic);
  } finally {
    await browser.close();
  }
}

async function takeAll(
  browser: Browser,
  folder: string,
  files: Readonly<Record<string, string>>,
  pictures: readonly Picture[],
  prepare: (url: string) => Promise<void> = async () => {},
): Promise<void> {
  const wanted = pictures.filter(({ name }) => NAMES.length === 0 || NAMES.includes(name));
  if (wanted.length === 0) return;
  const project = await writeProject(inFolder(folder, files));
  const gateway = await startConsoleGateway(['--port', '0', project.file(folder)]);
  try {
    await prepare(gateway.url);
    for (const picture of wanted) await take(browser, gateway, picture);
  } finally {
    await gateway.stop();
    await project.remove();
  }
}

function firstFunction(): string {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, code] = /`functions\/hello\.js`:\n\n```js\n(.*?)```/s.exec(text) ?? [];
  if (code === undefined) throw new Error('README.md has no functions/hello.js');
  return code;
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
  await page.getByRole('link', { name: 'Phone', exact: true }).waitFor();
  await show(page);
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(TARGET, `console-${name}.png`) });
  if (errors.length > 0) throw new Error(`${name}: ${errors.join('\n')}`);
  await close();
}

function inFolder(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));
}

async function showList(page: Page): Promise<void> {
  await page.getByRole('list', { name: 'Invocations' }).waitFor();
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
