/**
 * Makes the options of `start` from the command line, the environment and the configuration file: the only place
 * that reads any of them. Precedence: flag, HOOKSWITCH_… variable, PORT (for the port), configuration file, default.
 */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { inspect } from 'node:util';
import { CodedError } from '../errors';
import type { PlatformOptions, ProjectOptions } from '../platform';
import { type Arguments, readArguments } from './arguments';
import { COMPATIBILITY_FLAGS, type CompatibilityFlag } from './compatibility';
import { type ConfigFile, readConfigFile } from './file';
import { isLoopback } from './host';
import type { LogLevel } from './log-level';
import { environmentName, flagName } from './names';
import type { Option } from './option';
import { OPTIONS, type OptionKey, type OptionValue, type OutputFormat } from './options';
import { warnOfTimeout } from './timeout';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface StartOptions {
  readonly platform: PlatformOptions;
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
  const given = readArguments(argv, (word) => isFolder(resolve(currentFolder, word)));
  return startOptionsOf(given, environment, currentFolder);
}

/** The same for arguments that are read already; their words are `[dir]`. */
export function startOptionsOf(
  given: Arguments,
  environment: Environment,
  currentFolder: string,
): StartOptions {
  const folder = onlyFolder(given.words);
  const file = findConfigFile(given, environment, resolve(currentFolder, folder ?? '.'), currentFolder);
  const sources = new Sources(given, environment, file);
  const platform = platformOptions(sources, rootOf(sources, folder, currentFolder), environment);
  return {
    platform,
    logLevel: logLevelOf(sources),
    outputFormat: sources.value('outputFormat'),
    warnings: [...compatibilityWarnings(given), ...warnOf(platform)],
  };
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
  const known = new Sources(given, environment, null);
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
function rootOf(sources: Sources, folder: string | null, currentFolder: string): string {
  const { value, origin } = sources.find('cwd');
  if (value !== null && origin.from === 'flag') return resolve(currentFolder, value);
  if (folder !== null) return resolve(currentFolder, folder);
  if (value === null) return resolve(currentFolder);
  return origin.from === 'file' ? resolve(dirname(origin.path), value) : resolve(currentFolder, value);
}

function platformOptions(sources: Sources, root: string, environment: Environment): PlatformOptions {
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
    live: sources.value('live'),
    production: environment.NODE_ENV === 'production',
  };
}

function projectOptions(sources: Sources, root: string): ProjectOptions {
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
function logLevelOf(sources: Sources): LogLevel {
  const { value, origin } = sources.find('logLevel');
  return origin.from === 'default' && !sources.value('logs') ? 'warn' : value;
}

type Origin =
  | { readonly from: 'flag' | 'environment'; readonly name: string }
  | { readonly from: 'file'; readonly path: string; readonly key: string }
  | { readonly from: 'default' };

interface Found<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** The three places an option can come from, and the default below them. */
class Sources {
  readonly #given: Arguments;
  readonly #environment: Environment;
  readonly #file: ConfigFile | null;

  constructor(given: Arguments, environment: Environment, file: ConfigFile | null) {
    this.#given = given;
    this.#environment = environment;
    this.#file = file;
  }

  value<K extends OptionKey>(key: K): OptionValue<K> {
    return this.find(key).value;
  }

  find<K extends OptionKey>(key: K): Found<OptionValue<K>> {
    // The compiler does not see that the row of K holds values of K.
    const option = OPTIONS[key] as unknown as Option<OptionValue<K>>;
    return (
      this.#fromFlag(key, option) ??
      this.#fromEnvironment(key, option) ??
      this.#fromFile(key, option) ?? { value: option.initial, origin: { from: 'default' } }
    );
  }

  #fromFlag<T>(key: string, option: Option<T>): Found<T> | null {
    const values = this.#given.flags.get(key);
    if (values === undefined) return null;
    const text = option.kind === 'list' ? values.join(',') : (values.at(-1) ?? '');
    return checked(option, text, { from: 'flag', name: flagName(key) });
  }

  /** An empty variable is none: that is how one is switched off in many places. */
  #fromEnvironment<T>(key: string, option: Option<T>): Found<T> | null {
    if (!option.configurable) return null;
    const names = [environmentName(key), option.alsoEnvironment].filter((name) => name !== null);
    const name = names.find((candidate) => (this.#environment[candidate] ?? '') !== '');
    if (name === undefined) return null;
    return checked(option, this.#environment[name] ?? '', { from: 'environment', name });
  }

  #fromFile<T>(key: string, option: Option<T>): Found<T> | null {
    if (this.#file === null || !option.configurable || !Object.hasOwn(this.#file.values, key)) return null;
    const value = this.#file.values[key];
    if (value === undefined || value === null) return null;
    const origin: Origin = { from: 'file', path: this.#file.path, key };
    const text = textOfFileValue(option, value);
    if (text === null) throw notAllowed(option, inspect(value, { depth: 1, breakLength: Infinity }), origin);
    return checked(option, text, origin);
  }
}

function checked<T>(option: Option<T>, text: string, origin: Origin): Found<T> {
  const value = option.read(text);
  if (value === undefined) throw notAllowed(option, JSON.stringify(text), origin);
  return { value, origin };
}

/** A file has numbers and booleans of its own: `port: 3000` and `port: "3000"` are the same. `null`: the wrong kind. */
function textOfFileValue<T>(option: Option<T>, value: unknown): string | null {
  switch (option.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : null;
    case 'number':
    case 'choice':
      return typeof value === 'number' || typeof value === 'string' ? String(value) : null;
    case 'string':
      return typeof value === 'string' ? value : null;
    case 'list':
      if (Array.isArray(value))
        return value.every((item) => typeof item === 'string') ? listText(value) : null;
      return typeof value === 'string' || typeof value === 'boolean' ? String(value) : null;
  }
}

function listText(items: readonly string[]): string {
  return items.length === 0 ? 'false' : items.join(',');
}

function notAllowed<T>(option: Option<T>, shown: string, origin: Origin): CodedError {
  const problem = `${shown} is not allowed: use ${option.allowed}`;
  switch (origin.from) {
    case 'file':
      return new CodedError('HS_CONFIG_INVALID', `${origin.path}: ${origin.key}: ${problem}`);
    case 'flag':
    case 'environment':
      return new CodedError('HS_USAGE', `${origin.name}: ${problem}`);
    case 'default':
      return new CodedError('HS_INTERNAL', `a default: ${problem}`);
  }
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
  const warnings = [warnOfTimeout(platform.timeoutMs)];
  if (!isLoopback(platform.host)) warnings.push(...warnOfOpenHost(platform));
  return warnings.filter((warning) => warning !== null);
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
