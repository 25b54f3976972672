import type { Build } from '../model/build';

/** Makes of what authors wrote what an instance loads. One for each platform. */
export class Compiler {
  /** A project of CommonJS alone is the build that it was, at no cost. */
  compile(build: Build): Promise<Build> {
    return Promise.resolve(build);
  }

  /** Ends the service and removes what was compiled. Repeatable. */
  async close(): Promise<void> {}

  /** The same for the end of our process, which waits for nothing. */
  abandon(): void {}
}
