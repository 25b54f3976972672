/** TwiML that is written by calls of the SDK: `const twiml = new Twilio.twiml.VoiceResponse(); twiml.say(…)`. */
import type { Program } from 'acorn';
import { type AnyNode, type CallExpression, isFunction, nameChain, propertyOf, visit } from './nodes';
import type { Source } from './source';
import type { TwimlParent } from './twiml-verbs';

export interface TwimlCall {
  readonly node: CallExpression;
  readonly parent: TwimlParent;
  /** As it is written: `say`. */
  readonly method: string;
}

/** Only of variables that certainly hold what they were declared with. */
export function twimlCalls({ program, code }: Source): readonly TwimlCall[] {
  if (!code.includes('Response')) return [];
  const calls: TwimlCall[] = [];
  const variables = new Variables(program);
  visit(program, (node) => {
    if (node.type !== 'CallExpression') return;
    const method = propertyOf(node.callee);
    if (method === null || node.callee.type !== 'MemberExpression') return;
    const parent = variables.parentOf(node.callee.object, 0);
    if (parent !== null) calls.push({ node, parent, method });
  });
  return calls;
}

/** `<Gather>` in `<Gather>` in …: nobody writes that deep. */
const DEEPEST = 10;

class Variables {
  /** `null`: declared or written more than once. */
  readonly #values = new Map<string, AnyNode | null>();
  readonly #classes = new Set<string>();

  constructor(program: Program) {
    visit(program, (node) => {
      if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier')
        this.#add(node.id.name, node.init ?? null);
      if (node.type === 'VariableDeclarator' && node.id.type !== 'Identifier') this.#forget(node.id);
      if (node.type === 'AssignmentExpression') this.#forget(node.left);
      if (node.type === 'CatchClause' && node.param) this.#forget(node.param);
      if (node.type === 'ClassDeclaration' && node.id) this.#classes.add(node.id.name);
      if (isFunction(node)) for (const parameter of node.params) this.#forget(parameter);
    });
  }

  parentOf(value: AnyNode, depth: number): TwimlParent | null {
    if (depth > DEEPEST) return null;
    if (value.type === 'Identifier') {
      const held = this.#values.get(value.name) ?? null;
      return held === null ? null : this.parentOf(held, depth + 1);
    }
    if (value.type === 'NewExpression') return this.#created(value.callee);
    if (value.type !== 'CallExpression' || value.callee.type !== 'MemberExpression') return null;
    return nested(propertyOf(value.callee), this.parentOf(value.callee.object, depth + 1));
  }

  #created(callee: AnyNode): TwimlParent | null {
    const names = nameChain(callee);
    const name = names?.at(-1) ?? '';
    if (names?.length === 1 && this.#classes.has(name)) return null;
    if (name === 'VoiceResponse') return 'voice';
    return name === 'MessagingResponse' ? 'messaging' : null;
  }

  #add(name: string, init: AnyNode | null): void {
    this.#values.set(name, this.#values.has(name) ? null : init);
  }

  #forget(pattern: AnyNode): void {
    if (pattern.type === 'MemberExpression') return;
    visit(pattern, (node) => {
      if (node.type === 'Identifier') this.#values.set(node.name, null);
    });
  }
}

function nested(method: string | null, parent: TwimlParent | null): TwimlParent | null {
  if (parent === 'voice' && method === 'gather') return 'Gather';
  if (parent === 'voice' && method === 'dial') return 'Dial';
  return parent === 'messaging' && method === 'message' ? 'Message' : null;
}
