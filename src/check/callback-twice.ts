import type { Spot } from './finding';
import { type AnyNode, isFunction, isName, someOutsideFunctions, visit } from './nodes';
import type { CheckedFunction, Rule } from './rule';

export const CALLBACK_TWICE: Rule = {
  id: 'callback-twice',
  severity: 'warning',
  finds:
    'A second call of `callback` behind a first one that nothing stops: `if (error) callback(error);` without `return`.',
  otherwise: 'The second answer is dropped, and what stands between the two runs where it should not.',
  fix: 'Return with the first call: return callback(…).',
  ofFunction: check,
};

function check({ resource, handler }: CheckedFunction): readonly Spot[] {
  if (resource.visibility === 'private') return [];
  const third = handler.kind === 'function' ? handler.node.params[2] : undefined;
  if (handler.kind !== 'function' || third?.type !== 'Identifier') return [];
  const spots: Spot[] = [];
  visit(handler.node.body, (node, ancestors) => {
    if (node.type !== 'BlockStatement' || isShadowed(third.name, ancestors)) return;
    spots.push(...checkBlock(node.body, third.name));
  });
  return spots;
}

/** A function further in may have a parameter of the same name. */
function isShadowed(name: string, ancestors: readonly AnyNode[]): boolean {
  return ancestors.some(
    (node) => isFunction(node) && node.params.some((parameter) => mentions(parameter, name)),
  );
}

function mentions(node: AnyNode, name: string): boolean {
  return someOutsideFunctions(node, (inner) => isName(inner, name));
}

function checkBlock(statements: readonly AnyNode[], name: string): readonly Spot[] {
  for (let first = 0; first < statements.length; first++) {
    if (!callsAndGoesOn(statements[first], name)) continue;
    for (const later of statements.slice(first + 1)) {
      if (isCall(later.type === 'ReturnStatement' ? later.argument : effectOf(later), name)) {
        return [{ at: later.start, reason: `${name} is called again, after the call that stands before it` }];
      }
      // A way out in between may be the one that belongs to the first call.
      if (leaves(later)) break;
    }
  }
  return [];
}

/** `callback(…);`, or `if (…) { …; callback(…); }` without an `else`. */
function callsAndGoesOn(node: AnyNode | undefined, name: string): boolean {
  if (node?.type === 'BlockStatement') return callsAndGoesOn(node.body.at(-1), name) && !leaves(node);
  if (node?.type === 'IfStatement') return !node.alternate && callsAndGoesOn(node.consequent, name);
  return node !== undefined && isCall(effectOf(node), name);
}

function effectOf(node: AnyNode): AnyNode | null {
  return node.type === 'ExpressionStatement' ? node.expression : null;
}

function isCall(node: AnyNode | null | undefined, name: string): boolean {
  if (node?.type === 'AwaitExpression') return isCall(node.argument, name);
  return node?.type === 'CallExpression' && isName(node.callee, name);
}

const WAYS_OUT = ['ReturnStatement', 'ThrowStatement', 'BreakStatement', 'ContinueStatement'];

function leaves(node: AnyNode): boolean {
  return someOutsideFunctions(node, ({ type }) => WAYS_OUT.includes(type));
}
