/**
 * What names with brackets mean: the rules of `qs`, which the emulator reads queries with, in linear time. The library
 * goes through whole arrays for each field: 8 kB of `a&a&…&b[]` took it 35 ms, and of `a[999]&b[999]&…` 16 ms.
 * test/query.test.ts compares the two.
 */

/** A name that came several times has several values. */
export type Field = readonly [name: string, value: string | readonly string[]];

/** Brackets that nest; what follows them in a name is one literal key. */
const DEPTH = 5;
/** Indices below this make an array (`a[25]=x`), others an object: the rule of the emulator's Express 4. */
const ARRAY_LIMIT = 1_000;

export function nestFields(fields: readonly Field[]): object {
  const limit = Math.max(ARRAY_LIMIT, countValues(fields));
  const root = new Container(false);
  for (const [name, value] of fields) {
    const chain = buildChain(splitName(name), typeof value === 'string' ? value : arrayOf(value), limit);
    if (typeof chain !== 'string') merge(root, chain, limit);
  }
  return root.toPlain() as object; // A container is never a string.
}

function countValues(fields: readonly Field[]): number {
  return fields.reduce((count, [, value]) => count + (typeof value === 'string' ? 1 : value.length), 0);
}

type Value = string | Container;

/** An array that may have holes until the end, or an object that may have been an array. */
class Container {
  readonly entries = new Map<string, Value>();
  /** Of an array: where the next value goes. */
  length = 0;
  /** Of an object that was meant as an array, or took a value without a name: the index that was used last. */
  lastIndex: number | null = null;
  /** An object with an index beyond the limit goes on like an array wherever it is merged. */
  isOverflow = false;

  constructor(public isArray: boolean) {}

  push(value: Value): void {
    this.put(this.length, value);
  }

  put(index: number, value: Value): void {
    this.entries.set(String(index), value);
    this.length = Math.max(this.length, index + 1);
  }

  toPlain(): unknown {
    if (this.isArray) return this.#indices().map((index) => plain(this.entries.get(String(index)) ?? ''));
    const object: Record<string, unknown> = Object.create(null);
    for (const [name, value] of this.entries) object[name] = plain(value);
    return object;
  }

  /** Without the holes. */
  #indices(): number[] {
    return Array.from(this.entries.keys(), Number).sort((a, b) => a - b);
  }
}

function plain(value: Value): unknown {
  return typeof value === 'string' ? value : value.toPlain();
}

function arrayOf(values: readonly Value[]): Container {
  const array = new Container(true);
  for (const value of values) array.push(value);
  return array;
}

/** `a[b][]` -> `a`, `[b]`, `[]`. */
function splitName(name: string): string[] {
  const first = name.indexOf('[');
  if (first === -1) return [name];
  const segments = first === 0 ? [] : [name.slice(0, first)];
  let open = first;
  for (let depth = 0; open !== -1 && depth < DEPTH; depth++) {
    const close = closingBracket(name, open);
    if (close === -1) break;
    segments.push(name.slice(open, close + 1));
    open = name.indexOf('[', close + 1);
  }
  // Too deep, or never closed: the rest is one literal key.
  if (open !== -1) segments.push(`[${name.slice(open)}]`);
  return segments;
}

/** -1: there is none. */
function closingBracket(name: string, open: number): number {
  let level = 0;
  for (let at = open; at < name.length; at++) {
    const sign = name[at];
    if (sign === '[') level += 1;
    else if (sign === ']') level -= 1;
    if (level === 0) return at;
  }
  return -1;
}

/** One container within the other, for a single field. */
function buildChain(segments: readonly string[], value: Value, limit: number): Value {
  return segments.reduceRight((inner: Value, segment) => wrap(segment, inner, limit), value);
}

function wrap(segment: string, inner: Value, limit: number): Container {
  if (segment === '[]') return typeof inner === 'string' || !isList(inner) ? arrayOf([inner]) : inner;
  const key = isBracketed(segment) ? segment.slice(1, -1) : segment;
  const index = key === segment ? null : indexOf(key);
  const container = new Container(index !== null && index < limit);
  if (container.isArray) container.put(index ?? 0, inner);
  // The one name that could reach a prototype is dropped.
  else if (key !== '__proto__') container.entries.set(key, inner);
  if (index !== null && index >= limit) {
    container.isOverflow = true;
    container.lastIndex = index;
  }
  return container;
}

/** `[]` around one of these adds nothing. */
function isList(container: Container): boolean {
  return container.isArray || container.isOverflow;
}

function isBracketed(segment: string): boolean {
  return segment.startsWith('[') && segment.endsWith(']');
}

function indexOf(key: string): number | null {
  const index = Number.parseInt(key, 10);
  return String(index) === key && index >= 0 ? index : null;
}

/** Puts a field into what the fields before it made. Each step is one for each value of the field. */
function merge(target: Value, source: Value, limit: number): Value {
  if (source === '') return target;
  if (typeof source === 'string') return mergeText(target, source);
  if (typeof target === 'string') return prepend(target, source, limit);
  if (target.isArray && source.isArray) return mergeArrays(target, source, limit);
  return mergeMembers(target, source, limit);
}

function mergeText(target: Value, text: string): Container {
  if (typeof target === 'string') return arrayOf([target, text]);
  if (target.isArray) {
    target.push(text);
    return target;
  }
  if (target.lastIndex === null) {
    // `a[b]=1&a=2`: what follows goes behind the two.
    const pair = arrayOf([target, text]);
    pair.lastIndex = 1;
    return pair;
  }
  target.lastIndex += 1;
  target.entries.set(String(target.lastIndex), text);
  return target;
}

function prepend(text: string, source: Container, limit: number): Container {
  if (!isList(source)) return arrayOf([text, source]);
  const list = arrayOf([text]);
  for (const [key, value] of source.entries) list.put(Number(key) + 1, value);
  if (source.isArray) list.length = source.length + 1;
  if (source.isOverflow || list.length > limit) {
    list.isArray = false;
    list.isOverflow = true;
    list.lastIndex = list.length - 1;
  }
  return list;
}

function mergeArrays(target: Container, source: Container, limit: number): Container {
  for (const [key, value] of source.entries) {
    const before = target.entries.get(key);
    if (before === undefined) target.put(Number(key), value);
    else if (typeof before !== 'string' && typeof value !== 'string') {
      target.entries.set(key, merge(before, value, limit));
    } else target.push(value);
  }
  return target;
}

function mergeMembers(target: Container, source: Container, limit: number): Container {
  if (target.isArray) {
    target.isArray = false;
    if (target.lastIndex !== null) target.lastIndex = target.length - 1;
  }
  for (const [key, value] of source.entries) {
    const before = target.entries.get(key);
    target.entries.set(key, before === undefined ? value : merge(before, value, limit));
    if (source.isOverflow && !target.isOverflow) beginOverflow(target, source.lastIndex ?? 0);
    const index = target.lastIndex === null ? null : indexOf(key);
    if (index !== null && index > (target.lastIndex ?? 0)) target.lastIndex = index;
  }
  return target;
}

/** Once for each container. */
function beginOverflow(target: Container, atLeast: number): void {
  let last = Math.max(atLeast, target.lastIndex ?? 0);
  for (const key of target.entries.keys()) last = Math.max(last, indexOf(key) ?? 0);
  target.isOverflow = true;
  target.lastIndex = last;
}
