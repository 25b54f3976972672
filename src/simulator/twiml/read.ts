/** What an answer means: TwiML, text, sound, or nothing. twilio.com/docs/voice/twiml, "MIME types"; /docs/messaging/twiml */
import type { Reply } from '../http/webhook';
import { type Problem, problem } from '../problem';
import { decodeBody } from './decode';
import type { TwimlDocument } from './element';
import { LARGEST_DOCUMENT_BYTES, parseTwiml } from './parse';

export type Content =
  | { readonly type: 'document'; readonly document: TwimlDocument }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'sound'; readonly url: string }
  | { readonly type: 'empty' }
  | { readonly type: 'problem'; readonly problem: Problem };

export function readContent(reply: Reply): Content {
  const { exchange, url, body } = reply;
  const place = { url, line: null, column: null };
  if (exchange.problem !== null) return { type: 'problem', problem: exchange.problem };
  if (reply.tooLarge) {
    return { type: 'problem', problem: problem(11750, `over ${LARGEST_DOCUMENT_BYTES} bytes`, place) };
  }
  if (body.length === 0) return { type: 'empty' };
  const kind = kindOf(exchange.contentType);
  if (kind === 'sound') return { type: 'sound', url };
  if (kind === 'other') {
    const given =
      exchange.contentType === null ? 'there is none' : JSON.stringify(exchange.contentType.slice(0, 80));
    return { type: 'problem', problem: problem(12300, given, place) };
  }
  const decoded = decodeBody(body, exchange.contentType);
  if ('failure' in decoded) return { type: 'problem', problem: problem(12100, decoded.failure, place) };
  if (kind === 'text') return { type: 'text', text: decoded.text };
  if (decoded.text.trim() === '') return { type: 'empty' };
  const parsed = parseTwiml(decoded.text, url);
  return 'problem' in parsed
    ? { type: 'problem', problem: parsed.problem }
    : { type: 'document', document: parsed.document };
}

function kindOf(contentType: string | null): 'xml' | 'text' | 'sound' | 'other' {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (['text/xml', 'application/xml', 'text/html'].includes(type)) return 'xml';
  if (type === 'text/plain') return 'text';
  return type.startsWith('audio/') ? 'sound' : 'other';
}
