/** How long does the first answer take: of the platform, of a Function, and after its process died? */
import { setTimeout as sleep } from 'node:timers/promises';
import { bareCommand } from './contenders/bare';
import { type Command, findFreePort, launchServer, waitForAnswer } from './contenders/contender';
import { hookswitch, hookswitchCommand } from './contenders/hookswitch';
import { installTwilioRun, twilioRunCommand } from './contenders/twilio-run';
import { waitForQuiet } from './measure/machine';
import { largest, median } from './measure/median';
import type { Answer, Question } from './measure/question';
import { Client } from './measure/request';
import { formatNumber } from './measure/table';
import { createProject, type Project, withProject } from './projects/project';

const STARTS = 7;
const SAMPLES = 10;
/** A spare has had more than enough time to become ready by then. */
const SPARE_MS = 400;

const TWIML = `
exports.handler = (context, event, callback) => {
  if (event.die) process.kill(process.pid, 'SIGKILL');
  callback(null, new Twilio.twiml.MessagingResponse());
};
`;
const WHOLE_SDK = `
const twilio = require('twilio');
exports.handler = (context, event, callback) => callback(null, new twilio.twiml.MessagingResponse());
`;

export const start: Question = {
  name: 'start',
  asks: 'How long until the first answer?',
  reading:
    'Wall time in ms as one client sees it, median and worst. A "first call" is that of a Function which never ran:\n' +
    'with a spare process ready, or right after another first call took the spare, so that a process must be started.\n' +
    '"whole SDK" requires twilio in the module; the others build TwiML with the global Twilio. "after its process was\n' +
    'killed" is the next call of the same Function, sent as soon as the dying one had its answer.',
  measure,
};

async function measure(): Promise<Answer> {
  const rows = [...(await measureStarts()), ...(await withProject(projectFiles(), measureCalls))];
  const columns = ['what', 'median ms', 'max ms', 'samples'];
  return { table: { columns, rows }, notes: [] };
}

function projectFiles(): Record<string, string> {
  const files: Record<string, string> = {};
  for (let at = 0; at < 2 * SAMPLES; at++) {
    files[`twiml-${at}.js`] = TWIML;
    files[`sdk-${at}.js`] = WHOLE_SDK;
  }
  return files;
}

function row(what: string, samples: readonly number[]): string[] {
  return [what, formatNumber(median(samples)), formatNumber(largest(samples)), String(samples.length)];
}

// --- the platform

async function measureStarts(): Promise<string[][]> {
  const rows: string[][] = [];
  await withProject({ 'twiml.js': TWIML }, async (project) => {
    rows.push(row('bare: start to first answer', await timeStarts((port) => bareCommand(project, port))));
    const ours = await timeStarts((port) => hookswitchCommand(project, port));
    rows.push(row('hookswitch: start to first answer', ours));
  });
  const peer = await measurePeerStarts();
  return peer === null ? rows : [...rows, peer];
}

async function measurePeerStarts(): Promise<string[] | null> {
  const folder = installTwilioRun();
  if (folder === null) return null;
  const project: Project = createProject({ 'twiml.js': TWIML }, folder);
  try {
    const samples = await timeStarts((port) => twilioRunCommand(project, port, []));
    return row('twilio-run: start to first answer', samples);
  } finally {
    project.remove();
  }
}

async function timeStarts(commandFor: (port: number) => Command): Promise<number[]> {
  const samples: number[] = [];
  for (let at = 0; at < STARTS; at++) {
    const command = commandFor(await findFreePort());
    await waitForQuiet();
    const startedAt = performance.now();
    const server = launchServer(command);
    await waitForAnswer(server, '/twiml');
    samples.push(performance.now() - startedAt);
    await server.stop();
  }
  return samples;
}

// --- Functions

async function measureCalls(project: Project): Promise<string[][]> {
  const server = await hookswitch(project).start();
  const client = new Client(server.port);
  try {
    const twiml = await timeFirstCalls(client, 'twiml');
    const sdk = await timeFirstCalls(client, 'sdk');
    const warm = await timeWarmCalls(client);
    return [
      row('a warm call', warm),
      row('first call, a spare ready', twiml.withSpare),
      row('first call, no spare', twiml.withoutSpare),
      row('first call, whole SDK, a spare ready', sdk.withSpare),
      row('first call, whole SDK, no spare', sdk.withoutSpare),
      row('call after its process was killed', await timeAfterKills(client)),
    ];
  } finally {
    client.close();
    await server.stop();
  }
}

async function timeFirstCalls(client: Client, kind: string) {
  const withSpare: number[] = [];
  const withoutSpare: number[] = [];
  for (let at = 0; at < SAMPLES; at++) {
    await waitForQuiet();
    await sleep(SPARE_MS);
    withSpare.push(await time(client, `/${kind}-${2 * at}`));
    withoutSpare.push(await time(client, `/${kind}-${2 * at + 1}`));
  }
  return { withSpare, withoutSpare };
}

async function timeWarmCalls(client: Client): Promise<number[]> {
  const samples: number[] = [];
  for (let at = 0; at < 20 * SAMPLES; at++) {
    await sleep(5);
    samples.push(await time(client, '/twiml-0'));
  }
  return samples;
}

async function timeAfterKills(client: Client): Promise<number[]> {
  const samples: number[] = [];
  for (let at = 0; at < SAMPLES; at++) {
    await sleep(SPARE_MS);
    const { status } = await client.get('/twiml-0?die=1');
    if (status !== 500) throw new Error(`a call whose process was killed was answered ${status}`);
    samples.push(await time(client, '/twiml-0'));
  }
  return samples;
}

async function time(client: Client, target: string): Promise<number> {
  const { status, body, tookMs } = await client.get(target);
  if (status !== 200) throw new Error(`${target} was answered ${status}: ${body}`);
  return tookMs;
}
