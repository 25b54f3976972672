import { isIP } from 'node:net';

export const HOST_ALLOWED = 'an address or name of this machine, as in 127.0.0.1, 0.0.0.0 or ::';

/** Reads an address or a name, never a URL. `[::1]` loses its brackets. */
export function readHost(text: string): string | undefined {
  const host = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (isIP(host) !== 0) return host;
  return /^[a-z0-9]([a-z0-9._-]{0,252}[a-z0-9])?$/i.test(host) ? host : undefined;
}

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host.toLowerCase() === 'localhost';
}
