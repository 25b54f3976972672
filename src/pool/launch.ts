/** Starts the process of an instance. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { heapFlags } from './memory';
import type { ProcessTag } from './process-tag';

const RUNTIME_MAIN = join(__dirname, '..', 'runtime', 'main.js');

/** POSIX has it; where there is none (an image with Node alone) there are no limits that only a shell can set. */
export const SHELL = '/bin/sh';
export const HAS_SHELL = existsSync(SHELL);

/**
 * Becomes the instance, in 0.5 ms. No core file, so that a crash fills no disk. A limit that is lower already stays.
 * The limit of file locks is `-w` in dash and older busybox, `-x` in bash and newer busybox.
 */
const LIMITED = `
ulimit -c 0 2>/dev/null
ulimit -n "$1" 2>/dev/null
ulimit -w "$2" 2>/dev/null || ulimit -x "$2" 2>/dev/null
shift 2
exec "$@"
`;

export interface LaunchSettings {
  readonly memoryMb: number;
  readonly maxOpenFiles: number;
  readonly tag: ProcessTag;
  readonly claimFd: number;
  /** Handed to the runtime. */
  readonly compileCache: string;
  /** It does not keep our process alive. */
  readonly background?: boolean;
  /** Loaded before it knows what it runs; files and built-in modules. */
  readonly likely?: readonly string[];
}

export interface LaunchedProcess {
  readonly child: ChildProcess;
  readonly channel: Socket;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/**
 * No variable of the host reaches the process, not even PATH: variables are set inside (see `runtime/loop`).
 * Detached, so that Ctrl-C in the terminal does not reach it in the middle of a call, and so that its whole group,
 * with the children that a Function started, can be killed at once.
 * Throws what `spawn` throws (EAGAIN, ENOMEM, EMFILE: the limits of the machine).
 */
export function launch(settings: LaunchSettings): LaunchedProcess {
  const [file = '', ...argv] = commandOf(settings);
  const child = spawn(file, argv, {
    env: {},
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', settings.claimFd],
  });
  // Without descriptors (EMFILE) there is a child without pipes, which tells its error later.
  child.on('error', () => {});
  const [, stdout, stderr, channel] = child.stdio ?? [];
  if (!stdout || !stderr || !channel)
    throw new Error('the process got no pipes; are there too many open files?');
  if (settings.background === true)
    for (const handle of [child, stdout, stderr, channel]) (handle as ChildProcess | Socket).unref();
  return { child, channel: channel as Socket, stdout: stdout as Readable, stderr: stderr as Readable };
}

function commandOf({
  memoryMb,
  maxOpenFiles,
  tag,
  compileCache,
  likely = [],
}: LaunchSettings): readonly string[] {
  const node = [process.execPath, ...heapFlags(memoryMb), RUNTIME_MAIN, compileCache, ...likely];
  return HAS_SHELL ? [SHELL, '-c', LIMITED, 'hookswitch', String(maxOpenFiles), tag, ...node] : node;
}

/** The process and whatever it started and did not detach. A process that is gone already is fine. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
