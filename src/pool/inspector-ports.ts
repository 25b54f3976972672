/**
 * The ports on which processes can be debugged. They belong to the platform and outlive a pool: after a save the process
 * of the new build gets the port when that of the old one has let go of it, so a debugger finds it at the same place.
 */

import { createServer } from 'node:net';
import { CodedError } from '../errors';
import type { InspectorSettings } from '../protocol/inspector';

export class InspectorPorts {
  readonly #free: InspectorSettings[];
  readonly #waiting = new Set<() => void>();

  /** `count` ports from that of the settings on: one for each process that may run. */
  constructor(
    readonly settings: InspectorSettings,
    count: number,
  ) {
    const last = Math.min(count, 65_536 - settings.port);
    this.#free = Array.from({ length: last }, (_, at) => ({ ...settings, port: settings.port + at }));
  }

  /** The lowest free one; `null`: all are taken, and `onFree` is called once when one may not be any more. */
  take(onFree: () => void): InspectorSettings | null {
    const place = this.#free.shift() ?? null;
    if (place === null) this.#waiting.add(onFree);
    return place;
  }

  /** Its process is gone. Whoever lost it may take it again first, in the same turn: it may have calls that wait. */
  giveBack(place: InspectorSettings): void {
    this.#free.push(place);
    this.#free.sort((a, b) => a.port - b.port);
    setImmediate(() => {
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const onFree of waiting) onFree();
    });
  }
}

/** Settings whose port is free now, or the reason why not, before anything is started. Throws `CodedError`. */
export async function reserveInspector(settings: InspectorSettings): Promise<InspectorSettings> {
  const server = createServer();
  try {
    return { ...settings, port: await listen(server, settings) };
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

function listen(server: ReturnType<typeof createServer>, { host, port }: InspectorSettings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(cannotInspect(`${host} port ${port}: ${reasonOf(error)}`, error));
    });
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code !== 'EADDRINUSE') return message;
  return 'another program listens there, perhaps another hookswitch --inspect, or NODE_OPTIONS=--inspect';
}

function cannotInspect(detail: string, cause: Error): CodedError {
  return new CodedError('HS_CANNOT_INSPECT', detail, { cause });
}
