/** The cookies of a request as `event.request.cookies` shows them (functions-behaviour 4.6 to 4.8). */

export type Cookies = Readonly<Record<string, string>>;

/**
 * The first cookie of a name wins, values are percent-decoded and lose one pair of quotes, a name without `=` is
 * dropped. `j:{…}` stays text, other than in the emulator. The result has no prototype, so that every name is an own
 * property.
 */
export function parseCookies(header: string): Cookies {
  const cookies: Record<string, string> = { __proto__: null } as never;
  let at = 0;
  while (at < header.length) {
    const semicolon = header.indexOf(';', at);
    const end = semicolon === -1 ? header.length : semicolon;
    addPair(cookies, header, at, end);
    at = end + 1;
  }
  return cookies;
}

function addPair(cookies: Record<string, string>, header: string, start: number, end: number): void {
  const pair = header.slice(start, end);
  const equals = pair.indexOf('=');
  if (equals === -1) return;
  const name = trimBlanks(pair.slice(0, equals));
  if (cookies[name] !== undefined) return;
  cookies[name] = decodeValue(unquote(trimBlanks(pair.slice(equals + 1))));
}

/** Blanks and tabs only: other white space may be part of a value. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function unquote(value: string): string {
  return value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

function decodeValue(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Begins the names of the cookies that open the console (`admin/sessions.ts`), with its port behind it. */
export const CONSOLE_COOKIE = 'hookswitch-console-';

/** Browsers send a cookie to every port of a host: what opens the console is not for Functions. */
export function withoutConsoleCookie(header: string): string {
  if (!header.includes(CONSOLE_COOKIE)) return header;
  const pairs = header.split(';').filter((pair) => !pair.trimStart().startsWith(CONSOLE_COOKIE));
  return pairs.join(';').trim();
}
