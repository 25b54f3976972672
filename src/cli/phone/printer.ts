/** Shows a conversation on a terminal while it happens. Everything in it was written by others, so it is made harmless. */
import { type Colours, coloursOf, wantsColours } from '../../telemetry/colours';
import { terminalText } from '../../telemetry/untrusted';
import type { Surroundings } from '../command';

export class Printer {
  readonly #write: (text: string) => void;
  readonly #colours: Colours;

  constructor(write: (text: string) => void, colours: Colours) {
    this.#write = write;
    this.#colours = colours;
  }

  /** A line of a transcript: its first character says what it is. */
  line(text: string): void {
    const safe = terminalText(text);
    this.#write(`${this.#coloured(safe)}\n`);
  }

  note(text: string): void {
    this.#write(`${this.#colours.dim(terminalText(text))}\n`);
  }

  #coloured(text: string): string {
    const { cyan, green, yellow, red, dim } = this.#colours;
    switch (text.replace(/^(?:\d+:\d\d\.\d {2})?(?:\[other leg\] )?/, '')[0]) {
      case '<':
        return cyan(text);
      case '>':
        return green(text);
      case '?':
        return yellow(text);
      case '!':
        return red(text);
      default:
        return dim(text);
    }
  }
}

export function printerOf({ environment, stdout }: Surroundings): Printer {
  const colours = coloursOf(wantsColours(environment, stdout.isTTY === true));
  return new Printer((text) => stdout.write(text), colours);
}

/** After a conversation. */
export function printTranscript(transcript: string, surroundings: Surroundings): void {
  const printer = printerOf(surroundings);
  surroundings.stdout.write('\n');
  printer.note('Transcript');
  for (const line of transcript.split('\n')) printer.line(line);
}
