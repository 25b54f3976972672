/**
 * What the tables of verbs are made of. docs/twiml.md is made from the tables, the simulator checks documents by them and
 * `hookswitch check` what Functions write, and a test compares them with what the interpreter does.
 */
import type { ProblemCode } from '../../simulator/problem';

/** `complete`: as the vendor documents it. `partial`: the note says what is missing. `absent`: accepted, without effect. */
export type Support = 'complete' | 'partial' | 'absent';

/** What a value may be. A list: one of these words, whatever their case. */
export type ValueRule =
  | 'text'
  | 'url'
  | 'method'
  | 'boolean'
  | 'positive integer'
  | 'integer from 0'
  | 'key'
  | 'digits'
  | readonly string[];

export interface AttributeRow {
  readonly support: Support;
  readonly values: ValueRule;
  /** Of a value that is not allowed; 12200 where the vendor has none of its own. */
  readonly code: ProblemCode;
  readonly note: string;
}

export interface ElementRow {
  readonly support: Support;
  /** Where the vendor documents it, below https://www.twilio.com/docs/ */
  readonly page: string;
  readonly attributes: Readonly<Record<string, AttributeRow>>;
  /** Elements that may stand in it. `any`: not looked into. */
  readonly children: readonly string[] | 'any';
  /** Of a child that may not. */
  readonly childCode: ProblemCode;
  readonly note: string;
}

export type ElementTable = Readonly<Record<string, ElementRow>>;

interface Extra {
  readonly code?: ProblemCode;
  readonly note?: string;
}

export function complete(values: ValueRule, extra: Extra = {}): AttributeRow {
  return { support: 'complete', values, code: extra.code ?? 12200, note: extra.note ?? '' };
}

export function partial(values: ValueRule, note: string, code: ProblemCode = 12200): AttributeRow {
  return { support: 'partial', values, code, note };
}

export function absent(values: ValueRule = 'text', note = ''): AttributeRow {
  return { support: 'absent', values, code: 12200, note };
}

export function absentAll(names: string): Readonly<Record<string, AttributeRow>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, absent()]));
}

interface ElementDescription {
  readonly page: string;
  readonly support?: Support;
  readonly attributes?: Readonly<Record<string, AttributeRow>>;
  readonly children?: readonly string[] | 'any';
  readonly childCode?: ProblemCode;
  readonly note?: string;
}

export function element(row: ElementDescription): ElementRow {
  return { support: 'complete', attributes: {}, children: [], childCode: 12200, note: '', ...row };
}
