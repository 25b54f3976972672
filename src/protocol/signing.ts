/** How `X-Twilio-Signature` is made: what the gateway expects and what the simulator sends (functions-behaviour 9). */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { ParsedUrlQuery } from 'node:querystring';

/** What a form adds to the URL: names in the order of their code units, each with its value; repeated values once. */
export function signedFields(form: Readonly<ParsedUrlQuery>): string {
  const names = sortNames(Object.keys(form));
  let text = '';
  for (const name of names) {
    const value = form[name];
    if (typeof value === 'string') text += name + value;
    else if (value !== undefined) for (const one of [...new Set(value)].sort()) text += name + one;
  }
  return text;
}

/** Senders send the same fields every time: comparing with the last names costs a tenth of sorting them. */
function sortNames(names: readonly string[]): readonly string[] {
  if (isSameList(names, LAST_NAMES.given)) return LAST_NAMES.sorted;
  LAST_NAMES.given = names;
  LAST_NAMES.sorted = [...names].sort();
  return LAST_NAMES.sorted;
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** A memo of a pure function, of one entry. */
const LAST_NAMES: { given: readonly string[]; sorted: readonly string[] } = { given: [], sorted: [] };

export function sign(token: string, data: string): string {
  return createHmac('sha1', keyOf(token)).update(data, 'utf8').digest('base64');
}

/** A prepared key saves a quarter of the time of a short HMAC. Few tokens are in use at a time. */
function keyOf(token: string): KeyObject {
  const known = KEYS.get(token);
  if (known !== undefined) return known;
  const key = createSecretKey(token, 'utf8');
  if (KEYS.size >= MOST_KEYS) KEYS.clear();
  KEYS.set(token, key);
  return key;
}

/** A memo of a pure function. */
const KEYS = new Map<string, KeyObject>();
const MOST_KEYS = 16;
