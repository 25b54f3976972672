/**
 * What a test does or expects. It begins at once and in order, whether it is awaited or not; one that nobody awaits is
 * noticed, because a failure of it would go unseen.
 */
import { AssertionError } from 'node:assert';

/** A promise that knows whether somebody waits for it; `await` asks an ordinary one without a trace. */
export class Step implements Promise<undefined> {
  readonly [Symbol.toStringTag] = 'Step';
  readonly what: string;
  /** Where the test asked for it: the lines of a stack. */
  readonly place: string;
  readonly #promise: Promise<undefined>;
  #awaited = false;
  #isWarnedOf = false;

  constructor(what: string, place: string, promise: Promise<undefined>) {
    this.what = what;
    this.place = place;
    this.#promise = promise;
    // Whoever awaits it, or the end of the project, is told; where neither comes, a warning is all there is.
    promise.catch((error: unknown) => setImmediate(() => this.warn(error)));
  }

  get isAwaited(): boolean {
    return this.#awaited;
  }

  /** Once, and only where nobody awaits it. */
  warn(error: unknown = null): void {
    if (this.#awaited || this.#isWarnedOf) return;
    this.#isWarnedOf = true;
    const [failure] = error instanceof Error ? error.message.split('\n') : [];
    const how = failure === undefined ? 'was not awaited' : `was not awaited, and failed: ${failure}`;
    process.emitWarning(`${this.what} ${how}: write await before it\n${this.place}`, 'HookswitchWarning');
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<A = undefined, B = never>(
    done?: ((value: undefined) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#awaited = true;
    return this.#promise.then(done, failed);
  }

  catch<B = never>(failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<undefined | B> {
    return this.then(null, failed);
  }

  finally(done?: (() => void) | null): Promise<undefined> {
    this.#awaited = true;
    return this.#promise.finally(done);
  }
}

/** The steps of one conversation, one after the other. */
export class Steps {
  readonly #all: Step[] = [];
  #last: Promise<unknown> = Promise.resolve();

  /** `entry`: the method that the test called; what is above it in the stack is the test. */
  add(what: string, entry: (...parameters: never[]) => unknown, run: () => Promise<void> | void): Step {
    const place = placeAbove(entry);
    const done = this.#last.then(run).then(
      () => undefined,
      (error: unknown) => {
        throw placed(error, place);
      },
    );
    this.#last = done.catch(() => {});
    const step = new Step(what, place, done);
    this.#all.push(step);
    return step;
  }

  /** Once the conversation is over. Rejects with the first failure that nobody saw. */
  async check(): Promise<void> {
    const unseen = this.#all.splice(0).filter(({ isAwaited }) => !isAwaited);
    for (const step of unseen) step.warn();
    for (const step of unseen) await step;
  }
}

const MOST_FRAMES = 25;

function placeAbove(entry: (...parameters: never[]) => unknown): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = Math.max(limit, MOST_FRAMES);
  const here = { stack: '' };
  Error.captureStackTrace(here, entry);
  Error.stackTraceLimit = limit;
  return here.stack.slice(here.stack.indexOf('\n') + 1);
}

/** The frames of the simulator tell the author nothing. */
function placed(error: unknown, place: string): unknown {
  if (error instanceof AssertionError) error.stack = `${error.name}: ${error.message}\n${place}`;
  return error;
}
