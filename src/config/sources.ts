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
  | { readonly from: 'file'; readonly path: string; readonly key: string }
  | { readonly from: 'default' };

export interface Found<T> {
  readonly value: T;
  readonly origin: Origin;
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
    return (
      this.#fromFlag(key, option) ??
      this.#fromEnvironment(key, option) ??
      this.#fromFile(key, option) ?? { value: option.initial, origin: { from: 'default' } }
    );
  }

  #fromFlag<T>(key: string, option: Option<T>): Found<T> | null {
    const values = this.#given.flags.get(key);
    if (values === undefined) return null;
    const text = option.kind === 'list' ? values.join(',') : (values.at(-1) ?? '');
    return checked(option, text, { from: 'flag', name: flagName(key) });
  }

  /** An empty variable is none: that is how one is switched off in many places. */
  #fromEnvironment<T>(key: string, option: Option<T>): Found<T> | null {
    if (!option.configurable) return null;
    const names = [environmentName(key), option.alsoEnvironment].filter((name) => name !== null);
    const name = names.find((candidate) => (this.#environment[candidate] ?? '') !== '');
    if (name === undefined) return null;
    return checked(option, this.#environment[name] ?? '', { from: 'environment', name });
  }

  #fromFile<T>(key: string, option: Option<T>): Found<T> | null {
    if (this.#file === null || !option.configurable || !Object.hasOwn(this.#file.values, key)) return null;
    const value = this.#file.values[key];
    if (value === undefined || value === null) return null;
    const origin: Origin = { from: 'file', path: this.#file.path, key };
    const text = textOfFileValue(option, value);
    if (text === null) throw notAllowed(option, inspect(value, { depth: 1, breakLength: Infinity }), origin);
    return checked(option, text, origin);
  }
}

function checked<T>(option: Option<T>, text: string, origin: Origin): Found<T> {
  const value = option.read(text);
  if (value === undefined) throw notAllowed(option, JSON.stringify(text), origin);
  return { value, origin };
}

/** A file has numbers and booleans of its own: `port: 3000` and `port: "3000"` are the same. `null`: the wrong kind. */
function textOfFileValue<T>(option: Option<T>, value: unknown): string | null {
  switch (option.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : null;
    case 'number':
    case 'choice':
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

function notAllowed<T>(option: Option<T>, shown: string, origin: Origin): CodedError {
  const problem = `${shown} is not allowed: use ${option.allowed}`;
  switch (origin.from) {
    case 'file':
      return new CodedError('HS_CONFIG_INVALID', `${origin.path}: ${origin.key}: ${problem}`);
    case 'flag':
    case 'environment':
      return new CodedError('HS_USAGE', `${origin.name}: ${problem}`);
    case 'default':
      return new CodedError('HS_INTERNAL', `a default: ${problem}`);
  }
}
