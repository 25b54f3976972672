/** W2: what does the smallest possible call cost? */
import { bare } from './contenders/bare';
import { hookswitch } from './contenders/hookswitch';
import { compareWithFirst } from './measure/comparison';
import type { Question } from './measure/question';
import { Client } from './measure/request';
import { compare, type Plan } from './measure/rounds';
import { withProject } from './projects/project';

const FILES = {
  'hello.js': `exports.handler = (context, event, callback) => callback(null, { hello: 'world' });\n`,
};

export const hello: Question = {
  name: 'hello',
  asks: 'W2: GET of a public Function that answers {"hello":"world"}, 64 connections',
  reading:
    'The handler does nothing, so this is the price of what stands around it: the boundary between processes, the\n' +
    'event, the limits. Real webhooks lie nearer to W1.',
  measure: () =>
    withProject(FILES, async (project) =>
      compareWithFirst(await compare([bare(project), hookswitch(project), bare(project, 2)], plan)),
    ),
};

const plan: Plan = {
  connections: 64,
  rounds: 3,
  warmUpSeconds: 1,
  seconds: 4,
  pace: { pauseMs: 0 },
  requestsFor: () => [{ method: 'GET', target: '/hello', headers: { Accept: '*/*' }, body: '' }],
  check: async (port) => {
    const client = new Client(port);
    const { status, body } = await client.get('/hello');
    client.close();
    if (status !== 200 || body !== '{"hello":"world"}') throw new Error(`answered ${status}: ${body}`);
  },
};
