/** A server that is measured: one process with whatever it starts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '../measure/request';

export interface Contender {
  readonly name: string;
  /** Measured once, last, longer and without a warm-up: a few requests keep it busy for many seconds. */
  readonly isSlow: boolean;
  start(): Promise<Server>;
}

export interface Server {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export interface Command {
  /** Arguments of Node. */
  readonly argv: readonly string[];
  readonly port: number;
  readonly cwd: string;
  /** File for stdout; `null`: thrown away. */
  readonly output: string | null;
}

const START_MS = 30_000;
const POLL_MS = 2;
const STOP_MS = 5_000;
const LAST_WORDS = 4_000;

/** Resolves when it answers HTTP, whatever it answers. */
export async function startServer(command: Command): Promise<Server> {
  const server = launchServer(command);
  await waitForAnswer(server, '/');
  return server;
}

/** Does not wait. What it writes to stderr is shown if it ends by itself. */
export function launchServer({ argv, port, cwd, output }: Command): Server {
  const descriptor = output === null ? null : openSync(output, 'w');
  const child = spawn(process.execPath, argv, { cwd, stdio: ['ignore', descriptor ?? 'ignore', 'pipe'] });
  if (descriptor !== null) closeSync(descriptor);
  if (child.pid === undefined) throw new Error(`cannot start ${argv.join(' ')}`);
  const lastWords = keepLastWords(child);
  child.once('exit', (code) => {
    if (code !== null && code !== 0) console.error(`${argv.join(' ')} ended with ${code}: ${lastWords()}`);
  });
  return { pid: child.pid, port, stop: () => stop(child) };
}

function keepLastWords(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-LAST_WORDS);
  });
  return () => tail;
}

/** Asks until an answer comes. */
export async function waitForAnswer(server: Server, target: string): Promise<void> {
  const client = new Client(server.port);
  const until = performance.now() + START_MS;
  while (!(await answers(client, target))) {
    if (performance.now() > until) throw new Error(`no answer on port ${server.port} after ${START_MS} ms`);
    await sleep(POLL_MS);
  }
  client.close();
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answers(client: Client, target: string): Promise<boolean> {
  return client.get(target).then(
    () => true,
    () => false,
  );
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
