/** Starts the process of an instance. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const RUNTIME_MAIN = join(__dirname, '..', 'runtime', 'main.js');

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
export function launch(claimFd: number, memoryMb: number): LaunchedProcess {
  const child = spawn(process.execPath, [`--max-old-space-size=${memoryMb}`, RUNTIME_MAIN], {
    env: {},
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', claimFd],
  });
  // Without descriptors (EMFILE) there is a child without pipes, which tells its error later.
  child.on('error', () => {});
  const [, stdout, stderr, channel] = child.stdio ?? [];
  if (!stdout || !stderr || !channel)
    throw new Error('the process got no pipes; are there too many open files?');
  return { child, channel: channel as Socket, stdout: stdout as Readable, stderr: stderr as Readable };
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
