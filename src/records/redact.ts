/**
 * What is a secret in a record, and how it is hidden. Records are kept as they were, so that they can be repeated; whatever
 * leaves the process (the admin API, files, the terminal) went through here. docs/records.md has the same table, and
 * test/records-redaction.test.ts has examples of each row.
 */

import { looksSecret, mayNameSecret, namesSecret } from '../model/secret';

export const HIDDEN = '***';

/** Headers that are no secret, whatever their names say. */
const OPEN_HEADERS: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'i-twilio-idempotency-token',
]);

/** Shorter ones stand in any text by chance. */
const FEWEST_SECRET_CHARACTERS = 6;
const MOST_SECRETS = 256;
/** Names that were judged; the same ones come with every request. */
const MOST_NAMES = 4_096;
const LONGEST_NAME = 64;
/** Of the beginning of a secret, at the end of a text that was cut. */
const FEWEST_CUT_CHARACTERS = 4;
const MOST_CUT_CHARACTERS = 512;

/** Bounded on both sides of the colon: a text without an end costs no more than its length. */
const URL_PASSWORD = /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@"'<>]{0,200}):[^\s/@"'<>]{1,200}@/gi;
const CREDENTIALS = /\b(Bearer|Basic)(\s{1,4})[A-Za-z0-9._~+/=-]{8,}/g;

export class Redactor {
  /** Values of secret variables, in each spelling in which they may stand in a text. Longest first. */
  #secrets: readonly string[] = [];
  /** Secret -> its spellings; those that were learned last stand last. */
  readonly #learned = new Map<string, readonly string[]>();
  readonly #names = new Map<string, boolean>();

