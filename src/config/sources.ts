/** The values of options: the first of flag, environment variable and configuration file that says something, else the default. */
import { inspect } from 'node:util';
import { CodedError } from '../errors';
import type { Arguments } from './arguments';
import type { ConfigFile } from './file';
import { environmentName, flagName } from './names';
import type { Option, OptionTable, ValueOf } from './option';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a value comes from. */
export type Origin =
  | { readonly from: 'flag' | 'environment'; readonly name: string }
  /** `key` as it is found in the file: `commands.start.port`. */
  | { readonly from: 'file'; readonly path: string; readonly key: string }
  | { readonly from: 'default' };

export interface Found<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** What one place says, unchecked: only the value in force has to be allowed. */
export interface Said {
  /** `null`: a value of the wrong kind, which only a file can hold. */
  readonly text: string | null;
  /** As it stands there, for messages. */
  readonly shown: string;
  readonly origin: Exclude<Origin, { from: 'default' }>;
}

/** The three places an option can come from, and the default below them. */
export class Sources<Table extends OptionTable> {
  readonly #table: Table;
  readonly #given: Arguments;
  readonly #environment: Environment;
  readonly #file: ConfigFile | null;

  constructor(table: Table, given: Arguments, environment: Environment, file: ConfigFile | null) {
    this.#table = table;
    this.#given = given;
    this.#environment = environment;
    this.#file = file;
  }

  value<K extends keyof Table & string>(key: K): ValueOf<Table[K]> {
    return this.find(key).value;
  }

  find<K extends keyof Table & string>(key: K): Found<ValueOf<Table[K]>> {
    // The compiler does not see that the row of K holds values of K.
    const option = this.#table[key] as unknown as Option<ValueOf<Table[K]>>;
    const [first] = this.said(key);
    return first === undefined
      ? { value: option.initial, origin: { from: 'default' } }
      : checked(option, first);
  }

  /** Everything that was said about an option; the first is in force. */
  said(key: keyof Table & string): readonly Said[] {
    const option = this.#table[key];
    if (option === undefined) return [];
    const flags = this.#fromFlag(key, option);
    if (!option.configurable) return flags;
    return [...flags, ...this.#fromEnvironment(key, option), ...this.#fromFile(key, option)];
  }

  #fromFlag(key: string, option: Option<unknown>): readonly Said[] {
    const values = this.#given.flags.get(key);
    if (values === undefined) return [];
    const text = option.kind === 'list' ? values.join(',') : (values.at(-1) ?? '');
    return [saidText(text, { from: 'flag', name: flagName(key) })];
  }

  /** An empty variable is none: that is how one is switched off in many places. */
  #fromEnvironment(key: string, { alsoEnvironment }: Option<unknown>): readonly Said[] {
    return [environmentName(key), alsoEnvironment].flatMap((name) => {
      const text = name === null ? '' : (this.#environment[name] ?? '');
      return name === null || text === '' ? [] : [saidText(text, { from: 'environment', name })];
    });
  }

  /** The section that goes before the others decides, also where it says `null`: that is nothing. */
  #fromFile(key: string, option: Option<unknown>): readonly Said[] {
    if (this.#file === null) return [];
    const { path, sections } = this.#file;
    const saying = sections.filter(({ values }) => Object.hasOwn(values, key));
    if (isNothing(saying[0]?.values[key])) return [];
    return saying
      .filter(({ values }) => !isNothing(values[key]))
      .map(({ name, values }) => ({
        text: textOfFileValue(option, values[key]),
        shown: inspect(values[key], { depth: 1, breakLength: Infinity }),
        origin: { from: 'file', path, key: name === '' ? key : `${name}.${key}` },
      }));
  }
}

function saidText(text: string, origin: Said['origin']): Said {
  return { text, shown: JSON.stringify(text), origin };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function checked<T>(option: Option<T>, { text, shown, origin }: Said): Found<T> {
  const value = text === null ? undefined : option.read(text);
  if (value === undefined) throw notAllowed(option, text === null ? shown : JSON.stringify(text), origin);
  return { value, origin };
}

/** A file has numbers and booleans of its own: `port: 3000` and `port: "3000"` are the same. `null`: the wrong kind. */
function textOfFileValue(option: Option<unknown>, value: unknown): string | null {
  switch (option.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : null;
    case 'number':
    case 'choice':
      if (typeof value === 'boolean' && option.bare === 'true') return String(value);
      return typeof value === 'number' || typeof value === 'string' ? String(value) : null;
    case 'string':
      return typeof value === 'string' ? value : null;
    case 'list':
      if (Array.isArray(value))
        return value.every((item) => typeof item === 'string') ? listText(value) : null;
      return typeof value === 'string' || typeof value === 'boolean' ? String(value) : null;
  }
}

function listText(items: readonly string[]): string {
  return items.length === 0 ? 'false' : items.join(',');
}

function notAllowed<T>(option: Option<T>, shown: string, origin: Said['origin']): CodedError {
  const problem = `${shown} is not allowed: use ${option.allowed}`;
  switch (origin.from) {
    case 'file':
      return new CodedError('HS_CONFIG_INVALID', `${origin.path}: ${origin.key}: ${problem}`);
    case 'flag':
    case 'environment':
      return new CodedError('HS_USAGE', `${origin.name}: ${problem}`);
  }
}
