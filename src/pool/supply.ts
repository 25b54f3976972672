/** Where pools get processes from, and what looks after all that run. Several platforms of one process may share one. */
import { Blanks, type Stock } from './blanks';
import type { InstanceLimits } from './instance-process';
import { Reaper } from './reaper';

export class ProcessSupply {
  readonly blanks: Blanks;
  readonly reaper: Reaper;

  /** `warn`: what the operator should know. */
  constructor(limits: InstanceLimits, warn: (message: string) => void, stock?: Stock) {
    this.reaper = new Reaper(warn);
    this.blanks = new Blanks(limits, this.reaper, stock);
  }

  /** Once no pool needs processes any more. Resolves when the last process and the temporary folders are gone. */
  async close(): Promise<void> {
    await this.blanks.close();
    this.reaper.close();
  }

  /** The same for the end of our process, which waits for nothing. */
  abandon(): void {
    this.blanks.abandon();
  }
}
