/** What a module asks for by name: `require('…')`, `import`, `export … from`. */
import { type AnyNode, isName, stringOf, visit } from './nodes';
import type { Source } from './source';

export interface Required {
  readonly name: string;
  readonly at: number;
  readonly by: 'require' | 'import';
  /** Whether it stands in a `try`: then it may well be missing. */
  readonly isTried: boolean;
}

export function requiredBy({ program, code }: Source): readonly Required[] {
  if (!/\brequire\b|\bimport\b|\bexport\b/.test(code)) return [];
  const found: Required[] = [];
  visit(program, (node, ancestors) => {
    const by = node.type === 'CallExpression' ? 'require' : 'import';
    const name = stringOf(specifierOf(node));
    if (name === null || name === '') return;
    found.push({ name, at: node.start, by, isTried: ancestors.some(({ type }) => type === 'TryStatement') });
  });
  return found;
}

function specifierOf(node: AnyNode): AnyNode | null {
  switch (node.type) {
    case 'CallExpression':
      return isName(node.callee, 'require') ? (node.arguments[0] ?? null) : null;
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
      return node.source ?? null;
    default:
      return null;
  }
}

export function isRelative(name: string): boolean {
  return /^\.{1,2}(?:\/|$)/.test(name);
}
