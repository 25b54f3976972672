/**
 * What opens the admin API: the token, for commands of the user who started the gateway; a ticket, which works once and
 * becomes the session of a browser. All are random, live in memory only, and end with the process.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { CONSOLE_COOKIE } from '../gateway/cookies';

const SECRET_BYTES = 32;
const TICKET_MS = 10 * 60_000;
const SESSION_MS = 7 * 24 * 3_600_000;
const MOST_TICKETS = 32;
const MOST_SESSIONS = 32;

export class Sessions {
  readonly token = secret();
  /** Digest -> until when. */
  readonly #tickets = new Map<string, number>();
  readonly #sessions = new Map<string, number>();

  constructor(
    /** Of the console: each has a cookie of its own. */
    private readonly port: number,
    private readonly now: () => number = Date.now,
  ) {}

  issueTicket(): string {
    return this.#issue(this.#tickets, MOST_TICKETS, TICKET_MS);
  }

  /** The value of `Set-Cookie`; `null`: it was used, is too old or was never issued. */
  exchange(ticket: string): string | null {
    const key = digest(ticket);
    const until = this.#tickets.get(key);
    this.#tickets.delete(key);
    if (until === undefined || until < this.now()) return null;
    const session = this.#issue(this.#sessions, MOST_SESSIONS, SESSION_MS);
    // Only the API gets it: it says nothing to other programs of this machine whose pages have other paths.
    return `${this.#cookieName}=${session}; Path=/api; HttpOnly; SameSite=Strict`;
  }

  hasToken({ authorization }: IncomingHttpHeaders): boolean {
    const [, given] = /^Bearer ([\w-]{1,200})$/i.exec(authorization ?? '') ?? [];
    return given !== undefined && isSameSecret(given, this.token);
  }

  hasSession({ cookie }: IncomingHttpHeaders): boolean {
    const start = `${this.#cookieName}=`;
    return (cookie ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .some((pair) => pair.startsWith(start) && this.#isSession(pair.slice(start.length)));
  }

  #isSession(session: string): boolean {
    const until = this.#sessions.get(digest(session));
    return until !== undefined && until >= this.now();
  }

  get #cookieName(): string {
    return `${CONSOLE_COOKIE}${this.port}`;
  }

  /** The oldest goes where there are too many. */
  #issue(issued: Map<string, number>, most: number, lifeMs: number): string {
    const value = secret();
    issued.set(digest(value), this.now() + lifeMs);
    for (const key of issued.keys()) if (issued.size > most) issued.delete(key);
    return value;
  }
}

function secret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** What is looked up is a digest: how long that takes tells nothing about a secret. */
function digest(value: string): string {
  return createHash('sha256').update(value).digest('base64');
}

function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
