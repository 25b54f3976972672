/** The query of a target as members of the event. Names with brackets nest as the emulator nests them (functions-behaviour 3.2). */
import { type Field, nestFields } from './nested-query';

/** In time linear in the length of the query, whatever it holds: everybody may send one, before any signature is checked. */
export function parseQuery(query: string): object {
  return isFlat(query) ? readFlat(query) : nestFields(readBracketed(query));
}

/** `%5` may be an encoded bracket. */
function isFlat(query: string): boolean {
  return !query.includes('[') && !query.includes(']') && !query.includes('%5');
}

/** Values by name, without a prototype: a name that comes again makes an array. */
type Fields = Record<string, string | string[]>;

function readFlat(query: string): Fields {
  const fields: Fields = Object.create(null);
  eachPart(query, (part) => {
    const equals = part.indexOf('=');
    const name = decodeText(equals === -1 ? part : part.slice(0, equals));
    // The emulator drops the one name that could reach a prototype.
    if (name !== '__proto__') addField(fields, name, equals === -1 ? '' : part.slice(equals + 1));
  });
  return fields;
}

/** In the order of the object's names, which is that of the emulator: whole numbers first. */
function readBracketed(query: string): Field[] {
  const fields: Fields = Object.create(null);
  eachPart(query.replace(/%5B/gi, '[').replace(/%5D/gi, ']'), (part) => {
    const equals = endOfName(part);
    const name = decodeText(equals === -1 ? part : part.slice(0, equals));
    addField(fields, name, equals === -1 ? '' : part.slice(equals + 1));
  });
  return Object.entries(fields);
}

/** `a[b=c]=d`: an equals sign within brackets belongs to the name. */
function endOfName(part: string): number {
  const bracket = part.indexOf(']=');
  return bracket === -1 ? part.indexOf('=') : bracket + 1;
}

function eachPart(query: string, take: (part: string) => void): void {
  for (let at = 0; at <= query.length; ) {
    const ampersand = query.indexOf('&', at);
    const end = ampersand === -1 ? query.length : ampersand;
    take(query.slice(at, end));
    at = end + 1;
  }
}

function addField(fields: Fields, name: string, text: string): void {
  if (name === '') return;
  const value = decodeText(text);
  const before = fields[name];
  if (before === undefined) fields[name] = value;
  else if (typeof before === 'string') fields[name] = [before, value];
  else before.push(value);
}

/** An invalid escape keeps the whole text as it is. */
function decodeText(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
