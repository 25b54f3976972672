/** A way through a handler on which nothing has called `callback` so far. Pure. */
import type { AnyNode } from './nodes';

export interface OpenPath {
  /** The branches on the way whose other side calls it. */
  readonly skips: readonly Skip[];
  /** What the path went through last that is worth pointing at; `null`: nothing, it is the whole handler. */
  readonly through: Through | null;
}

export interface Skip {
  /** The whole branch. */
  readonly branch: AnyNode;
  /** The text of the condition, and whether the path has it true. */
  readonly test: AnyNode;
  readonly isTrue: boolean;
  /** Whether the other side always ends the handler, so that what follows belongs to this one alone. */
  readonly otherSideLeaves: boolean;
}

export interface Through {
  readonly node: AnyNode;
  /** Completes "callback is never called …": `where this condition is false`. */
  readonly where: string;
}

/** How the handler stands at one place. */
export interface Standing {
  /** `null`: every way here has called it. */
  readonly open: OpenPath | null;
  /** Whether a way that has called it comes here. */
  readonly isCalled: boolean;
}

export const UNREACHABLE: Standing = { open: null, isCalled: false };
export const CALLED: Standing = { open: null, isCalled: true };

/** Where two ways meet, the plainer open one is kept. */
export function join(one: Standing, other: Standing): Standing {
  return { open: plainer(one.open, other.open), isCalled: one.isCalled || other.isCalled };
}

export function plainer(one: OpenPath | null, other: OpenPath | null): OpenPath | null {
  if (one === null || other === null) return one ?? other;
  return weight(other) < weight(one) ? other : one;
}

function weight({ skips }: OpenPath): number {
  return skips.length + skips.filter(({ otherSideLeaves }) => !otherSideLeaves).length * 100;
}

/** Adds a branch; a place further in, that the way met since `before`, is the plainer one to point at. */
export function withSkip(standing: Standing, before: Standing, skip: Skip, through: Through): Standing {
  const { open, isCalled } = standing;
  // Too many to be certain of, and no more are kept: a path is copied at each branch.
  if (open === null || open.skips.length > MOST_SKIPS) return standing;
  const isFurtherIn = open.through !== (before.open?.through ?? null);
  return { open: { skips: [...open.skips, skip], through: isFurtherIn ? open.through : through }, isCalled };
}

/**
 * Whether the path can certainly be taken. Two branches may depend on each other (`if (a) …; if (!a) …`, a flag), and
 * nobody can see that in general: then it is not said.
 */
export function isCertain({ skips }: OpenPath): boolean {
  if (skips.length < 2) return true;
  if (skips.length > MOST_SKIPS || skips.some((skip) => isJoined(skip, skips))) return false;
  const polarities = new Map<string, boolean>();
  return skips.every(({ test, isTrue }) =>
    atomsOf(test, isTrue).every(({ text, isTrue: polarity }) => {
      const known = polarities.get(text);
      polarities.set(text, polarity);
      return known === undefined || known === polarity;
    }),
  );
}

const MOST_SKIPS = 50;

/** Whether a later branch may depend on what the other side of this one did. */
function isJoined({ branch, otherSideLeaves }: Skip, skips: readonly Skip[]): boolean {
  return !otherSideLeaves && skips.some((later) => later.branch.start >= branch.end);
}

interface Atom {
  readonly text: string;
  readonly isTrue: boolean;
}

/** The parts of a condition, and what the path makes of each: `!a && b === 'x'` -> `a`, `b === "x"`. */
function atomsOf(test: AnyNode, isTrue: boolean): readonly Atom[] {
  if (test.type === 'UnaryExpression' && test.operator === '!') return atomsOf(test.argument, !isTrue);
  if (test.type === 'LogicalExpression') {
    return [...atomsOf(test.left, isTrue), ...atomsOf(test.right, isTrue)];
  }
  if (test.type === 'BinaryExpression') return binaryAtoms(test.operator, test.left, test.right, isTrue);
  return [{ text: textOf(test), isTrue }];
}

function binaryAtoms(operator: string, left: AnyNode, right: AnyNode, isTrue: boolean): readonly Atom[] {
  const isEqual = operator === '===' || operator === '==';
  if (!isEqual && operator !== '!==' && operator !== '!=') {
    // `a < b` and `a >= b`: how two comparisons go together is not looked into, so beside another branch none is certain.
    const text = `${textOf(left)} <> ${textOf(right)}`;
    return [
      { text, isTrue: true },
      { text, isTrue: false },
    ];
  }
  const value = right.type === 'Literal' ? right.value : undefined;
  if (typeof value === 'boolean') return atomsOf(left, isTrue === (isEqual === value));
  return [{ text: `${textOf(left)} === ${textOf(right)}`, isTrue: isTrue === isEqual }];
}

/** The same for the same code, whatever its spaces. */
function textOf(node: AnyNode): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'start' || key === 'end' || key === 'raw') return undefined;
    return typeof value === 'bigint' || value instanceof RegExp ? String(value) : value;
  });
}
