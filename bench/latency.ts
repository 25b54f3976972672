/** How much longer does a single webhook take? */
import { bare } from './contenders/bare';
import { hookswitch } from './contenders/hookswitch';
import { noteLoudRounds } from './measure/comparison';
import type { Answer, Question } from './measure/question';
import { compare, type Figures, type Plan } from './measure/rounds';
import { withProject } from './projects/project';
import { checkMessages, SMS_FUNCTION, signedMessages } from './projects/sms';

const PATHS = ['/sms'];

export const latency: Question = {
  name: 'latency',
  asks: 'One connection, one signed webhook at a time: how long does an answer take?',
  reading:
    'Nothing waits here, so the difference to bare is the way to the other process and back, with two wake-ups.',
  measure: () =>
    withProject({ 'sms.protected.js': SMS_FUNCTION }, async (project) =>
      answerOf(await compare([bare(project), hookswitch(project)], plan)),
    ),
};

const plan: Plan = {
  connections: 1,
  rounds: 3,
  warmUpSeconds: 1,
  seconds: 3,
  pace: { pauseMs: 0 },
  requestsFor: (port) => signedMessages(port, PATHS),
  check: (port) => checkMessages(port, PATHS),
};

function answerOf(all: readonly Figures[]): Answer {
  const bareP50 = all[0]?.p50Ms ?? Number.NaN;
  const rows = all.map(({ name, p50Ms, p99Ms, maxMs, perSecond, errors }) => [
    name,
    microseconds(p50Ms),
    microseconds(p50Ms - bareP50),
    microseconds(p99Ms),
    microseconds(maxMs),
    Math.round(perSecond).toLocaleString('en-US'),
    String(errors),
  ]);
  const columns = ['contender', 'p50 us', 'more than bare', 'p99 us', 'max us', 'requests/s', 'errors'];
  return { table: { columns, rows }, notes: noteLoudRounds(all) };
}

function microseconds(ms: number): string {
  return Math.round(ms * 1000).toLocaleString('en-US');
}
