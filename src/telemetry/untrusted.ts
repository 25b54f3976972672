/**
 * Makes text that a client or a Function wrote harmless to print: nothing in it can move the cursor, change a
 * colour, start a line of its own or show characters in another order than they come.
 */

/**
 * C0, DEL, C1, the line and paragraph separators, and what overrides or isolates the direction of text. Lone halves of
 * surrogate pairs too: they have no UTF-8.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is what it is for
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same characters, and the two that JSON escapes
const UNSAFE_IN_JSON = /[\x00-\x1f"\\\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]/;
const LEFT_BY_STRINGIFY = /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const LINE_BREAK = /\r\n|[\n\r\u2028\u2029]/;

/** Longest line on a terminal, and longest value of one field in JSON, in characters. */
export const TERMINAL_LINE_CHARACTERS = 2_000;
export const JSON_TEXT_CHARACTERS = 32_768;

/** One line for a terminal: what is unsafe is shown as `\x1b` or `\u202e`, a long line is cut. */
export function terminalText(text: string): string {
  const { kept, note } = cut(text, TERMINAL_LINE_CHARACTERS);
  return kept.replace(UNSAFE, shownEscape) + note;
}

/** The lines of a text, each as `terminalText` makes it. A break at its end starts no further line. */
export function terminalLines(text: string): string[] {
  const lines = text.split(LINE_BREAK);
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines.map(terminalText);
}

/** Hot. A JSON string, quotes included; `JSON.stringify` alone leaves DEL, C1 and U+2028 as they are. */
export function jsonText(text: string): string {
  if (text.length <= JSON_TEXT_CHARACTERS && !UNSAFE_IN_JSON.test(text)) return `"${text}"`;
  const { kept, note } = cut(text, JSON_TEXT_CHARACTERS);
  return JSON.stringify(kept + note).replace(LEFT_BY_STRINGIFY, unicodeEscape);
}

/** Any value as JSON that does no harm where it is printed; it means the same. */
export function printedJson(value: unknown, space?: number): string {
  return JSON.stringify(value, null, space).replace(LEFT_BY_STRINGIFY, unicodeEscape);
}

function cut(text: string, limit: number): { readonly kept: string; readonly note: string } {
  if (text.length <= limit) return { kept: text, note: '' };
  return { kept: text.slice(0, limit), note: ` … (${text.length - limit} more characters)` };
}

function shownEscape(character: string): string {
  if (character === '\t') return '  ';
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

function unicodeEscape(character: string): string {
  return `\\u${hex(character.charCodeAt(0), 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
