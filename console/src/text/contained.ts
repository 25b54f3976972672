/**
 * Text of requests and Functions as it may be shown: what would change how the text around it reads (control
 * characters, marks and overrides of the writing direction, invisible ones, halves of pairs) is spelled out.
 * The joiner of emoji stays.
 */
const HIDDEN = /(?![\t\n\r\u200d])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

export function contained(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(HIDDEN, spelledOut);
}

/** On one line, at most so long. */
export function containedLine(text: string, most: number): string {
  const line = contained(text.length > most ? `${text.slice(0, most)}…` : text);
  return line.replace(/[\r\n\t]+/g, ' ');
}

function spelledOut(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
