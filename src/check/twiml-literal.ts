/** TwiML that is written as a string: read as XML, as far as the string alone says what it is. */
import { SaxesParser } from 'saxes';
import { type AnyNode, visit } from './nodes';
import type { Source } from './source';
import { CHILDREN, meantAttribute, meantVerb, type TwimlParent, VERBS } from './twiml-verbs';

export type LiteralKind = 'verb' | 'xml' | 'size' | 'attribute';

export interface LiteralProblem {
  readonly kind: LiteralKind;
  readonly at: number;
  readonly reason: string;
}

/** What is wrong in the strings of a file that are a whole `<Response>`. */
export function literalProblems({ program, code }: Source, kind: LiteralKind): readonly LiteralProblem[] {
  if (!code.includes('Response>')) return [];
  const problems: LiteralProblem[] = [];
  visit(program, (node, ancestors) => {
    const text = isPart(ancestors.at(-1)) ? null : twimlOf(node);
    if (text === null) return;
    for (const problem of problemsOf(text)) {
      if (problem.kind === kind) problems.push({ ...problem, at: node.start });
    }
  });
  return problems;
}

/** What TwiML may have (the vendor's error 11750), and one message. */
export const MOST_TWIML_BYTES = 65_536;
export const MOST_MESSAGE_CHARACTERS = 1_600;

interface TwimlText {
  readonly text: string;
  /** Whether values of expressions were left out. */
  readonly hasGaps: boolean;
}

type Problem = Omit<LiteralProblem, 'at'>;

/** Of a longer text: the rest decides. */
function isPart(parent: AnyNode | undefined): boolean {
  return (
    parent?.type === 'BinaryExpression' ||
    parent?.type === 'ArrayExpression' ||
    parent?.type === 'TemplateLiteral' ||
    parent?.type === 'TaggedTemplateExpression'
  );
}

function twimlOf(node: AnyNode): TwimlText | null {
  const found = textOf(node);
  if (found === null) return null;
  const isWhole = /^\s*(?:<\?xml[^>]{0,200}>\s*)?<Response(?:\s[^>]{0,200})?>/.test(found.text);
  return isWhole && found.text.trimEnd().endsWith('</Response>') ? found : null;
}

function textOf(node: AnyNode): TwimlText | null {
  if (node.type === 'Literal' && typeof node.value === 'string') return { text: node.value, hasGaps: false };
  if (node.type !== 'TemplateLiteral') return null;
  const parts = node.quasis.map(({ value }) => value.cooked ?? '');
  const hasGaps = parts.length > 1;
  if (hasGaps && parts.slice(0, -1).some((_, index) => endsInTag(parts.slice(0, index + 1).join(''))))
    return null;
  return { text: parts.join(hasGaps ? GAP : ''), hasGaps };
}

/** Stands for the value of an expression. */
const GAP = '0';

/** `<Say ${attributes}>`: nobody knows what comes. In the quotes of an attribute it is only a value. */
function endsInTag(text: string): boolean {
  const tag = /<[^<>]*$/.exec(text.slice(-4_096))?.[0];
  if (tag === undefined) return false;
  return (tag.match(/"/g)?.length ?? 0) % 2 === 0 && (tag.match(/'/g)?.length ?? 0) % 2 === 0;
}

function problemsOf({ text, hasGaps }: TwimlText): readonly Problem[] {
  const reader = new TwimlReader();
  const wrong = reader.read(text);
  const problems = reader.problems.filter(({ kind }) => kind !== 'size' || !hasGaps);
  if (wrong !== null && !hasGaps)
    problems.push({ kind: 'xml', reason: `this TwiML is not valid XML: ${wrong}` });
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_TWIML_BYTES)
    problems.push({ kind: 'size', reason: `this TwiML has ${bytes} bytes; ${MOST_TWIML_BYTES} are allowed` });
  return problems;
}

class TwimlReader {
  readonly problems: Problem[] = [];
  readonly #open: string[] = [];
  readonly #children: string[] = [];
  #message = '';

  /** Why it is not well-formed, or `null`. */
  read(text: string): string | null {
    let wrong: string | null = null;
    const parser = new SaxesParser({ xmlns: false, position: false });
    parser.on('error', ({ message }) => {
      wrong ??= message;
    });
    parser.on('opentag', (tag) => {
      if (wrong === null) this.#enter(tag.name, Object.keys(tag.attributes));
    });
    parser.on('text', (part) => {
      if (this.#open[1] === 'Message' && this.#open.length <= 3) this.#message += part;
    });
    parser.on('closetag', ({ name }) => {
      if (wrong === null) this.#leave(name);
    });
    parser.write(text.trimStart()).close();
    this.#checkMixture();
    return wrong;
  }

  #enter(name: string, attributes: readonly string[]): void {
    const parent = this.#open.at(-1);
    if (parent === 'Response') this.#children.push(name);
    else if (parent !== undefined) this.#checkNested(name, parent);
    for (const attribute of attributes) this.#checkAttribute(name, attribute);
    this.#open.push(name);
  }

  #leave(name: string): void {
    this.#open.pop();
    if (name !== 'Message') return;
    const { length } = this.#message.trim();
    if (length > MOST_MESSAGE_CHARACTERS) this.problems.push({ kind: 'size', reason: tooLong(length) });
    this.#message = '';
  }

  #checkNested(name: string, parent: string): void {
    if (!isParent(parent) || CHILDREN[parent].includes(name) || !VERBS.includes(name)) return;
    this.problems.push({ kind: 'verb', reason: `<${name}> cannot stand in <${parent}>` });
  }

  #checkAttribute(verb: string, name: string): void {
    const meant = meantAttribute(verb, name);
    if (meant === null) return;
    this.problems.push({
      kind: 'attribute',
      reason: `<${verb}> has no attribute ${name}; did you mean ${meant}?`,
    });
  }

  /** One response is for a call or for a message. XML without a single verb is none of Twilio's. */
  #checkMixture(): void {
    if (!this.#children.some((name) => VERBS.includes(name))) return;
    const voice = this.#children.find((name) => CHILDREN.voice.includes(name) && name !== 'Redirect');
    const isMessaging = this.#children.includes('Message');
    if (voice !== undefined && isMessaging) {
      this.problems.push({
        kind: 'verb',
        reason: `<${voice}> is for calls and <Message> for messages: no response holds both`,
      });
    }
    for (const name of this.#children.filter((child) => !VERBS.includes(child))) {
      const meant = meantVerb(name, isMessaging ? 'messaging' : 'voice');
      if (meant !== null)
        this.problems.push({ kind: 'verb', reason: `there is no <${name}>; did you mean <${meant}>?` });
    }
  }
}

export function tooLong(characters: number): string {
  return `this message has ${characters.toLocaleString('en')} characters; ${MOST_MESSAGE_CHARACTERS.toLocaleString('en')} are allowed`;
}

function isParent(name: string): name is TwimlParent {
  return name === 'Gather' || name === 'Dial' || name === 'Message' || name === 'Say';
}
