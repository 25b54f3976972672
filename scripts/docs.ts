/**
 * Makes the pages of docs/ that are named in `PAGES` from the tables that the program runs on: `npm run docs`.
 * test/docs.test.ts fails where a page is older than its table.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../src/check/rules';
import { COMMANDS, type CommandRow } from '../src/cli/commands';
import { EXIT, EXIT_MEANINGS } from '../src/cli/exit-code';
import { flagText, LIKE_START, ownOptions, takesThoseOfStart } from '../src/cli/help';
import { COMPATIBILITY_FLAGS } from '../src/config/compatibility';
import { HELP_OPTIONS } from '../src/config/help-options';
import { environmentName, flagName } from '../src/config/names';
import { groupsOf, type Option, type OptionGroup, type OptionTable } from '../src/config/option';
import { OPTIONS } from '../src/config/options';
import { ERRORS, type ErrorRow } from '../src/errors';
import { LOG_FIELDS } from '../src/telemetry/fields';
import { code, MADE_FROM, page, tableText } from './markdown';
import { twimlPage } from './twiml-page';

/** File name in docs/ -> what has to stand in it. */
export const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'check.md': checkPage,
  'commands.md': commandsPage,
  'configuration.md': configurationPage,
  'errors.md': errorsPage,
  'twiml.md': twimlPage,
};

/** From the compiled script: .build/scripts -> docs. */
export const DOCS_FOLDER = join(__dirname, '..', '..', 'docs');

function configurationPage(): string {
  return page([
    MADE_FROM,
    '# Configuration',
    CONFIGURATION_INTRODUCTION,
    '## Options',
    ...groupsOf(OPTIONS).flatMap((group) => [`### ${group}`, optionsTable(OPTIONS, group)]),
    CONFIGURATION_NOTES,
    '## The configuration file',
    CONFIGURATION_FILE,
    '## Variables of Functions',
    VARIABLES,
    '## Flags of twilio-run without effect',
    'They are accepted, and one warning at start says why they do nothing. In a configuration file they are passed over.',
    compatibilityTable(),
    '## Log lines',
    LOG_LINES,
    fieldsTable(),
    '## Exit codes',
    exitTable(),
  ]);
}

const CONFIGURATION_INTRODUCTION = `Every option can be given in three ways. The first of them that says something decides:

1. a flag: \`--signature-status 403\`, \`--signature-status=403\`, \`--signatureStatus 403\`
2. an environment variable: \`HOOKSWITCH_SIGNATURE_STATUS=403\` (an empty one counts as none; the port is also read from \`PORT\`, after \`HOOKSWITCH_PORT\`)
3. the configuration file of the Twilio toolkit: \`signatureStatus: 403\`

else the default. A value that is not allowed stops the start: \`HS_USAGE\` for a flag or a variable, \`HS_CONFIG_INVALID\` for a file; the message
names the place, the value and what is allowed.

\`hookswitch config\` takes the flags of \`start\` and shows each option that would be in force, where it came from and what it goes before:
\`port  8080  --port (over PORT = 3000)\`.`;

const CONFIGURATION_NOTES = `Switches are turned off by \`--no-…\` or \`=false\`. In variables, \`true\`, \`yes\`, \`on\`, \`1\` and \`false\`, \`no\`, \`off\`, \`0\` are understood. \`--trust-proxy\` may be
given several times. \`NODE_ENV=production\` keeps stacks and error pages from clients. \`NO_COLOR\` and \`FORCE_COLOR\` are respected.

In Kubernetes, a service that is called \`hookswitch\` makes the cluster set \`HOOKSWITCH_PORT=tcp://…\` in every pod: set \`enableServiceLinks: false\`.`;

