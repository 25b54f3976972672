/** A recorded body as people read it. */
import type { RecordedBody } from '../../../src/model/record';
import type { Language } from './tokens';

export interface ReadableBody {
  readonly language: Language;
  /** As it came. */
  readonly raw: string;
  /** Laid out, or `null` where it is best as it came. */
  readonly pretty: string | null;
}

/** Longer ones are shown as they came: laying out and colouring them would hold the page up. */
const MOST_PRETTY = 256 * 1024;
const MOST_HEX_BYTES = 4 * 1024;

export function readBody(text: string, contentType: string | null): ReadableBody {
  const type = (contentType ?? '').toLowerCase();
  const isShort = text.length <= MOST_PRETTY;
  if (/[/+]xml\b/.test(type) || text.startsWith('<?xml')) {
    return { language: 'xml', raw: text, pretty: isShort ? layOutXml(text) : null };
  }
  if (/[/+]json\b/.test(type) || /^\s*[[{]/.test(text)) {
    const pretty = isShort ? layOutJson(text) : null;
    return { language: pretty === null && !/json/.test(type) ? 'plain' : 'json', raw: text, pretty };
  }
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return { language: 'plain', raw: text, pretty: isShort ? layOutForm(text) : null };
  }
  return { language: 'plain', raw: text, pretty: null };
}

export function bytesOf(body: RecordedBody): Uint8Array {
  if (body.base64 === null) return new TextEncoder().encode(body.text ?? '');
  return Uint8Array.from(atob(body.base64), (character) => character.charCodeAt(0));
}

/** `00000010  68 65 6c 6c …  hell` of the first bytes. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, MOST_HEX_BYTES); at += 16) {
    const row = bytes.subarray(at, at + 16);
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = Array.from(row, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·'));
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${text.join('')}`);
  }
  if (bytes.length > MOST_HEX_BYTES) lines.push(`… ${bytes.length - MOST_HEX_BYTES} more bytes`);
  return lines.join('\n');
}

function layOutJson(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

function layOutForm(text: string): string | null {
  const fields = [...new URLSearchParams(text)];
  return fields.length === 0 ? null : fields.map(([name, value]) => `${name} = ${value}`).join('\n');
}

/** One element on each line; text stays with the element that it is in. A reading aid: it does not parse. */
export function layOutXml(text: string): string {
  const pieces = text.replace(/>\s*</g, '>\n<').split('\n');
  let depth = 0;
  const lines = pieces.map((piece) => {
    const line = piece.trim();
    const closes = /^<\//.test(line);
    if (closes) depth = Math.max(0, depth - 1);
    const indented = `${'  '.repeat(Math.min(depth, 40))}${line}`;
    const opens = /^<[^!?/][^>]*[^/]>$|^<[^!?/]>$/.test(line) && !/<\//.test(line);
    if (opens) depth++;
    return indented;
  });
  return lines.join('\n');
}
