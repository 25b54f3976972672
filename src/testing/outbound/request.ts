/** A request that a Function sent to the world. */
import type { IncomingMessage } from 'node:http';
import type { OutboundLine } from '../../protocol/outbound';

export interface OutboundRequest {
  readonly method: string;
  /** Whole: `https://api.twilio.com/2010-04-01/Accounts/AC…/Messages.json`. */
  readonly url: string;
  readonly host: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Fields of a form, else empty. */
  readonly form: Readonly<Record<string, string>>;
  /** What the `:names` of the pattern stand for. */
  readonly params: Readonly<Record<string, string>>;
  /** Throws where the body is none. */
  json(): unknown;
}

/** What a Function may send in one request. */
const BODY_BYTES = 64 * 1_048_576;

/** Rejects where the body does not come to its end. */
export async function readOutboundRequest(
  line: OutboundLine,
  message: IncomingMessage,
): Promise<OutboundRequest> {
  const body = await readBody(message);
  const url = new URL(message.url ?? '/', originOf(line));
  const headers = headersOf(message);
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return {
    method: message.method ?? 'GET',
    url: url.href,
    host: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers,
    body,
    form: isForm ? Object.fromEntries(new URLSearchParams(body.toString('utf8'))) : {},
    params: {},
    json: () => JSON.parse(body.toString('utf8')) as unknown,
  };
}

function originOf({ scheme, host, port }: OutboundLine): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) flat[name] = String(value);
  return flat;
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES) throw new Error('the body is too large');
  }
  return Buffer.concat(chunks);
}
