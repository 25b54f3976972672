/**
 * Makes the options of `start` from the command line, the environment and the configuration file: the only place
 * that reads any of them. Precedence: flag, HOOKSWITCH_… variable, PORT (for the port), configuration file, default.
 */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CodedError } from '../errors';
import type { PlatformOptions, ProjectOptions } from '../platform';
import { type Arguments, type Flags, readArguments } from './arguments';
import { COMPATIBILITY_FLAGS, type CompatibilityFlag } from './compatibility';
import { type ConfigFile, readConfigFile } from './file';
import { isLoopback } from './host';
import { inspectorOf, warnOfInspect } from './inspect';
import type { LogLevel } from './log-level';
import { flagName } from './names';
import { OPTIONS, type OutputFormat } from './options';
import { type Environment, Sources } from './sources';
import { warnOfTimeout } from './timeout';

/** What `start` understands. */
export const START_FLAGS: Flags = { options: OPTIONS, accepted: COMPATIBILITY_FLAGS };

export type StartSources = Sources<typeof OPTIONS>;

/** What is kept of requests that are over, and who may look. */
export interface RecordsOptions {
  /** `null`: only where people develop. */
  readonly console: boolean | null;
  readonly host: string;
  readonly port: number;
  /** So many ports after it are tried where it is taken. */
  readonly sparePorts: number;
  readonly count: number;
  readonly bytes: number;
  /** Absolute path, or `null`. */
  readonly file: string | null;
}

const SPARE_PORTS = 9;
const MB = 1_048_576;

export interface StartOptions {
  readonly platform: PlatformOptions;
  readonly records: RecordsOptions;
  readonly logLevel: LogLevel;
  readonly outputFormat: OutputFormat;
  /** One line each: what was asked for and is not done, or may not be what was meant. */
  readonly warnings: readonly string[];
}

/**
 * `argv` is what follows the command: `[dir]` and flags. Throws `CodedError`: HS_USAGE for the command line and the
 * environment, HS_CONFIG_INVALID for a file.
 */
export function readStartOptions(
  argv: readonly string[],
  environment: Environment,
  currentFolder: string,
): StartOptions {
  const given = readArguments(argv, START_FLAGS, (word) => isFolder(resolve(currentFolder, word)));
  return startOptionsOf(given, environment, currentFolder);
}

/** The same for arguments that are read already; their words are `[dir]`. */
export function startOptionsOf(
  given: Arguments,
  environment: Environment,
  currentFolder: string,
): StartOptions {
  const { sources, root } = startSourcesOf(given, environment, currentFolder);
  const platform = platformOptions(sources, root, environment);
  const records = recordsOptions(sources, currentFolder);
  return {
    platform,
    records,
    logLevel: logLevelOf(sources),
    outputFormat: sources.value('outputFormat'),
    warnings: [...compatibilityWarnings(given), ...warnOf(platform), ...warnOfOpenConsole(records)],
  };
}

export interface StartPlaces {
  readonly sources: StartSources;
  readonly file: ConfigFile | null;
  /** Absolute path of the project. */
  readonly root: string;
}

