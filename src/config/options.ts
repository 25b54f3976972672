/**
 * Every option of `start`, once. A row's key is its name in a configuration file (`signatureStatus`); its flag
 * (`--signature-status`) and its environment variable (`HOOKSWITCH_SIGNATURE_STATUS`) follow from it. `--help` and
 * docs/configuration.md are made from this table. What is decided by a rule of its own lives in a file of its own.
 */
import { MEMORY_MB, OPEN_FILES, PROCESSES, TEMPORARY_MB } from '../model/limits';
import type { Isolation } from '../platform';
import { HELP_OPTIONS } from './help-options';
import { HOST_ALLOWED, readHost } from './host';
import { INSPECT_ALLOWED, type InspectAddress, readInspect } from './inspect';
import { LOG_LEVELS, type LogLevel, readLogLevel } from './log-level';
import { readInteger, readText, switchOption, type ValueOf, valueOption } from './option';
import { PUBLIC_URL_ALLOWED, readPublicUrl } from './public-url';
import { readTimeout, TIMEOUT } from './timeout';
import { readTrustProxy, TRUST_PROXY_ALLOWED } from './trust-proxy';

export type OutputFormat = '' | 'json';

const SMALLEST_MEMORY_MB = 64;
const LARGEST_MEMORY_MB = 65_536;
const MOST_PROCESSES = 10_000;
/** Node and the channel to the gateway take about 25. */
const FEWEST_OPEN_FILES = 64;
const MOST_OPEN_FILES = 1_048_576;
const LARGEST_TEMPORARY_MB = 1_048_576;
const MOST_INVOCATIONS = 1_000_000;
const MOST_INSTANCES = 10_000;
const MOST_CONNECTIONS = 1_000_000;
const SMALLEST_BODY_MEMORY_MB = 4;
const MOST_RECORDS = 1_000_000;

