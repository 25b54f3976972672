/** The vendor's identifiers: two letters that say of what, and 32 hex digits. */
export type SidKind = 'AC' | 'CA' | 'SM' | 'MM' | 'RE' | 'TR' | 'CF' | 'QU' | 'ME' | 'PN' | 'MZ';

/** A number from 0 (included) to 1 (not included), as `Math.random` gives it. */
export type Randomness = () => number;

export type NewSid = (kind: SidKind) => string;

export function sidsOf(random: Randomness): NewSid {
  return (kind) => `${kind}${hexDigits(random, 32)}`;
}

/** For `I-Twilio-Idempotency-Token`, in the form of a UUID. */
export function newToken(random: Randomness): string {
  const hex = hexDigits(random, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** The same numbers for the same seed: what a test needs to see the same SIDs each time (mulberry32). */
export function seededRandom(seed: number): Randomness {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function hexDigits(random: Randomness, count: number): string {
  let digits = '';
  while (digits.length < count) digits += Math.floor(random() * 16).toString(16);
  return digits;
}
