/** How long until the console can be used, empty and with all that is kept? */
import { type Browser, openBrowser, openPage, type Page } from '../test/support/browser';
import { type ConsoleGateway, startConsoleGateway } from '../test/support/console-gateway';
import { fillRecords } from '../test/support/fill-records';
import { waitForQuiet } from './measure/machine';
import { largest, median } from './measure/median';
import type { Answer, Question } from './measure/question';
import { formatNumber } from './measure/table';
import { type Project, withProject } from './projects/project';

const RECORDS = 10_000;
const SAMPLES = 7;
const FUNCTION = `exports.handler = (context, event, callback) => callback(null, 'hello');`;

export const consolePage: Question = {
  name: 'console',
  asks: 'How long until the console can be used?',
  reading:
    'Chromium without a window, a new profile each time, median and worst in ms. "ready": from the navigation until the first\n' +
    'row is drawn (with no record: the invitation to send a request). "live": from the end of a request until its row is drawn.\n' +
    '"open": from the key until the answer of an invocation is drawn. "frame": while the list is scrolled through 200 screens,\n' +
    'the time between two frames.',
  measure: async () => withProject({ 'hello.js': FUNCTION }, measure),
};

async function measure(project: Project): Promise<Answer> {
  const browser = await openBrowser();
  try {
    const empty = await withGateway(project, (gateway) => measureReady(browser, gateway, '.empty'));
    const full = await withGateway(project, (gateway) => measureFull(browser, gateway));
    const columns = ['what', 'median ms', 'max ms', 'samples'];
    return { table: { columns, rows: [row('ready, no record', empty), ...full] }, notes: [] };
  } finally {
    await browser.close();
  }
}

async function withGateway<T>(project: Project, use: (gateway: ConsoleGateway) => Promise<T>): Promise<T> {
  const gateway = await startConsoleGateway(['--port', '0', '--records', String(RECORDS), project.root]);
  try {
    return await use(gateway);
  } finally {
    await gateway.stop();
  }
}

async function measureFull(browser: Browser, gateway: ConsoleGateway): Promise<string[][]> {
  await fillRecords(gateway.port, RECORDS, '/hello');
  return [
    row(`ready, ${RECORDS} records`, await measureReady(browser, gateway, '.row')),
    ...(await measureUse(browser, gateway)),
  ];
}

async function measureReady(browser: Browser, gateway: ConsoleGateway, sign: string): Promise<number[]> {
  const samples: number[] = [];
  for (let at = 0; at < SAMPLES; at++) {
    const { page, close } = await openPage(browser, gateway.consoleUrl);
    const link = await gateway.link();
    await waitForQuiet();
    const startedAt = performance.now();
    await page.goto(link, { waitUntil: 'commit' });
    await page.locator(sign).first().waitFor();
    samples.push(performance.now() - startedAt);
    await close();
  }
  return samples;
}

async function measureUse(browser: Browser, gateway: ConsoleGateway): Promise<string[][]> {
  const { page, close } = await openPage(browser, gateway.consoleUrl);
  await page.goto(await gateway.link());
  await page.locator('.row').first().waitFor();
  const live = await measureLive(page, gateway);
  const open = await measureOpen(page);
  await page.keyboard.press('Escape');
  const frames = await page.evaluate<number[]>(SCROLL);
  await close();
  return [row('live', live), row('open', open), row('frame', frames)];
}

async function measureLive(page: Page, gateway: ConsoleGateway): Promise<number[]> {
  const samples: number[] = [];
  for (let at = 0; at < SAMPLES; at++) {
    await fetch(`${gateway.url}/hello?live=${at}`);
    const startedAt = performance.now();
    await page.locator('.row', { hasText: `live=${at}` }).waitFor();
    samples.push(performance.now() - startedAt);
  }
  return samples;
}

/** From the newest on, which the requests of `measureLive` are. */
async function measureOpen(page: Page): Promise<number[]> {
  const samples: number[] = [];
  await page.locator('.row').first().click();
  for (let at = SAMPLES - 2; at >= 0; at--) {
    const startedAt = performance.now();
    await page.keyboard.press('j');
    await page.locator('.detail-title', { hasText: `live=${at}` }).waitFor();
    samples.push(performance.now() - startedAt);
  }
  return samples;
}

const SCROLL = `new Promise((resolve) => {
  const list = document.querySelector('.scroller');
  const frames = [];
  let last = performance.now();
  const step = () => {
    const now = performance.now();
    frames.push(now - last);
    last = now;
    list.scrollTop += list.clientHeight;
    if (frames.length < 200) requestAnimationFrame(step);
    else resolve(frames.slice(1));
  };
  requestAnimationFrame(step);
})`;

function row(what: string, samples: readonly number[]): string[] {
  return [what, formatNumber(median(samples)), formatNumber(largest(samples)), String(samples.length)];
}