export const OPTIONS = {
  // Address
  port: valueOption<number>({
    kind: 'number',
    group: 'Address',
    alias: 'p',
    placeholder: 'PORT',
    initial: 3_000,
    initialText: '3000',
    allowed: 'an integer from 0 to 65535 (0 takes a free port)',
    read: readInteger(0, 65_535),
    help: 'Port to listen on; 0 takes a free one.',
    alsoEnvironment: 'PORT',
  }),
  host: valueOption<string>({
    kind: 'string',
    group: 'Address',
    placeholder: 'HOST',
    initial: '127.0.0.1',
    initialText: '127.0.0.1, this machine only',
    allowed: HOST_ALLOWED,
    read: readHost,
    help: 'Address to listen on; 0.0.0.0 or :: for every one of this machine.',
  }),
  publicUrl: valueOption<URL | null>({
    kind: 'string',
    group: 'Address',
    placeholder: 'URL',
    initial: null,
    initialText: 'the scheme and Host of each request',
    allowed: PUBLIC_URL_ALLOWED,
    read: readPublicUrl,
    help: 'What the world calls this project: the URL that signatures cover and DOMAIN_NAME shows. A path in it is a prefix that the proxy in front removes.',
  }),
  trustProxy: valueOption<readonly string[]>({
    kind: 'list',
    group: 'Address',
    placeholder: 'LIST',
    bare: 'true',
    initial: [],
    initialText: 'nobody',
    allowed: TRUST_PROXY_ALLOWED,
    read: readTrustProxy,
    help: 'Whose X-Forwarded-Host and X-Forwarded-Proto are believed: addresses, ranges (10.0.0.0/8), loopback, linklocal, uniquelocal. Alone or as true: those three names. Without effect beside --public-url.',
  }),

  // Project
  cwd: valueOption<string | null>({
    kind: 'string',
    group: 'Project',
    placeholder: 'FOLDER',
    initial: null,
    initialText: 'the [dir] argument, else the current folder',
    allowed: 'a folder',
    read: readText,
    help: 'Folder of the project; goes before the [dir] argument.',
  }),
  config: valueOption<string | null>({
    kind: 'string',
    group: 'Project',
    alias: 'c',
    placeholder: 'FILE',
    initial: null,
    initialText: 'searched for, see below',
    allowed: 'a file',
    read: readText,
    help: 'Configuration file, relative to the current folder.',
    configurable: false,
  }),
  env: valueOption<string | null>({
    kind: 'string',
    group: 'Project',
    placeholder: 'FILE',
    initial: null,
    initialText: '.env, where there is one',
    allowed: 'a file',
    read: readText,
    help: 'File of variables for the Functions, relative to the project; it has to exist.',
  }),
  loadLocalEnv: switchOption({
    group: 'Project',
    alias: 'f',
    initial: false,
    help: 'Functions also see the environment variables of the host; those of the file go first.',
  }),
  functionsFolder: valueOption<string | null>({
    kind: 'string',
    group: 'Project',
    placeholder: 'FOLDER',
    initial: null,
    initialText: 'functions, else src',
    allowed: 'a folder of the project',
    read: readText,
    help: 'Folder of the Functions, relative to the project.',
  }),
  assetsFolder: valueOption<string | null>({
    kind: 'string',
    group: 'Project',
    placeholder: 'FOLDER',
    initial: null,
    initialText: 'assets, else static',
    allowed: 'a folder of the project',
    read: readText,
    help: 'Folder of the Assets, relative to the project.',
  }),
  legacyMode: switchOption({
    group: 'Project',
    initial: false,
    help: 'Put /assets before the paths of Assets.',
  }),

  // Signatures
  signature: switchOption({
    group: 'Signatures',
    initial: true,
    help: 'Check X-Twilio-Signature on protected paths. --no-signature lets everybody call them: for trying by hand.',
  }),
  signatureStatus: valueOption<400 | 403>({
    kind: 'choice',
    group: 'Signatures',
    placeholder: '400|403',
    initial: 400,
    initialText: '400',
    allowed: '400 or 403',
    read: readSignatureStatus,
    help: 'Status of the answer to a missing or wrong signature.',
  }),

  // Limits
  timeout: valueOption<number>({
    kind: 'number',
    group: 'Limits',
    placeholder: 'SECONDS',
    ...TIMEOUT,
    read: readTimeout,
    help: 'How long a handler may run, and on a clock of its own how long its module may load; 10, 10s and 500ms are understood. The hosted platform allows 10 s.',
  }),
  maxInstances: valueOption<number | null>({
    kind: 'number',
    group: 'Limits',
    placeholder: 'COUNT',
    initial: null,
    initialText: 'what the memory of the machine can hold',
    allowed: `an integer from 1 to ${MOST_INSTANCES}`,
    read: readInteger(1, MOST_INSTANCES),
    help: 'How many processes run Functions at a time, and so how many calls.',
  }),
  minInstances: valueOption<number>({
    kind: 'number',
    group: 'Limits',
    placeholder: 'COUNT',
    initial: 0,
    initialText: '0',
    allowed: `an integer from 0 to ${MOST_INSTANCES}`,
    read: readInteger(0, MOST_INSTANCES),
    help: 'How many processes of each Function are started and loaded before anybody calls it, and kept. They count in --max-instances. With 0 no code of a Function runs before its first call.',
  }),
  maxInvocations: valueOption<number | null>({
    kind: 'number',
    group: 'Limits',
    placeholder: 'COUNT',
    initial: null,
    initialText: 'none',
    allowed: `an integer from 1 to ${MOST_INVOCATIONS}`,
    read: readInteger(1, MOST_INVOCATIONS),
    help: 'Calls that may be under way at a time, waiting ones included; more get 429 at once. The hosted platform allows 30.',
  }),
  maxConnections: valueOption<number | null>({
    kind: 'number',
    group: 'Limits',
    placeholder: 'COUNT',
    initial: null,
    initialText: 'three quarters of the open files that are allowed, at most 20,000',
    allowed: `an integer from 1 to ${MOST_CONNECTIONS}`,
    read: readInteger(1, MOST_CONNECTIONS),
    help: 'Connections that may be open at a time; a new one beyond them is closed at once.',
  }),
  bodyMemory: valueOption<number | null>({
    kind: 'number',
    group: 'Limits',
    placeholder: 'MB',
    initial: null,
    initialText: "a sixteenth of the machine's memory, from 16 to 256 MB",
    allowed: `megabytes from ${SMALLEST_BODY_MEMORY_MB} to ${LARGEST_MEMORY_MB}`,
    read: readInteger(SMALLEST_BODY_MEMORY_MB, LARGEST_MEMORY_MB),
    help: 'What the bodies of all requests may hold together, until they are answered; more get 429. Bodies of up to 16 kB are not counted, unless their request was sent before the answers to those before it.',
  }),
  memory: valueOption<number>({
    kind: 'number',
    group: 'Limits',
    placeholder: 'MB',
    initial: MEMORY_MB,
    initialText: `${MEMORY_MB} MB`,
    allowed: `megabytes from ${SMALLEST_MEMORY_MB} to ${LARGEST_MEMORY_MB}`,
    read: readInteger(SMALLEST_MEMORY_MB, LARGEST_MEMORY_MB),
    help: 'Memory that the process of a Function may use, together with the processes that it starts.',
  }),
  maxProcesses: valueOption<number>({
    kind: 'number',
    group: 'Limits',
    placeholder: 'COUNT',
    initial: PROCESSES,
    initialText: String(PROCESSES),
    allowed: `an integer from 0 to ${MOST_PROCESSES}`,
    read: readInteger(0, MOST_PROCESSES),
    help: 'How many processes that it started a Function may have at a time.',
  }),
  maxOpenFiles: valueOption<number>({
    kind: 'number',
    group: 'Limits',
    placeholder: 'COUNT',
    initial: OPEN_FILES,
    initialText: String(OPEN_FILES),
    allowed: `an integer from ${FEWEST_OPEN_FILES} to ${MOST_OPEN_FILES}`,
    read: readInteger(FEWEST_OPEN_FILES, MOST_OPEN_FILES),
    help: 'How many files and connections a Function may have open at a time.',
  }),
  temporarySpace: valueOption<number>({
    kind: 'number',
    group: 'Limits',
    placeholder: 'MB',
    initial: TEMPORARY_MB,
    initialText: `${TEMPORARY_MB} MB`,
    allowed: `megabytes from 1 to ${LARGEST_TEMPORARY_MB}`,
    read: readInteger(1, LARGEST_TEMPORARY_MB),
    help: 'What a Function may have in its temporary folder (os.tmpdir()).',
  }),
  isolation: valueOption<Isolation>({
    kind: 'choice',
    group: 'Limits',
    placeholder: 'function|environment',
    initial: 'function',
    initialText: 'function',
    allowed: 'function or environment',
    read: readIsolation,
    help: 'Whether processes belong to one Function each, or are shared by all Functions of the project (less memory, no wall between them).',
  }),

  // Development
  inspect: valueOption<InspectAddress | null>({
    kind: 'choice',
    group: 'Development',
    placeholder: '[HOST:]PORT',
    bare: 'true',
    initial: null,
    initialText: 'off; alone: 127.0.0.1:9229',
    allowed: INSPECT_ALLOWED,
    read: readInspect,
    help: 'Let a debugger attach there (Chrome, VS Code). All Functions share one process then, and no time limit is in force.',
  }),
  inspectBrk: valueOption<InspectAddress | null>({
    kind: 'choice',
    group: 'Development',
    placeholder: '[HOST:]PORT',
    bare: 'true',
    initial: null,
    initialText: 'off; alone: 127.0.0.1:9229',
    allowed: INSPECT_ALLOWED,
    read: readInspect,
    help: 'The same, and no Function runs before a debugger has attached; the first module that is loaded stops at its first line.',
  }),
  live: switchOption({
    group: 'Development',
    initial: true,
    help: 'Watch the project and serve what was saved.',
  }),

  // Records
  console: {
    ...switchOption({
      group: 'Records',
      initial: true,
      help: 'The console: each request with what came, what was answered and why, on a port of its own that this machine alone can reach and a link opens. hookswitch logs, show and replay ask it. With --console also in production and in a pipe.',
    }),
    initialText: 'on where people develop: on a terminal, with --live, without NODE_ENV=production',
  },
  consolePort: valueOption<number>({
    kind: 'number',
    group: 'Records',
    placeholder: 'PORT',
    initial: 3_001,
    initialText: '3001, or the next free one of ten',
    allowed: 'an integer from 0 to 65535 (0 takes a free port)',
    read: readInteger(0, 65_535),
    help: 'Port of the console, and switches it on; 0 takes a free one.',
  }),
  consoleHost: valueOption<string>({
    kind: 'string',
    group: 'Records',
    placeholder: 'HOST',
    initial: '127.0.0.1',
    initialText: '127.0.0.1, this machine only',
    allowed: HOST_ALLOWED,
    read: readHost,
    help: 'Address that the console listens on. It speaks HTTP without encryption: on any other than this machine put a proxy with TLS in front.',
  }),
  records: valueOption<number>({
    kind: 'number',
    group: 'Records',
    placeholder: 'COUNT',
    initial: 10_000,
    initialText: '10,000',
    allowed: `an integer from 0 to ${MOST_RECORDS}`,
    read: readInteger(0, MOST_RECORDS),
    help: 'How many of the last requests are kept in memory for the console; 0 keeps none, and there is no console.',
  }),
  recordsMemory: valueOption<number>({
    kind: 'number',
    group: 'Records',
    placeholder: 'MB',
    initial: 64,
    initialText: '64 MB',
    allowed: `megabytes from 1 to ${LARGEST_MEMORY_MB}`,
    read: readInteger(1, LARGEST_MEMORY_MB),
    help: 'What they may take in memory, about; older ones go.',
  }),
  recordFile: valueOption<string | null>({
    kind: 'string',
    group: 'Records',
    placeholder: 'FILE',
    initial: null,
    initialText: 'none',
    allowed: 'a file',
    read: readText,
    help: 'Also write each record as a JSON line to this file, secrets hidden, also without a console. At 64 MB it becomes FILE.1 and a new one is begun.',
  }),

  // Output
  logLevel: valueOption<LogLevel>({
    kind: 'choice',
    group: 'Output',
    alias: 'l',
    placeholder: 'LEVEL',
    initial: 'info',
    initialText: 'info',
    allowed: LOG_LEVELS.join(', '),
    read: readLogLevel,
    help: `How much is logged: ${LOG_LEVELS.join(', ')}. Requests are info, refused ones warn, failed ones error.`,
  }),
  logs: switchOption({
    group: 'Output',
    initial: true,
    help: '--no-logs is --log-level warn: no line for a request that went well.',
  }),
  outputFormat: valueOption<OutputFormat>({
    kind: 'choice',
    group: 'Output',
    alias: 'o',
    placeholder: 'json',
    initial: '',
    initialText: 'lines for people on a terminal, else json',
    allowed: 'json, or nothing',
    read: readOutputFormat,
    help: 'json: one JSON object per line, also on a terminal.',
  }),

  ...HELP_OPTIONS,
};

export type OptionKey = keyof typeof OPTIONS;
export type OptionValue<K extends OptionKey> = ValueOf<(typeof OPTIONS)[K]>;

function readSignatureStatus(text: string): 400 | 403 | undefined {
  if (text === '400') return 400;
  return text === '403' ? 403 : undefined;
}

function readIsolation(text: string): Isolation | undefined {
  return text === 'function' || text === 'environment' ? text : undefined;
}

function readOutputFormat(text: string): OutputFormat | undefined {
  return text === '' || text === 'json' ? text : undefined;
}
