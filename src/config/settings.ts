/** The options of `start` as people read them: what is in force, where it came from, and what it goes before. */
import { relative, sep } from 'node:path';
import type { Setting } from '../admin/api';
import { shownValue } from '../model/secret';
import type { Arguments } from './arguments';
import { HELP_OPTIONS } from './help-options';
import type { Option } from './option';
import { OPTIONS, type OptionKey } from './options';
import { printPublicUrl } from './public-url';
import { type StartPlaces, startSourcesOf } from './read';
import type { Environment, Found, Said } from './sources';
import { hintsOf } from './unknown-keys';

export interface StartSettings {
  /** Absolute path of the project. */
  readonly root: string;
  /** Absolute path of the configuration file that was read, or `null`. */
  readonly configurationFile: string | null;
  readonly options: readonly Setting[];
  /** One line each: names that nothing knows and that look like one of ours. */
  readonly hints: readonly string[];
}

/** Throws `CodedError` where `start` would: HS_USAGE, HS_CONFIG_INVALID. */
export function startSettingsOf(
  given: Arguments,
  environment: Environment,
  currentFolder: string,
): StartSettings {
  const places = startSourcesOf(given, environment, currentFolder);
  return {
    root: places.root,
    configurationFile: places.file?.path ?? null,
    options: optionKeys().map((key) => settingOf(key, places)),
    hints: hintsOf(places.file, environment, (path) => fileName(places.root, path)),
  };
}

function optionKeys(): readonly OptionKey[] {
  const keys = Object.keys(OPTIONS) as OptionKey[]; // `Object.keys` forgets which keys there are
  return keys.filter((key) => !Object.hasOwn(HELP_OPTIONS, key));
}

function settingOf(key: OptionKey, { sources, root, file }: StartPlaces): Setting {
  const { text, masked } = shownValue(NO_NAME, valueText(key, { sources, file }));
  const [first, ...others] = sources.said(key);
  return {
    name: key,
    value: text,
    masked,
    source: first === undefined ? 'default' : sourceText(first, root),
    over: others.map((said) => ({
      value: shownValue(NO_NAME, said.text ?? said.shown).text,
      source: sourceText(said, root),
    })),
    help: OPTIONS[key].help,
  };
}

/** Options have names of our own, and `signature` is a switch: only what a value looks like counts. */
const NO_NAME = '';

function valueText(key: OptionKey, { sources, file }: Pick<StartPlaces, 'sources' | 'file'>): string {
  if (key === 'config') return file?.path ?? 'none was found';

  const option: Option<unknown> = OPTIONS[key];
  const { value, origin }: Found<unknown> = sources.find(key);
  if (origin.from === 'default') return option.initialText;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (value instanceof URL) return printPublicUrl(value);
  if (Array.isArray(value)) return value.length === 0 ? option.initialText : value.join(', ');
  // As it was written: `2.5s` says more than 2500.
  return sources.said(key)[0]?.text ?? String(value);
}

function sourceText({ origin }: Said, root: string): string {
  return origin.from === 'file' ? `${fileName(root, origin.path)}: ${origin.key}` : origin.name;
}

/** Relative where it lies in the project. */
function fileName(root: string, path: string): string {
  const name = relative(root, path);
  return name.startsWith('..') || name === '' ? path : name.replaceAll(sep, '/');
}
