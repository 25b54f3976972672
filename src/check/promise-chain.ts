import type { AnyNode, CallExpression } from './nodes';
import { propertyOf } from './nodes';

/** `object.then(…).catch(…)`, first link first. */
export interface PromiseChain {
  readonly object: AnyNode;
  readonly links: readonly ChainLink[];
}

/** What each call was given; `null`: nothing. */
export interface ChainLink {
  readonly onFulfilled: AnyNode | null;
  readonly onRejected: AnyNode | null;
  readonly onSettled: AnyNode | null;
}

/** `null` where the expression is no such chain. */
export function chainOf(node: AnyNode): PromiseChain | null {
  const links: ChainLink[] = [];
  let at = node;
  while (at.type === 'CallExpression' && at.callee.type === 'MemberExpression') {
    const link = linkOf(propertyOf(at.callee), at);
    if (link === null) break;
    links.unshift(link);
    at = at.callee.object;
  }
  return links.length === 0 ? null : { object: at, links };
}

function linkOf(name: string | null, call: CallExpression): ChainLink | null {
  const first = call.arguments[0] ?? null;
  const second = call.arguments[1] ?? null;
  switch (name) {
    case 'then':
      return { onFulfilled: first, onRejected: second, onSettled: null };
    case 'catch':
      return { onFulfilled: null, onRejected: first, onSettled: null };
    case 'finally':
      return { onFulfilled: null, onRejected: null, onSettled: first };
    default:
      return null;
  }
}
