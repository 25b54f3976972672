/**
 * A small process beside the gateway that outlives it by a moment: when the gateway is gone, however it went, it ends
 * what is left of the instances. While the gateway lives it ends what instances leave behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HAS_SHELL, SHELL } from './launch';
import type { ProcessTag } from './process-tag';
import { REAPER_SCRIPT } from './reaper-script';
import { folderPrefix } from './temporary-folder';

/** Deaths of this time are looked after together: each look reads /proc once. */
const HUNT_PAUSE_MS = 20;
const MOST_TAGS_PER_LINE = 64;
/** Of instances that ended: so many are told again to one that takes the place of one that died. */
const REMEMBERED_TAGS = 256;
/** One that lives shorter is not started again before the next instance is. */
const LEAST_LIFE_MS = 1_000;

const NO_REAPER =
  'processes and temporary files of Functions may be left behind when the gateway is killed: its helper process';

export class Reaper {
  /** Of the temporary folders; also of those that are not made yet. */
  readonly #prefix = join(tmpdir(), folderPrefix());
  readonly #running = new Map<number, ProcessTag>();
  /** Nobody has been told of them yet. */
  readonly #ended: ProcessTag[] = [];
  /** The last ones that were told. Whoever was told may have died before it got there. */
  #hunted: ProcessTag[] = [];
  #folders = 0;
  #child: ChildProcess | null = null;
  #startedAt = 0;
  #huntTimer: NodeJS.Timeout | null = null;
  #warned = false;
  #closed = false;

  /** `warn`: what the operator should know; told once. */
  constructor(private readonly warn: (message: string) => void) {}

  /** A temporary folder that is gone at the latest a moment after the gateway. Throws what making it throws. */
  makeFolder(): string {
    // First, so that there is no moment in which nobody would remove it.
    if (this.#child === null) this.#start();
    this.#folders += 1;
    const folder = `${this.#prefix}${this.#folders}`;
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  }

  /**
   * Right after its start, before it is told what to run. The line is in the kernel when this returns. Who dies
   * between the start and this line leaves an instance without author's code, which sees the end of its channel.
   */
  add(pid: number, tag: ProcessTag): void {
    this.#running.set(pid, tag);
    if (this.#child === null) this.#start();
    else this.#write(runLine(pid, tag));
  }

  /** In the turn in which the process was asked for, so that its number is nobody else's yet. */
  remove(pid: number): void {
    const tag = this.#running.get(pid);
    if (tag === undefined) return;
    this.#running.delete(pid);
    this.#ended.push(tag);
    this.#write(`end ${pid}\n`);
    this.#huntTimer ??= setTimeout(() => this.#hunt(), HUNT_PAUSE_MS).unref();
  }

  /** Once every instance is gone. Repeatable. */
  close(): void {
    this.#closed = true;
    this.#hunt();
    this.#child?.stdin?.end();
  }

  /** A start tells about all that run, so it is also the way back after a death. */
  #start(): void {
    if (!HAS_SHELL || this.#closed) return this.#warnOnce(`needs ${SHELL}`);
    const child = spawn(SHELL, ['-c', REAPER_SCRIPT, 'hookswitch-reaper', this.#prefix], {
      // For grep, rm and sleep.
      env: { PATH: '/usr/bin:/bin' },
      cwd: '/',
      // What ends the group of the gateway must not end this.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.on('error', (error) => this.#onGone(child, error.message));
    child.on('exit', (code, signal) => this.#onGone(child, `it ended with ${signal ?? `exit code ${code}`}`));
    // Without descriptors (EMFILE) there is no pipe; the error is told later.
    if (child.stdin === null || child.pid === undefined) return;
    child.stdin.on('error', () => {});
    child.unref();
    (child.stdin as Socket).unref();
    this.#child = child;
    this.#startedAt = performance.now();
    for (const [pid, tag] of this.#running) this.#write(runLine(pid, tag));
    this.#writeHunts(this.#hunted);
  }

  #onGone(child: ChildProcess, why: string): void {
    if (this.#closed || (this.#child !== null && this.#child !== child)) return;
    const livedMs = this.#child === null ? 0 : performance.now() - this.#startedAt;
    this.#child = null;
    if (livedMs >= LEAST_LIFE_MS) this.#start();
    else this.#warnOnce(`does not stay (${why})`);
  }

  #warnOnce(why: string): void {
    if (this.#warned || this.#closed) return;
    this.#warned = true;
    this.warn(`${NO_REAPER} ${why}`);
  }

  #hunt(): void {
    if (this.#huntTimer !== null) clearTimeout(this.#huntTimer);
    this.#huntTimer = null;
    const tags = this.#ended.splice(0);
    this.#writeHunts(tags);
    this.#hunted = this.#hunted.concat(tags).slice(-REMEMBERED_TAGS);
  }

  #writeHunts(tags: readonly ProcessTag[]): void {
    for (let at = 0; at < tags.length; at += MOST_TAGS_PER_LINE) {
      this.#write(`hunt ${tags.slice(at, at + MOST_TAGS_PER_LINE).join(' ')}\n`);
    }
  }

  #write(line: string): void {
    const stdin = this.#child?.stdin;
    if (stdin?.writable === true) stdin.write(line);
  }
}

function runLine(pid: number, tag: ProcessTag): string {
  return `run ${pid} ${tag}\n`;
}
