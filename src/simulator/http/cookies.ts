/**
 * Cookies of one conversation: a call, or the messages between two numbers, for which they are kept up to four hours.
 * twilio.com/docs/messaging/twiml ("Cookies"), support article "How do Twilio cookies work?"
 */

const FOUR_HOURS_MS = 4 * 60 * 60 * 1_000;
/** Ours: what a browser keeps for a site, and what the vendor's gateway lets a Function set. */
const MOST_COOKIES = 50;
const LONGEST_COOKIE = 4_096;

interface Cookie {
  readonly value: string;
  readonly origin: string;
  readonly path: string;
  readonly expires: number;
}

export class CookieJar {
  readonly #now: () => number;
  readonly #cookies = new Map<string, Cookie>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The `Cookie` header for a URL, `null` for none. */
  headerFor(url: URL): string | null {
    const now = this.#now();
    const pairs: string[] = [];
    for (const [name, cookie] of this.#cookies) {
      if (cookie.expires <= now) this.#cookies.delete(name);
      else if (cookie.origin === url.hostname && covers(cookie.path, url.pathname))
        pairs.push(`${name}=${cookie.value}`);
    }
    return pairs.length === 0 ? null : pairs.join('; ');
  }

  /** `lines` are the values of Set-Cookie. */
  keep(lines: readonly string[], url: URL): void {
    for (const line of lines.slice(0, MOST_COOKIES)) this.#keep(line, url);
  }

  #keep(line: string, url: URL): void {
    if (line.length > LONGEST_COOKIE) return;
    const [pair = '', ...attributes] = line.split(';');
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim();
    // What Node refuses to send must not be kept.
    if (equals < 1 || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return;
    const value = pair.slice(equals + 1).trim();
    if (!/^[\x20-\x7e]*$/.test(value)) return;
    const said = attributesOf(attributes);
    const expires = this.#expiryOf(said);
    this.#cookies.delete(name);
    if (expires <= this.#now() || this.#cookies.size >= MOST_COOKIES) return;
    const path = said.get('path');
    this.#cookies.set(name, {
      value,
      origin: url.hostname,
      path: path?.startsWith('/') === true ? path : '/',
      expires,
    });
  }

  #expiryOf(said: ReadonlyMap<string, string>): number {
    const now = this.#now();
    const latest = now + FOUR_HOURS_MS;
    const age = said.get('max-age');
    if (age !== undefined && /^-?\d{1,12}$/.test(age)) return Math.min(latest, now + Number(age) * 1_000);
    const date = Date.parse(said.get('expires') ?? '');
    return Number.isNaN(date) ? latest : Math.min(latest, date);
  }
}

function attributesOf(parts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    parts.map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
}

function covers(path: string, requested: string): boolean {
  if (!requested.startsWith(path)) return false;
  return path.endsWith('/') || requested.length === path.length || requested[path.length] === '/';
}
