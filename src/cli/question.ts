/** Questions on a terminal, one line each. */
import { createInterface, type Interface } from 'node:readline';
import { terminalText } from '../telemetry/untrusted';
import type { Surroundings } from './command';

/** What was typed is not what was meant: the text says why, and the question comes again. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

export interface Question<T> {
  readonly text: string;
  /** What an empty line stands for. */
  readonly initial: string;
  readonly read: (typed: string) => Reading<T>;
}

/** Ctrl-C, or the end of the input. */
export class Cancelled extends Error {}

/** Asks on stderr; stdout is for what the command has to say. */
export class Questions {
  readonly #lines: Interface;
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    const { stdin, stderr } = surroundings;
    this.#lines = createInterface({ input: stdin, output: stderr });
  }

  /** Rejects with `Cancelled`. */
  async ask<T>({ text, initial, read }: Question<T>): Promise<T> {
    for (;;) {
      const typed = await this.#line(`${text} (${terminalText(initial)}) `);
      const reading = read(typed.trim() === '' ? initial : typed.trim());
      if ('value' in reading) return reading.value;
      this.#surroundings.stderr.write(`${terminalText(reading.problem)}\n`);
    }
  }

  close(): void {
    this.#lines.close();
  }

  #line(prompt: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const onClose = (): void => reject(new Cancelled());
      this.#lines.once('close', onClose);
      this.#lines.once('SIGINT', onClose);
      this.#lines.question(prompt, (typed) => {
        this.#lines.off('close', onClose);
        this.#lines.off('SIGINT', onClose);
        resolve(typed);
      });
    });
  }
}
