import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'dotenv';
import { CodedError } from '../errors';
import type { BuildProblem } from '../model/build';
import type { ProjectOptions } from '../platform';
import { nameOf } from './folders';

export interface ProjectVariables {
  readonly variables: Readonly<Record<string, string>>;
  /** `null` where absent or empty. */
  readonly accountSid: string | null;
  readonly authToken: string | null;
  readonly problems: readonly BuildProblem[];
}

/**
 * The variables of a project. Precedence, highest first:
 *
 * 1. what the program that starts the platform says;
 * 2. what the file says (`--env FILE`, else `.env` of the project if there is one);
 * 3. with `--load-local-env` only: the environment that Hookswitch itself was started with;
 * 4. the program's defaults, also where a name is there and empty.
 *
 * Within each of the first three, `ACCOUNT_SID` and `TWILIO_ACCOUNT_SID` stand in for each other where one is absent or
 * empty, likewise `AUTH_TOKEN` and `TWILIO_AUTH_TOKEN`; where both are given, each stays as it is. Filling in per
 * source keeps the token of one account from being joined with the SID of another. The gateway and `context` use
 * the spelling without `TWILIO_`.
 *
 * Throws `HS_ENV_FILE` where a named file does not exist, or the file cannot be read.
 */
export function readVariables(options: ProjectOptions, hostEnvironment: NodeJS.ProcessEnv): ProjectVariables {
  const file = readEnvFile(options);
  const host = options.loadLocalEnv ? definedOnly(hostEnvironment) : {};
  const given = [host, file.variables, options.variables ?? {}].map(fillCredentials);
  const variables: Record<string, string> = Object.assign({}, ...given);
  for (const [name, value] of Object.entries(options.defaultVariables ?? {})) variables[name] ||= value;
  return {
    variables: Object.freeze(variables),
    accountSid: variables[ACCOUNT_SID] || null,
    authToken: variables[AUTH_TOKEN] || null,
    problems: file.problems,
  };
}

/** Absolute path of the file of variables, whether it exists or not. */
export function envFileOf(options: ProjectOptions): string {
  return options.envFile === null ? join(options.root, '.env') : resolve(options.root, options.envFile);
}

const ACCOUNT_SID = 'ACCOUNT_SID';
const AUTH_TOKEN = 'AUTH_TOKEN';
/** The two names of each credential, the one that `context` uses first. */
export const SPELLINGS = [
  [ACCOUNT_SID, 'TWILIO_ACCOUNT_SID'],
  [AUTH_TOKEN, 'TWILIO_AUTH_TOKEN'],
] as const;

/** What the file of variables says; empty where there is none. Throws `HS_ENV_FILE`. */
export function readEnvText(options: ProjectOptions): string {
  const bytes = readBytes(envFileOf(options), options.envFile !== null);
  return bytes === null ? '' : decodeText(bytes);
}

interface EnvFile {
  readonly variables: Record<string, string>;
  readonly problems: readonly BuildProblem[];
}

function readEnvFile(options: ProjectOptions): EnvFile {
  const text = readEnvText(options);
  return { variables: parse(text), problems: checkText(nameOf(options.root, envFileOf(options)), text) };
}

function readBytes(file: string, mustExist: boolean): Buffer | null {
  try {
    return readFileSync(file);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    if (code === 'ENOENT' && !mustExist) return null;
    throw new CodedError('HS_ENV_FILE', `The file of variables ${file} ${explainFailure(code)}.`, { cause });
  }
}

function explainFailure(code: unknown): string {
  switch (code) {
    case 'ENOENT':
      return 'does not exist';
    case 'EISDIR':
      return 'is a folder';
    case 'EACCES':
      return 'may not be read by this user';
    default:
      return `cannot be read (${String(code)})`;
  }
}

/** UTF-8, or UTF-16 with its mark: what `>` writes in Windows PowerShell. The decoder removes the mark. */
function decodeText(bytes: Buffer): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8').decode(bytes);
}

function checkText(file: string, text: string): readonly BuildProblem[] {
  const line = text.split('\n').findIndex((content) => content.includes('\ufffd')) + 1;
  if (line === 0) return [];
  return [{ file, message: `${file}:${line}: is not UTF-8; save the file as UTF-8` }];
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

function fillCredentials(variables: Readonly<Record<string, string>>): Record<string, string> {
  const filled = { ...variables };
  for (const [short, long] of SPELLINGS) {
    const value = filled[short] || filled[long];
    if (!value) continue;
    filled[short] ||= value;
    filled[long] ||= value;
  }
  return filled;
}
