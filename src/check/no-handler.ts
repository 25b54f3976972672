import type { Spot } from './finding';
import type { CheckedFunction, Rule } from './rule';

export const NO_HANDLER: Rule = {
  id: 'no-handler',
  severity: 'error',
  finds:
    'A public or protected Function that certainly exports no `handler`, for example because it is misspelled.',
  otherwise: 'Every request to its path gets 500.',
  fix: 'Export it: exports.handler = (context, event, callback) => { … }. A file that others only require is private: name.private.js.',
  ofFunction: check,
};

function check({ resource, handler }: CheckedFunction): readonly Spot[] {
  if (resource.visibility === 'private') return [];
  if (handler.kind !== 'none') return [];
  if (handler.near === null) return [{ at: null, reason: 'the module exports no handler' }];
  const { name, at } = handler.near;
  return [{ at, reason: `the module exports no handler, but ${name}; did you mean handler?` }];
}