const CONFIGURATION_FILE = `\`--config\` names one; otherwise the first of these is read, in the folder of the project, else in the folders above it up to the home folder:

\`package.json\` (its member \`twilioserverless\`), \`.twilioserverlessrc\` (JSON5), \`.twilioserverlessrc.json\`, \`.yaml\`, \`.yml\`, \`.js\`, \`.cjs\`, the same names in
\`.config/\` without the first dot, \`twilioserverless.config.js\`, \`twilioserverless.config.cjs\`.

\`\`\`js
{
  port: 8080, // for every command
  commands: {
    start: { live: false }, // goes before what stands above
  },
  projects: {
    // goes before both where the account is the one of --username, ACCOUNT_SID or TWILIO_ACCOUNT_SID
    ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: { publicUrl: 'https://hooks.example.com' },
  },
}
\`\`\`

\`environments\` says how to deploy and does not apply to \`start\`. Keys that are not in the tables above are passed over: they belong to the toolkit.
\`cwd\` is relative to the file. \`functionsFolder\`, \`assetsFolder\` and \`env\` are relative to the project.`;

const VARIABLES = `What Functions see in \`process.env\` and \`context\`. The first of them that has a variable decides:

1. the file of variables: \`--env FILE\`, else \`.env\` of the project. Of two lines with one name the last decides
2. with \`--load-local-env\` (\`-f\`) only: the environment that Hookswitch itself was started with

Within each of the two, \`ACCOUNT_SID\` and \`TWILIO_ACCOUNT_SID\` stand in for each other where one is absent or empty, likewise \`AUTH_TOKEN\` and
\`TWILIO_AUTH_TOKEN\`: so the token of one account never meets the SID of another.

\`hookswitch config\` shows each with its line (\`.env:3\`), \`the host\`, or the one that it stands in for. Secrets are masked (\`12…ef\`): what is called a
token, secret, password, key or credential, what looks like an auth token, an API key, a private key or a token of a known service, and passwords in URLs.
\`--show-secrets\` shows variables as they are, on a terminal only.`;

const LOG_LINES = `On a terminal, lines are for people. Otherwise, and with \`-o json\`, stdout gets one JSON object per line. Control characters, line separators and marks that
change the direction of text are always escaped, so that no client and no Function can forge or hide a line. Long texts are cut, with a note.`;

function optionsTable(table: OptionTable, group: OptionGroup): string {
  const options = Object.entries(table);
  const rows = options
    .filter(([, option]) => option.group === group)
    .map(([key, option]) => [
      code(flagText(key, option)),
      environmentCell(key, option),
      option.configurable ? code(key) : '',
      option.initialText,
      `${option.help}${option.kind === 'boolean' ? '' : ` Allowed: ${option.allowed}.`}`,
    ]);
  return tableText(['Flag', 'Environment', 'File', 'Default', 'What it does'], rows);
}

function environmentCell(key: string, option: Option<unknown>): string {
  if (!option.configurable) return '';
  const names = [environmentName(key), ...(option.alsoEnvironment === null ? [] : [option.alsoEnvironment])];
  return names.map(code).join(', ');
}

function compatibilityTable(): string {
  const rows = Object.entries(COMPATIBILITY_FLAGS).map(([key, { alias, why }]) => [
    code(alias === null ? flagName(key) : `-${alias}, ${flagName(key)}`),
    why,
  ]);
  return tableText(['Flag', 'Why'], rows);
}

function fieldsTable(): string {
  return tableText(
    ['Field', 'What it holds'],
    Object.entries(LOG_FIELDS).map(([name, meaning]) => [code(name), meaning]),
  );
}

function exitTable(): string {
  const rows = Object.entries(EXIT).map(([name, number]) => [
    String(number),
    EXIT_MEANINGS[name as keyof typeof EXIT], // `Object.entries` forgets which keys there are
  ]);
  return tableText(
    ['Code', 'Meaning'],
    [...rows, ['128 + n', 'stopped at once by a second signal; n is its number']],
  );
}

async function commandsPage(): Promise<string> {
  const sections = await Promise.all(COMMANDS.map(commandSection));
  return page([
    MADE_FROM,
    '# Commands',
    'What `hookswitch <command> --help` says, on one page. The options of `start` stand in [configuration.md](configuration.md).',
    ...sections.flat(),
  ]);
}

