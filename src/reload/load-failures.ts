import type { Build } from '../model/build';
import type { Failure } from '../protocol/messages';
import { describeLoadFailure } from '../telemetry/load-failure';

/** What could not be loaded in advance; told once for each build, however many Functions and instances fail over it. */
export class LoadFailures {
  readonly #toldOf = new Set<number>();
  readonly #told = new Set<string>();

  constructor(private readonly tell: (text: string) => void) {}

  note(build: Build, functionIndex: number, failure: Failure): void {
    // Nothing is wrong with it: its instance made room, such as for one of a newer build.
    if (failure.code === 'HS_STOPPING') return;
    const cause = `${failure.name}: ${failure.message}`;
    const text = describeLoadFailure(build, functionIndex, failure);
    const isKnown = this.#told.has(cause) || this.#toldOf.has(functionIndex);
    this.#told.add(cause);
    this.#toldOf.add(functionIndex);
    if (text !== null && !isKnown) this.tell(text);
  }

  /** A newer build is live. */
  forget(): void {
    this.#told.clear();
    this.#toldOf.clear();
  }
}
