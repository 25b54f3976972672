/** TwiML read into plain objects, as strictly as the simulator reads it; nothing of it ever becomes part of the page. */
import { SaxesParser, type SaxesTagPlain } from 'saxes';

export interface TwimlNode {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly (TwimlNode | string)[];
}

export type Twiml =
  | { readonly kind: 'twiml'; readonly root: TwimlNode }
  | { readonly kind: 'invalid'; readonly why: string; readonly line: number | null };

/** The vendor refuses longer documents too. */
const MOST_CHARACTERS = 64 * 1024;
const MOST_NODES = 2_000;
const MOST_DEPTH = 40;

/** Whether an answer is meant as TwiML, by its type and its first characters. */
export function looksLikeTwiml(contentType: string | null, text: string): boolean {
  const isXml = /[/+]xml\b/i.test(contentType ?? '');
  return isXml && (/<Response[\s/>]/.test(text.slice(0, 2_000)) || !/<(?:svg|html|rss|feed)\b/i.test(text));
}

export function parseTwiml(text: string): Twiml {
  if (text.length > MOST_CHARACTERS) return invalid('It is over 64 kB, which the vendor does not read.');
  const reader = new Reader();
  try {
    reader.read(text);
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error), reader.line);
  }
  const { root } = reader;
  if (root === null) return invalid('It has no element.');
  if (root.name !== 'Response') return invalid(`The root is <${root.name}>, not <Response>.`, 1);
  return { kind: 'twiml', root };
}

interface OpenNode extends TwimlNode {
  readonly children: (TwimlNode | string)[];
}

class Reader {
  root: TwimlNode | null = null;
  readonly #parser = new SaxesParser();
  readonly #open: OpenNode[] = [];
  #nodes = 0;

  constructor() {
    const parser = this.#parser;
    parser.on('error', (error) => {
      // It begins with the place, which is told apart.
      throw new Error(error.message.replace(/^\d+:\d+: /, ''));
    });
    parser.on('doctype', () => {
      throw new Error('It has a DOCTYPE, which is not read.');
    });
    parser.on('opentag', (tag) => this.#openTag(tag));
    parser.on('closetag', () => this.#open.pop());
    parser.on('text', (text) => this.#text(text));
    parser.on('cdata', (text) => this.#text(text));
  }

  get line(): number {
    return this.#parser.line;
  }

  read(text: string): void {
    this.#parser.write(text).close();
  }

  #openTag({ name, attributes }: SaxesTagPlain): void {
    if (++this.#nodes > MOST_NODES || this.#open.length >= MOST_DEPTH) {
      throw new Error('It has more elements than are shown here.');
    }
    const node: OpenNode = { name, attributes: Object.entries(attributes), children: [] };
    this.#open.at(-1)?.children.push(node);
    this.root ??= node;
    this.#open.push(node);
  }

  #text(text: string): void {
    if (text.trim() !== '') this.#open.at(-1)?.children.push(text);
  }
}

function invalid(why: string, line: number | null = null): Twiml {
  return { kind: 'invalid', why, line };
}

export function attribute(node: TwimlNode, name: string): string | null {
  return node.attributes.find(([given]) => given === name)?.[1] ?? null;
}

/** All text below, as it is read aloud: SSML is left out. */
export function textOf(node: TwimlNode): string {
  const parts = node.children.map((child) => (typeof child === 'string' ? child : textOf(child)));
  return parts.join(' ').replace(/\s+/g, ' ').trim();
}

/** In bubbles line breaks stay. */
export function rawTextOf(node: TwimlNode): string {
  return node.children
    .filter((child): child is string => typeof child === 'string')
    .join('')
    .trim();
}

export function elementsOf(node: TwimlNode): TwimlNode[] {
  return node.children.filter((child): child is TwimlNode => typeof child !== 'string');
}
