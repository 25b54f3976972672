/** What a request body is and what it says: forms and JSON are understood, everything else is ignored (F10). */
import { gunzip, inflate } from 'node:zlib';
import type { ErrorCode } from '../errors';
import { REQUEST_BYTES } from '../model/limits';
import { clip } from './clip';
import { type Form, parseForm } from './event';

export type BodyClass = 'form' | 'json' | 'ignored';

export type DecodedBody =
  /** `bytes`: the body without its Content-Encoding. */
  | { readonly kind: 'form'; readonly form: Form; readonly bytes: Buffer }
  /** `text`: of an object or array, checked; `''` when the body is empty. */
  | { readonly kind: 'json'; readonly text: string; readonly bytes: Buffer }
  /** `bytes`: as it arrived. */
  | { readonly kind: 'ignored'; readonly bytes: Buffer };

export interface BodyProblem {
  readonly code: ErrorCode;
  /** For the author's log. */
  readonly detail: string;
}

export type OnBody = (error: BodyProblem | null, body: DecodedBody | null) => void;

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
/** How the vendor spells it. */
const VENDOR_FORM = 'application/x-www-form-urlencoded; charset=UTF-8';

export function classifyBody(contentType: string | undefined): BodyClass {
  if (contentType === undefined) return 'ignored';
  if (contentType === FORM || contentType === VENDOR_FORM) return 'form';
  const semicolon = contentType.indexOf(';');
  const type = (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
  if (type === FORM) return 'form';
  return type === JSON_TYPE ? 'json' : 'ignored';
}

/** Hot. Calls `done` once: at once when nothing has to be inflated, else later. */
export function decodeBody(
  raw: Buffer,
  contentType: string | undefined,
  contentEncoding: string | undefined,
  done: OnBody,
): void {
  const kind = classifyBody(contentType);
  if (kind === 'ignored' || contentType === undefined) {
    done(null, { kind: 'ignored', bytes: raw });
    return;
  }
  const charset = charsetOf(contentType);
  const encoding = contentEncoding === undefined ? 'identity' : contentEncoding.trim().toLowerCase();
  const read = kind === 'form' ? readForm : readJson;
  if (encoding === 'identity' || encoding === '' || raw.length === 0) {
    finish(read(charset, raw), done);
  } else if (encoding === 'gzip' || encoding === 'deflate') {
    inflateBody(raw, encoding, (result) =>
      finish(Buffer.isBuffer(result) ? read(charset, result) : result, done),
    );
  } else {
    finish(problem('HS_UNSUPPORTED_ENCODING', `The Content-Encoding is ${clip(encoding)}.`), done);
  }
}

function finish(result: DecodedBody | BodyProblem, done: OnBody): void {
  if ('code' in result) done(result, null);
  else done(null, result);
}

function inflateBody(
  raw: Buffer,
  encoding: 'gzip' | 'deflate',
  done: (result: Buffer | BodyProblem) => void,
): void {
  const method = encoding === 'gzip' ? gunzip : inflate;
  method(raw, { maxOutputLength: REQUEST_BYTES }, (error: NodeJS.ErrnoException | null, bytes) => {
    done(error === null ? bytes : problemOfInflating(raw, error));
  });
}

function problemOfInflating(raw: Buffer, error: NodeJS.ErrnoException): BodyProblem {
  const what = `The compressed body of ${raw.length} bytes`;
  if (error.code === 'ERR_BUFFER_TOO_LARGE') {
    return problem('HS_REQUEST_TOO_LARGE', `${what} inflates to more than ${REQUEST_BYTES} bytes.`);
  }
  return problem('HS_BODY_UNREADABLE', `${what} is damaged or cut: ${error.message}.`);
}

function readForm(charset: string, bytes: Buffer): DecodedBody | BodyProblem {
  if (!isUtf8(charset)) return wrongCharset(charset, 'A form must be UTF-8');
  return { kind: 'form', form: parseForm(withoutMark(bytes.toString('utf8'))), bytes };
}

function readJson(charset: string, bytes: Buffer): DecodedBody | BodyProblem {
  const text = jsonText(charset, bytes);
  if (text === null) return wrongCharset(charset, 'JSON must be UTF-8 or UTF-16');
  const reason = text === '' ? null : whyInvalid(text);
  return reason === null ? { kind: 'json', text, bytes } : problem('HS_INVALID_JSON', reason);
}

/** `null` for a charset that JSON is not read in. */
function jsonText(charset: string, bytes: Buffer): string | null {
  if (isUtf8(charset)) return withoutMark(bytes.toString('utf8'));
  if (charset === 'utf-16le') return new TextDecoder('utf-16le').decode(bytes);
  if (charset === 'utf-16be') return new TextDecoder('utf-16be').decode(bytes);
  if (charset === 'utf-16') return new TextDecoder(byteOrder(bytes)).decode(bytes);
  return null;
}

/** JSON begins with an ASCII character, so one of its first two bytes is 0 unless there is a byte order mark. */
function byteOrder(bytes: Buffer): 'utf-16le' | 'utf-16be' {
  return bytes[0] === 0 || (bytes[0] === 0xfe && bytes[1] === 0xff) ? 'utf-16be' : 'utf-16le';
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Only objects and arrays have members; the parser of the emulator is as strict. */
function whyInvalid(text: string): string | null {
  const first = firstSign(text);
  if (first === '') return 'The JSON body holds nothing but blanks.';
  if (first !== '{' && first !== '[') {
    return `The JSON body begins with ${JSON.stringify(first)}: it must be an object {…} or an array […].`;
  }
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    return `The JSON body of ${text.length} characters cannot be parsed: ${clip(reason)}.`;
  }
}

function firstSign(text: string): string {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return text.charAt(at);
  }
  return '';
}

/** `''` where none is given. */
function charsetOf(contentType: string): string {
  if (contentType === VENDOR_FORM) return 'utf-8';
  let charset = '';
  for (let at = contentType.indexOf(';'); at !== -1; at = contentType.indexOf(';', at + 1)) {
    const next = contentType.indexOf(';', at + 1);
    const parameter = contentType.slice(at + 1, next === -1 ? undefined : next).trim();
    if (parameter.slice(0, 8).toLowerCase() === 'charset=') charset = unquote(parameter.slice(8));
  }
  return charset;
}

function unquote(value: string): string {
  const bare = value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  return bare.trim().toLowerCase();
}

function isUtf8(charset: string): boolean {
  return charset === '' || charset === 'utf-8' || charset === 'utf8';
}

function wrongCharset(charset: string, rule: string): BodyProblem {
  return problem('HS_UNSUPPORTED_CHARSET', `${rule}; the Content-Type says charset=${clip(charset)}.`);
}

function problem(code: ErrorCode, detail: string): BodyProblem {
  return { code, detail };
}
