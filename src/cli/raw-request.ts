/** A request as text, as it is found in a log, a packet capture, the output of `curl -v`, or an issue. */
import { CodedError } from '../errors';
import type { HeaderLines } from '../gateway/signature-question';

export interface RawRequest {
  readonly method: string;
  /** As it stands: a path with its query, or a whole URL. */
  readonly target: string;
  readonly headers: HeaderLines;
  readonly body: Buffer;
}

/** Lines may end with LF or CRLF; `> ` before each line, as curl writes, goes. Throws `CodedError` (HS_USAGE). */
export function parseRawRequest(bytes: Buffer): RawRequest {
  const { lines, body } = split(bytes);
  const [requestLine = '', ...headerLines] = lines;
  const [, method, target] = /^([A-Za-z]{1,20}) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/.exec(requestLine.trim()) ?? [];
  if (method === undefined || target === undefined) {
    const shown = JSON.stringify(requestLine.slice(0, 100));
    throw new CodedError(
      'HS_USAGE',
      `the request begins with ${shown}, not with a line like POST /sms HTTP/1.1`,
    );
  }
  const headers = headerLines.map(parseHeader);
  return { method: method.toUpperCase(), target, headers, body: bodyOf(body, headers) };
}

/** `Name: value`. Throws `CodedError` (HS_USAGE). */
export function parseHeader(line: string): readonly [name: string, value: string] {
  const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]+)\s*:(.*)$/s.exec(line) ?? [];
  if (name === undefined) {
    throw new CodedError(
      'HS_USAGE',
      `${JSON.stringify(line.slice(0, 100))} is no header: write 'Name: value'`,
    );
  }
  return [name, value.trim()];
}

function split(bytes: Buffer): { readonly lines: readonly string[]; readonly body: Buffer } {
  const text = bytes.toString('latin1').replace(/^(?:\s*\r?\n)+/, '');
  const start = bytes.length - text.length;
  const { index, length } = endOfHead(text);
  const lines = text.slice(0, index).split(/\r?\n/);
  const isCurl = lines.every((line) => line.startsWith('>'));
  return {
    lines: isCurl ? lines.map((line) => line.replace(/^> ?/, '')).filter((line) => line !== '') : lines,
    body: bytes.subarray(start + index + length),
  };
}

function endOfHead(text: string): { readonly index: number; readonly length: number } {
  const end = /\r?\n(?:> ?)?\r?\n/.exec(text);
  return end === null
    ? { index: text.trimEnd().length, length: text.length }
    : { index: end.index, length: end[0].length };
}

/** Editors end a file with a line break that the body never had. */
function bodyOf(body: Buffer, headers: HeaderLines): Buffer {
  const given = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? '';
  if (/^\d{1,9}$/.test(given) && Number(given) <= body.length) return body.subarray(0, Number(given));
  const end = body.toString('latin1', Math.max(0, body.length - 2));
  return body.subarray(0, body.length - (end === '\r\n' ? 2 : end.endsWith('\n') ? 1 : 0));
}
