/** A document of TwiML once it is read. */
import type { Place } from '../problem';

export interface AttributeValue {
  readonly value: string;
  readonly line: number;
  readonly column: number;
}

export interface TwimlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  readonly children: readonly (TwimlElement | string)[];
  /** Of its `<`, 1-based. */
  readonly line: number;
  readonly column: number;
}

export interface TwimlDocument {
  readonly root: TwimlElement;
  /** Where it was read: relative URLs in it are resolved against this. */
  readonly url: string;
}

export function elementsOf(element: TwimlElement): readonly TwimlElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

/** All text in it, white space as written. */
export function textOf(element: TwimlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

/** With each run of white space as one space: how a URL, a number or a sentence is meant. */
export function tidyTextOf(element: TwimlElement): string {
  return textOf(element).replace(/\s+/g, ' ').trim();
}

export function placeOf(element: TwimlElement, url: string): Place {
  return { url, line: element.line, column: element.column };
}
