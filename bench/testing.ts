/** How long does a test of a conversation take: the first one of a process, and the next ones? */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { waitForQuiet } from './measure/machine';
import { largest, median } from './measure/median';
import type { Answer, Question } from './measure/question';
import { formatNumber } from './measure/table';

const PROCESSES = 7;
const TESTING = join(__dirname, '..', 'src', 'testing');

/** What one process of tests took, ms. */
interface Times {
  /** Until the library was loaded, the project served and a text answered; without the start of Node. */
  readonly first: number;
  /** A further project, a text to it and its answer, and the end of it: one after the other. */
  readonly next: readonly number[];
  /** The same, each 150 ms after the one before. */
  readonly spaced: readonly number[];
}

const PROGRAM = `
const begin = performance.now();
const { startProject } = require(${JSON.stringify(TESTING)});
const FILES = { 'functions/sms.js': \`exports.handler = (context, event, callback) => {
  const twiml = new Twilio.twiml.MessagingResponse();
  twiml.message('Thanks for ' + event.Body);
  callback(null, twiml);
};\` };
const converse = async () => {
  const start = performance.now();
  const app = await startProject(FILES);
  const phone = await app.sms('Hello');
  await phone.receives('Thanks for Hello');
  await app.close();
  return performance.now() - start;
};
(async () => {
  await converse();
  const first = performance.now() - begin;
  const next = [];
  for (let at = 0; at < 20; at++) next.push(await converse());
  const spaced = [];
  for (let at = 0; at < 10; at++) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    spaced.push(await converse());
  }
  console.log(JSON.stringify({ first, next, spaced }));
})();`;

export const testing: Question = {
  name: 'testing',
  asks: 'How long does a test of a conversation take?',
  reading:
    'Wall time in ms of startProject, one text with its answer, and close. "first": of a process, with the loading of the\n' +
    'library. "next": 20 of them without a pause, which takes processes faster than two cores can start them. "spaced": 150 ms\n' +
    'apart, as between tests that do something.',
  measure,
};

async function measure(): Promise<Answer> {
  const all: Times[] = [];
  for (let at = 0; at < PROCESSES; at++) {
    await waitForQuiet();
    all.push(JSON.parse(execFileSync(process.execPath, ['-e', PROGRAM], { encoding: 'utf8' })) as Times);
  }
  const rows = [
    row(
      'first',
      all.map(({ first }) => first),
    ),
    row(
      'next',
      all.flatMap(({ next }) => next),
    ),
    row(
      'spaced',
      all.flatMap(({ spaced }) => spaced),
    ),
  ];
  return { table: { columns: ['test', 'median ms', 'max ms', 'samples'], rows }, notes: [] };
}

function row(what: string, samples: readonly number[]): string[] {
  return [what, formatNumber(median(samples)), formatNumber(largest(samples)), String(samples.length)];
}
