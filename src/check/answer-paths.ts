/**
 * Follows every way through a handler and finds those on which `callback` is never called.
 *
 * What may be called later, or by somebody else, counts as called: `callback` handed on or captured by a function. So do
 * loops that mention it, since nobody can see how often they run. What throws is answered with 500 and is no such way.
 */
import type { BlockStatement, IfStatement, Statement, SwitchStatement, TryStatement } from 'acorn';
import { type AnyNode, type FunctionNode, isFunction, isName, someOutsideFunctions } from './nodes';
import {
  CALLED,
  join,
  type OpenPath,
  plainer,
  type Standing,
  type Through,
  UNREACHABLE,
  withSkip,
} from './open-path';
import { type ChainLink, chainOf } from './promise-chain';

/** The plainest way on which the function ends without a call, or `null`. `mentions` are the nodes that hold the name. */
export function findOpenPath(handler: FunctionNode, mentions: ReadonlySet<AnyNode>): OpenPath | null {
  const { body } = handler;
  if (body.type !== 'BlockStatement') return mentions.has(body) ? null : START.open;
  if (isBeyondFollowing(body, mentions)) return null;
  return new Follower(mentions).follow(body);
}

const START: Standing = { open: { skips: [], through: null }, isCalled: false };

/** Labels; and functions that are declared anywhere, even behind a `return`, and so may call it from the beginning. */
function isBeyondFollowing(body: BlockStatement, mentions: ReadonlySet<AnyNode>): boolean {
  return someOutsideFunctions(
    body,
    (node) =>
      node.type === 'LabeledStatement' ||
      isName(node, 'arguments') ||
      (node.type === 'FunctionDeclaration' && mentions.has(node)),
  );
}

class Follower {
  readonly #mentions: ReadonlySet<AnyNode>;
  /** Where the function ends while the way is open. */
  #ends: OpenPath[] = [];
  /** For each `switch` and loop around: what leaves it by `break`. */
  readonly #breaks: Standing[] = [];
  /** For each `try` around: the open ways on which something may throw. */
  readonly #throws: (OpenPath | null)[] = [];

  constructor(mentions: ReadonlySet<AnyNode>) {
    this.#mentions = mentions;
  }

  follow(body: BlockStatement): OpenPath | null {
    const end = this.#statements(body.body, START);
    return [...this.#ends, end.open].reduce(plainer, null);
  }

  #statements(statements: readonly AnyNode[], standing: Standing): Standing {
    let at = standing;
    for (const statement of statements) at = this.#statement(statement as Statement, at);
    return at;
  }

