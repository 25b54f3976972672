/** What a script expects to hear or to read: a part of it, or a pattern: `/you wrote:? hi/i`. */
import { CodedError } from '../../errors';

export type Words = string | RegExp;

/** Throws `CodedError` (HS_USAGE) for a pattern that is none. */
export function readWords(text: string): Words {
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/.exec(text) ?? [];
  if (source === undefined) return text;
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    throw new CodedError('HS_USAGE', `${text.slice(0, 80)} is no regular expression`, { cause });
  }
}

/** A part of it whatever the case and the white space; a pattern as it is written. */
export function hasWords(text: string, words: Words): boolean {
  return typeof words === 'string' ? plain(text).includes(plain(words)) : words.test(text);
}

export function wordsText(words: Words): string {
  return typeof words === 'string' ? JSON.stringify(words) : String(words);
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim().toLowerCase();
}
