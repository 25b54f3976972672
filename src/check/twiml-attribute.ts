import type { Spot } from './finding';
import { type AnyNode, propertyOf } from './nodes';
import type { CheckedFunction, Rule } from './rule';
import { type TwimlCall, twimlCalls } from './twiml-calls';
import { literalProblems } from './twiml-literal';
import { meantAttribute } from './twiml-verbs';

export const TWIML_ATTRIBUTE: Rule = {
  id: 'twiml-attribute',
  severity: 'warning',
  finds: 'An attribute of a verb that is nearly one that exists: `numdigits`, `statusCalback`.',
  otherwise: 'Twilio warns (12200) and does without it: the verb does not do what was asked.',
  fix: 'Write the attribute as the vendor does.',
  ofFunction: check,
};

function check({ source }: CheckedFunction): readonly Spot[] {
  return [...twimlCalls(source).flatMap(checkCall), ...literalProblems(source, 'attribute')];
}

function checkCall({ node, method }: TwimlCall): readonly Spot[] {
  const [first] = node.arguments;
  if (first?.type !== 'ObjectExpression' || propertyOf(node.callee) === null) return [];
  const verb = method.charAt(0).toUpperCase() + method.slice(1);
  return first.properties.flatMap((property) => {
    const name = property.type === 'Property' && !property.computed ? keyOf(property.key) : null;
    const meant = name === null ? null : meantAttribute(verb, name);
    if (meant === null) return [];
    return [{ at: property.start, reason: `${method}() has no attribute ${name}; did you mean ${meant}?` }];
  });
}

function keyOf(key: AnyNode): string | null {
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' && typeof key.value === 'string' ? key.value : null;
}
