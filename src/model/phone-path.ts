/** Which Functions a number of the project would most likely call: a guess by their names. */
import type { FunctionResource } from './build';

export type PhoneKind = 'sms' | 'call';

/** These say it outright: `/voice/message` takes no texts. */
const NAMES: Readonly<Record<PhoneKind, RegExp>> = {
  sms: /sms|mms|whatsapp/i,
  call: /voice|call|ivr|phone/i,
};
const HINTS: Readonly<Record<PhoneKind, RegExp>> = {
  sms: /messag|text|reply|survey/i,
  call: /menu|twiml/i,
};
/** What is asked in the middle of a conversation, not at its start. */
const LATER =
  /status|callback|complete|action|choice|fallback|record|transcri|after|done|thank|screen|lib\//i;

/** Those that a name speaks for, the likeliest first; where the project has a single one, that one. */
export function likelyFunctions(
  kind: PhoneKind,
  functions: readonly FunctionResource[],
): readonly FunctionResource[] {
  const reachable = functions.filter(({ visibility }) => visibility !== 'private');
  if (reachable.length === 1) return reachable;
  const named = reachable.filter(({ path }) => isMeantFor(kind, path));
  return [...named.filter(isFirst), ...named.filter((one) => !isFirst(one))];
}

/** The likeliest one where no other is as likely; `null`: somebody has to say which. */
export function likelyFunction(
  kind: PhoneKind,
  functions: readonly FunctionResource[],
): FunctionResource | null {
  const [likeliest, next] = likelyFunctions(kind, functions);
  if (likeliest === undefined) return null;
  return next === undefined || (isFirst(likeliest) && !isFirst(next)) ? likeliest : null;
}

function isMeantFor(kind: PhoneKind, path: string): boolean {
  const other = kind === 'sms' ? 'call' : 'sms';
  return NAMES[kind].test(path) || (HINTS[kind].test(path) && !NAMES[other].test(path));
}

function isFirst({ path }: FunctionResource): boolean {
  return !LATER.test(path);
}
