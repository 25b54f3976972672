/** Where each variable of a project comes from: the same answer as `readVariables`, with its reasons. */
import type { Setting } from '../admin/api';
import { shownValue } from '../model/secret';
import type { ProjectOptions } from '../platform';
import { linesOfVariables } from './env-lines';
import { nameOf } from './folders';
import { envFileOf, readEnvText, readVariables, SPELLINGS } from './variables';

/** Sorted by name; secrets are masked. Throws `HS_ENV_FILE`. */
export function variableSettings(
  options: ProjectOptions,
  hostEnvironment: NodeJS.ProcessEnv,
): readonly Setting[] {
  return variableOrigins(options, hostEnvironment).map(({ name, value, source, over }) => {
    const shown = shownValue(name, value);
    return {
      name,
      value: shown.text,
      masked: shown.masked,
      source,
      over: over.map((other) => ({ value: shownValue(name, other.value).text, source: other.source })),
      help: '',
    };
  });
}

/** One variable that Functions see; nothing is masked. */
export interface VariableOrigin {
  readonly name: string;
  readonly value: string;
  /** `.env:3`, `the host`, `stands in for TWILIO_ACCOUNT_SID (.env:1)` */
  readonly source: string;
  /** What it goes before, nearest first. */
  readonly over: readonly VariablePlace[];
}

export interface VariablePlace {
  readonly value: string;
  readonly source: string;
}

export function variableOrigins(
  options: ProjectOptions,
  hostEnvironment: NodeJS.ProcessEnv,
): readonly VariableOrigin[] {
  const { variables } = readVariables(options, hostEnvironment);
  const places = new Places(options, hostEnvironment);
  return Object.keys(variables)
    .sort()
    .map((name) => originOf(name, variables[name] ?? '', places));
}

/** What the file and the host say, without standing in for each other. */
class Places {
  readonly #file: ReadonlyMap<string, readonly VariablePlace[]>;
  readonly #host: NodeJS.ProcessEnv;

  constructor(options: ProjectOptions, hostEnvironment: NodeJS.ProcessEnv) {
    const name = nameOf(options.root, envFileOf(options));
    this.#file = placesInFile(readEnvText(options), name);
    this.#host = options.loadLocalEnv ? hostEnvironment : {};
  }

  of(name: string): readonly VariablePlace[] {
    const host = this.#host[name];
    const inFile = this.#file.get(name) ?? [];
    return host === undefined ? inFile : [...inFile, { value: host, source: 'the host' }];
  }
}

function placesInFile(text: string, file: string): ReadonlyMap<string, readonly VariablePlace[]> {
  const places = new Map<string, VariablePlace[]>();
  for (const { name, value, line } of linesOfVariables(text)) {
    const place = { value, source: `${file}:${line}` };
    // Of two lines with one name the last decides.
    places.set(name, [place, ...(places.get(name) ?? [])]);
  }
  return places;
}

function originOf(name: string, value: string, places: Places): VariableOrigin {
  const own = places.of(name);
  const at = own.findIndex((place) => place.value === value);
  const found = own[at];
  if (found !== undefined) return { name, value, source: found.source, over: own.slice(at + 1) };
  const other = otherSpelling(name);
  const origin = places.of(other).find((place) => place.value === value);
  const source = `stands in for ${other}${origin === undefined ? '' : ` (${origin.source})`}`;
  return { name, value, source, over: own };
}

function otherSpelling(name: string): string {
  const pair = SPELLINGS.find((spellings) => spellings.some((spelling) => spelling === name));
  return pair?.find((spelling) => spelling !== name) ?? name;
}
