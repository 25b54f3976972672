/** Walks a syntax tree without recursion: a tree of any depth costs no stack. */
import type { AnyNode, CallExpression } from 'acorn';

export type { AnyNode, CallExpression };
export type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

/** Calls `enter` for each node, parents first; `ancestors` begins with the root and ends with the parent. */
export function visit(root: AnyNode, enter: (node: AnyNode, ancestors: readonly AnyNode[]) => void): void {
  const ancestors: AnyNode[] = [];
  const todo: (AnyNode | null)[] = [root];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (node === null) {
      ancestors.pop();
      continue;
    }
    enter(node, ancestors);
    ancestors.push(node);
    todo.push(null, ...childrenOf(node).reverse());
  }
}

/** In the order of the text. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) children.push(item);
    } else if (isNode(value)) {
      children.push(value);
    }
  }
  return children;
}

export function isFunction(node: AnyNode | null | undefined): node is FunctionNode {
  return (
    node?.type === 'FunctionDeclaration' ||
    node?.type === 'FunctionExpression' ||
    node?.type === 'ArrowFunctionExpression'
  );
}

/** Whether an identifier is a name of a property and no variable: `a.name`, `{ name: 1 }`. */
export function isPropertyName(node: AnyNode, parent: AnyNode | undefined): boolean {
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.property === node && !parent.computed;
    case 'Property':
      return parent.key === node && !parent.computed && !parent.shorthand;
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return parent.key === node && !parent.computed;
    default:
      return false;
  }
}

/** `a.b` and `a['b']` -> `b`; else `null`. */
export function propertyOf(node: AnyNode): string | null {
  if (node.type !== 'MemberExpression') return null;
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : null;
  return stringOf(node.property);
}

/** The value of a string literal, or of a template without expressions. */
export function stringOf(node: AnyNode | null | undefined): string | null {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type !== 'TemplateLiteral' || node.expressions.length > 0) return null;
  return node.quasis[0]?.value.cooked ?? null;
}

/** `a.b.c` -> `['a', 'b', 'c']`; `null` where anything but names is in it. */
export function nameChain(node: AnyNode): readonly string[] | null {
  const names: string[] = [];
  let at: AnyNode = node;
  for (; at.type === 'MemberExpression'; at = at.object) {
    const name = propertyOf(at);
    if (name === null) return null;
    names.unshift(name);
  }
  return at.type === 'Identifier' ? [at.name, ...names] : null;
}

export function isName(node: AnyNode | null | undefined, name: string): boolean {
  return node?.type === 'Identifier' && node.name === name;
}

/** Whether any node below or at `root`, functions inside of it left out, fulfils the condition. */
export function someOutsideFunctions(root: AnyNode, fulfils: (node: AnyNode) => boolean): boolean {
  const todo: AnyNode[] = [root];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (fulfils(node)) return true;
    if (!isFunction(node)) todo.push(...childrenOf(node));
  }
  return false;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
