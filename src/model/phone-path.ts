/** Which Functions a number of the project would most likely call: a guess by their names. */
import type { FunctionResource } from './build';

export type PhoneKind = 'sms' | 'call';

const NAMES: Readonly<Record<PhoneKind, RegExp>> = {
  sms: /sms|messag|text|mms|whatsapp|survey/i,
  call: /voice|call|ivr|phone|menu|twiml/i,
};
/** What is asked in the middle of a conversation, not at its start. */
const LATER = /status|callback|complete|action|choice|fallback|record|transcri|lib\//i;

/** Those that a name speaks for, the likeliest first; where the project has a single one, that one. */
export function likelyFunctions(
  kind: PhoneKind,
  functions: readonly FunctionResource[],
): readonly FunctionResource[] {
  const reachable = functions.filter(({ visibility }) => visibility !== 'private');
  if (reachable.length === 1) return reachable;
  const named = reachable.filter(({ path }) => NAMES[kind].test(path));
  return [...named.filter(({ path }) => !LATER.test(path)), ...named.filter(({ path }) => LATER.test(path))];
}
