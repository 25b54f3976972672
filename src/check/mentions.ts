import { type AnyNode, isPropertyName, visit } from './nodes';

/**
 * The nodes that mention a name, with all that hold them. A name that is handed on or captured is mentioned as well:
 * nobody can see what becomes of it, so it counts as used.
 */
export function nodesThatMention(root: AnyNode, name: string): ReadonlySet<AnyNode> {
  const mentioning = new Set<AnyNode>();
  visit(root, (node, ancestors) => {
    if (node.type !== 'Identifier' || node.name !== name || isPropertyName(node, ancestors.at(-1))) return;
    mentioning.add(node);
    for (let at = ancestors.length - 1; at >= 0; at--) {
      const ancestor = ancestors[at];
      if (ancestor === undefined || mentioning.has(ancestor)) break;
      mentioning.add(ancestor);
    }
  });
  return mentioning;
}
