import type { Build } from '../model/build';
import type { Spot } from './finding';
import { type AnyNode, nameChain, visit } from './nodes';
import type { CheckedFunction, Rule } from './rule';

export const PROCESS_ENV: Rule = {
  id: 'process-env',
  severity: 'warning',
  finds: 'A handler that reads a variable of the project from `process.env`, though its `context` has it.',
  otherwise:
    'It works, until a test or another caller runs the handler with a context of its own: the value is then not the one that was given.',
  fix: 'Read it from context.',
  ofFunction: check,
};

function check({ source, handler }: CheckedFunction, { variables }: Build): readonly Spot[] {
  if (!source.code.includes('process')) return [];
  if (handler.kind !== 'function' || handler.node.params[0]?.type !== 'Identifier') return [];
  const context = handler.node.params[0].name;
  const spots: Spot[] = [];
  visit(handler.node.body, (node, ancestors) => {
    const name = variableOf(node);
    if (name === null || !Object.hasOwn(variables, name) || isWritten(node, ancestors.at(-1))) return;
    spots.push({
      at: node.start,
      reason: `process.env.${name} is read, and ${context}.${name} has the same value`,
      fix: `Read ${context}.${name}.`,
    });
  });
  return spots;
}

/** `process.env.NAME` -> `NAME`. */
function variableOf(node: AnyNode): string | null {
  if (node.type !== 'MemberExpression') return null;
  const names = nameChain(node);
  return names?.length === 3 && names[0] === 'process' && names[1] === 'env' ? (names[2] ?? null) : null;
}

function isWritten(node: AnyNode, parent: AnyNode | undefined): boolean {
  return (
    (parent?.type === 'AssignmentExpression' && parent.left === node) ||
    (parent?.type === 'UnaryExpression' && parent.operator === 'delete')
  );
}
