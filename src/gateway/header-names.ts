const MOST_NAMES = 1_000;
const MOST_CHARACTERS = 64;
const KNOWN = new Map<string, string>();

/**
 * Hot. Lower-cases a header name through a cache: names come from a small set, and a lookup costs a third of
 * making the string. Bounded, because clients choose the names.
 */
export function lowerCaseName(name: string): string {
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (name.length > MOST_CHARACTERS) return lower;
  if (KNOWN.size === MOST_NAMES) KNOWN.clear();
  KNOWN.set(name, lower);
  return lower;
}
