/**
 * Reads the arguments of a command line into words and flags, with the habits that users of `twilio-run` (yargs)
 * have: `--port 3000`, `--port=3000`, `-p 3000`, `-p3000`, `-fp 3000`, `--no-live`, `--live=false`, `--live false`,
 * `--loadLocalEnv`, and `--` before words that start with a dash.
 */
import { CodedError } from '../errors';
import { type CompatibilityFlag, looksLikeFlagValue } from './compatibility';
import { flagName, keyOfFlag } from './names';
import type { Option, OptionTable } from './option';
import { suggest } from './suggest';

export interface Arguments {
  /** Everything that is not a flag: a command, a folder. */
  readonly words: readonly string[];
  /** Key of an option or of a flag of `twilio-run` -> its values in the order given; a switch is `true` or `false`. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** Which flags a command understands. */
export interface Flags {
  readonly options: OptionTable;
  /** Understood, and without effect. */
  readonly accepted: Readonly<Record<string, CompatibilityFlag>>;
}

/**
 * Throws `CodedError` (HS_USAGE). `isFolder` decides whether the word after a flag that may stand alone (`--ngrok`)
 * is its value or the project.
 */
export function readArguments(
  argv: readonly string[],
  flags: Flags,
  isFolder: (word: string) => boolean,
): Arguments {
  return new ArgumentReader(argv, flags, isFolder).read();
}

interface FlagShape {
  readonly key: string;
  readonly alias: string | null;
  readonly takes: 'nothing' | 'value' | 'optional value';
  /** Of the value, for messages. */
  readonly allowed: string | null;
  /** Whether a word of its own after the flag is its value; only asked where the value is optional. */
  readonly isValue: (word: string) => boolean;
}

class ArgumentReader {
  readonly #shapes: readonly FlagShape[];
  readonly #words: string[] = [];
  readonly #flags = new Map<string, string[]>();
  readonly #argv: readonly string[];
  readonly #isFolder: (word: string) => boolean;
  #at = 0;

  constructor(argv: readonly string[], flags: Flags, isFolder: (word: string) => boolean) {
    this.#shapes = flagShapes(flags);
    this.#argv = argv;
    this.#isFolder = isFolder;
  }

  read(): Arguments {
    for (let word = this.#take(); word !== undefined; word = this.#take()) {
      if (word === '--') break;
      if (word.startsWith('--')) this.#readLong(word);
      else if (word.startsWith('-') && word !== '-') this.#readShort(word);
      else this.#words.push(word);
    }
    this.#words.push(...this.#argv.slice(this.#at));
    return { words: this.#words, flags: this.#flags };
  }

  #take(): string | undefined {
    const word = this.#argv[this.#at];
    if (word !== undefined) this.#at += 1;
    return word;
  }

  #readLong(word: string): void {
    const equals = word.indexOf('=');
    const name = equals === -1 ? word : word.slice(0, equals);
    const value = equals === -1 ? null : word.slice(equals + 1);
    const key = keyOfFlag(name.slice(2));
    const shape = this.#shapes.find((candidate) => candidate.key === key);
    if (shape === undefined) this.#deny(key, name, value);
    else this.#give(shape, name, value);
  }

  /** `--no-live`. `--no-live=false` is live. */
  #deny(key: string, name: string, value: string | null): void {
    const denied = this.#shapes.find((candidate) => `no${capitalised(candidate.key)}` === key);
    if (denied === undefined || denied.takes === 'value') throw unknownFlag(name, this.#shapes);
    this.#add(denied, isFalse(value) ? 'true' : 'false');
  }

  /** `-p 3000`, `-p3000`, `-p=3000`, and switches before it: `-fp3000`. */
  #readShort(word: string): void {
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at);
      const shape = this.#shapes.find((candidate) => candidate.alias === letter);
      if (shape === undefined) throw unknownFlag(`-${letter}`, this.#shapes);
      const rest = word.slice(at + 1);
      const isSwitch = shape.takes === 'nothing' && !rest.startsWith('=');
      const value = isSwitch ? 'true' : rest.replace(/^=/, '');
      this.#give(shape, `-${letter}`, rest === '' ? null : value);
      if (!isSwitch) return;
    }
  }

  /** `value` is what stands in the same word; without it the next word may be the value. */
  #give(shape: FlagShape, name: string, value: string | null): void {
    this.#add(shape, value ?? this.#valueAfter(shape, name));
  }

  #valueAfter(shape: FlagShape, name: string): string {
    const next = this.#argv[this.#at];
    switch (shape.takes) {
      case 'nothing':
        return next === 'true' || next === 'false' ? this.#consume(next) : 'true';
      case 'optional value': {
        const isValue = next !== undefined && shape.isValue(next) && !this.#isFolder(next);
        return isValue ? this.#consume(next) : 'true';
      }
      case 'value':
        if (next === undefined || /^-\D/.test(next)) throw missingValue(shape, name);
        return this.#consume(next);
    }
  }

  #consume(word: string): string {
    this.#at += 1;
    return word;
  }

  #add(shape: FlagShape, value: string): void {
    const values = this.#flags.get(shape.key);
    if (values === undefined) this.#flags.set(shape.key, [value]);
    else values.push(value);
  }
}

function flagShapes({ options: table, accepted }: Flags): readonly FlagShape[] {
  const options = Object.entries(table).map(([key, option]) => shapeOf(key, option));
  const others = Object.entries(accepted).map(([key, { alias, takes }]) => ({
    key,
    alias,
    takes,
    allowed: null,
    isValue: (word: string) => looksLikeFlagValue(key, word),
  }));
  return [...options, ...others];
}

function shapeOf(key: string, option: Option<unknown>): FlagShape {
  const { alias, kind, bare, read, allowed } = option;
  const takes = kind === 'boolean' ? 'nothing' : bare === null ? 'value' : 'optional value';
  return { key, alias, takes, allowed, isValue: (word) => read(word) !== undefined };
}

function capitalised(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

function isFalse(value: string | null): boolean {
  return value !== null && ['false', 'no', 'off', '0'].includes(value.toLowerCase());
}

function missingValue({ allowed }: FlagShape, name: string): CodedError {
  const hint = allowed === null ? '' : `: use ${allowed}`;
  return new CodedError('HS_USAGE', `${name} needs a value${hint}`);
}

function unknownFlag(name: string, shapes: readonly FlagShape[]): CodedError {
  const names = shapes.flatMap(({ key, takes }) =>
    takes === 'nothing' ? [flagName(key), flagName(`no-${key}`)] : [flagName(key)],
  );
  const near = name.startsWith('--') ? suggest(name, names) : null;
  return new CodedError('HS_USAGE', `unknown flag ${name}${near === null ? '' : `; did you mean ${near}?`}`);
}
