/** A platform in this process, with real instances, on a free port; what it told is kept for the test to read. */
import { join } from 'node:path';
import type { LateLine, RequestRecord } from '../../src/model/invocation';
import type { Reload } from '../../src/model/reload';
import { type Platform, type PlatformEvents, type PlatformOptions, startPlatform } from '../../src/platform';
import { type TestProject, writeProject } from './project';

export interface Served {
  readonly platform: Platform;
  readonly project: TestProject;
  readonly port: number;
  readonly records: RequestRecord[];
  readonly late: LateLine[];
  readonly notices: string[];
  /** Of the builds that became live after the first one. */
  readonly reloads: Reload[];
  /** The record of the last request of this path (without query), waiting for it up to 2 s. */
  record(path: string): Promise<RequestRecord>;
  close(): Promise<void>;
}

/** Whoever is told what the platform tells, beside the test. */
export type Listeners = Partial<Pick<PlatformEvents, 'request' | 'late'>>;

export type ServeOptions = Partial<Omit<PlatformOptions, 'project'>> & {
  readonly project?: Partial<PlatformOptions['project']>;
  /** How long a client may take to send its request: see `ListenOptions`, where the platform passes it on. */
  readonly requestMs?: number;
};

const DEFAULTS: Omit<PlatformOptions, 'project'> = {
  host: '127.0.0.1',
  port: 0,
  publicUrl: null,
  trustProxy: [],
  checkSignatures: true,
  signatureStatus: 400,
  timeoutMs: 10_000,
  maxInstances: null,
  minInstances: 0,
  maxInvocations: null,
  maxConnections: null,
  bodyMemoryMb: null,
  memoryMb: 256,
  maxProcesses: 64,
  maxOpenFiles: 1_024,
  temporaryMb: 512,
  isolation: 'function',
  reading: 'frozen',
  inspect: null,
  live: false,
  production: false,
  keepsTraffic: false,
};

/** Serves a project written inline, or a folder that exists. */
export async function serve(
  files: Readonly<Record<string, string | Buffer>> | string,
  options: ServeOptions = {},
  listeners: Listeners = {},
): Promise<Served> {
  const project = typeof files === 'string' ? existing(files) : await writeProject(files);
  const records: RequestRecord[] = [];
  const late: LateLine[] = [];
  const notices: string[] = [];
  const reloads: Reload[] = [];
  const platform = await startPlatform(
    {
      ...DEFAULTS,
      ...options,
      project: {
        root: project.path,
        functionsFolder: null,
        assetsFolder: null,
        envFile: null,
        loadLocalEnv: false,
        legacyMode: false,
        ...options.project,
      },
    },
    {
      request: (record) => {
        records.push(record);
        listeners.request?.(record);
      },
      late: (line) => {
        late.push(line);
        listeners.late?.(line);
      },
      reloaded: (_build, problem, reload) => {
        notices.push(problem ?? 'reloaded');
        if (problem === null) reloads.push(reload);
      },
      notice: (_level, message) => notices.push(message),
    },
  );
  return {
    platform,
    project,
    port: platform.port,
    records,
    late,
    notices,
    reloads,
    record: (path) => eventually(() => records.findLast(({ target }) => target.split('?')[0] === path)),
    close: async () => {
      await platform.close();
      await project.remove();
    },
  };
}

/** Asks until there is an answer; throws after 10 s, which is long even where others keep the machine busy. */
export async function eventually<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 10_000,
): Promise<T> {
  for (const start = performance.now(); performance.now() - start < timeoutMs; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('what the test waits for did not happen');
}

/** A folder that is not the test's own: it is served, and left as it is. */
function existing(path: string): TestProject {
  const refuse = async (): Promise<void> => {
    throw new Error(`${path} is not the test's own`);
  };
  const file = (name: string) => join(path, name);
  return { path, file, write: refuse, replace: refuse, delete: refuse, remove: async () => {} };
}
