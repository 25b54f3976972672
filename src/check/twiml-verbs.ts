/**
 * What may stand where in TwiML, as far as `check` has something to say about it: what the tables of the simulator say, and
 * where the classes of the vendor's SDK 5 differ from them. What is in no table is not judged: the vendor adds verbs.
 */
import { editDistance } from '../config/suggest';
import { MESSAGING_SCHEMA } from '../model/twiml/messaging-schema';
import type { ElementTable } from '../model/twiml/schema';
import { VOICE_SCHEMA } from '../model/twiml/voice-schema';

export type TwimlParent = 'voice' | 'messaging' | 'Gather' | 'Dial' | 'Message' | 'Say';

/** The direct children of each. Documents may have two more, by old names: the SDK has no methods for them. */
export const CHILDREN: Readonly<Record<TwimlParent, readonly string[]>> = {
  voice: childrenOf(VOICE_SCHEMA, 'Response').filter((name) => name !== 'Message'),
  messaging: childrenOf(MESSAGING_SCHEMA, 'Response').filter((name) => name !== 'Sms'),
  Gather: childrenOf(VOICE_SCHEMA, 'Gather'),
  Dial: childrenOf(VOICE_SCHEMA, 'Dial'),
  Message: childrenOf(MESSAGING_SCHEMA, 'Message'),
  // What is heard of these is their text, so the simulator has no table of them.
  Say: ['break', 'emphasis', 'lang', 'p', 'phoneme', 'prosody', 's', 'say-as', 'sub', 'w'],
};

/** Every name that is a verb somewhere; one of them in a wrong place is certainly a mistake. */
export const VERBS: readonly string[] = [...CHILDREN.voice, ...CHILDREN.messaging];

/** The attribute that was most likely meant, where this one is certainly none: `numdigits` -> `numDigits`. */
export function meantAttribute(verb: string, name: string): string | null {
  const known = [...attributesOf(VOICE_SCHEMA, verb), ...attributesOf(MESSAGING_SCHEMA, verb)];
  return known.includes(name) ? null : nearest(name, known);
}

/** The verb that was most likely meant: `Mesage` -> `Message`. */
export function meantVerb(name: string, parent: TwimlParent): string | null {
  return nearest(name, CHILDREN[parent]);
}

/** Nearer than what a new name of the vendor would be. */
function nearest(name: string, known: readonly string[]): string | null {
  const same = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (same !== undefined) return same;
  const allowed = name.length < 6 ? 1 : 2;
  const isNear = (candidate: string): boolean =>
    Math.abs(candidate.length - name.length) <= allowed && editDistance(name, candidate) <= allowed;
  return name.length < 4 ? null : (known.find(isNear) ?? null);
}

function childrenOf(table: ElementTable, name: string): readonly string[] {
  const children = table[name]?.children ?? [];
  return children === 'any' ? [] : children;
}

/** `verb`: any word that stands in a file. */
function attributesOf(table: ElementTable, verb: string): readonly string[] {
  return Object.hasOwn(table, verb) ? Object.keys(table[verb]?.attributes ?? {}) : [];
}
