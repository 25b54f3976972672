/** What a test may expect of words: a part of them, or a pattern. */
import { inspect } from 'node:util';
import { CodedError } from '../errors';

export type Words = string | RegExp;

/** White space is that of speech: how much of it there is does not matter. */
export function matchesWords(text: string, words: Words): boolean {
  if (typeof words === 'string') return tidy(text).includes(tidy(words));
  // A pattern with the flag g remembers where it was.
  return new RegExp(words.source, words.flags.replace(/[gy]/g, '')).test(text);
}

/** Throws `CodedError` (HS_TEST_USAGE): everything holds an empty text. */
export function checkWords(words: Words): void {
  if (words instanceof RegExp || isPattern(words)) return;
  if (typeof words === 'string' && words.trim() !== '') return;
  throw new CodedError('HS_TEST_USAGE', `${inspect(words)} is neither a text nor a pattern to look for`);
}

export function wordsText(words: Words): string {
  return typeof words === 'string' ? JSON.stringify(words) : String(words);
}

/** Of another realm, as in some test runners. */
function isPattern(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object RegExp]';
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
