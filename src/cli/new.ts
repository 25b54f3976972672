import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';
import type { Arguments } from '../config/arguments';
import { HELP_OPTIONS } from '../config/help-options';
import { readText, switchOption, valueOption } from '../config/option';
import { Sources } from '../config/sources';
import { PACKAGE_NAME_ALLOWED, readPackageName } from '../scaffold/package-name';
import { planProject } from '../scaffold/plan';
import { TEMPLATES } from '../scaffold/templates';
import { writeProject } from '../scaffold/write';
import { terminalText } from '../telemetry/untrusted';
import { type Command, NONE_ACCEPTED, type Surroundings } from './command';
import { EXIT } from './exit-code';
import { findAnswers, type NewAnswers, templateList } from './new-answers';
import { Cancelled } from './question';
import { ownPackage } from './version';

const OWN = { group: 'Options', configurable: false } as const;

export const NEW_OPTIONS = {
  template: valueOption<string | null>({
    ...OWN,
    kind: 'string',
    alias: 't',
    placeholder: 'NAME',
    initial: null,
    initialText: 'hello',
    allowed: TEMPLATES.map(({ name }) => name).join(', '),
    read: readText,
    help: `What to begin with: ${TEMPLATES.map(({ name }) => name).join(', ')}.`,
  }),
  typescript: switchOption({ ...OWN, initial: false, help: 'Functions in TypeScript.' }),
  javascript: switchOption({ ...OWN, initial: false, help: 'Functions in JavaScript: the default.' }),
  name: valueOption<string | null>({
    ...OWN,
    kind: 'string',
    placeholder: 'NAME',
    initial: null,
    initialText: 'the name of the folder',
    allowed: PACKAGE_NAME_ALLOWED,
    read: readPackageName,
    help: 'Name in package.json.',
  }),
  install: switchOption({ ...OWN, initial: false, help: 'Run npm install in the new project.' }),
  list: switchOption({ ...OWN, initial: false, help: 'Show the templates.' }),
  yes: switchOption({ ...OWN, alias: 'y', initial: false, help: 'Ask nothing, on a terminal either.' }),
  ...HELP_OPTIONS,
};

export const NEW_COMMAND: Command = {
  flags: { options: NEW_OPTIONS, accepted: NONE_ACCEPTED },
  about: [
    'Makes a project with Functions, a test, .env, .gitignore and a README. It can be served at once, without npm install.',
    'On a terminal it asks for what no flag says. Nothing that exists is overwritten, and nothing half is left behind.',
  ],
  examples: [
    ['hookswitch new my-project', 'Ask what it should be.'],
    ['hookswitch new my-app -t voice-menu -y', 'Ask nothing.'],
    ['hookswitch new .', 'In the current folder, which has to be empty.'],
  ],
  run: runNew,
};

async function runNew(given: Arguments, surroundings: Surroundings): Promise<number> {
  const sources = new Sources(NEW_OPTIONS, given, surroundings.environment, null);
  if (sources.value('list')) {
    surroundings.stdout.write(templateList());
    return EXIT.ok;
  }
  try {
    return await makeProject(await findAnswers(given, sources, surroundings), surroundings);
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    surroundings.stderr.write('\nNothing was made.\n');
    return CANCELLED;
  }
}

/** As a shell tells of SIGINT. */
const CANCELLED = 130;

async function makeProject(answers: NewAnswers, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  const files = planProject(answers, ownPackage());
  withoutInterruption(() => writeProject(answers.folder, files));
  for (const { name } of files) stderr.write(`made ${name}\n`);
  const isInstalled = answers.install ? await install(answers.folder, surroundings) : null;
  stdout.write(summaryOf(answers, isInstalled === true, surroundings.currentFolder));
  return isInstalled === false ? EXIT.failure : EXIT.ok;
}

/** A signal that comes meanwhile waits: writing takes milliseconds and does not yield. */
function withoutInterruption(write: () => void): void {
  const wait = (): void => {};
  process.on('SIGINT', wait).on('SIGTERM', wait);
  try {
    write();
  } finally {
    process.off('SIGINT', wait).off('SIGTERM', wait);
  }
}

/** Whether it went well; the project is there either way. What npm says goes to stderr. */
async function install(folder: string, { stderr }: Surroundings): Promise<boolean> {
  stderr.write('npm install\n');
  const child = spawn('npm', ['install', '--no-fund', '--no-audit'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  const code = await once(child, 'close').then(
    ([status]) => status as number | null, // what the event documents
    () => null,
  );
  if (code !== 0) stderr.write('npm install failed; the project is there, run it again in its folder.\n');
  return code === 0;
}

function summaryOf(answers: NewAnswers, isInstalled: boolean, currentFolder: string): string {
  const { folder, template, language } = answers;
  const path = relative(currentFolder, folder);
  const steps = [
    ...(path === '' ? [] : [`cd ${shellWord(path.startsWith('..') ? folder : path)}`]),
    ...(isInstalled ? [] : ['npm install']),
    `npm start       # then: http://localhost:3000${template.tryPath}`,
    'npm test',
  ];
  return `
${language === 'typescript' ? 'TypeScript' : 'JavaScript'} project ${template.name} in ${terminalText(folder)}

${steps.map((step) => `  ${terminalText(step)}\n`).join('')}`;
}

function shellWord(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
