/** The gateway under attack: the compiled program, as users start it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort, waitForAnswer } from '../contenders/contender';
import { PROBE_VARIABLE, type Probed } from './probed';
import type { Grounds } from './project';

const PROGRAM = join(__dirname, '..', '..', 'src', 'main.js');
const PROBE = join(__dirname, 'probe.js');
const FLAGS = ['--log-level', 'warn', '-o', 'json', '--timeout', '2s', '--memory', '160'];
export const MAX_INSTANCES = 40;
const PROBE_MS = 10_000;
const STOP_MS = 20_000;
const POLL_MS = 20;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly tookMs: number;
}

export class Gateway {
  readonly #child: ChildProcess;
  readonly #probeFile: string;
  readonly logFile: string;
  readonly errorFile: string;

  private constructor(
    grounds: Grounds,
    readonly port: number,
  ) {
    this.#probeFile = join(grounds.folder, 'probe');
    this.logFile = join(grounds.folder, 'gateway.log');
    this.errorFile = join(grounds.folder, 'gateway.err');
    this.#child = this.#launch(grounds);
  }

  static async start(grounds: Grounds): Promise<Gateway> {
    const gateway = new Gateway(grounds, await findFreePort());
    const { pid, port } = gateway;
    await waitForAnswer({ pid, port, stop: async () => {} }, '/');
    return gateway;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The end of what it wrote, for when it ended by itself. */
  get lastWords(): string {
    const files = [this.logFile, this.errorFile];
    return files.map((file) => readFileSync(file, 'utf8').slice(-1_000)).join('\n');
  }

  /** What the gateway holds once the garbage is gone. */
  async probe(): Promise<Probed> {
    rmSync(this.#probeFile, { force: true });
    this.#child.kill('SIGUSR2');
    const until = performance.now() + PROBE_MS;
    while (!existsSync(this.#probeFile)) {
      if (performance.now() > until) throw new Error('the gateway does not answer its probe');
      await sleep(POLL_MS);
    }
    return JSON.parse(readFileSync(this.#probeFile, 'utf8')) as Probed;
  }

  /** SIGTERM; SIGKILL where that does not help. */
  async stop(): Promise<Exit> {
    const startedAt = performance.now();
    if (this.isAlive) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    }
    const { exitCode: code, signalCode: signal } = this.#child;
    return { code, signal, tookMs: performance.now() - startedAt };
  }

  #launch({ projectRoot, folder, temporary }: Grounds): ChildProcess {
    const node = [process.execPath, '--expose-gc', '--require', PROBE, PROGRAM];
    const flags = [
      'start',
      projectRoot,
      '--port',
      String(this.port),
      '--max-instances',
      String(MAX_INSTANCES),
    ];
    const out = openSync(this.logFile, 'a');
    const err = openSync(this.errorFile, 'a');
    // A core file in the project would be a saved file.
    const argv = ['-c', 'ulimit -c 0; exec "$@"', 'sh', ...node, ...flags, ...FLAGS];
    const child = spawn('/bin/sh', argv, {
      cwd: folder,
      env: { PATH: process.env.PATH, TMPDIR: temporary, [PROBE_VARIABLE]: this.#probeFile },
      stdio: ['ignore', out, err],
    });
    closeSync(out);
    closeSync(err);
    return child;
  }
}
