import type { Spot } from './finding';
import { stringOf } from './nodes';
import type { CheckedFunction, Rule } from './rule';
import { type TwimlCall, twimlCalls } from './twiml-calls';
import { literalProblems, MOST_MESSAGE_CHARACTERS, tooLong } from './twiml-literal';

export const TWIML_SIZE: Rule = {
  id: 'twiml-size',
  severity: 'error',
  finds:
    'A text of a message over 1,600 characters, or TwiML over 64 kB, that stands in the code as a string.',
  otherwise: 'The message is not sent, or the answer is refused (error 11750).',
  fix: 'Send several messages, or less.',
  ofFunction: check,
};

function check({ source }: CheckedFunction): readonly Spot[] {
  return [...twimlCalls(source).flatMap(checkCall), ...literalProblems(source, 'size')];
}

function checkCall({ node, parent, method }: TwimlCall): readonly Spot[] {
  const isText =
    (parent === 'messaging' && method === 'message') || (parent === 'Message' && method === 'body');
  if (!isText) return [];
  return node.arguments.flatMap((argument) => {
    const length = stringOf(argument)?.length ?? 0;
    return length > MOST_MESSAGE_CHARACTERS ? [{ at: argument.start, reason: tooLong(length) }] : [];
  });
}
