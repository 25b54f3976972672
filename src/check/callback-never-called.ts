import { findOpenPath } from './answer-paths';
import type { Spot } from './finding';
import { nodesThatMention } from './mentions';
import { type AnyNode, type FunctionNode, isName, someOutsideFunctions } from './nodes';
import { isCertain, type OpenPath } from './open-path';
import type { CheckedFunction, Rule } from './rule';
import type { Source } from './source';

export const CALLBACK_NEVER_CALLED: Rule = {
  id: 'callback-never-called',
  severity: 'error',
  finds:
    'A handler that never calls `callback`, or has a way through it on which it does not: a branch without an answer, a `catch` that only logs, a value that is returned instead.',
  otherwise:
    'The caller waits until the time limit and gets 504; Twilio plays an application error, or sends no reply.',
  fix: 'Call callback(null, …) or callback(error) on every way through the handler.',
  ofFunction: check,
};

function check({ resource, source, handler }: CheckedFunction): readonly Spot[] {
  if (resource.visibility === 'private') return [];
  if (handler.kind !== 'function') return [];
  return checkHandler(handler.node, source);
}

function checkHandler(node: FunctionNode, source: Source): readonly Spot[] {
  const { params } = node;
  const third = params[2];
  if (node.generator || params.slice(0, 3).some(({ type }) => type === 'RestElement')) return [];
  if (third === undefined) return checkWithoutParameter(node);
  const name = third.type === 'AssignmentPattern' ? third.left : third;
  if (name.type !== 'Identifier') return [];
  const mentions = nodesThatMention(node.body, name.name);
  if (!mentions.has(node.body)) return neverMentioned(node, name.name);
  const open = findOpenPath(node, mentions);
  return open === null || !isCertain(open) || isExhaustiveByType(open, source)
    ? []
    : [spotOf(open, node, name.name)];
}

function checkWithoutParameter(node: FunctionNode): readonly Spot[] {
  if (someOutsideFunctions(node.body, (inner) => isName(inner, 'arguments'))) return [];
  if (findOpenPath(node, new Set()) === null) return [];
  const reason = `callback is never called: the handler takes ${node.params.length} parameters, callback would be the third${returnNote(node)}`;
  return [{ at: node.start, reason, fix: 'Take (context, event, callback) and call callback(null, …).' }];
}

function neverMentioned(node: FunctionNode, name: string): readonly Spot[] {
  if (findOpenPath(node, new Set()) === null) return [];
  return [{ at: node.start, reason: `${name} is never called${returnNote(node)}` }];
}

function returnNote(node: FunctionNode): string {
  const returns =
    node.body.type !== 'BlockStatement' ||
    someOutsideFunctions(node.body, (inner) => inner.type === 'ReturnStatement' && Boolean(inner.argument));
  return returns ? '; what a handler returns is not sent' : '';
}

/** Of a union the compiler knows that no other value is left; what a request holds it does not know. */
function isExhaustiveByType({ skips }: OpenPath, { isTypeScript, code }: Source): boolean {
  if (!isTypeScript) return false;
  return skips.some(({ test }) => isComparison(test) && !/\bevent\b/.test(code.slice(test.start, test.end)));
}

function isComparison({ type }: AnyNode): boolean {
  return type === 'BinaryExpression' || type === 'Identifier' || type === 'MemberExpression';
}

function spotOf({ through }: OpenPath, node: FunctionNode, name: string): Spot {
  if (through === null)
    return { at: node.start, reason: `${name} is never called on the way to the end of the handler` };
  return { at: through.node.start, reason: `${name} is never called ${phrase(through.where)}` };
}

/** `… where this condition is false`, `…: this return ends the handler` */
function phrase(where: string): string {
  return where.startsWith('this return') ? `on this way: ${where}` : where;
}
