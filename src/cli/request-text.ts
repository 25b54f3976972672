/** A request as text that people edit, and back. */
import type { ReplayRequest } from '../admin/api';
import { CodedError } from '../errors';
import type { InvocationRecord } from '../model/record';

const NOTES = [
  '# Edit the request, save and close: then it is sent. Delete everything to send nothing.',
  '# Secrets are shown as ***; where you leave that as it is, what was there is sent.',
  '# Content-Length, Connection and X-Twilio-Signature are made anew.',
];

/** A body that is no text stays out of it, and as it is. */
export function requestText({ method, target, request }: InvocationRecord): string {
  const { body, headers } = request;
  const notes =
    body !== null && body.text === null ? [...NOTES, '# The body is no text, and stays as it is.'] : NOTES;
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return `${[...notes, `${method} ${target}`, ...lines].join('\n')}\n\n${body?.text ?? ''}`;
}

/** Throws `CodedError` (HS_USAGE). `null`: there is nothing left to send. */
export function readRequestText(text: string, record: InvocationRecord): ReplayRequest | null {
  const all = text.split('\n');
  const lines = all.map((line) => line.replace(/\r$/, ''));
  const start = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
  if (start === -1) return null;
  const [, method = '', target = ''] = /^(\S+) (\S+)$/.exec(lines[start] ?? '') ?? [];
  if (method === '') throw wrong(`"${lines[start]}" is not a method and a path`);
  const blank = lines.indexOf('', start);
  const headers = lines.slice(start + 1, blank === -1 ? undefined : blank).map(readHeader);
  const rest = blank === -1 ? '' : all.slice(blank + 1).join('\n');
  return { method, target, headers, ...bodyOf(rest, record) };
}

export function readHeader(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 1) throw wrong(`"${line}" is not a header, as in Name: value`);
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

/** Editors end a text with a line break that the body may not have had. */
function bodyOf(rest: string, { request: { body } }: InvocationRecord): { readonly body?: string } {
  if (body !== null && body.text === null) return {};
  const before = body?.text ?? '';
  if (rest === before || rest === `${before}\n`) return body === null ? { body: '' } : { body: before };
  return { body: before.endsWith('\n') ? rest : rest.replace(/\n$/, '') };
}

function wrong(detail: string): CodedError {
  return new CodedError('HS_USAGE', `the edited request cannot be read: ${detail}`);
}
