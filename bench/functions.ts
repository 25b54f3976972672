/** What does it cost that each Function has processes of its own? */
import { bare } from './contenders/bare';
import { hookswitch } from './contenders/hookswitch';
import { compareWithFirst } from './measure/comparison';
import type { Question } from './measure/question';
import { compare, type Plan } from './measure/rounds';
import { withProject } from './projects/project';
import { checkMessages, SMS_FUNCTION, signedMessages } from './projects/sms';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((letter) => `sms-${letter}`);
const PATHS = NAMES.map((name) => `/${name}`);
const FILES = Object.fromEntries(NAMES.map((name) => [`${name}.protected.js`, SMS_FUNCTION]));

export const functions: Question = {
  name: 'functions',
  asks: 'W1 spread evenly over 8 Functions, 64 connections',
  reading:
    'The hardest case for isolation: eight processes on two cores take turns, and each has little to do at a time.\n' +
    'bare runs all eight in one process.',
  measure: () =>
    withProject(FILES, async (project) =>
      compareWithFirst(await compare([bare(project), hookswitch(project)], plan)),
    ),
};

const plan: Plan = {
  connections: 64,
  rounds: 3,
  warmUpSeconds: 2,
  seconds: 4,
  pace: { pauseMs: 0 },
  requestsFor: (port) => signedMessages(port, PATHS),
  check: (port) => checkMessages(port, PATHS),
};
