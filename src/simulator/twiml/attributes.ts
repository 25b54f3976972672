/** Reads the attributes of an element by the rules of its row. A value that is not allowed warns, and the default holds. */
import { CodedError } from '../../errors';
import type { AttributeRow, ElementTable } from '../../model/twiml/schema';
import { type Problem, problem } from '../problem';
import { rowOf } from './check';
import type { AttributeValue, TwimlElement } from './element';

export interface AttributeSource {
  readonly table: ElementTable;
  /** Of the document. */
  readonly url: string;
  readonly report: (problem: Problem) => void;
  /** For the test that compares the table with the interpreter. */
  readonly onRead?: (element: string, attribute: string) => void;
}

export class Attributes {
  readonly #element: TwimlElement;
  readonly #source: AttributeSource;

  constructor(element: TwimlElement, source: AttributeSource) {
    this.#element = element;
    this.#source = source;
  }

  /** As written; `null` where absent. */
  text(name: string): string | null {
    return this.#read(name)?.value ?? null;
  }

  /** Of URLs an empty one counts as none. */
  url(name: string): string | null {
    const value = this.#read(name)?.value.trim() ?? '';
    return value === '' ? null : value;
  }

  method(name: string): 'GET' | 'POST' {
    const value = this.#valid(name, (text) => /^(get|post)$/i.test(text));
    return value?.toUpperCase() === 'GET' ? 'GET' : 'POST';
  }

  flag(name: string, initial: boolean): boolean {
    const value = this.#valid(name, (text) => /^(true|false)$/i.test(text));
    return value === null ? initial : value.toLowerCase() === 'true';
  }

  /** At least 1 by its rule, or 0. */
  integer<T>(name: string, initial: T): number | T {
    const { values } = this.#row(name);
    const least = values === 'integer from 0' ? 0 : 1;
    const value = this.#valid(name, (text) => /^\d{1,9}$/.test(text) && Number(text) >= least);
    return value === null ? initial : Number(value);
  }

  /** Milliseconds. */
  seconds(name: string, initialMs: number): number {
    const value = this.integer(name, null);
    return value === null ? initialMs : value * 1_000;
  }

  /** One key, or none where empty. */
  key(name: string, initial: string): string {
    return this.#valid(name, (text) => /^[0-9#*]{0,12}$/.test(text)) ?? initial;
  }

  /** Tones, and `w` and `W` for pauses. */
  digits(name: string): string | null {
    return this.#valid(name, (text) => /^[0-9A-D*#wW]{1,64}$/.test(text));
  }

  choice<T extends string>(name: string, allowed: readonly T[], initial: T): T {
    const value = this.#valid(name, (text) => allowed.some((word) => word === text.toLowerCase()));
    return allowed.find((word) => word === value?.toLowerCase()) ?? initial;
  }

  /** Words with spaces between them. */
  words(name: string): readonly string[] | null {
    const value = this.#read(name)?.value.trim().toLowerCase();
    return value === undefined ? null : value.split(/\s+/).filter((word) => word !== '');
  }

  report(name: string, detail: string): void {
    const { line, column } = this.#element.attributes.get(name) ?? this.#element;
    this.#source.report(problem(this.#row(name).code, detail, { url: this.#source.url, line, column }));
  }

  #valid(name: string, isAllowed: (text: string) => boolean): string | null {
    const value = this.#read(name)?.value.trim() ?? null;
    if (value === null || isAllowed(value)) return value;
    this.report(name, `${name}=${JSON.stringify(value.slice(0, 60))} in <${this.#element.name}>`);
    return null;
  }

  #read(name: string): AttributeValue | undefined {
    this.#source.onRead?.(this.#element.name, name);
    return this.#element.attributes.get(name);
  }

  #row(name: string): AttributeRow {
    const row = rowOf(this.#source.table, this.#element.name)?.attributes[name];
    if (row === undefined) throw new CodedError('HS_INTERNAL', `no row for ${this.#element.name} ${name}`);
    return row;
  }
}