async function commandSection(row: CommandRow): Promise<readonly string[]> {
  const command = await row.load();
  const options = row.name === 'start' ? [] : Object.entries(ownOptions(command));
  const own = options.filter(([key]) => !Object.hasOwn(HELP_OPTIONS, key));
  return [
    `## ${row.name}`,
    code(`hookswitch ${row.name} ${row.usage}`.trim()),
    ...command.about,
    ...(own.length === 0 ? [] : [tableText(['Flag', 'Default', 'What it does'], own.map(commandOptionRow))]),
    ...(takesThoseOfStart(command) ? [LIKE_START] : []),
    ...(command.examples.length === 0
      ? []
      : [
          tableText(
            ['Example', 'What it does'],
            command.examples.map(([left, right]) => [code(left), right]),
          ),
        ]),
    ...(command.exitCodes === undefined ? [] : [tableText(['Exit code', 'Meaning'], command.exitCodes)]),
  ];
}

function commandOptionRow([key, option]: [string, Option<unknown>]): readonly string[] {
  const allowed = option.kind === 'boolean' ? '' : ` Allowed: ${option.allowed}.`;
  return [code(flagText(key, option)), option.initialText, `${option.help}${allowed}`];
}

function checkPage(): string {
  return page([
    MADE_FROM,
    '# Check',
    CHECK_INTRODUCTION,
    '## Rules',
    ...RULES.flatMap(({ id, severity, finds, otherwise, fix }) => [
      `### ${id}`,
      `${severity === 'error' ? 'Error' : 'Warning'}. ${finds}`,
      `**Otherwise:** ${otherwise}`,
      `**Fix:** ${fix}`,
    ]),
  ]);
}

const CHECK_INTRODUCTION = `\`hookswitch check [dir]\` finds what will break, in the terminal of an author and in CI. It reads the project as \`start\` does, and runs none of it.

\`\`\`
functions/reply.js:7:5 error callback is never called where something throws and this catch goes on callback-never-called
  Call callback(null, …) or callback(error) on every way through the handler.

1 error and 0 warnings in 4 Functions, 2 Assets.
\`\`\`

| Exit code | Meaning |
| --- | --- |
| 0 | nothing was found; warnings do not count without \`--strict\` |
| 1 | something was found, or the project cannot be read |
| 2 | the command line is wrong |

\`-o json\` writes one object: \`project\`, \`checked\`, \`errors\`, \`warnings\` and \`findings\`, each with \`rule\`, \`severity\`, \`file\`, \`line\`, \`column\` (from 1; 0: the whole file),
\`reason\` and \`fix\`.

Only what is certain is said. \`callback\` that is handed on or captured by a function counts as called, and so does a loop that mentions it. Two branches that may depend on each other are
taken for ones that do. Code over 1 MB is not looked into, and of an Asset the first 4 MB are.

A comment on the line before keeps a finding from being told; for one about the whole file it stands in the first line:

\`\`\`js
// hookswitch-ignore relative-require
const greet = require('./greet.private.js');
\`\`\``;

function errorsPage(): string {
  const errors: [string, ErrorRow][] = Object.entries(ERRORS);
  const answered = errors.filter(([, { status }]) => status !== null);
  const stopping = errors.filter(([, { status }]) => status === null);
  return page([
    MADE_FROM,
    '# Errors',
    'Every error has a code, which the log shows with its cause. The client gets the status and the short text.',
    '## Answers to requests',
    'In the order in which they are decided. The vendor code is the one that the debugger of Twilio shows for the same event.',
    tableText(
      ['Code', 'Status', 'Text', 'When', 'What to do', 'Vendor code'],
      answered.map(([name, row]) => [
        code(name),
        String(row.status),
        row.text,
        row.when,
        row.fix,
        String(row.vendor ?? ''),
      ]),
    ),
    "For what a Function passes to `callback` or throws, the body is made of the author's own error: the text above is sent where there is none.",
    '## What stops a command',
    tableText(
      ['Code', 'When', 'What to do'],
      stopping.map(([name, row]) => [code(name), row.when, row.fix]),
    ),
  ]);
}

async function writePages(): Promise<void> {
  for (const [name, page] of Object.entries(PAGES)) writeFileSync(join(DOCS_FOLDER, name), await page());
}

if (require.main === module) void writePages();
