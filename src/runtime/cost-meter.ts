/**
 * What the calls of this instance cost: how much of the cores, and how long they would take if nobody else used the
 * cores. The gateway needs to tell work that waits for something, of which more can be done at a time, from work that
 * waits for a core; the time that passes looks the same for both.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { CallCost } from '../protocol/messages';

/** Reading the clocks of the process costs 15 us, so they are read less often the longer they say the same. */
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 320;
/** Of the main thread: ns on a core, ns ready to run but without one, turns. Linux only. */
const SCHEDSTAT = '/proc/self/schedstat';
const SCHEDSTAT_BYTES = 128;

/** Taken while the runtime starts: author's code may replace them. */
const cpuUsage = process.cpuUsage.bind(process);
const now = performance.now.bind(performance);
const files = { openSync, readSync, closeSync };

export class CostMeter {
  #beganAt = 0;
  #readAt = 0;
  #usage = { user: 0, system: 0 };
  #delayMs: number | null = null;
  #wallMs = 0;
  #calls = 0;
  #pauseMs = FIRST_PAUSE_MS;
  readonly #text = Buffer.alloc(SCHEDSTAT_BYTES);

  begin(): void {
    this.#beganAt = now();
  }

  /** Once for each answer. The average since it was read last; `null`: not read this time. */
  measure(): CallCost | null {
    const readAt = now();
    this.#calls += 1;
    this.#wallMs += readAt - this.#beganAt;
    if (readAt - this.#readAt < this.#pauseMs) return null;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs);
    const { user, system } = cpuUsage(this.#usage);
    const delayMs = this.#readDelay();
    const cost = costOf(this.#calls, user + system, this.#ownMs(delayMs));
    // The first one holds the start of the process and the loading of the module.
    const isFirst = this.#readAt === 0;
    this.#readAt = readAt;
    this.#usage = cpuUsage();
    this.#delayMs = delayMs;
    this.#calls = 0;
    this.#wallMs = 0;
    return isFirst ? null : cost;
  }

  #ownMs(delayMs: number | null): number {
    if (delayMs === null || this.#delayMs === null) return 0;
    return Math.max(0, this.#wallMs - (delayMs - this.#delayMs));
  }

  /** ms; `null` where the system does not tell. */
  #readDelay(): number | null {
    try {
      const fd = files.openSync(SCHEDSTAT, 'r');
      const bytes = files.readSync(fd, this.#text, 0, SCHEDSTAT_BYTES, 0);
      files.closeSync(fd);
      const delayNs = Number(this.#text.toString('latin1', 0, bytes).split(' ')[1]);
      return Number.isFinite(delayNs) ? delayNs / 1e6 : null;
    } catch {
      return null;
    }
  }
}

function costOf(calls: number, cpuUs: number, ownMs: number): CallCost {
  // What it did on the cores it did itself, also where the clocks disagree.
  const ownUs = ownMs === 0 ? 0 : Math.max(cpuUs, ownMs * 1000);
  return { cpuUs: rounded(cpuUs / calls), ownUs: rounded(ownUs / calls) };
}

/** A call can last for an hour; the field of the message is 32 bits wide. */
function rounded(us: number): number {
  return us > 0 ? Math.min(0xffff_ffff, Math.round(us)) : 0;
}
