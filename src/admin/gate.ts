/**
 * Who may ask the console port at all, before any token is looked at. It listens on this machine only, but every page that a
 * browser shows can send requests there, and a name of somebody else's may lead there (DNS rebinding).
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { CodedError } from '../errors';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'] as const;

export class Gate {
  readonly #hosts: ReadonlySet<string>;

  constructor(
    host: string,
    private readonly port: number,
  ) {
    const names = [...LOOPBACK, ...(isWildcard(host) ? [] : [bracketed(host.toLowerCase())])];
    this.#hosts = new Set(names.flatMap((name) => this.#spellings(name)));
    this.isOpen = isWildcard(host);
  }

  /** Listens on every address, so that each of them may be named. */
  readonly isOpen: boolean;

  /** Throws `CodedError` (HS_CONSOLE_CROSS_SITE). */
  checkHost({ headers }: IncomingMessage): void {
    const host = (headers.host ?? '').toLowerCase();
    if (this.#hosts.has(host)) return;
    // A number cannot be made to lead somewhere else.
    if (this.isOpen && isNumber(host, this.port)) return;
    throw foreign(`the host ${JSON.stringify(host.slice(0, 100))} is not a name of this console`);
  }

  /**
   * Throws `CodedError` (HS_CONSOLE_CROSS_SITE). Browsers say where a request comes from; other programs say nothing, and
   * need the token. A page that somebody goes to (a link, a bookmark) may be asked for from everywhere.
   */
  checkSite({ headers, method }: IncomingMessage, isPage: boolean): void {
    const { origin, host } = headers;
    const site = headers['sec-fetch-site'];
    if (origin !== undefined && origin !== `http://${host}`) {
      throw foreign(`it was made by a page of ${JSON.stringify(origin.slice(0, 100))}`);
    }
    if (site === undefined || site === 'same-origin' || site === 'none') return;
    if (isPage && method === 'GET' && headers['sec-fetch-mode'] === 'navigate') return;
    throw foreign('it was made by a page of another origin');
  }

  #spellings(name: string): readonly string[] {
    return this.port === 80 ? [name, `${name}:80`] : [`${name}:${this.port}`];
  }
}

/** What changes something needs a word of the browser that the console itself sent it: a cookie alone is no word. */
export function isFromConsole({ headers }: IncomingMessage): boolean {
  return headers.origin === `http://${headers.host}` || headers['sec-fetch-site'] === 'same-origin';
}

export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === '';
}

export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function isNumber(host: string, port: number): boolean {
  const end = host.endsWith(`:${port}`)
    ? host.length - String(port).length - 1
    : port === 80
      ? host.length
      : 0;
  return isIP(host.slice(0, end).replace(/^\[(.*)\]$/, '$1')) !== 0;
}

function foreign(detail: string): CodedError {
  return new CodedError('HS_CONSOLE_CROSS_SITE', detail);
}
