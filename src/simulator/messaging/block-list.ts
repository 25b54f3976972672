/** Who does not want any more messages of which number. */
import type { Ends } from './replies';

export class BlockList {
  readonly #pairs = new Set<string>();

  has(ends: Ends): boolean {
    return this.#pairs.has(keyOf(ends));
  }

  add(ends: Ends): void {
    this.#pairs.add(keyOf(ends));
  }

  remove(ends: Ends): void {
    this.#pairs.delete(keyOf(ends));
  }
}

function keyOf({ person, project }: Ends): string {
  return `${project} ${person}`;
}
