const INCREMENT = 0x6d2b79f5;
const UNIT = 2 ** 32;

/**
 * Choices that a seed repeats. Each stream has a name, so that what one part chooses does not depend on how often
 * another one was asked.
 */
export class Random {
  #state: number;

  constructor(seed: number, name: string) {
    this.#state = hash(`${seed} ${name}`);
  }

  /** From 0 to below 1 (mulberry32, by Tommy Ettinger, in the public domain). */
  next(): number {
    this.#state = (this.#state + INCREMENT) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / UNIT;
  }

  /** Both ends included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.integer(0, items.length - 1)];
    if (item === undefined) throw new RangeError('there is nothing to pick from');
    return item;
  }

  pickWeighted<T extends { readonly weight?: number }>(items: readonly T[]): T {
    let rest = this.next() * items.reduce((sum, { weight = 1 }) => sum + weight, 0);
    const found = items.find(({ weight = 1 }) => {
      rest -= weight;
      return rest < 0;
    });
    return found ?? this.pick(items);
  }

  /** A pause as between independent arrivals; at most four times the mean, so that nothing is forgotten. */
  pause(meanMs: number): number {
    return Math.min(4 * meanMs, -Math.log(1 - this.next()) * meanMs);
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.integer(0, 255)));
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value | 0;
}
