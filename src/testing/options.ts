/** What a test may say about the project that it starts. */
import { join } from 'node:path';
import { MEMORY_MB, OPEN_FILES, PROCESSES, TEMPORARY_MB } from '../model/limits';
import type { Isolation, PlatformOptions, ProjectOptions } from '../platform';

export interface StartOptions {
  /** Over those of `.env`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Auth token that requests are signed with; that of the project where nothing is said, else one for tests. */
  readonly authToken?: string;
  /** Limit of a Function, ms. 4 s where nothing is said: below the 5 s that test runners give to a test. */
  readonly timeout?: number;
  /** What Functions may connect to beside this machine. Requests to Twilio go to the test in any case (`app.twilio`). */
  readonly network?: 'refuse' | 'allow' | readonly string[];
  /** File of recorded answers to outbound requests, relative to the current folder. */
  readonly cassette?: string;
  /** Path of the Function that takes texts; the only one that fits where nothing is said. */
  readonly sms?: string;
  /** Path of the Function that takes calls. */
  readonly voice?: string;
  /** What the world calls the project; `http://localhost:PORT` where nothing is said. */
  readonly publicUrl?: string;
  /** `false`: signatures of requests are not checked. */
  readonly checkSignatures?: boolean;
  /** File of variables, relative to the project; it has to exist. */
  readonly env?: string;
  /** Functions also see the environment variables of the test process. */
  readonly loadLocalEnv?: boolean;
  readonly functionsFolder?: string;
  readonly assetsFolder?: string;
  readonly legacyMode?: boolean;
  readonly production?: boolean;
  readonly isolation?: Isolation;
  readonly maxInstances?: number;
  readonly maxInvocations?: number;
  readonly signatureStatus?: 400 | 403;
  /** Of an instance. Other limits than the usual ones cost a start of its own. */
  readonly memoryMb?: number;
  readonly maxProcesses?: number;
  readonly maxOpenFiles?: number;
  readonly temporaryMb?: number;
}

export type InlineFiles = Readonly<Record<string, string | Uint8Array>>;

export const TEST_TIMEOUT_MS = 4_000;

/** Where the project has none: in the form of real ones, and nobody's. */
export const TEST_ACCOUNT_SID = 'AC00000000000000000000000000000000';
export const TEST_AUTH_TOKEN = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

export const INSTANCE_LIMITS = {
  memoryMb: MEMORY_MB,
  maxProcesses: PROCESSES,
  maxOpenFiles: OPEN_FILES,
  temporaryMb: TEMPORARY_MB,
} as const;

/** `root`: absolute. */
export function platformOptions(root: string, options: StartOptions): PlatformOptions {
  return {
    ...INSTANCE_LIMITS,
    ...given(options, ['memoryMb', 'maxProcesses', 'maxOpenFiles', 'temporaryMb']),
    project: projectOptions(root, options),
    host: '127.0.0.1',
    port: 0,
    publicUrl: options.publicUrl === undefined ? null : new URL(options.publicUrl),
    trustProxy: [],
    checkSignatures: options.checkSignatures ?? true,
    signatureStatus: options.signatureStatus ?? 400,
    timeoutMs: options.timeout ?? TEST_TIMEOUT_MS,
    maxInstances: options.maxInstances ?? null,
    minInstances: 0,
    maxInvocations: options.maxInvocations ?? null,
    maxConnections: null,
    bodyMemoryMb: null,
    isolation: options.isolation ?? 'function',
    reading: 'frozen',
    inspect: null,
    live: false,
    production: options.production ?? false,
    shortLived: true,
    keepsTraffic: true,
  };
}

function projectOptions(root: string, options: StartOptions): ProjectOptions {
  const { authToken } = options;
  return {
    root,
    functionsFolder: options.functionsFolder ?? null,
    assetsFolder: options.assetsFolder ?? null,
    envFile: options.env === undefined ? null : join(root, options.env),
    loadLocalEnv: options.loadLocalEnv ?? false,
    legacyMode: options.legacyMode ?? false,
    variables: { ...(authToken === undefined ? {} : tokenVariables(authToken)), ...options.variables },
    defaultVariables: { ACCOUNT_SID: TEST_ACCOUNT_SID, ...tokenVariables(TEST_AUTH_TOKEN) },
  };
}

function tokenVariables(token: string): Readonly<Record<string, string>> {
  return { AUTH_TOKEN: token };
}

function given<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<Required<T>, K> {
  const found = keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]);
  return Object.fromEntries(found) as Pick<Required<T>, K>;
}