/** Where the options come from, for `start` and for what tells of it. Throws `CodedError` as above. */
export function startSourcesOf(
  given: Arguments,
  environment: Environment,
  currentFolder: string,
): StartPlaces {
  const folder = onlyFolder(given.words);
  const file = findConfigFile(given, environment, resolve(currentFolder, folder ?? '.'), currentFolder);
  const sources = new Sources(OPTIONS, given, environment, file);
  return { sources, file, root: rootOf(sources, folder, currentFolder) };
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function onlyFolder(words: readonly string[]): string | null {
  const [folder, second] = words;
  if (second !== undefined) {
    throw new CodedError('HS_USAGE', `one folder is enough, "${second}" comes after "${folder}"`);
  }
  return folder ?? null;
}

function findConfigFile(
  given: Arguments,
  environment: Environment,
  folder: string,
  currentFolder: string,
): ConfigFile | null {
  const known = new Sources(OPTIONS, given, environment, null);
  const named = known.value('config');
  const cwd = known.value('cwd');
  return readConfigFile({
    named: named === null ? null : resolve(currentFolder, named),
    searchFrom: cwd === null ? folder : resolve(currentFolder, cwd),
    accountSid: accountSidOf(given, environment),
    region: lastOf(given, 'region') ?? environment.TWILIO_REGION ?? null,
  });
}

function accountSidOf(given: Arguments, environment: Environment): string | null {
  const candidates = [lastOf(given, 'username'), environment.ACCOUNT_SID, environment.TWILIO_ACCOUNT_SID];
  return candidates.find((sid) => sid?.startsWith('AC')) ?? null;
}

/** `--cwd` goes before the argument, as in `twilio-run`; a folder in a file is relative to that file. */
function rootOf(sources: StartSources, folder: string | null, currentFolder: string): string {
  const { value, origin } = sources.find('cwd');
  if (value !== null && origin.from === 'flag') return resolve(currentFolder, value);
  if (folder !== null) return resolve(currentFolder, folder);
  if (value === null) return resolve(currentFolder);
  return origin.from === 'file' ? resolve(dirname(origin.path), value) : resolve(currentFolder, value);
}

function platformOptions(sources: StartSources, root: string, environment: Environment): PlatformOptions {
  return {
    project: projectOptions(sources, root),
    host: sources.value('host'),
    port: sources.value('port'),
    publicUrl: sources.value('publicUrl'),
    trustProxy: sources.value('trustProxy'),
    checkSignatures: sources.value('signature'),
    signatureStatus: sources.value('signatureStatus'),
    timeoutMs: sources.value('timeout'),
    maxInstances: sources.value('maxInstances'),
    minInstances: sources.value('minInstances'),
    maxInvocations: sources.value('maxInvocations'),
    maxConnections: sources.value('maxConnections'),
    bodyMemoryMb: sources.value('bodyMemory'),
    memoryMb: sources.value('memory'),
    maxProcesses: sources.value('maxProcesses'),
    maxOpenFiles: sources.value('maxOpenFiles'),
    temporaryMb: sources.value('temporarySpace'),
    isolation: sources.value('isolation'),
    reading: 'frozen',
    inspect: inspectorOf(sources.value('inspect'), sources.value('inspectBrk')),
    live: sources.value('live'),
    production: environment.NODE_ENV === 'production',
    keepsTraffic: false,
  };
}

/** A port that was named is the one that is meant. Throws `CodedError` (HS_USAGE). */
function recordsOptions(sources: StartSources, currentFolder: string): RecordsOptions {
  const port = sources.find('consolePort');
  const asked = sources.find('console');
  const count = sources.value('records');
  const isNamed = port.origin.from !== 'default';
  const console = asked.origin.from === 'default' ? (isNamed ? true : null) : asked.value;
  if (count === 0 && console === true) {
    throw new CodedError('HS_USAGE', '--records 0 leaves nothing that the console could show');
  }
  const file = sources.value('recordFile');
  return {
    console: count === 0 ? false : console,
    host: sources.value('consoleHost'),
    port: port.value,
    sparePorts: isNamed ? 0 : SPARE_PORTS,
    count,
    bytes: sources.value('recordsMemory') * MB,
    file: file === null ? null : resolve(currentFolder, file),
  };
}

function projectOptions(sources: StartSources, root: string): ProjectOptions {
  const envFile = sources.value('env');
  return {
    root,
    functionsFolder: sources.value('functionsFolder'),
    assetsFolder: sources.value('assetsFolder'),
    envFile: envFile === null ? null : resolve(root, envFile),
    loadLocalEnv: sources.value('loadLocalEnv'),
    legacyMode: sources.value('legacyMode'),
  };
}

/** A level that was asked for goes before `--no-logs`. */
function logLevelOf(sources: StartSources): LogLevel {
  const { value, origin } = sources.find('logLevel');
  return origin.from === 'default' && !sources.value('logs') ? 'warn' : value;
}

function lastOf(given: Arguments, key: string): string | undefined {
  return given.flags.get(key)?.at(-1);
}

function compatibilityWarnings(given: Arguments): string[] {
  const flags: [string, CompatibilityFlag][] = Object.entries(COMPATIBILITY_FLAGS);
  return flags
    .filter(([key]) => given.flags.has(key))
    .map(([key, { why }]) => `${flagName(key)} has no effect: ${why}`);
}

function warnOf(platform: PlatformOptions): string[] {
  const warnings = [warnOfTimeout(platform.timeoutMs), ...warnOfInspect(platform)];
  if (!isLoopback(platform.host)) warnings.push(...warnOfOpenHost(platform));
  return warnings.filter((warning) => warning !== null);
}

function warnOfOpenConsole({ host, console }: RecordsOptions): string[] {
  if (console === false || isLoopback(host)) return [];
  return [
    `--console-host ${host}: the console and its links can be reached from other machines, without encryption`,
  ];
}

/** request-flow, "Decided here": what a Host header decides can be replayed from another host. */
function warnOfOpenHost(platform: PlatformOptions): string[] {
  const { host, publicUrl, checkSignatures } = platform;
  const warnings = [];
  if (publicUrl === null && checkSignatures) {
    warnings.push(
      `--host ${host} without --public-url: the Host header of a request decides which URL its signature covers, so a signed request could be replayed from another host`,
    );
  }
  if (!checkSignatures) {
    warnings.push(
      `--host ${host} with --no-signature: protected paths can be called by everybody who reaches this machine`,
    );
  }
  return warnings;
}