  /** Secrets of builds before this one stay secret: records of their time are still there. Where there are too many, the oldest go. */
  learn(variables: Readonly<Record<string, string>>): void {
    const secrets = Object.entries(variables).flatMap(([name, value]) => secretsOf(name, value));
    for (const secret of secrets) {
      const spellings = this.#learned.get(secret) ?? spellingsOf(secret);
      this.#learned.delete(secret);
      this.#learned.set(secret, spellings);
    }
    for (const secret of this.#learned.keys()) {
      if (this.#learned.size > Math.max(MOST_SECRETS, secrets.length)) this.#learned.delete(secret);
    }
    const known = new Set([...this.#learned.values()].flat());
    this.#secrets = [...known].sort((a, b) => b.length - a.length);
  }

  /** Any text: a console line, a detail, a target's path. */
  text(text: string): string {
    let shown = text;
    for (const secret of this.#secrets) if (shown.includes(secret)) shown = shown.replaceAll(secret, HIDDEN);
    if (shown.includes('://')) shown = shown.replace(URL_PASSWORD, `$1:${HIDDEN}@`);
    if (!shown.includes('Bearer') && !shown.includes('Basic')) return shown;
    return shown.replace(CREDENTIALS, `$1$2${HIDDEN}`);
  }

  /** Path and query. */
  target(target: string): string {
    const question = target.indexOf('?');
    if (question === -1) return this.text(target);
    return `${this.text(target.slice(0, question))}?${this.text(hidePairs(target.slice(question + 1), this.#isSecret))}`;
  }

  header(name: string, value: string): string {
    const known = name.toLowerCase();
    if (known === 'cookie') return this.text(hideCookies(value));
    if (known === 'set-cookie') return this.text(hideSetCookie(value));
    if (this.#isSecret(known) && !OPEN_HEADERS.has(known)) return HIDDEN;
    return known === 'referer' || known === 'location' ? this.target(value) : this.text(value);
  }

  body(text: string, contentType: string | null): string {
    const type = (contentType ?? '').toLowerCase();
    if (type.startsWith('application/x-www-form-urlencoded'))
      return this.text(hidePairs(text, this.#isSecret));
    const isJson = type.includes('json') || /^\s{0,100}[[{]/.test(text);
    return this.text(isJson ? hideMembers(text, this.#isSecret) : text);
  }

  /** The end of a text that was cut may be the beginning of a secret. */
  cut(text: string): string {
    for (const secret of this.#secrets) {
      const most = Math.min(secret.length - 1, text.length, MOST_CUT_CHARACTERS);
      for (let length = most; length >= FEWEST_CUT_CHARACTERS; length--) {
        if (text.endsWith(secret.slice(0, length))) return text.slice(0, -length) + HIDDEN;
      }
    }
    return text;
  }

  /** A parameter, and what is in it. */
  value(name: string, value: unknown): unknown {
    if (typeof value === 'string') return this.#isSecret(name) ? HIDDEN : this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.value(name, item));
    if (typeof value === 'object' && value !== null) return this.members(value);
    return value !== null && this.#isSecret(name) ? HIDDEN : value;
  }

  members(object: object): Readonly<Record<string, unknown>> {
    const shown: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(object)) {
      // `__proto__` is an ordinary name here.
      Object.defineProperty(shown, name, {
        value: this.value(name, value),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return shown;
  }

  readonly #isSecret = (name: string): boolean => {
    if (!mayNameSecret(name)) return false;
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const isSecret = namesSecret(name);
    if (name.length > LONGEST_NAME) return isSecret;
    if (this.#names.size >= MOST_NAMES) this.#names.clear();
    // A copy: a part of a text keeps the whole of it alive.
    this.#names.set(Buffer.from(name).toString(), isSecret);
    return isSecret;
  };
}

/** The value of a secret variable; of others the password of a URL in it. */
function secretsOf(name: string, value: string): readonly string[] {
  const secrets = namesSecret(name) || looksSecret(value.trim()) ? [value.trim()] : [];
  if (value.includes('://') && URL.canParse(value)) secrets.push(new URL(value).password);
  return secrets.filter((secret) => secret.length >= FEWEST_SECRET_CHARACTERS);
}

function spellingsOf(secret: string): readonly string[] {
  const encoded = encodable(secret) ? encodeURIComponent(secret) : secret;
  const latin1 = Buffer.from(secret, 'utf8').toString('latin1');
  return [
    secret,
    encoded,
    encoded.replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    latin1,
    ...markupSpellings(secret),
    ...[0, 1, 2].flatMap((offset) => base64Spellings(secret, offset)),
  ];
}

/** In the text of TwiML or HTML, in an attribute, and with everything escaped. */
function markupSpellings(secret: string): readonly string[] {
  const text = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const attribute = text.replaceAll('"', '&quot;');
  const closed = [text, attribute].map((spelling) => spelling.replaceAll('>', '&gt;'));
  const apostrophes = ['&apos;', '&#39;'].map((entity) => closed[1]?.replaceAll("'", entity) ?? '');
  return [text, attribute, ...closed, ...apostrophes];
}

/** What is the same whatever stands before and behind it, as the account in `Basic` credentials does: three bytes become four characters. */
function base64Spellings(secret: string, offset: number): readonly string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const first = Math.ceil((offset * 8) / 6);
  const spelling = bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
  const forUrls = spelling.replaceAll('+', '-').replaceAll('/', '_');
  return [spelling, forUrls, encodeURIComponent(spelling)];
}

/** Half of a surrogate pair has no UTF-8. */
function encodable(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}

/** `a=1&token=***` */
function hidePairs(text: string, isSecret: (name: string) => boolean): string {
  return text
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals !== -1 && isSecret(decoded(pair.slice(0, equals)))
        ? `${pair.slice(0, equals)}=${HIDDEN}`
        : pair;
    })
    .join('&');
}

function decoded(name: string): string {
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** What a cookie is called says who set it; what it holds opens a session. */
function hideCookies(value: string): string {
  return value
    .split(';')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals === -1 ? pair : `${pair.slice(0, equals)}=${HIDDEN}`;
    })
    .join(';');
}

function hideSetCookie(value: string): string {
  const [pair = '', ...attributes] = value.split(';');
  return [hideCookies(pair), ...attributes].join(';');
}

/**
 * Text that is JSON or nearly so, read once from left to right: a pattern that looks for `"name": "value"` would start
 * again at each quote, and a body of nothing but quotes would keep the gateway busy for seconds.
 */
function hideMembers(text: string, isSecret: (name: string) => boolean): string {
  let shown = '';
  let from = 0;
  for (let at = text.indexOf('"'); at !== -1; ) {
    const end = endOfString(text, at);
    if (end === -1) break;
    const value = startOfValue(text, end);
    const valueEnd = value === -1 || !isSecret(memberName(text, at, end)) ? -1 : endOfValue(text, value);
    if (valueEnd === -1) {
      at = text.indexOf('"', end);
      continue;
    }
    shown += `${text.slice(from, value)}"${HIDDEN}"`;
    from = valueEnd;
    at = text.indexOf('"', valueEnd);
  }
  return shown + text.slice(from);
}

function memberName(text: string, start: number, end: number): string {
  const name = text.slice(start + 1, end - 1);
  if (!name.includes('\\')) return name;
  try {
    return String(JSON.parse(text.slice(start, end)));
  } catch {
    return name;
  }
}

/** After the closing quote; -1: there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code === 0x5c) at++;
  }
  return -1;
}

/** Where the value of a member begins whose name ends here; -1: it is no name. */
function startOfValue(text: string, end: number): number {
  const colon = skipSpace(text, end);
  return text.charCodeAt(colon) === 0x3a ? skipSpace(text, colon + 1) : -1;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function endOfValue(text: string, start: number): number {
  return text.charCodeAt(start) === 0x5b ? endOfArray(text, start) : endOfScalar(text, start);
}

/** One that was cut ends with the text. */
function endOfArray(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      const end = endOfString(text, at);
      if (end === -1) return text.length;
      at = end - 1;
    } else if (code === 0x5b) depth++;
    else if (code === 0x5d && --depth === 0) return at + 1;
  }
  return text.length;
}

/** -1: an object, whose members have names of their own, or `null`. A string that was cut ends with the text. */
function endOfScalar(text: string, start: number): number {
  if (text.charCodeAt(start) === 0x22) {
    const end = endOfString(text, start);
    return end === -1 ? text.length : end;
  }
  const scalar = /[-+\w.]{1,400}/y;
  scalar.lastIndex = start;
  const found = scalar.exec(text)?.[0] ?? 'null';
  return found === 'null' ? -1 : start + found.length;
}
