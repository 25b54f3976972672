/** W1: how many signed text messages per second, at what cost? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bare } from './contenders/bare';
import type { Contender } from './contenders/contender';
import { hookswitch } from './contenders/hookswitch';
import { fastTwilioRun, installTwilioRun, plainTwilioRun } from './contenders/twilio-run';
import { compareWithFirst } from './measure/comparison';
import type { Answer, Question } from './measure/question';
import { compare, type Plan } from './measure/rounds';
import { createProject, type Project } from './projects/project';
import { checkMessages, SMS_FUNCTION, signedMessages } from './projects/sms';

const FILES = { 'sms.protected.js': SMS_FUNCTION };
const PATHS = ['/sms'];

export const webhook: Question = {
  name: 'webhook',
  asks: 'W1: a signed SMS webhook (POST of 19 fields, TwiML back), 64 connections. How many, and at what cost?',
  reading:
    '"x bare" compares with the handler called inside of a hand-written node:http server: more is better for\n' +
    'requests/s, less for CPU (user and system time of all processes). CPU is the steadier of the two. bare uses one\n' +
    'core, bare x2 two; the load generator needs its share of them too. twilio-run checks no signatures.',
  measure,
};

const plan: Plan = {
  connections: 64,
  rounds: 3,
  warmUpSeconds: 1,
  seconds: 4,
  pace: { pauseMs: 0 },
  requestsFor: (port) => signedMessages(port, PATHS),
  // twilio-run answers right but lets every signature pass.
  check: (port) => checkMessages(port, PATHS, false),
};

async function measure(): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'hookswitch-bench-log-'));
  const peerFolder = installTwilioRun();
  const own = createProject(FILES);
  const peer = peerFolder === null ? null : createProject(FILES, peerFolder);
  try {
    await checkRefusals([bare(own), hookswitch(own)]);
    const { table, notes } = compareWithFirst(
      await compare(contendersOf(own, peer, join(folder, 'log')), plan),
    );
    const missing = peer === null ? ['twilio-run could not be installed, so it is missing.'] : [];
    return { table, notes: [...notes, ...missing] };
  } finally {
    rmSync(folder, { recursive: true });
    own.remove();
    peer?.remove();
  }
}

function contendersOf(own: Project, peer: Project | null, logFile: string): Contender[] {
  const ours = [bare(own), hookswitch(own), hookswitch(own, logFile), bare(own, 2)];
  return peer === null ? ours : [...ours, fastTwilioRun(peer), plainTwilioRun(peer)];
}

/** What is compared with must really check signatures. */
async function checkRefusals(contenders: readonly Contender[]): Promise<void> {
  for (const contender of contenders) {
    const server = await contender.start();
    await checkMessages(server.port, PATHS).finally(() => server.stop());
  }
}