  #statement(node: Statement, standing: Standing): Standing {
    if (standing === UNREACHABLE) return standing;
    switch (node.type) {
      case 'BlockStatement':
        return this.#statements(node.body, standing);
      case 'IfStatement':
        return this.#if(node, standing);
      case 'SwitchStatement':
        return this.#switch(node, standing);
      case 'TryStatement':
        return this.#try(node, standing);
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        return this.#loop(node, standing);
      case 'ReturnStatement':
        return this.#return(node.argument ?? null, node, standing);
      case 'ThrowStatement':
        this.#mayThrow(this.#expression(node.argument, standing).open);
        return UNREACHABLE;
      case 'BreakStatement':
        return this.#break(standing);
      case 'ContinueStatement':
        return UNREACHABLE;
      case 'ExpressionStatement':
        return this.#effect(node.expression, standing);
      case 'FunctionDeclaration':
      case 'EmptyStatement':
      case 'DebuggerStatement':
        return standing;
      default:
        return this.#expression(node, standing);
    }
  }

  #if(branch: IfStatement, standing: Standing): Standing {
    const { test, consequent, alternate } = branch;
    const before = this.#expression(test, standing);
    const yes = this.#statement(consequent, before);
    const no = alternate ? this.#statement(alternate, before) : before;
    const yesMentions = this.#mentions.has(consequent);
    const noMentions = alternate ? this.#mentions.has(alternate) : false;
    return join(
      noMentions ? beside(yes, no, before, { branch, test, isTrue: true }) : yes,
      yesMentions ? beside(no, yes, before, { branch, test, isTrue: false }) : no,
    );
  }

  #switch(node: SwitchStatement, standing: Standing): Standing {
    const before = this.#expression(node.discriminant, standing);
    this.#breaks.push(UNREACHABLE);
    let at: Standing = UNREACHABLE;
    for (const { consequent, test } of node.cases) {
      at = this.#statements(consequent, join(at, test ? this.#expression(test, before) : before));
    }
    const left = join(at, this.#breaks.pop() ?? UNREACHABLE);
    const hasDefault = node.cases.some(({ test }) => !test);
    if (!this.#mentions.has(node)) return hasDefault ? left : join(left, before);
    const skip = { branch: node, test: node.discriminant, isTrue: false, otherSideLeaves: !left.isCalled };
    const inCase = withSkip(left, before, skip, {
      node: node.discriminant,
      where: 'in a case of this switch',
    });
    if (hasDefault) return inCase;
    return join(
      inCase,
      withSkip(before, before, skip, {
        node: node.discriminant,
        where: 'where no case of this switch matches',
      }),
    );
  }

  #loop(node: AnyNode & { readonly body: Statement }, standing: Standing): Standing {
    if (this.#mentions.has(node)) return CALLED;
    this.#throwsWithin(node, standing);
    this.#breaks.push(UNREACHABLE);
    this.#statement(node.body, standing);
    const broken = this.#breaks.pop() ?? UNREACHABLE;
    return isEndless(node) ? broken : standing;
  }

  #try({ block, handler, finalizer }: TryStatement, standing: Standing): Standing {
    const ends = this.#ends.length;
    if (handler) this.#throws.push(null);
    const tried = this.#statements(block.body, standing);
    const thrown = handler ? (this.#throws.pop() ?? null) : null;
    const caught = handler ? this.#caught(handler.body, thrown) : UNREACHABLE;
    const both = join(tried, caught);
    if (!finalizer) return both;
    if (this.#mentions.has(finalizer)) {
      this.#ends.length = ends;
      return CALLED;
    }
    return this.#statements(finalizer.body, both);
  }

  #caught(body: BlockStatement, thrown: OpenPath | null): Standing {
    if (thrown === null) return UNREACHABLE;
    const through = { node: body, where: 'where something throws and this catch goes on' };
    const open = this.#mentions.has(body) ? thrown : { ...thrown, through };
    return this.#statements(body.body, { open, isCalled: false });
  }

  #return(argument: AnyNode | null, node: AnyNode, standing: Standing): Standing {
    const after = argument === null ? standing : this.#effect(argument, standing);
    if (after.open !== null) this.#ends.push(endAt(node, after.open, argument));
    return UNREACHABLE;
  }

  #break(standing: Standing): Standing {
    const around = this.#breaks.pop();
    if (around !== undefined) this.#breaks.push(join(around, standing));
    return UNREACHABLE;
  }

  /** An expression whose value nobody needs: `a && callback()`, `b ? callback() : c()`, a chain of promises. */
  #effect(node: AnyNode, standing: Standing): Standing {
    if (!this.#mentions.has(node)) return this.#expression(node, standing);
    if (node.type === 'AwaitExpression') return this.#effect(node.argument, standing);
    if (node.type === 'UnaryExpression' && node.operator === 'void')
      return this.#effect(node.argument, standing);
    if (node.type === 'LogicalExpression' && node.operator === '&&' && !this.#mentions.has(node.left)) {
      const right = this.#effect(node.right, standing);
      return join(right, beside(standing, right, standing, { branch: node, test: node.left, isTrue: false }));
    }
    if (node.type === 'ConditionalExpression' && !this.#mentions.has(node.test)) {
      const yes = this.#effect(node.consequent, standing);
      const no = this.#effect(node.alternate, standing);
      return join(
        beside(yes, no, standing, { branch: node, test: node.test, isTrue: true }),
        beside(no, yes, standing, { branch: node, test: node.test, isTrue: false }),
      );
    }
    return this.#chain(node, standing) ?? this.#expression(node, standing);
  }

  /** `a().then(f).catch(g)` where only `f` mentions `callback`, and `g` ends the rejection. */
  #chain(node: AnyNode, standing: Standing): Standing | null {
    const chain = chainOf(node);
    if (chain === null || this.#mentions.has(chain.object) || standing.open === null) return null;
    const mentioning = chain.links.filter((link) => this.#linkMentions(link));
    const [only, second] = mentioning;
    if (only === undefined || second !== undefined || only.onFulfilled === null) return null;
    if (!this.#mentions.has(only.onFulfilled)) return null;
    if (only.onRejected !== null && this.#mentions.has(only.onRejected)) return null;
    const swallowing = swallowedBy(chain.links, only);
    if (swallowing === null) return null;
    const through = { node: swallowing, where: 'where the promise rejects and this function goes on' };
    return { open: { skips: standing.open.skips, through }, isCalled: true };
  }

  #linkMentions({ onFulfilled, onRejected, onSettled }: ChainLink): boolean {
    return [onFulfilled, onRejected, onSettled].some((node) => node !== null && this.#mentions.has(node));
  }

  #expression(node: AnyNode, standing: Standing): Standing {
    this.#throwsWithin(node, standing);
    return this.#mentions.has(node) ? CALLED : standing;
  }

  /** Remembers an open way into the `catch` around, where something in the node may throw before it mentions `callback`. */
  #throwsWithin(node: AnyNode, { open }: Standing): void {
    if (this.#throws.length === 0 || open === null) return;
    if (someOutsideFunctions(node, (inner) => this.#isRisky(inner))) this.#mayThrow(open);
  }

  #isRisky(node: AnyNode): boolean {
    // What `callback` was handed to may well have called it before it threw.
    if (this.#mentions.has(node)) return false;
    return node.type === 'AwaitExpression' || node.type === 'CallExpression' || node.type === 'NewExpression';
  }

  #mayThrow(open: OpenPath | null): void {
    const around = this.#throws.pop();
    if (around !== undefined) this.#throws.push(plainer(around, open));
  }
}

interface Side {
  readonly branch: AnyNode;
  readonly test: AnyNode;
  readonly isTrue: boolean;
}

/** One side of a branch whose other side mentions `callback`. */
function beside(side: Standing, other: Standing, before: Standing, { branch, test, isTrue }: Side): Standing {
  const skip = { branch, test, isTrue, otherSideLeaves: !other.isCalled };
  const through = { node: test, where: `where this condition is ${isTrue ? 'true' : 'false'}` };
  return withSkip(side, before, skip, through);
}

/** The function that takes the rejection of what comes before `link`, where it is there to be read and only goes on. */
function swallowedBy(links: readonly ChainLink[], link: ChainLink): FunctionNode | null {
  const after = links.slice(links.indexOf(link) + 1);
  const catching = after.find(({ onRejected }) => onRejected !== null);
  const handler = link.onRejected ?? catching?.onRejected ?? null;
  if (handler === null || !isFunction(handler)) return null;
  const { body } = handler;
  if (body.type !== 'BlockStatement') return isQuietCall(body) ? handler : null;
  const isQuiet = body.body.every(
    (statement) => statement.type === 'ExpressionStatement' && isQuietCall(statement.expression),
  );
  return isQuiet ? handler : null;
}

/** `console.error(error)`: certainly neither throws nor answers. */
function isQuietCall(node: AnyNode): boolean {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
  return isName(node.callee.object, 'console');
}

function endAt(node: AnyNode, open: OpenPath, argument: AnyNode | null): OpenPath {
  const value =
    argument === null
      ? 'this return ends the handler'
      : 'this return ends the handler, and what it returns is not sent';
  const through: Through = open.through ?? { node, where: value };
  return { skips: open.skips, through };
}

function isEndless(node: AnyNode): boolean {
  if (node.type === 'ForStatement') return !node.test;
  if (node.type !== 'WhileStatement' && node.type !== 'DoWhileStatement') return false;
  return node.test.type === 'Literal' && Boolean(node.test.value);
}
