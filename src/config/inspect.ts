/** `--inspect` and `--inspect-brk`: where a debugger attaches, and what is different while one may. */

import { isIP } from 'node:net';
import type { PlatformOptions } from '../platform';
import type { InspectorSettings } from '../protocol/inspector';
import { isLoopback, readHost } from './host';

export interface InspectAddress {
  readonly host: string;
  /** 0 takes a free one, once, at start. */
  readonly port: number;
}

/** What Node and twilio-run use. */
const DEFAULT: InspectAddress = { host: '127.0.0.1', port: 9_229 };

export const INSPECT_ALLOWED = 'a port (9229), a host and a port (127.0.0.1:9229), true or false';

export function readInspect(text: string): InspectAddress | null | undefined {
  // What stands in the .twilioserverlessrc of many projects: on, and nothing more is said.
  if (text === 'true' || text === '') return DEFAULT;
  if (text === 'false') return null;
  const [, given, digits = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  const host = given === undefined ? DEFAULT.host : readHost(given);
  const port = Number(digits);
  return host === undefined || digits === '' || port > 65_535 ? undefined : { host, port };
}

/** `--inspect-brk` goes before `--inspect`. */
export function inspectorOf(
  inspect: InspectAddress | null,
  inspectBrk: InspectAddress | null,
): InspectorSettings | null {
  if (inspectBrk !== null) return { ...inspectBrk, waits: true };
  return inspect === null ? null : { ...inspect, waits: false };
}

/**
 * A debugger attaches to one process, so all Functions share it: breakpoints are met whichever is called. It reads by
 * events, because what is frozen does not answer a debugger. Nothing is loaded before the first call, so that a debugger
 * can be there when a module is.
 */
export function whileInspected(options: PlatformOptions): PlatformOptions {
  if (options.inspect === null) return options;
  const maxInstances = options.maxInstances ?? 1;
  return { ...options, isolation: 'environment', reading: 'events', minInstances: 0, maxInstances };
}

/** `127.0.0.1:9229`, `[::1]:9229` */
export function printAddress({ host, port }: InspectAddress): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

export function warnOfInspect({ inspect, timeoutMs, production }: PlatformOptions): readonly string[] {
  if (inspect === null) return [];
  const flag = inspect.waits ? '--inspect-brk' : '--inspect';
  const warnings = [
    `${flag}: all Functions share one process, one call runs at a time, and neither the time limit of ${timeoutMs / 1000} s nor the freeze between calls is in force`,
  ];
  if (!isLoopback(inspect.host)) {
    warnings.push(
      `${flag} ${printAddress(inspect)}: whoever reaches this address can run code on this machine, as its user; use 127.0.0.1 and a tunnel (ssh -L) instead`,
    );
  }
  if (production) warnings.push(`${flag} with NODE_ENV=production: debugging is not for a server in use`);
  return warnings;
}
