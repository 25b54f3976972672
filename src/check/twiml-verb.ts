import type { Spot } from './finding';
import type { CheckedFunction, Rule } from './rule';
import { type TwimlCall, twimlCalls } from './twiml-calls';
import { literalProblems } from './twiml-literal';
import { CHILDREN, meantVerb, type TwimlParent, VERBS } from './twiml-verbs';

export const TWIML_VERB: Rule = {
  id: 'twiml-verb',
  severity: 'error',
  finds:
    'A verb in TwiML where it cannot stand: `say` of a MessagingResponse, `<Message>` beside `<Say>`, `<Dial>` in `<Gather>`, a verb that does not exist. Through the methods of the SDK and in strings.',
  otherwise: 'The SDK throws, or Twilio answers with error 12100 or 12200 and the call or message ends.',
  fix: 'Use VoiceResponse for calls and MessagingResponse for messages, and the verbs that they have.',
  ofFunction: check,
};

function check({ source }: CheckedFunction): readonly Spot[] {
  const literals = literalProblems(source, 'verb').map(({ at, reason }) => ({ at, reason }));
  return [...twimlCalls(source).flatMap(checkCall), ...literals];
}

const CLASS_NAMES: Readonly<Record<TwimlParent, string>> = {
  voice: 'VoiceResponse',
  messaging: 'MessagingResponse',
  Gather: '<Gather>',
  Dial: '<Dial>',
  Message: '<Message>',
  Say: '<Say>',
};

function checkCall({ node, parent, method }: TwimlCall): readonly Spot[] {
  const verb = method.charAt(0).toUpperCase() + method.slice(1);
  if (CHILDREN[parent].includes(verb)) return [];
  const owner = CLASS_NAMES[parent];
  const at = node.callee.type === 'MemberExpression' ? node.callee.property.start : node.start;
  // What is a verb elsewhere is certainly none here; anything else may be new in the SDK, unless it is nearly one.
  if (VERBS.includes(verb) && method !== 'queue')
    return [{ at, reason: `${owner} has no ${method}()${elsewhere(verb, parent)}` }];
  const meant = meantVerb(verb, parent);
  if (meant === null) return [];
  const name = meant.charAt(0).toLowerCase() + meant.slice(1);
  return name === method ? [] : [{ at, reason: `${owner} has no ${method}(); did you mean ${name}()?` }];
}

function elsewhere(verb: string, parent: TwimlParent): string {
  if (parent === 'messaging') return `; it is for calls: that is VoiceResponse`;
  if (parent === 'voice' && verb === 'Message') return '; it is for messages: that is MessagingResponse';
  return '; it belongs into the response itself';
}
