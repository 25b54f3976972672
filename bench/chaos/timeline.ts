/** What happened when: written beside the log of the gateway, to find out what a slow or wrong answer came from. */
import { appendFileSync, writeFileSync } from 'node:fs';

const LINES_AT_ONCE = 5_000;

export class Timeline {
  #lines: string[] = [];
  readonly #startedAt = performance.now();

  constructor(private readonly file: string) {
    writeFileSync(file, 'second,what,value\n');
  }

  note(what: string, value: string | number): void {
    const second = ((performance.now() - this.#startedAt) / 1000).toFixed(3);
    this.#lines.push(`${second},${what},${value}\n`);
    if (this.#lines.length >= LINES_AT_ONCE) this.flush();
  }

  flush(): void {
    appendFileSync(this.file, this.#lines.splice(0).join(''));
  }
}
