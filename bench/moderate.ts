/** How does it feel when the machine is not saturated, as it should be in daily life? */
import { bare } from './contenders/bare';
import { hookswitch } from './contenders/hookswitch';
import { compareWithFirst } from './measure/comparison';
import type { Question } from './measure/question';
import { compare, type Plan } from './measure/rounds';
import { withProject } from './projects/project';
import { checkMessages, SMS_FUNCTION, signedMessages } from './projects/sms';

/** About a third of what the two cores take: see `webhook`. */
const PER_SECOND = 5_000;
const PATHS = ['/sms'];

export const moderate: Question = {
  name: 'moderate',
  asks: `W1 at about a third of the highest load: ${PER_SECOND} messages a second at a constant rate (an open loop)`,
  reading:
    'Messages come whether answers do or not, every millisecond those that are due. Their times count from when they\n' +
    'were due, so a pause of the server costs all that come meanwhile. Read the waiting (p50, p99) and the CPU.',
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
  pace: { perSecond: PER_SECOND },
  requestsFor: (port) => signedMessages(port, PATHS),
  check: (port) => checkMessages(port, PATHS),
};
