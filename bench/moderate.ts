/** How does it feel when the machine is not saturated, as it should be in daily life? */
import { bare } from './contenders/bare';
import { hookswitch } from './contenders/hookswitch';
import { compareWithFirst } from './measure/comparison';
import type { Question } from './measure/question';
import { compare, type Plan } from './measure/rounds';
import { withProject } from './projects/project';
import { checkMessages, SMS_FUNCTION, signedMessages } from './projects/sms';

const PATHS = ['/sms'];

export const moderate: Question = {
  name: 'moderate',
  asks: 'W1 at about a third of the highest load: 200 senders, each pausing 33 ms on average between two messages',
  reading:
    'Senders pause at random, so messages come nearly independently of answers, some at the same time. The same\n' +
    'number of requests reaches everybody: read the waiting (p50, p99) and the CPU.',
  measure: () =>
    withProject({ 'sms.protected.js': SMS_FUNCTION }, async (project) =>
      compareWithFirst(await compare([bare(project), hookswitch(project)], plan)),
    ),
};

const plan: Plan = {
  connections: 200,
  rounds: 3,
  warmUpSeconds: 1,
  seconds: 4,
  pauseMs: 33,
  requestsFor: (port) => signedMessages(port, PATHS),
  check: (port) => checkMessages(port, PATHS),
};
