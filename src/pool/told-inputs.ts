import { INPUTS } from '../model/limits';
import { expect } from '../protocol/encoding';

/** The files that an instance has named as what its Functions are made of. */
export class ToldInputs {
  readonly #files = new Set<string>();

  /** Throws `ProtocolError` where it names one again, or more than it may. */
  add(file: string): void {
    expect(!this.#files.has(file), 'it named a file twice');
    expect(this.#files.size < INPUTS, 'it named too many files');
    this.#files.add(file);
  }
}
