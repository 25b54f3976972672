/** What an option is, and the kinds of options there are. The table itself stands in `options.ts`. */

export type OptionKind = 'string' | 'number' | 'boolean' | 'choice' | 'list';

/** In the order in which the help shows them; `Options` are those of one command alone. */
export const OPTION_GROUPS = [
  'Options',
  'Address',
  'Project',
  'Signatures',
  'Limits',
  'Development',
  'Records',
  'Output',
  'Help',
] as const;
export type OptionGroup = (typeof OPTION_GROUPS)[number];

/** What a command understands: key -> row. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;
export type ValueOf<O> = O extends Option<infer T> ? T : never;

/** The groups that have options in this table. */
export function groupsOf(table: OptionTable): readonly OptionGroup[] {
  const used = new Set(Object.values(table).map(({ group }) => group));
  return OPTION_GROUPS.filter((group) => used.has(group));
}

export interface Option<T> {
  readonly kind: OptionKind;
  readonly group: OptionGroup;
  /** One letter, or `null`. */
  readonly alias: string | null;
  /** What stands for the value in the help; `null` for a switch. */
  readonly placeholder: string | null;
  /** What the flag alone stands for; `null` where it needs a value. */
  readonly bare: string | null;
  readonly initial: T;
  /** The default as people read it, with its unit. */
  readonly initialText: string;
  /** Completes the sentence "… is not allowed: use …". */
  readonly allowed: string;
  /** `undefined`: not allowed. */
  readonly read: (text: string) => T | undefined;
  readonly help: string;
  /** An environment variable that is read after `HOOKSWITCH_…`, or `null`. */
  readonly alsoEnvironment: string | null;
  /** `false`: only the command line can say it. */
  readonly configurable: boolean;
}

/** What every row says; the rest follows from its kind. */
interface Description {
  readonly group: OptionGroup;
  readonly help: string;
  readonly alias?: string;
  readonly alsoEnvironment?: string;
  readonly configurable?: boolean;
}

interface ValueDescription<T> extends Description {
  readonly kind: Exclude<OptionKind, 'boolean'>;
  readonly placeholder: string;
  readonly bare?: string;
  readonly initial: T;
  readonly initialText: string;
  readonly allowed: string;
  readonly read: (text: string) => T | undefined;
}

export function valueOption<T>(row: ValueDescription<T>): Option<T> {
  return { ...EVERYWHERE, ...row };
}

export function switchOption(row: Description & { readonly initial: boolean }): Option<boolean> {
  return {
    ...EVERYWHERE,
    kind: 'boolean',
    placeholder: null,
    initialText: row.initial ? 'on' : 'off',
    allowed: 'true or false',
    read: readBoolean,
    ...row,
    bare: 'true',
  };
}

const EVERYWHERE = { alias: null, bare: null, alsoEnvironment: null, configurable: true } as const;

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

function readBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : undefined;
}

export function readInteger(from: number, to: number): (text: string) => number | undefined {
  return (text) => {
    if (!/^\d{1,15}$/.test(text)) return undefined;
    const value = Number(text);
    return value >= from && value <= to ? value : undefined;
  };
}

export function readText(text: string): string | undefined {
  return text.trim() === '' ? undefined : text;
}
