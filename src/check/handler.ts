/** Finds the function that a module offers as its handler. */
import type { Program } from 'acorn';
import { type AnyNode, type FunctionNode, isFunction, isName, nameChain, propertyOf, visit } from './nodes';

export type Handler =
  /** The function itself. */
  | { readonly kind: 'function'; readonly node: FunctionNode }
  /** Something that no reader can follow: the result of a call, another module. */
  | { readonly kind: 'unknown' }
  /** The module certainly has none; `near` is what looks like one: `exports.handlr`. */
  | { readonly kind: 'none'; readonly near: { readonly name: string; readonly at: number } | null };

export function findHandler(program: Program, isModule: boolean): Handler {
  const exported = isModule ? moduleExports(program) : commonJsExports(program);
  const value = exported.names.get('handler') ?? (isModule ? exported.names.get('default') : undefined);
  if (value !== undefined) return resolve(value, program);
  if (exported.isOpen) return { kind: 'unknown' };
  return { kind: 'none', near: nearest(exported.places) };
}

interface Exports {
  readonly names: Map<string, AnyNode>;
  readonly places: { readonly name: string; readonly at: number }[];
  /** Whether it may export more than can be seen. */
  isOpen: boolean;
}

function commonJsExports(program: Program): Exports {
  const found: Exports = { names: new Map(), places: [], isOpen: false };
  visit(program, (node, ancestors) => {
    if (node.type === 'AssignmentExpression') {
      addAssignment(node.left, node.right, found);
      // `const api = (module.exports = {})`: what is added to `api` later cannot be seen.
      if (isHeld(ancestors.at(-1)) && isWholeModule(node.left)) found.isOpen = true;
      return;
    }
    if (isExportsUsedOtherwise(node, ancestors)) found.isOpen = true;
  });
  return found;
}

function addAssignment(left: AnyNode, right: AnyNode, found: Exports): void {
  const names = nameChain(left)?.join('.') ?? '';
  const name = /^(?:module\.)?exports\.([\w$]+)$/.exec(names)?.[1];
  if (name !== undefined) add(found, name, right, left.start);
  else if (names === 'module.exports') addObject(right, found);
  else if (/^export\.\w+$/i.test(names)) found.places.push({ name: names, at: left.start });
}

function isHeld(parent: AnyNode | undefined): boolean {
  return parent?.type !== 'ExpressionStatement' && parent?.type !== 'AssignmentExpression';
}

function isWholeModule(left: AnyNode): boolean {
  const names = nameChain(left)?.join('.');
  return names === 'module.exports' || names === 'exports';
}

function addObject(value: AnyNode, found: Exports): void {
  if (value.type === 'AssignmentExpression') return addObject(value.right, found);
  if (value.type !== 'ObjectExpression') {
    // `module.exports = (context, event, callback) => …` has no member, as far as anybody can see.
    if (!isFunction(value)) found.isOpen = true;
    else found.places.push({ name: 'module.exports', at: value.start });
    return;
  }
  for (const property of value.properties) {
    const name = property.type === 'Property' ? keyName(property.key, property.computed) : null;
    if (property.type !== 'Property' || name === null) found.isOpen = true;
    else add(found, name, property.value, property.start);
  }
}

function keyName(key: AnyNode, computed: boolean): string | null {
  if (key.type === 'Literal') return String(key.value);
  return key.type === 'Identifier' && !computed ? key.name : null;
}

/** `exports` or `module` that is handed on, read from or written to by a computed name. */
function isExportsUsedOtherwise(node: AnyNode, ancestors: readonly AnyNode[]): boolean {
  if (node.type !== 'Identifier' || (node.name !== 'exports' && node.name !== 'module')) return false;
  const parent = ancestors.at(-1);
  if (parent?.type !== 'MemberExpression' || parent.object !== node) {
    return parent?.type !== 'MemberExpression' && parent?.type !== 'Property';
  }
  const name = propertyOf(parent);
  if (name === null) return true;
  if (node.name === 'module' && name === 'exports') {
    const outer = ancestors.at(-2);
    if (outer?.type === 'MemberExpression') return propertyOf(outer) === null;
    return outer?.type !== 'AssignmentExpression' || outer.left !== parent;
  }
  return false;
}

function moduleExports(program: Program): Exports {
  const found: Exports = { names: new Map(), places: [], isOpen: false };
  for (const statement of program.body) {
    if (statement.type === 'ExportAllDeclaration') found.isOpen = true;
    if (statement.type === 'ExportDefaultDeclaration')
      add(found, 'default', statement.declaration, statement.start);
    if (statement.type !== 'ExportNamedDeclaration') continue;
    for (const { local, exported } of statement.specifiers) {
      const name = exported.type === 'Identifier' ? exported.name : String(exported.value);
      if (statement.source === null || statement.source === undefined)
        add(found, name, local, statement.start);
      else if (name === 'handler' || name === 'default') found.isOpen = true;
    }
    const { declaration } = statement;
    if (declaration?.type === 'FunctionDeclaration')
      add(found, declaration.id.name, declaration, declaration.start);
    if (declaration?.type !== 'VariableDeclaration') continue;
    for (const { id, init } of declaration.declarations) {
      if (id.type === 'Identifier') add(found, id.name, init ?? id, id.start);
      else found.isOpen = true;
    }
  }
  return found;
}

function add(found: Exports, name: string, value: AnyNode, at: number): void {
  found.names.set(name, value);
  found.places.push({ name, at });
}

/** A name stands for the function that the module declares once under it. */
function resolve(value: AnyNode, program: Program): Handler {
  if (isFunction(value)) return { kind: 'function', node: value };
  if (value.type === 'AssignmentExpression') return resolve(value.right, program);
  if (value.type !== 'Identifier') return { kind: 'unknown' };
  const candidates: AnyNode[] = [];
  visit(program, (node) => {
    if (node.type === 'FunctionDeclaration' && isName(node.id, value.name)) candidates.push(node);
    if (node.type === 'VariableDeclarator' && isName(node.id, value.name)) candidates.push(node.init ?? node);
    if (node.type === 'AssignmentExpression' && isName(node.left, value.name)) candidates.push(node.right);
  });
  const [only, second] = candidates;
  return isFunction(only) && second === undefined ? { kind: 'function', node: only } : { kind: 'unknown' };
}

function nearest(places: Exports['places']): Exports['places'][number] | null {
  return places.find(({ name }) => MISSPELLED.test(name)) ?? null;
}

/** `Handler`, `handlr`, `hander`, `handle`, `handlers`, `export.handler`, `module.exports` itself. */
const MISSPELLED = /^(?:hand?l?e?r?s?|hanlder|hnadler|handelr|handeler|main|export\.\w+|module\.exports)$/i;
