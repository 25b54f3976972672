/** The request of a record as a command for a shell. */
import type { InvocationRecord } from '../../../src/model/record';

/** Made by curl itself, or not known any more. */
const LEFT_OUT = ['host', 'content-length', 'connection', 'transfer-encoding', 'accept-encoding'];

export function curlOf({ method, target, request }: InvocationRecord, origin: string): string {
  const parts = [
    `curl -i ${method === 'GET' ? '' : `-X ${shellWord(method)} `}${shellWord(origin + target)}`,
  ];
  for (const [name, value] of request.headers) {
    if (LEFT_OUT.includes(name.toLowerCase()) || value === '***') continue;
    parts.push(`-H ${shellWord(`${name}: ${value}`)}`);
  }
  const { body } = request;
  if (body?.text) parts.push(`--data-raw ${shellWord(body.text)}`);
  if (!body?.base64) return parts.join(' \\\n  ');
  return `printf %s ${body.base64} | base64 -d | ${[...parts, '--data-binary @-'].join(' \\\n  ')}`;
}

/**
 * One word of a shell, whatever is in it. Control characters are spelled out: in a terminal that is pasted into, a raw
 * one can end the paste and run what follows.
 */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!/\p{Cc}/u.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  return `$'${text.replace(/[\\']|\p{Cc}/gu, escapeForShell)}'`;
}

function escapeForShell(character: string): string {
  if (character === '\\' || character === "'") return `\\${character}`;
  if (character === '\n') return '\\n';
  const code = character.charCodeAt(0);
  return code < 128 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
