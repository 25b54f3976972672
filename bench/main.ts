/** Measures. `npm run bench` asks every question, `npm run bench -- webhook memory` the named ones. */
import { consolePage } from './console';
import { functions } from './functions';
import { hello } from './hello';
import { latency } from './latency';
import { loop } from './loop';
import { describeMachine } from './measure/machine';
import type { Question } from './measure/question';
import { formatTable } from './measure/table';
import { memory } from './memory';
import { moderate } from './moderate';
import { records } from './records';
import { reload } from './reload';
import { start } from './start';
import { testing } from './testing';
import { waiting } from './waiting';
import { webhook } from './webhook';

const QUESTIONS: readonly Question[] = [
  webhook,
  hello,
  latency,
  moderate,
  functions,
  waiting,
  start,
  reload,
  memory,
  records,
  loop,
  testing,
  consolePage,
];

void main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !QUESTIONS.some((question) => question.name === name));
  if (unknown.length > 0 || process.platform !== 'linux') return explainUse(unknown);
  console.log(`${describeMachine()}\n`);
  for (const question of QUESTIONS) {
    if (names.length === 0 || names.includes(question.name)) await ask(question);
  }
}

/** One question that fails keeps no other from being asked. */
async function ask({ name, asks, reading, measure }: Question): Promise<void> {
  const startedAt = performance.now();
  console.log(`## ${name}\n\n${asks}\n`);
  try {
    const { table, notes } = await measure();
    console.log(`${formatTable(table)}\n\n${reading}`);
    for (const note of notes) console.log(`Note: ${note}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`Failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  console.log(`(${Math.round((performance.now() - startedAt) / 1000)} s)\n`);
}

function explainUse(unknown: readonly string[]): void {
  const problem =
    unknown.length > 0 ? `There is no question ${unknown.join(', ')}.` : 'This needs Linux (/proc).';
  console.error(`${problem}\nQuestions: ${QUESTIONS.map(({ name }) => name).join(', ')}`);
  process.exitCode = 2;
}
