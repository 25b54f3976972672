/** Inside a process that is debugged. Loaded only there: `node:inspector` takes some ms. */

import { realpathSync } from 'node:fs';
import * as inspector from 'node:inspector';
import { pathToFileURL } from 'node:url';
import type { ConsoleLevel } from '../model/invocation';
import type { InspectorSettings } from '../protocol/inspector';

/**
 * A debugger learns of a source map when the script is there, reads it, and sets the breakpoints in it. VS Code takes some
 * 20 to 100 ms; the first call of what was compiled waits that long, so that it meets them.
 */
const BIND_MS = 400;

/** Taken before author's code runs, which may replace it. */
const later = setTimeout;

export class Inspector {
  #stopsAtStart: boolean;
  #session: inspector.Session | null = null;

  /** With `waits` it returns once a debugger is there and lets us run. `tell`: where it listens, `null` where it cannot. */
  constructor({ host, port, waits }: InspectorSettings, tell: (url: string | null) => void) {
    this.#stopsAtStart = waits;
    inspector.open(port, host, false);
    tell(inspector.url() ?? null);
    if (waits && inspector.url() !== undefined) inspector.waitForDebugger();
  }

  /** The first module of the author stops at its first line, where that is asked for and a debugger is there. */
  beforeLoad(file: string): void {
    if (!this.#stopsAtStart) return;
    this.#stopsAtStart = false;
    this.#session = new inspector.Session();
    this.#session.connect();
    this.#session.post('Debugger.enable');
    this.#session.post('Debugger.setBreakpointByUrl', { url: urlOf(file), lineNumber: 0 });
  }

  afterLoad(): void {
    this.#session?.disconnect();
    this.#session = null;
  }

  whenBound(isCompiled: boolean, next: () => void): void {
    if (isCompiled) later(next, BIND_MS);
    else next();
  }

  /** What the author's code writes shows up in the console of the debugger as well. */
  write(level: ConsoleLevel, text: string): void {
    inspector.console[level === 'info' ? 'log' : level](text);
  }
}

/** Node loads the file that a link leads to. */
function urlOf(file: string): string {
  try {
    return pathToFileURL(realpathSync(file)).href;
  } catch {
    return pathToFileURL(file).href;
  }
}
