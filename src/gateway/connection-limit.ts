/** How many connections may be open, and how it is told that more wanted to be. */
import { readFileSync } from 'node:fs';

const MOST = 20_000;
/** The rest of the files that may be open is for instances, four each, and for what they load. */
const SHARE = 0.75;

/** As many as the open files that this process is allowed leave room for. */
export function defaultMaxConnections(): number {
  return Math.min(MOST, Math.floor(allowedFiles() * SHARE));
}

/** Linux tells; Node has raised the soft limit to the hard one when it started. Elsewhere it is not known. */
function allowedFiles(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** A flood of refused connections makes one line a second. */
const TELL_MS = 1_000;

export class RefusedConnections {
  #count = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly tell: (detail: string) => void) {}

  add(limit: number): void {
    this.#count += 1;
    if (this.#timer !== null) return;
    this.#report(limit);
  }

  #again(limit: number): void {
    this.#timer = null;
    if (this.#count > 0) this.#report(limit);
  }

  #report(limit: number): void {
    const what = this.#count === 1 ? 'a connection was' : `${this.#count} connections were`;
    this.tell(`${what} closed at once: ${limit} are open`);
    this.#count = 0;
    this.#timer = setTimeout(() => this.#again(limit), TELL_MS);
    this.#timer.unref();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
