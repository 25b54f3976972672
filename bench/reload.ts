/** How long is it from a save until the first answer with the new code, and who has to start anew for it? */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hookswitch } from './contenders/hookswitch';
import { waitForQuiet } from './measure/machine';
import { largest, median } from './measure/median';
import type { Answer, Question } from './measure/question';
import { Client } from './measure/request';
import { formatNumber } from './measure/table';
import { type Project, withProject } from './projects/project';

const SAVES = 20;
/** Others of a large project, and how many of them are warm when the save comes. */
const MANY = 100;
const WARM = 20;
/** An author who looks at the answer; the next spare is there by then. */
const PAUSE_MS = 250;

const OTHER = 'exports.handler = (context, event, callback) => callback(null, String(process.pid));';

interface Save {
  readonly name: string;
  readonly file: string;
  readonly others: number;
  source(version: number): string;
}

const SAVES_OF: readonly Save[] = [
  { name: 'a plain Function', file: 'saved.js', others: 2, source: plain },
  { name: 'the same in a project of 100 Functions', file: 'saved.js', others: MANY, source: plain },
  { name: 'a Function that builds TwiML', file: 'saved.js', others: 2, source: twiml },
  { name: 'a Function that loads the whole SDK', file: 'saved.js', others: 2, source: wholeSdk },
  { name: 'a Function in TypeScript', file: 'saved.ts', others: 2, source: typescript },
];

export const reload: Question = {
  name: 'reload',
  asks: 'How long from a save to the first answer with the new code?',
  reading:
    'Wall time in ms from the end of write() to the end of the first answer, asked for at once by one client: with the load\n' +
    'of the changed code, and the 15 ms in which nothing more must be saved. "stayed warm": how many of the other Functions\n' +
    'that had been called answered from the same process after all saves.',
  measure,
};

async function measure(): Promise<Answer> {
  const rows: string[][] = [];
  for (const save of SAVES_OF)
    rows.push(await withProject(filesOf(save), (project) => measureSave(project, save)));
  return {
    table: { columns: ['what is saved', 'median ms', 'worst ms', 'saves', 'stayed warm'], rows },
    notes: [],
  };
}

async function measureSave(project: Project, save: Save): Promise<string[]> {
  const server = await hookswitch(project).start();
  const client = new Client(server.port);
  const warm = Array.from({ length: Math.min(save.others, WARM) }, (_, at) => `/other-${at}`);
  try {
    await client.get('/saved');
    const before = await bodiesOf(client, warm);
    const samples: number[] = [];
    for (let version = 1; version <= SAVES; version++)
      samples.push(await timeSave(client, { project, save, version }));
    const after = await bodiesOf(client, warm);
    const stayed = before.filter((pid, index) => pid === after[index]).length;
    const times = [median(samples), largest(samples)].map(formatNumber);
    return [save.name, ...times, String(SAVES), `${stayed} of ${warm.length}`];
  } finally {
    client.close();
    await server.stop();
  }
}

interface OneSave {
  readonly project: Project;
  readonly save: Save;
  readonly version: number;
}

async function timeSave(client: Client, { project, save, version }: OneSave): Promise<number> {
  await waitForQuiet();
  await sleep(PAUSE_MS);
  writeFileSync(join(project.root, 'functions', save.file), save.source(version));
  const { body, tookMs } = await client.get('/saved');
  if (!body.includes(`version ${version}`))
    throw new Error(`version ${version} was saved, the answer was ${body}`);
  return tookMs;
}

async function bodiesOf(client: Client, paths: readonly string[]): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (const path of paths) bodies.push((await client.get(path)).body);
  return bodies;
}

function filesOf(save: Save): Record<string, string> {
  const files: Record<string, string> = { [save.file]: save.source(0) };
  for (let at = 0; at < save.others; at++) files[`other-${at}.js`] = OTHER;
  return files;
}

function plain(version: number): string {
  return `exports.handler = (context, event, callback) => callback(null, 'version ${version}');`;
}

function twiml(version: number): string {
  return `exports.handler = (context, event, callback) => {
    const response = new Twilio.twiml.MessagingResponse();
    response.message('version ${version}');
    callback(null, response);
  };`;
}

function wholeSdk(version: number): string {
  return `const twilio = require('twilio');
  exports.handler = (context, event, callback) => callback(null, 'version ${version} ' + typeof twilio);`;
}

function typescript(version: number): string {
  return `const text: string = 'version ${version}';
  export const handler = (context: unknown, event: unknown, callback: (error: null, value: string) => void): void =>
    callback(null, text);`;
}
