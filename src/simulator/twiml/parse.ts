/**
 * Text -> elements, with line and column. Strict, as the vendor's own parser: one error and there is no document
 * (12100). Nothing in a document can make it grow: entities are the five of XML and characters by number, a DTD is
 * refused before it is read.
 */
import { type SaxesAttribute, SaxesParser } from 'saxes';
import { type Problem, type ProblemCode, problem } from '../problem';
import type { AttributeValue, TwimlDocument, TwimlElement } from './element';

/** twilio.com/docs/api/errors/11750: larger than 64 kB. */
export const LARGEST_DOCUMENT_BYTES = 64 * 1024;
/** Our own: the deepest TwiML that means something is 6 deep (Response, Connect, VirtualAgent, …). */
export const DEEPEST_ELEMENT = 24;
/** Our own; 64 kB of `<a/>` are 16,000. */
export const MOST_ELEMENTS = 4_000;

export type Parsed = { readonly document: TwimlDocument } | { readonly problem: Problem };

export function parseTwiml(text: string, url: string): Parsed {
  const reader = new Reader(url);
  try {
    return { document: { root: reader.read(text), url } };
  } catch (error) {
    if (error instanceof Refused) return { problem: error.problem };
    throw error;
  }
}

class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** A `TwimlElement` that is still being read. */
interface OpenElement {
  name: string;
  attributes: Map<string, AttributeValue>;
  children: (TwimlElement | string)[];
  line: number;
  column: number;
}

class Reader {
  readonly #url: string;
  readonly #parser = new SaxesParser({ xmlns: false, position: true });
  readonly #open: OpenElement[] = [];
  #root: OpenElement | null = null;
  #count = 0;

  constructor(url: string) {
    this.#url = url;
    const parser = this.#parser;
    parser.on('error', ({ message }) => this.#refuse(12100, message.replace(/^\d+:\d+: /, '')));
    parser.on('doctype', () => this.#refuse(12100, 'a document type declaration is not allowed'));
    parser.on('opentagstart', ({ name }) => this.#start(name));
    parser.on('attribute', (attribute) => this.#attribute(attribute));
    parser.on('closetag', () => this.#open.pop());
    parser.on('text', (content) => this.#text(content));
    parser.on('cdata', (content) => this.#text(content));
  }

  read(text: string): TwimlElement {
    this.#parser.write(text).close();
    const root = this.#root;
    if (root === null) this.#refuse(12100, 'there is no element');
    if (root.name !== 'Response') {
      const message = `<${root.name.slice(0, 40)}> is`;
      throw new Refused(problem(12102, message, { url: this.#url, line: root.line, column: root.column }));
    }
    return root;
  }

  #start(name: string): void {
    this.#count++;
    if (this.#open.length >= DEEPEST_ELEMENT)
      this.#refuse(12100, `elements are nested over ${DEEPEST_ELEMENT} deep`);
    if (this.#count > MOST_ELEMENTS) this.#refuse(12100, `there are over ${MOST_ELEMENTS} elements`);
    const { line } = this.#parser;
    const column = Math.max(1, this.#parser.column - name.length - 1);
    const element: OpenElement = { name, attributes: new Map(), children: [], line, column };
    this.#open.at(-1)?.children.push(element);
    this.#root ??= element;
    this.#open.push(element);
  }

  #attribute({ name, value }: Omit<SaxesAttribute, 'uri'>): void {
    const { line, column } = this.#parser;
    // The parser stands behind the closing quote.
    const start = Math.max(1, column - value.length - name.length - 2);
    this.#open.at(-1)?.attributes.set(name, { value, line, column: start });
  }

  #text(content: string): void {
    this.#open.at(-1)?.children.push(content);
  }

  #refuse(code: ProblemCode, message: string): never {
    const { line, column } = this.#parser;
    throw new Refused(problem(code, message, { url: this.#url, line, column: Math.max(1, column) }));
  }
}
