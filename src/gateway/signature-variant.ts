/** One way to look at one part of what was signed; the first of each list is the way that was checked. */
export interface Variant<Value> {
  readonly value: Value;
  /** What the sender did, and what to do about it; `null` for the way that was checked. */
  readonly hint: string | null;
  /** How unlikely it is, 0 for the way that was checked; the ways that are looked at add up to at most `MAX_RANK`. */
  readonly rank: number;
}

export const MAX_RANK = 2;

export function checked<Value>(value: Value): Variant<Value> {
  return { value, hint: null, rank: 0 };
}

export function likely<Value>(value: Value, hint: string): Variant<Value> {
  return { value, hint, rank: 1 };
}
