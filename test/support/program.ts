/** The real program as a child process: in a pipe, where it writes JSON lines, or in a terminal of its own. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './serve';

const MAIN = join(__dirname, '..', '..', 'src', 'main.js');

export interface ProgramOptions {
  /** Added to PATH and HOME, which are all that it sees of this process's variables. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Flags of Node. */
  readonly node?: readonly string[];
  /** What Node runs instead of our own `main.js`. */
  readonly main?: string;
  /** What is run instead of Node with `main`, before the arguments. */
  readonly command?: readonly string[];
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<Finished>;
  /** stdout so far. */
  output(): string;
  /** Waits until stdout matches. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it and all that it started, if they still run, and waits for that. */
  stop(): Promise<void>;
}

/** One that listens, and writes JSON lines. */
export interface Gateway extends Program {
  readonly url: string;
  readonly port: number;
  lines(): readonly LogLine[];
}

export type LogLine = Readonly<Record<string, unknown>>;

/** Runs it to its end. */
export async function runProgram(argv: readonly string[], options: ProgramOptions = {}): Promise<Finished> {
  return launchProgram(argv, options).ended;
}

/** `start` on a free port unless `argv` or the environment names one; waits until it listens. */
export function startGateway(argv: readonly string[], options: ProgramOptions = {}): Promise<Gateway> {
  const isGiven = argv.some((word) => /^(?:-p|--port)/.test(word)) || 'PORT' in (options.environment ?? {});
  return startConfigured(isGiven ? argv : ['--port', '0', ...argv], options);
}

/** `start` on the port that it is configured to have. */
export async function startConfigured(
  argv: readonly string[],
  options: ProgramOptions = {},
): Promise<Gateway> {
  const program = launchProgram(['start', '-o', 'json', ...argv], options);
  const lines = (): readonly LogLine[] => linesOf(program.output());
  try {
    await program.said(/"msg":"listening".*\n/);
  } catch (error) {
    await program.stop();
    throw error;
  }
  const url = String(lines().find(({ msg }) => msg === 'listening')?.url);
  return { ...program, url, port: Number(new URL(url).port), lines };
}

export function launchProgram(argv: readonly string[], options: ProgramOptions = {}): Program {
  const [file = '', ...before] = commandOf(options);
  return launch(file, [...before, ...argv], options);
}

/**
 * In a pseudo-terminal, made by the `script` of the system. What is written to `child.stdin` is typed: `\x03` is Ctrl-C.
 * The pid is that of `script`.
 */
export function launchInTerminal(argv: readonly string[], options: ProgramOptions = {}): Program {
  const command = [...commandOf(options), ...argv];
  const isMac = process.platform === 'darwin';
  const script = isMac
    ? ['-q', '/dev/null', ...command]
    : ['-qefc', `exec ${command.map(quote).join(' ')}`, '/dev/null'];
  return launch('script', script, options);
}

/** The lines that are whole. Throws where one is not JSON. */
export function linesOf(output: string): readonly LogLine[] {
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as LogLine);
}

/** The processes whose parent this is now. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((candidate) => candidate > 0 && statusOf(candidate)?.parent === pid);
}

/** Of a gateway: those that run Functions, or are about to. */
export function instancesOf(pid: number): readonly number[] {
  return childrenOf(pid).filter((child) => !isReaper(child));
}

/** The process that outlives a gateway by a moment; 0: there is none. */
export function reaperOf(pid: number): number {
  return childrenOf(pid).find(isReaper) ?? 0;
}

/** Zombies, which nobody may have asked for yet, do not count. */
export function isAlive(pid: number): boolean {
  const status = statusOf(pid);
  return status !== null && status.state !== 'Z' && status.state !== 'X';
}

/** Waits until none of them is alive. */
export async function allGone(pids: readonly number[]): Promise<void> {
  assert.notEqual(pids.length, 0, 'there were none');
  await eventually(() => (pids.some(isAlive) ? undefined : true));
}

function isReaper(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('hookswitch-reaper');
  } catch {
    return false; // gone already
  }
}

function commandOf({ node = [], main = MAIN, command }: ProgramOptions): readonly string[] {
  return command ?? [process.execPath, ...node, main];
}

function launch(command: string, argv: readonly string[], { environment, folder }: ProgramOptions): Program {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, argv, {
    cwd: folder ?? process.cwd(),
    env: { PATH, HOME, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      texts[name] += chunk;
    });
  }
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(([code, signal]): Finished => {
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, ...texts };
  });
  return {
    child,
    pid: child.pid ?? 0,
    ended,
    output: () => texts.stdout,
    said: (pattern) => waitForText(pattern, texts, child),
    stop: async () => {
      killTree(child.pid ?? 0);
      await ended;
    },
  };
}

function waitForText(
  pattern: RegExp,
  texts: { readonly stdout: string; readonly stderr: string },
  child: ChildProcess,
): Promise<RegExpExecArray> {
  const search = (): RegExpExecArray | undefined => {
    const found = pattern.exec(texts.stdout);
    if (found === null && child.exitCode !== null) {
      throw new Error(`it ended without ${pattern}: ${texts.stdout}${texts.stderr}`);
    }
    return found ?? undefined;
  };
  return eventually(search, 20_000);
}

/** From the top down, so that nothing is started meanwhile. */
function killTree(pid: number): void {
  const children = childrenOf(pid);
  try {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
  for (const child of children) killTree(child);
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** `pid (name) state parent …`; the name may hold spaces and brackets. `null` where there is no such process. */
function statusOf(pid: number): { readonly state: string; readonly parent: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', parent = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
}
